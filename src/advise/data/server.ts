import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  openReadOnlyClickHouse,
  readClickHouseSchema,
  readClickHouseTarget,
  type ClickHouseTarget,
  type ReadOnlyClickHouse,
} from "../../engines/clickhouse/introspect/index.ts";
import { grouped } from "../../text/numbers.ts";
import { quoteName, quoteText } from "../engine/lab.ts";
import { AdviseError } from "../errors.ts";
import { quoted } from "../measure/bench.ts";
import { bytesText } from "../render/bytes.ts";
import type { Schema, TableDefinition } from "../table/definition.ts";
import { schemaFromSql } from "../table/load-schema.ts";
import type { DataSource } from "./source.ts";

/** A server from which a sample is taken: only ever read. */
export interface Connection {
  readonly target: ClickHouseTarget;
  readonly server: ReadOnlyClickHouse;
  readonly signal: AbortSignal;
}

const QUERY_SECONDS = 30;
/** Longest that reading the sample may take on the server. */
const SAMPLE_SECONDS = 600;
/** Rows that the server reads for a sample at most: whole parts are left out above it. */
const MOST_READ = 400_000_000;
/** Bytes that are downloaded at most. */
const MOST_BYTES = 8_000_000_000;

/** @throws DatabaseTrouble when nothing answers, or the user may not log in */
export async function connect(url: string, environment: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Connection> {
  const target = readClickHouseTarget(url, environment);
  return { target, server: await openReadOnlyClickHouse(target, { timeoutSeconds: QUERY_SECONDS }), signal };
}

/** What the server's catalogue says of the table's database. @throws DatabaseTrouble, AdviseError */
export async function schemaFromServer({ server }: Connection, table: string): Promise<Schema> {
  const database = table.includes(".") ? table.slice(0, table.indexOf(".")) : server.database;
  const { sql } = await readClickHouseSchema(server, [database]);
  return schemaFromSql(sql, server.shown, table.includes(".") ? table : `${database}.${table}`);
}

export interface SampleOptions {
  readonly rows: number;
  /** Column by whose hash whole entities are taken; null: random rows. */
  readonly by: string | null;
  readonly memory: number;
  readonly onProgress: (message: string) => void;
}

/**
 * Takes a sample of random rows (or of whole entities) with one read-only query, bounded in rows, time and bytes, into a file that
 * `cleanUp` removes. Never by the leading column of the key: such a sample lacks whole stretches of the table.
 * @throws DatabaseTrouble, AdviseError
 */
export async function sampleServer(
  connection: Connection,
  definition: TableDefinition,
  options: SampleOptions,
): Promise<{ readonly data: DataSource; readonly cleanUp: () => void }> {
  const { server } = connection;
  const name = `${definition.database}.${definition.table}`;
  const parts = await server.rows<{ name: string; partition: string; rows: number }>(
    "SELECT name, partition_id AS partition, rows FROM system.parts WHERE active AND database = {database:String} AND table = {table:String} ORDER BY name",
    { database: definition.database, table: definition.table },
  );
  const total = parts.reduce((sum, part) => sum + part.rows, 0);
  if (total === 0)
    throw new AdviseError(`${name} has no rows on ${server.shown}`, "sample a host that holds rows of it, or give --sample FILE", 3);
  const partitions = new Map<string, number>();
  for (const { partition } of parts) partitions.set(partition, (partitions.get(partition) ?? 0) + 1);
  const perPartition = median([...partitions.values()]);
  const chosen = choose(parts, total);
  const readable = chosen === null ? total : chosen.reduce((sum, part) => sum + part.rows, 0);
  const share = Math.min(1, options.rows / readable);
  const columns = definition.columns.filter((column) => column.kind === "stored").map((column) => quoteName(column.name));
  const conditions = [
    ...(chosen === null ? [] : [`_part IN (${chosen.map((part) => quoteText(part.name)).join(", ")})`]),
    ...(share >= 1
      ? []
      : [`${options.by === null ? "rand()" : `cityHash64(${quoteName(options.by)}, 20)`} % 1000000 < ${Math.ceil(share * 1_000_000)}`]),
  ];
  const sql = `SELECT ${columns.join(", ")} FROM ${quoted(name)}${conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`} LIMIT ${options.rows}`;
  options.onProgress(
    `sampling ${grouped(Math.round(readable * share))} of ${grouped(total)} rows of ${name} (the server reads ${grouped(readable)})`,
  );
  const folder = mkdtempSync(join(tmpdir(), "tread-server-sample-"));
  const cleanUp = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const path = join(folder, "sample.native");
    await download(connection, sql, path, options.onProgress);
    const sample = { path, shown: `the sample of ${server.shown}`, mostRows: options.rows, by: null, memory: options.memory };
    const notes = [
      `Sampled from ${server.shown}: ${options.by === null ? "random rows" : `whole values of ${options.by}`}${chosen === null ? "" : `, out of ${chosen.length} of ${parts.length} parts`}. The table has ${grouped(total)} rows on this host, in ${grouped(partitions.size)} partitions of about ${perPartition} parts; other shards were not asked.`,
    ];
    return { data: { kind: "server", sample, seen: total, parts: perPartition, notes }, cleanUp };
  } catch (error) {
    cleanUp();
    throw error;
  }
}

/** Parts to read where the table is too large to be read whole: of every partition some, by their share of its rows; null: all. */
function choose(
  parts: readonly { readonly name: string; readonly partition: string; readonly rows: number }[],
  total: number,
): readonly { readonly name: string; readonly rows: number }[] | null {
  if (total <= MOST_READ) return null;
  const share = MOST_READ / total;
  const chosen: { name: string; rows: number }[] = [];
  let owed = 0;
  // Each part is a stretch of time and holds the whole range of keys: every so many-th row's part, in order of partition and age.
  for (const part of [...parts].sort((a, b) => (a.partition < b.partition ? -1 : a.partition > b.partition ? 1 : 0))) {
    owed += part.rows * share;
    if (owed < part.rows / 2) continue;
    chosen.push(part);
    owed -= part.rows;
  }
  return chosen.length === 0 ? parts.slice(0, 1) : chosen;
}

async function download({ target, signal }: Connection, sql: string, path: string, onProgress: (message: string) => void): Promise<void> {
  const ask = (settings: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(
      `${target.endpoint}?${new URLSearchParams({ ...target.settings, ...settings, ...(target.database === null ? {} : { database: target.database }) }).toString()}`,
      {
        method: "POST",
        body: `${sql}\nFORMAT Native`,
        headers: {
          "X-ClickHouse-User": Buffer.from(target.user, "utf8").toString("latin1"),
          ...(target.password === "" ? {} : { "X-ClickHouse-Key": Buffer.from(target.password, "utf8").toString("latin1") }),
          "User-Agent": "tread",
        },
        redirect: "error",
        signal,
      },
    );
  try {
    let response = await ask({
      readonly: "1",
      max_threads: "2",
      priority: "10",
      max_execution_time: String(SAMPLE_SECONDS),
      timeout_overflow_mode: "throw",
      log_comment: "tread advise",
    });
    // A user who is read-only already may not change settings (164).
    if (!response.ok && /Code: 164\b/.test(await response.clone().text())) response = await ask({});
    if (!response.ok || response.body === null) {
      const said = target.redact((await response.text()).replace(/^Code: \d+\. DB::Exception: /, "").split("\n")[0] ?? "").slice(0, 300);
      throw new AdviseError(
        `${target.shown}: the sample could not be read: ${said}`,
        "tread needs SELECT on the table; ask for fewer rows with --sample-rows",
        3,
      );
    }
    let bytes = 0;
    let shown = 0;
    const counter = new Transform({
      transform(chunk: Buffer, _, done) {
        bytes += chunk.length;
        if (bytes - shown > 20_000_000) {
          shown = bytes;
          onProgress(`sampling: ${bytesText(bytes)} downloaded`);
        }
        done(
          bytes > MOST_BYTES ? new AdviseError("the sample is larger than 8 GB", "ask for fewer rows with --sample-rows", 3) : null,
          chunk,
        );
      },
    });
    await pipeline(Readable.fromWeb(response.body), counter, createWriteStream(path, { mode: 0o600 }), { signal });
  } catch (error) {
    if (error instanceof AdviseError || signal.aborted) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new AdviseError(
      `${target.shown}: the connection broke while the sample was read: ${target.redact(cause instanceof Error ? cause.message : String(cause))}`,
      "run it again, with fewer rows (--sample-rows) if it took long",
      3,
    );
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}
