import { type Command, InvalidArgumentError, Option } from "commander";
import { positiveInteger, wholeNumber, withLockOptions } from "./arguments.ts";
import type { ApplyFlags } from "./apply.ts";
import type { ClusterApplyFlags } from "./cluster/apply.ts";
import type { AdoptFlags, PauseFlags, RepairFlags } from "./ledger.ts";
import { isPlanFile } from "./plan-file.ts";
import type { StatusFlags } from "./status.ts";

/** @param apply the command with what every judging command takes */
export function registerApply(apply: Command, done: (code: number) => void): void {
  apply
    .description("run what is pending on a real Postgres: no queue behind a lock, backfills in batches, everything in a ledger")
    .option("--dry-run", "print every statement with how it would be run and why, and run nothing", false)
    .option("--down", "take back instead: the last migration, those after --to, or those of --only", false)
    .option("--to <id>", "the last migration to run; with --down: the last one that stays (`nothing`: take back all)")
    .option("--only <id...>", "only these migrations")
    .option("-y, --yes", "also what cannot be taken back, without asking", false)
    .addOption(
      new Option("--accept <rule:migration>", "run in spite of this finding; repeatable, with --reason")
        .argParser(acceptFlag)
        .default([], "nothing"),
    )
    .option("--reason <text>", "why the findings are accepted; goes into the ledger");
  withLockOptions(apply, {
    locks: "tread's",
    step: "step",
    rowStall: "backfills: time that a batch may take, and keep its rows locked",
  });
  apply
    .addOption(new Option("--workers <n>", "backfills: ranges worked on at once").default(1).argParser(positiveInteger))
    .option("--wait-for-standbys", "wait for synchronous standbys while strong locks are held", false)
    .addOption(new Option("--max-lag <ms>", "backfills: wait while a standby is further behind").argParser(positiveInteger))
    .addOption(new Option("--max-wal <MB/s>", "backfills: wait while more WAL is written").argParser(positiveInteger))
    .addOption(new Option("--max-active <n>", "backfills: wait while more sessions are active").argParser(positiveInteger))
    .addOption(new Option("--max-dead <percent>", "backfills: wait while more of the table's rows are dead").argParser(positiveInteger))
    .option("--probe <sql>", "backfills: a query whose time is measured between batches")
    .addOption(new Option("--probe-limit <ms>", "backfills: wait while the probe takes longer").default(50).argParser(positiveInteger))
    .option("--go-while <sql>", "backfills: wait while this query does not answer true")
    .option("--pause-file <file>", "backfills: wait while this file exists")
    .addOption(
      new Option("--rest <percent>", "backfills: rest after each batch for this share of its time").default(10).argParser(wholeNumber),
    )
    .option("--no-vacuum", "backfills: leave the space of dead rows to autovacuum")
    .option("--cluster", "ClickHouse: walk the change over the cluster (the default where every source is for ClickHouse)")
    .option("--cluster-file <file>", "ClickHouse: the cluster file (tread.cluster/1); default: that of the environment")
    .option("--approved <hash>", "ClickHouse: this plan was seen (tread plan --cluster prints its hash), where no review policy stands")
    .option("--queue-gap", "ClickHouse: drop and create a Kafka table, instead of a second one that takes over")
    .addOption(
      new Option(
        "--max-insert <ms>",
        "ClickHouse: what writes parts again waits while 95 % of the inserts into its table take longer than this",
      ).argParser(positiveInteger),
    )
    .option("--pause", "ClickHouse: a walker stops before its next statement")
    .option("--end-undo-window", "ClickHouse: a table that was made anew with another key: the old one is dropped now")
    .option("--undo", "ClickHouse: a table that is being made anew with another key: back to the old one, on every host")
    .option("--abort", "ClickHouse: end the plan that is under way, and say per step what undoes it")
    .action(async (paths: string[], flags: ApplyFlags & ClusterApplyFlags & { readonly cluster?: boolean }) => {
      if (await walksCluster(paths, flags)) {
        const { clusterApplyCommand } = await import("./cluster/apply.ts");
        done(await clusterApplyCommand(paths, flags));
        return;
      }
      const [plan = ""] = paths;
      if (isPlanFile(plan, paths.length)) {
        const { applyPlanCommand } = await import("./apply-plan.ts");
        done(await applyPlanCommand(plan, flags));
        return;
      }
      const { applyCommand } = await import("./apply.ts");
      done(await applyCommand(paths, flags));
    });
}

/** Said, or there is nothing else: every source of the config is for ClickHouse. */
async function walksCluster(
  paths: readonly string[],
  flags: {
    readonly cluster?: boolean;
    readonly clusterFile?: string;
    readonly clickhouseUrl?: unknown;
    readonly database?: string;
    readonly config?: string;
  },
): Promise<boolean> {
  if (flags.cluster === true || flags.clusterFile !== undefined || flags.clickhouseUrl !== undefined || flags.database === "clickhouse")
    return true;
  if (paths.length > 0 || flags.database !== undefined) return false;
  const { loadConfig } = await import("../config/load.ts");
  const { sources } = await loadConfig({ cwd: process.cwd(), ...(flags.config === undefined ? {} : { file: flags.config }) });
  return sources.length > 0 && sources.every(({ database }) => database === "clickhouse");
}

/** `status`, `ledger adopt|repair`, `pause`, `resume`. */
export function registerLedger(program: Command, done: (code: number) => void): void {
  const database = (command: Command): Command =>
    command
      .option("--config <file>", "settings; default: tread.config.* here or above")
      .option("--environment <name>", "the database of this environment (`databaseUrlFrom`)")
      .option("--database-url [url]", "postgres://user@host/database; without it: DATABASE_URL or the PG* variables");
  database(program.command("status").argument("[path...]", "folders of migrations; default: the sources of the config"))
    .description("what has run on a database, what is pending, and who is at work")
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .action(async (paths: string[], flags: StatusFlags) => {
      const { statusCommand } = await import("./status.ts");
      done(await statusCommand(paths, flags));
    });
  const ledger = program
    .command("ledger")
    .description("the record of what ran: adopt, repair")
    .showHelpAfterError("(tread ledger --help lists the commands)");
  database(ledger.command("adopt").argument("[path...]", "folders of migrations; default: the sources of the config"))
    .description("begin a ledger on a database that was migrated before, by what its own tool has recorded")
    .option("--through <id>", "these ran: everything up to and including this migration")
    .option("--nothing", "none of them ran", false)
    .action(async (paths: string[], flags: AdoptFlags) => {
      const { adoptCommand } = await import("./ledger.ts");
      done(await adoptCommand(paths, flags));
    });
  database(ledger.command("repair").argument("<id>", "the migration"))
    .description("say how a migration stands, after having looked")
    .option("--hash", "the file as it is now is what ran", false)
    .option("--done", "it ran", false)
    .option("--forget", "it did not run, or was undone by hand: the next apply runs it", false)
    .action(async (id: string, flags: RepairFlags) => {
      const { repairCommand } = await import("./ledger.ts");
      done(await repairCommand(id, flags));
    });
  for (const [name, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const)
    database(program.command(name).argument("[id]", "the migration; default: every backfill that is under way"))
      .description(paused ? "let a running backfill wait after its batch" : "let a paused backfill go on")
      .action(async (id: string | undefined, flags: PauseFlags) => {
        const { pauseCommand } = await import("./ledger.ts");
        done(await pauseCommand(id, paused, flags));
      });
}

function acceptFlag(
  value: string,
  previous: readonly { rule: string; migration: string }[],
): readonly { rule: string; migration: string }[] {
  const colon = value.indexOf(":");
  if (colon < 1 || colon === value.length - 1) throw new InvalidArgumentError("expected RULE:MIGRATION, for example drop-column:0007");
  return [...previous, { rule: value.slice(0, colon), migration: value.slice(colon + 1) }];
}
