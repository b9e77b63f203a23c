import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";
import { quotedRelation } from "../names.ts";
import type { Backfill } from "./prepare.ts";

/** Counting stops here: by then it is clear enough that the backfill is not done. */
export const MANY = 10_000;

/** Rows that are still to be done; null where nothing tells which these are. Under `row_security = off` hidden rows are an error, not zero. */
export async function rowsLeft(client: Client, { batch, table, verify }: Backfill): Promise<number | null> {
  if (verify === null) return null;
  const others = batch.verb === "insert" || batch.slices.from === null ? "" : `, ${batch.slices.from}`;
  await client.query("BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL row_security = off; SET LOCAL statement_timeout = 0");
  const { rows } = await client.query<{ left: number }>(
    `SELECT count(*)::int AS left FROM (SELECT FROM ${quotedRelation(table)} AS ${quoteIdentifier(batch.alias)}${others}\n WHERE ${verify}\n LIMIT ${MANY}) AS rest`,
  );
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
