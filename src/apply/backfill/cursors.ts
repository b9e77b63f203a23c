import type { Client } from "pg";
import { ApplyStopped } from "../stopped.ts";
import type { UnitPart } from "../types.ts";
import { walkedTable } from "./left.ts";
import type { KeySql } from "./key.ts";
import type { Backfill } from "./prepare.ts";

/** A range of the key and how far it is done: a row of `tread.backfill`. Bounds as Postgres' own text; null: open. */
export interface CursorRow {
  readonly worker: number;
  readonly pass: number;
  /** Everything after it … */
  readonly low: readonly string[] | null;
  /** … up to and with it. */
  readonly high: readonly string[] | null;
  readonly at: readonly string[] | null;
  readonly finished: boolean;
  readonly affected_rows: string;
  readonly paused: boolean;
}

export async function cursorsOf(client: Client, part: UnitPart): Promise<readonly CursorRow[]> {
  const { rows } = await client.query<CursorRow & { hash: string }>(
    "SELECT worker, pass, low, high, at, finished, affected_rows, paused, hash FROM tread.backfill WHERE source = $1 AND migration = $2 AND first_statement = $3 ORDER BY worker",
    [part.key.source, part.key.migration, part.from],
  );
  if (rows.some(({ hash }) => hash !== part.hash))
    throw new ApplyStopped(
      `${part.key.migration} was changed after its backfill had begun: a part of the rows was done by what stood there before`,
      `restore it; or begin again from the first row: tread ledger repair ${part.key.migration} --forget`,
      5,
    );
  return rows;
}

/**
 * The cursors of a backfill that was begun, or new ones: up to the last key there is now (rows that come later are right by themselves),
 * in as many ranges as there are workers.
 */
export async function startCursors(
  client: Client,
  part: UnitPart,
  backfill: Backfill,
  sql: KeySql,
  workers: number,
): Promise<readonly CursorRow[]> {
  const known = await cursorsOf(client, part);
  if (known.length > 0) return known;
  const table = walkedTable(backfill);
  await client.query(
    `BEGIN ISOLATION LEVEL READ COMMITTED${sql.textSettings.map(([name, value]) => `; SET LOCAL ${name} = '${value}'`).join("")}`,
  );
  const { rows: ends } = await client.query<{ at: string[] }>(
    `SELECT ${sql.asText} AS at FROM ${table} ORDER BY ${sql.order("DESC")} LIMIT 1`,
  );
  const last = ends[0]?.at ?? null;
  const borders = workers <= 1 ? [] : await bordersOf(client, table, sql, workers);
  const bounds: (readonly string[] | null)[] = [null, ...borders, last];
  for (let worker = 0; worker < bounds.length - 1; worker++) {
    await client.query(
      "INSERT INTO tread.backfill (source, migration, first_statement, worker, hash, low, high, finished) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      [part.key.source, part.key.migration, part.from, worker, part.hash, bounds[worker], bounds[worker + 1], last === null],
    );
  }
  await client.query("COMMIT");
  return await cursorsOf(client, part);
}

/** Keys that part the table into about equal ranges, from a sample of its pages. */
async function bordersOf(client: Client, table: string, sql: KeySql, workers: number): Promise<readonly (readonly string[])[]> {
  const { rows: sizes } = await client.query<{ pages: number }>(
    "SELECT greatest(1, pg_relation_size(to_regclass($1)) / 8192)::float8 AS pages",
    [table.replace(/^ONLY /, "")],
  );
  const percent = Math.min(100, Math.max(0.01, (100 * 2000) / (sizes[0]?.pages ?? 1)));
  const { rows } = await client.query<{ at: string[] }>(
    `SELECT ${sql.asText} AS at FROM (SELECT ${sql.columns} FROM ${table} TABLESAMPLE SYSTEM (${percent}) LIMIT 200000) AS sample ORDER BY ${sql.order("ASC")}`,
  );
  const borders: (readonly string[])[] = [];
  for (let worker = 1; worker < workers; worker++) {
    const at = rows[Math.floor((worker * rows.length) / workers)]?.at;
    if (at !== undefined && borders.at(-1)?.join("\0") !== at.join("\0")) borders.push(at);
  }
  return borders;
}
