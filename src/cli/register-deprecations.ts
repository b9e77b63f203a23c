import { InvalidArgumentError, Option, type Command } from "commander";
import { liveOption } from "./arguments.ts";
import type { DeprecationsFlags } from "./deprecations.ts";

/** `tread deprecations` and its flags. */
export function registerDeprecations(program: Command, done: (code: number) => void): void {
  program
    .command("deprecations")
    .description("what is marked as deprecated or used by nobody, and whether it may be dropped: per environment, with what is missing")
    .argument("[path...]", "folders of migrations; default: the sources of the config")
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "one environment only")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "markdown"]).default("text"))
    .option("--output <file>", "write it to a file")
    .addOption(new Option("--fail-on <what>", "exit 1 where something could have been dropped for too long").choices(["overdue"]))
    .addOption(
      new Option("--overdue-after <time>", "how long something may stay after it has become safe to drop: 12h, 30d, 6w")
        .argParser(duration)
        .default(30 * 86_400_000, "30d"),
    )
    .option("--applied-through <id>", "migrations up to and including this one are applied")
    .option("--schema <file>", "the schema as it is before what is not applied: db/structure.sql, schema.sql, pg_dump --schema-only")
    .addOption(liveOption("those of the config and on record"))
    .option("--no-cache", "read everything anew, also where nothing has changed")
    .option("--no-color", "no colours")
    .action(async (paths: string[], flags: DeprecationsFlags) => {
      const { deprecationsCommand } = await import("./deprecations.ts");
      done(await deprecationsCommand(paths, flags));
    });
}

/** `30d` → milliseconds. @throws InvalidArgumentError */
function duration(value: string): number {
  const match = /^(\d{1,5})\s*(h|d|w)$/.exec(value.trim());
  const unit = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }[match?.[2] ?? ""];
  if (match?.[1] === undefined || unit === undefined)
    throw new InvalidArgumentError("expected hours, days or weeks, for example 12h, 30d or 6w");
  return Number(match[1]) * unit;
}
