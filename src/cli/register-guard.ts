import { type Command, Option } from "commander";
import { wholeNumber, withLockOptions } from "./arguments.ts";
import type { GuardFlags } from "./guard.ts";

/** @param command what follows `--`, or null */
export function registerGuard(program: Command, command: readonly string[] | null, done: (code: number) => void): void {
  const guard = program
    .command("guard")
    .description("run any other tool's migrate command (`-- <command>`) so that nobody waits for it: through a proxy on this machine")
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "the database of this environment (`databaseUrlFrom`)")
    .option("--database-url [url]", "postgres://user@host/database; without it: DATABASE_URL or the PG* variables");
  withLockOptions(guard, {
    locks: "the command's",
    step: "statement",
    rowStall: "longest that anybody may wait for a row that the command has changed",
  });
  guard
    .addOption(new Option("--retries <n>", "how often the whole command is run again where that is safe").default(3).argParser(wholeNumber))
    .option("--watch-only", "no proxy: watch the command's sessions from outside, and cancel what makes others wait", false)
    .option("--watch-application <name...>", "with --watch-only: its sessions have this application_name")
    .option("--watch-user <name...>", "with --watch-only: its sessions are of this user")
    .option("--watch-address <ip...>", "with --watch-only: its sessions come from this address")
    .action(async (flags: GuardFlags) => {
      const { guardCommand } = await import("./guard.ts");
      done(await guardCommand(flags, command));
    });
}
