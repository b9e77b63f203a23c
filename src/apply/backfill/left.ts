import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import type { Backfill } from "./prepare.ts";

/** Counting stops here: by then it is clear enough that the backfill is not done. */
export const MANY = 10_000;

/** The table as the statement means it. */
export function walkedTable({ table, batch }: Pick<Backfill, "table" | "batch">): string {
  return `${batch.only ? "ONLY " : ""}${quotedRelation(table)}`;
}

/** The rows that are still to be done, as a query without its columns; null where nothing tells which these are. */
function leftSql(backfill: Backfill): string | null {
  const { batch, verify } = backfill;
  if (verify === null) return null;
  const others = batch.verb === "insert" || batch.slices.from === null ? "" : `, ${batch.slices.from}`;
  return `SELECT FROM ${walkedTable(backfill)} AS ${quoteIdentifier(batch.alias)}${others}\n WHERE ${verify}\n`;
}

/**
 * Whether the server understands what the end is to be verified with: found out at the end it would be too late.
 * @returns what is wrong with it, or null
 */
export async function whyNotVerified(client: Client, backfill: Backfill): Promise<string | null> {
  const sql = leftSql(backfill);
  if (sql === null) return null;
  try {
    await client.query(`EXPLAIN ${sql}`);
    return null;
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    if (code === undefined || !/^(?:42|22|0A)/.test(code)) throw error;
    return message;
  }
}

/** Rows that are still to be done; null where nothing tells which these are. Under `row_security = off` hidden rows are an error, not zero. */
export async function rowsLeft(client: Client, backfill: Backfill): Promise<number | null> {
  const sql = leftSql(backfill);
  if (sql === null) return null;
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL row_security = off; SET LOCAL statement_timeout = 0");
  const { rows } = await client.query<{ left: number }>(`SELECT count(*)::int AS left FROM (${sql} LIMIT ${MANY}) AS rest`);
  await client.query("COMMIT");
  return rows[0]?.left ?? 0;
}

/** The planner's estimate of a table's rows, partitions included; null: it was never analysed. */
export async function estimatedRows(client: Client, table: string): Promise<number | null> {
  const { rows } = await client.query<{ rows: number }>(
    `SELECT sum(c.reltuples)::float8 AS rows FROM pg_class c WHERE c.relkind IN ('r', 'm') AND c.reltuples >= 0
        AND (c.oid = to_regclass($1) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1))))`,
    [quotedRelation(table)],
  );
  const known = rows[0]?.rows ?? 0;
  return known > 0 ? known : null;
}
