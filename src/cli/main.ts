import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EXIT } from "./exit-codes.ts";
import { tuneForShortRuns } from "./start.ts";
import { version } from "./version.ts";

/** What every judging command takes (design section 6, *Common flags*). */
export interface CommonFlags {
  readonly config?: string;
  readonly environment?: string;
  readonly format: string;
  readonly output?: string;
  readonly postgres?: number;
  readonly color: boolean;
  readonly base?: string;
  readonly live: readonly LiveFlag[];
  readonly appliedThrough?: string;
  readonly verbose?: boolean;
}

export interface LiveFlag {
  readonly name: string;
  readonly target: string;
}

/** Runs the command line. Never throws; @returns the exit code of design section 6. */
export async function main(args: readonly string[]): Promise<number> {
  tuneForShortRuns();
  // Everything after `--` is another tool's command: commander must not read its options.
  const separator = args.indexOf("--");
  const own = separator === -1 ? args : args.slice(0, separator);
  const command = separator === -1 ? null : args.slice(separator + 1);
  let code: number = EXIT.ok;
  const program = createProgram(command, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...own], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const { reportFailure } = await import("./failure.ts");
    return reportFailure(error);
  }
}

function createProgram(command: readonly string[] | null, done: (code: number) => void): Command {
  const program = new Command("tread")
    .description("Schema changes that are safe while the old version of the app is still serving.")
    .version(version(), "-V, --version")
    .exitOverride()
    .showHelpAfterError("(tread --help lists the commands)")
    .configureOutput({ writeErr: (text) => process.stderr.write(text) });

  common(program.command("check").argument("[path...]", "folders or files of migrations; default: the sources of the config"))
    .description("predict what every new migration does, and which live version it breaks; needs no database")
    .action(async (paths: string[], flags: CommonFlags) => {
      if (command !== null) throw new InvalidArgumentError("check takes no command after `--`; `tread rehearse -- <command>` does");
      const { checkCommand } = await import("./check.ts");
      done(await checkCommand(paths, flags));
    });

  common(program.command("rehearse").argument("[path...]", "as for check; or `-- <command>`: any tool's own migrate command"))
    .description("prove it: run the migrations on a real embedded Postgres while the live versions' queries keep running")
    .addOption(new Option("--rows <n>", "rows seeded at most into one table").default(200_000, "200,000").argParser(positiveInteger))
    .option("--offline", "never fetch a Postgres server: exit 3 with the command to run instead", false)
    .action(async (paths: string[], flags: CommonFlags & { rows: number; offline: boolean }) => {
      const { rehearseCommand } = await import("./rehearse.ts");
      done(await rehearseCommand(paths, flags, command));
    });

  program
    .command("init")
    .description("detect the project and write tread.config.yaml")
    .option("--force", "overwrite an existing config", false)
    .action(async (flags: { force: boolean }) => {
      const { initCommand } = await import("./init.ts");
      done(await initCommand(process.cwd(), flags));
    });

  program
    .command("explain")
    .description("print the page of a rule; without one, list them all")
    .argument("[rule]", "id of a rule, or `config`")
    .action(async (rule: string | undefined) => {
      const { explainCommand } = await import("./explain.ts");
      done(await explainCommand(rule));
    });

  return program;
}

function common(command: Command): Command {
  return command
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "judge one environment only")
    .addOption(
      new Option("--format <format>", "how to print").choices(["text", "json", "sarif", "github", "markdown", "html"]).default("text"),
    )
    .option("--output <file>", "write the report to a file")
    .addOption(new Option("--postgres <major>", "Postgres major version, 13 to 18").argParser(positiveInteger))
    .option("--no-color", "no colours")
    .option("--verbose", "list everything, also what is fine")
    .option("--base <ref>", "judge only what this git ref does not have (its merge base with HEAD)")
    .option("--applied-through <id>", "migrations up to and including this one are applied")
    .addOption(
      new Option("--live <name=path|ref>", "a version of the app that may be serving; repeatable")
        .argParser(liveFlag)
        .default([], "those of the config"),
    );
}

function positiveInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number <= 0) throw new InvalidArgumentError("expected a whole number greater than 0");
  return number;
}

function liveFlag(value: string, previous: readonly LiveFlag[]): readonly LiveFlag[] {
  const equals = value.indexOf("=");
  if (equals < 1 || equals === value.length - 1)
    throw new InvalidArgumentError("expected NAME=PATH or NAME=REF, for example v1.42=release-1.42");
  return [...previous, { name: value.slice(0, equals), target: value.slice(equals + 1) }];
}
