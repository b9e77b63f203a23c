import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type LiveFlag, liveOption, positiveInteger, wholeNumber } from "./arguments.ts";
import { PRESETS } from "../config/known.ts";
import { EXIT } from "./exit-codes.ts";
import { registerAdvise } from "./register-advise.ts";
import { registerApply, registerLedger } from "./register-apply.ts";
import { registerCluster } from "./register-cluster.ts";
import { registerDeprecations } from "./register-deprecations.ts";
import { registerGuard } from "./register-guard.ts";
import { registerPlan } from "./register-plan.ts";
import type { RehearseFlags } from "./rehearse.ts";
import { reviewCommands } from "./review-commands.ts";
import type { ScaleCollectFlags } from "./scale-collect.ts";
import type { ScaleImportFlags } from "./scale-import.ts";
import type { ScaleShowFlags } from "./scale-show.ts";
import { version } from "./version.ts";

/** What every judging command takes (design section 6, *Common flags*). */
export interface CommonFlags {
  readonly clickhouseUrl?: string | true;
  readonly config?: string;
  readonly environment?: string;
  readonly format: string;
  readonly output?: string;
  readonly postgres?: number;
  readonly clickhouse?: string;
  readonly database?: "postgres" | "clickhouse";
  readonly facts?: readonly string[];
  readonly color: boolean;
  readonly base?: string;
  readonly live: readonly LiveFlag[];
  readonly appliedThrough?: string;
  readonly schema?: string;
  readonly databaseUrl?: string | true;
  readonly verbose?: boolean;
  readonly preset?: readonly string[];
}

/** Runs the command line. Never throws; @returns the exit code of design section 6. */
export async function main(args: readonly string[]): Promise<number> {
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
    .option("--fix", "edit the files where the meaning is kept, then check again", false)
    .option("--fix-dry-run", "print what --fix would change as a diff, and write nothing", false)
    .addOption(
      new Option("--facts <file>", "answers of servers to the pre-checks of ClickHouse changes; repeatable").argParser(
        (value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value],
      ),
    )
    .option("--pull-request <number|url>", "reviews of this pull request count as approvals; the token comes from GITHUB_TOKEN")
    .option("--pre-checks <file>", "write the queries that decide findings into a script for clickhouse-client; `-` prints it")
    .action(async (paths: string[], flags: CommonFlags & { fix: boolean; fixDryRun: boolean }) => {
      if (command !== null) throw new InvalidArgumentError("check takes no command after `--`; `tread rehearse -- <command>` does");
      const { checkCommand } = await import("./check.ts");
      done(await checkCommand(paths, flags));
    });

  common(program.command("rehearse").argument("[path...]", "as for check; or `-- <command>`: any tool's own migrate command"))
    .description("prove it: run the migrations on a real embedded Postgres while the live versions' queries keep running")
    .addOption(new Option("--rows <n>", "rows seeded at most into one table").default(200_000, "200,000").argParser(positiveInteger))
    .addOption(
      new Option("--sizes <rows,rows,rows>", "rows at which to measure how the cost of a statement grows")
        .argParser(listOfSizes)
        .default(undefined, "50000,100000,200000, or smaller ones where these would take long"),
    )
    .option("--no-growth", "do not measure how the cost grows")
    .option("--on <url>", "rehearse at full size on a clone of yours, which is changed by it: a restored snapshot, a thin clone, a branch")
    .option("--disposable [database]", "what --on names may be changed and thrown away; with its name, only that database")
    .option("--allow-sessions-of <names...>", "users or applications whose sessions on the clone do not matter: a host's own agents")
    .option("--offline", "never fetch a Postgres server: exit 3 with the command to run instead", false)
    .action(async (paths: string[], flags: RehearseFlags) => {
      const { rehearseCommand } = await import("./rehearse.ts");
      done(await rehearseCommand(paths, flags, command));
    });

  registerAdvise(program, done);
  registerPlan(program, done);
  registerApply(common(program.command("apply").argument("[path...]", "as for check: folders or files of SQL migrations")), done);
  registerLedger(program, done);
  registerGuard(program, command, done);
  scaleCommands(program, done);
  registerCluster(program, done);
  registerDeprecations(program, done);
  reviewCommands(program, done, common);

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

function scaleCommands(program: Command, done: (code: number) => void): void {
  const scale = program
    .command("scale")
    .description("how large and how busy the tables of an environment are: collect, show, import")
    .showHelpAfterError("(tread scale --help lists the commands)");
  scale
    .command("collect")
    .description("read a server's statistics, read-only and never its rows, and write a scale profile")
    .addOption(databaseUrl())
    .addOption(clickhouseUrl())
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "take the URL from the variable that this environment's `databaseUrlFrom` or `clickhouseUrlFrom` names")
    .option("--schema <name...>", "only these schemas (ClickHouse: databases); default: all of the user's")
    .option("--cluster <name>", "ClickHouse: ask every host of this cluster; default: only the server of the URL")
    .option(
      "--with-ranges",
      "ClickHouse: also the smallest and largest values of numbers and dates; these are data, and columns are read for them",
      false,
    )
    .addOption(
      new Option("--seconds <n>", "seconds between the two samples of the counters; 0: no rates").default(10).argParser(wholeNumber),
    )
    .option("--since-reset", "rates since the server's counters were reset, instead of between two samples", false)
    .addOption(new Option("--timeout <seconds>", "longest that one statement may take").default(30).argParser(positiveInteger))
    .option("--output <file>", "write the profile to a file; default: print it")
    .action(async (flags: ScaleCollectFlags) => {
      const { scaleCollectCommand } = await import("./scale-collect.ts");
      done(await scaleCollectCommand(flags));
    });
  scale
    .command("show")
    .description("a profile as a table: the largest first, what is large and what is hot")
    .argument("[file...]", "profiles; default: those of the config's environments")
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "the profiles of one environment")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json", "markdown"]).default("text"))
    .option("--output <file>", "write it to a file")
    .option("--no-color", "no colours")
    .action(async (files: string[], flags: ScaleShowFlags) => {
      const { scaleShowCommand } = await import("./scale-show.ts");
      done(await scaleShowCommand(files, flags));
    });
  scale
    .command("import")
    .description("make a profile of a Metabase question, or of a saved CSV or JSON file")
    .argument("[file]", "a saved result; default: --metabase")
    .option("--metabase <url>", "base URL of Metabase, or the address of the question; the API key comes from METABASE_API_KEY")
    .option("--question <id>", "the number in the question's address")
    .addOption(
      new Option("--column <field=name>", "which column stands for what; repeatable").argParser(columnFlag).default({}, "by their names"),
    )
    .option("--schema <name>", "schema of tables that are named without one", "public")
    .option("--into <profile>", "a profile that gets the numbers on top of its own")
    .option("--output <file>", "where to write; default: the file of --into, else printed")
    .addOption(new Option("--postgres <major>", "major version of the server, for a new profile").argParser(positiveInteger))
    .option("--collected-at <date>", "when the numbers were true; default: now, or when the file was saved")
    .addOption(new Option("--timeout <seconds>", "how long Metabase may take").default(120).argParser(positiveInteger))
    .action(async (file: string | undefined, flags: ScaleImportFlags) => {
      const { scaleImportCommand } = await import("./scale-import.ts");
      done(await scaleImportCommand(file ?? null, flags));
    });
}

function databaseUrl(): Option {
  return new Option(
    "--database-url [url]",
    "postgres://user@host/database; without a value: DATABASE_URL or the PG* variables. Only read, its password is never printed",
  );
}

function clickhouseUrl(): Option {
  return new Option(
    "--clickhouse-url [url]",
    "https://user@host:8443/database; without a value: CLICKHOUSE_URL. Only read, its password is never printed",
  );
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
    .option("--clickhouse <version>", "ClickHouse version, 24.3 to 26.7")
    .addOption(
      new Option("--database <engine>", "what the named folders are for; default: what their files say").choices([
        "postgres",
        "clickhouse",
      ]),
    )
    .option("--no-color", "no colours")
    .option("--verbose", "list everything, also what is fine")
    .option("--base <ref>", "judge only what this git ref does not have (its merge base with HEAD)")
    .addOption(
      new Option("--preset <name>", "also judge by the rules of a preset (style); repeatable").argParser(
        (value: string, previous: readonly string[] | undefined) => preset(value, previous ?? []),
      ),
    )
    .option("--applied-through <id>", "migrations up to and including this one are applied")
    .option("--schema <file>", "the schema as it is before what is not applied: db/structure.sql, schema.sql, pg_dump --schema-only")
    .addOption(databaseUrl())
    .addOption(clickhouseUrl())
    .addOption(liveOption("those of the config"));
}

function preset(value: string, previous: readonly string[]): readonly string[] {
  if (!PRESETS.includes(value)) throw new InvalidArgumentError(`known presets: ${PRESETS.join(", ")}`);
  return [...previous, value];
}

function columnFlag(value: string, previous: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const equals = value.indexOf("=");
  if (equals < 1 || equals === value.length - 1) throw new InvalidArgumentError("expected FIELD=COLUMN, for example rows=row_count");
  return { ...previous, [value.slice(0, equals).trim()]: value.slice(equals + 1).trim() };
}

function listOfSizes(value: string): readonly number[] {
  const sizes = [...new Set(value.split(",").map((part) => positiveInteger(part.trim())))].sort((a, b) => a - b);
  const [first, last] = [sizes[0] ?? 0, sizes.at(-1) ?? 0];
  if (sizes.length < 2 || last < 2 * first) {
    throw new InvalidArgumentError("expected at least two sizes, the largest twice the smallest or more, for example 50000,100000,200000");
  }
  return sizes;
}
