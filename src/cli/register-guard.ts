import { type Command, InvalidArgumentError, Option } from "commander";
import type { GuardFlags } from "./guard.ts";

/** @param command what follows `--`, or null */
export function registerGuard(program: Command, command: readonly string[] | null, done: (code: number) => void): void {
  program
    .command("guard")
    .description("run any other tool's migrate command (`-- <command>`) so that nobody waits for it: through a proxy on this machine")
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "the database of this environment (`databaseUrlFrom`)")
    .option("--database-url [url]", "postgres://user@host/database; without it: DATABASE_URL or the PG* variables")
    .addOption(
      new Option("--stall-budget <ms>", "longest that a read or a write may wait because of one of the command's locks")
        .default(10)
        .argParser(positiveInteger),
    )
    .addOption(
      new Option("--lock-limit <seconds>", "longest to look for the right moment for one statement")
        .default(300)
        .argParser(positiveInteger),
    )
    .addOption(
      new Option("--row-stall <ms>", "longest that anybody may wait for a row that the command has changed")
        .default(100)
        .argParser(positiveInteger),
    )
    .addOption(new Option("--retries <n>", "how often the whole command is run again where that is safe").default(3).argParser(wholeNumber))
    .option("--no-cancel-autovacuum", "leave an autovacuum alone that stands in the way")
    .addOption(
      new Option("--end-idle-after <seconds>", "end sessions that hold a lock while idle in a transaction for longer").argParser(
        positiveInteger,
      ),
    )
    .option("--watch-only", "no proxy: watch the command's sessions from outside, and cancel what makes others wait", false)
    .option("--watch-application <name...>", "with --watch-only: its sessions have this application_name")
    .option("--watch-user <name...>", "with --watch-only: its sessions are of this user")
    .option("--watch-address <ip...>", "with --watch-only: its sessions come from this address")
    .action(async (flags: GuardFlags) => {
      const { guardCommand } = await import("./guard.ts");
      done(await guardCommand(flags, command));
    });
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError("expected a whole number greater than 0");
  return number;
}

function wholeNumber(value: string): number {
  return value === "0" ? 0 : positiveInteger(value);
}
