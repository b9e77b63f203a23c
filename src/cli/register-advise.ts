import { type Command, InvalidArgumentError, Option } from "commander";
import { positiveInteger } from "./arguments.ts";
import type { AdviseFlags } from "./advise.ts";

/** `tread advise`: the command and its options. The work is loaded when it is asked for. */
export function registerAdvise(program: Command, done: (code: number) => void): void {
  program
    .command("advise")
    .argument("[table]", "`web.hits`; the name of a Distributed table over it will do")
    .description("measure which sorting key of a ClickHouse table serves the workload best, on the real engine")
    .option("--config <file>", "settings; default: tread.config.* here or above")
    .option("--environment <name>", "take the scale profile of this environment; default: the one with the most rows")
    .addOption(
      new Option("--workload <file>", "queries with frequencies: .sql with annotations, or a query_log export; repeatable")
        .argParser((value: string, previous: readonly string[]) => [...previous, value])
        .default([], "`workload:` of the config"),
    )
    .option("--schema <file>", "CREATE TABLE statements; default: the server of --clickhouse-url, else the config's ClickHouse migrations")
    .option("--sample <file>", "rows of the table: CSV, TSV, Parquet, Native, JSON lines, ORC, Arrow, Avro, also compressed")
    .option(
      "--clickhouse-url <url>",
      "http(s)://user@host:8123/database to take a bounded sample from; only read, its password is never printed",
    )
    .addOption(new Option("--sample-rows <n>", "rows that are sampled at most").default(2_000_000, "2,000,000").argParser(positiveInteger))
    .option("--sample-by <column>", "sample whole entities (a user, a session) instead of random rows")
    .addOption(
      new Option("--rows-total <n>", "rows of the whole table; default: the scale profile's, or the server's").argParser(positiveInteger),
    )
    .addOption(
      new Option("--parts <n>", "parts per partition; default: the scale profile's, or the server's, else 1").argParser(positiveInteger),
    )
    .addOption(
      new Option("--candidates <n>", "keys that are built on all sampled rows besides the present one")
        .default(5)
        .argParser(positiveInteger),
    )
    .addOption(new Option("--search-seconds <n>", "time for the search on a part of the rows; default: 4 to 7").argParser(positiveInteger))
    .addOption(new Option("--max-memory <bytes>", "memory of the engine: 2GB, 500MB").default(2_500_000_000, "2.5GB").argParser(bytes))
    .option("--print-export", "print the read-only query that exports a workload from system.query_log, and do nothing else", false)
    .addOption(new Option("--days <n>", "days of system.query_log for --print-export").default(7).argParser(positiveInteger))
    .addOption(new Option("--format <format>", "how to print").choices(["text", "json"]).default("text"))
    .option("--output <file>", "write it to a file")
    .option("--no-color", "no colours")
    .action(async (table: string | undefined, flags: AdviseFlags) => {
      const { adviseCommand } = await import("./advise.ts");
      done(await adviseCommand(table, flags));
    });
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 };
/** The engine itself takes about 300 MB. */
const LEAST_MEMORY = 600_000_000;

function bytes(value: string): number {
  const [, amount = "", unit = ""] = /^([\d.]+)\s*([a-z]*)$/i.exec(value.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()] ?? UNITS[`${unit.toLowerCase()}b`];
  const number = Math.round(Number(amount) * (factor ?? Number.NaN));
  if (amount === "" || !Number.isSafeInteger(number)) throw new InvalidArgumentError("expected bytes, for example 2GB or 500MB");
  if (number < LEAST_MEMORY) throw new InvalidArgumentError("the engine needs at least 600MB");
  return number;
}
