import { ConfigError } from "../config/config-error.ts";
import { clickhouseUrl, databaseUrl } from "../config/database-url.ts";
import { selectEnvironments } from "../config/environments.ts";
import { loadConfig } from "../config/load.ts";
import { openReadOnly, SESSION_DEFAULTS, type ReadOnlySession } from "../engines/postgres/introspect/session.ts";
import { readTarget } from "../engines/postgres/introspect/target.ts";
import type { ScaleProfile } from "../model/environment.ts";
import { collect, type Collected } from "../scale/collect/index.ts";
import { counted } from "../text/numbers.ts";
import { EXIT } from "./exit-codes.ts";
import { prepareOutput, writeOutput } from "./output-file.ts";
import { createProgress, type Progress } from "./progress.ts";

export interface ScaleCollectFlags {
  readonly databaseUrl?: string | true;
  readonly clickhouseUrl?: string | true;
  readonly cluster?: string;
  readonly withRanges?: boolean;
  readonly config?: string;
  readonly environment?: string;
  readonly schema?: readonly string[];
  readonly seconds: number;
  readonly sinceReset: boolean;
  readonly timeout: number;
  readonly output?: string;
}

/**
 * `tread scale collect`: statistics of one server as a profile. Reads only, says what leaves the server before it writes it.
 * @throws DatabaseTrouble, ConfigError
 */
export async function scaleCollectCommand(flags: ScaleCollectFlags): Promise<number> {
  prepareOutput(flags.output);
  const environment = await environmentOf(flags);
  const clickhouse =
    flags.clickhouseUrl !== undefined || (flags.databaseUrl === undefined && (environment?.clickhouseUrlFrom ?? null) !== null);
  if (clickhouse && flags.databaseUrl !== undefined) {
    const message = "--database-url and --clickhouse-url name two servers, and a profile is of one";
    throw new ConfigError("the command line", [{ span: null, setting: "--clickhouse-url", message, help: "collect one after the other" }]);
  }
  if (clickhouse) return await fromClickHouse(flags, clickhouseUrl(flags.clickhouseUrl ?? null, environment, process.env));
  const target = readTarget(databaseUrl(flags.databaseUrl ?? null, environment, process.env), process.env);
  const progress = createProgress(process.stderr);
  try {
    progress.update(`connecting to ${target.shown}`);
    const session = await openReadOnly(target, { ...SESSION_DEFAULTS, statementTimeoutMs: flags.timeout * 1000 });
    const { profile, notes } = await collected(session, flags, progress);
    progress.end();
    for (const { text, grant } of notes) process.stderr.write(`note: ${text}\n${grant === null ? "" : `  to read it: ${grant}\n`}`);
    process.stderr.write(`${leaving(profile, session.shown, session.replica)}\n`);
    write(profile, flags.output);
    return EXIT.ok;
  } finally {
    progress.end();
  }
}

/** A ClickHouse server, or every host of its cluster. */
async function fromClickHouse(flags: ScaleCollectFlags, url: string): Promise<number> {
  const [{ openReadOnlyClickHouse, readClickHouseTarget }, { collectClickHouse }] = await Promise.all([
    import("../engines/clickhouse/introspect/index.ts"),
    import("../scale/collect/clickhouse/index.ts"),
  ]);
  const target = readClickHouseTarget(url, process.env);
  const progress = createProgress(process.stderr);
  try {
    progress.update(`connecting to ${target.shown}`);
    const server = await openReadOnlyClickHouse(target, { timeoutSeconds: flags.timeout });
    const { profile, notes } = await collectClickHouse(server, {
      databases: flags.schema ?? null,
      cluster: flags.cluster ?? null,
      withRanges: flags.withRanges === true,
      progress: (message) => progress.update(message),
    });
    progress.end();
    for (const note of notes) process.stderr.write(`note: ${note}\n`);
    const hosts = new Set(profile.tables.map(({ host }) => host)).size;
    const columns = profile.tables.reduce((sum, table) => sum + table.columns.length, 0);
    process.stderr.write(
      `leaves ${target.shown}${hosts > 1 ? ` (${counted(hosts, "host")})` : ""}: names, engines, sizes, parts and rates of ${counted(profile.tables.length, "table")}; names, types and bytes of ${counted(columns, "column")}. No rows${flags.withRanges === true ? ", but the smallest and largest values of numbers and dates" : ", no values"}.\n`,
    );
    write(profile, flags.output);
    return EXIT.ok;
  } finally {
    progress.end();
  }
}

async function collected(session: ReadOnlySession, flags: ScaleCollectFlags, progress: Progress): Promise<Collected> {
  try {
    return await collect(session, {
      schemas: flags.schema ?? null,
      seconds: flags.seconds,
      sinceReset: flags.sinceReset,
      progress: (message, remaining) => progress.update(message, remaining),
    });
  } finally {
    await session.close();
  }
}

async function environmentOf(
  flags: ScaleCollectFlags,
): Promise<{ readonly name: string; readonly databaseUrlFrom?: string | null; readonly clickhouseUrlFrom?: string | null } | null> {
  if (flags.environment === undefined) return null;
  const cwd = process.cwd();
  const config = await loadConfig(flags.config === undefined ? { cwd } : { cwd, file: flags.config });
  return selectEnvironments(config, [flags.environment])[0] ?? null;
}

/** What leaves the server, said before it does. */
function leaving(profile: ScaleProfile, shown: string, replica: boolean): string {
  const columns = profile.tables.reduce((sum, table) => sum + table.columns.length, 0);
  return `leaves ${shown}${replica ? " (a replica)" : ""}: names, sizes and rates of ${counted(profile.tables.length, "table")}; names, types, NULL fraction, number of distinct values and average width of ${counted(columns, "column")}. No rows, no most common values, no histogram bounds.`;
}

function write(profile: ScaleProfile, output: string | undefined): void {
  const text = profileText(profile);
  if (output === undefined) process.stdout.write(text);
  else {
    writeOutput(output, text);
    process.stderr.write(
      `wrote ${output}; use it with \`scale: ${output}\` on an environment in tread.config.yaml, look at it with \`tread scale show ${output}\`\n`,
    );
  }
}

/** One line per column, so that two profiles can be compared line by line. */
export function profileText(profile: ScaleProfile): string {
  const tables = profile.tables.map(({ columns, ...table }) => {
    const head = JSON.stringify(table).slice(0, -1);
    const lines = columns.map((column) => `      ${JSON.stringify(column)}`).join(",\n");
    return `    ${head},"columns":[${lines === "" ? "" : `\n${lines}\n    `}]}`;
  });
  const { format, collectedAt, server } = profile;
  return `{\n  "format": ${JSON.stringify(format)},\n  "collectedAt": ${JSON.stringify(collectedAt)},\n  "server": ${JSON.stringify(server)},\n  "tables": [\n${tables.join(",\n")}\n  ]\n}\n`;
}
