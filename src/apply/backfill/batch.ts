import type { Client } from "pg";
import { aroundCondition } from "../../engines/postgres/batch/index.ts";
import { quoteIdentifier, quoteLiteral } from "../../text/quote.ts";
import { ApplyStopped } from "../stopped.ts";
import type { UnitPart } from "../types.ts";
import { walkedTable } from "./left.ts";
import type { KeySql } from "./key.ts";
import type { Backfill } from "./prepare.ts";

export interface Batch {
  readonly part: UnitPart;
  readonly backfill: Backfill;
  readonly sql: KeySql;
  /** Added to the statement's own condition; null: nothing. */
  readonly only: string | null;
  /** The row of `tread.backfill`. */
  readonly worker: number;
  /** Longest that the batch waits for rows that somebody else holds, ms. */
  readonly lockTimeoutMs: number;
  /**
   * COMMIT waits for disk and standbys. It need not: a server that dies forgets a batch together with its cursor, and the step's own
   * record waits for all of them.
   */
  readonly durable: boolean;
}

export type BatchResult =
  | { readonly state: "done"; readonly walked: number; readonly affected: number }
  | { readonly state: "finished" | "paused" };

/**
 * The next batch as one message: cursor locked, range looked up, statement, new cursor, COMMIT. No network lies between them, so rows are
 * locked for as long as the work takes.
 *
 * @throws ApplyStopped (exit code 5) when the cursor is gone
 */
export async function runBatch(client: Client, batch: Batch, size: number): Promise<BatchResult> {
  const text = [
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    // Somebody else's row lock is not worth more than a batch: whoever waits for us waits as long as we do.
    `SET LOCAL lock_timeout = ${batch.lockTimeoutMs}`,
    "SET LOCAL statement_timeout = 0",
    // Rows that a policy hides are an error, and not rows that need nothing.
    "SET LOCAL row_security = off",
    ...(batch.durable ? [] : ["SET LOCAL synchronous_commit = off"]),
    `DO ${quoteLiteral(block(batch, size))}`,
    "COMMIT",
    "SELECT pg_catalog.current_setting('tread.batch') AS batch",
  ].join(";\n");
  const results = (await client.query(text)) as unknown as readonly { readonly rows: readonly { readonly batch: string }[] }[];
  const [state, walked, affected] = (results.at(-1)?.rows[0]?.batch ?? "").split(" ");
  if (state === "finished" || state === "paused") return { state };
  if (state === "done") return { state, walked: Number(walked), affected: Number(affected) };
  throw new ApplyStopped(
    "the cursor of this backfill is gone from tread.backfill",
    "somebody has deleted it: `tread ledger repair` says what is recorded",
    5,
  );
}

/**
 * `walked` is the size asked for, but at the end of the range, where rows are counted. The range's end is looked up by OFFSET over the
 * index, which costs a hundredth of the batch (18.4: 1.3 ms of 110 ms for 10,000 rows).
 */
function block({ part, backfill, sql, only, worker }: Batch, size: number): string {
  const cursor = `source = ${quoteLiteral(part.key.source)} AND migration = ${quoteLiteral(part.key.migration)} AND first_statement = ${part.from} AND worker = ${worker}`;
  const table = `${walkedTable(backfill)} AS ${quoteIdentifier(backfill.batch.alias)}`;
  const { before, behind } = aroundCondition(backfill.batch);
  const rows = `SELECT ${sql.columns} FROM ${table} WHERE `;
  const ordered = ` ORDER BY ${sql.order("ASC")} LIMIT `;
  const settings = (value: (name: string, own: string, at: number) => string): string =>
    sql.textSettings.map(([name, own], at) => `  PERFORM pg_catalog.set_config('${name}', ${value(name, own, at)}, true);`).join("\n");
  const saved = `ARRAY[${sql.textSettings.map(([name]) => `pg_catalog.current_setting('${name}')`).join(", ")}]::text[]`;
  return `
DECLARE
  saved text[] := ${saved}; cursor record; after_low text := 'true'; until_high text := 'true'; top text[]; walked bigint := ${size}; affected bigint;
BEGIN
  PERFORM pg_catalog.set_config('tread.batch', '', false);
  SELECT low, high, at, finished, paused INTO cursor FROM tread.backfill WHERE ${cursor} FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  IF cursor.finished OR cursor.paused THEN
    PERFORM pg_catalog.set_config('tread.batch', CASE WHEN cursor.finished THEN 'finished' ELSE 'paused' END, false);
    RETURN;
  END IF;
${settings((_, own) => quoteLiteral(own))}
  cursor.at := coalesce(cursor.at, cursor.low);
  IF cursor.at IS NOT NULL THEN after_low := ${sql.compareSql(">", "cursor.at")}; END IF;
  IF cursor.high IS NOT NULL THEN until_high := ${sql.compareSql("<=", "cursor.high")}; END IF;
  EXECUTE ${quoteLiteral(`SELECT ${sql.asText} FROM (${rows}`)} || after_low || ' AND ' || until_high || ${quoteLiteral(`${ordered}1 OFFSET ${size - 1}) AS walked`)} INTO top;
  IF top IS NULL THEN
    EXECUTE ${quoteLiteral(`SELECT ${sql.asText}, count(*) OVER () FROM (${rows}`)} || after_low || ' AND ' || until_high || ${quoteLiteral(`${ordered}${size}) AS walked ORDER BY ${sql.order("DESC")} LIMIT 1`)} INTO top, walked;
  END IF;
  IF top IS NULL THEN
    UPDATE tread.backfill SET finished = true, changed_at = pg_catalog.clock_timestamp() WHERE ${cursor};
    PERFORM pg_catalog.set_config('tread.batch', 'finished', false);
    RETURN;
  END IF;
${settings((_name, _own, at) => `saved[${at + 1}]`)}
  EXECUTE ${quoteLiteral(before)} || after_low || ' AND ' || ${sql.compareSql("<=", "top")} || ${quoteLiteral(`${only === null ? "" : ` AND ${only}`}${behind}`)};
  GET DIAGNOSTICS affected = ROW_COUNT;
  UPDATE tread.backfill SET at = top, batches = batches + 1, affected_rows = affected_rows + affected, changed_at = pg_catalog.clock_timestamp()
   WHERE ${cursor};
  PERFORM pg_catalog.set_config('tread.batch', 'done ' || walked || ' ' || affected, false);
END`;
}
