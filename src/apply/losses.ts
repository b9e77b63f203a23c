import type { Client } from "pg";
import type { JudgedStatement } from "../model/judged.ts";
import { quoteIdentifier } from "../text/quote.ts";
import { quotedRelation } from "./names.ts";

/** What cannot be taken back by anybody. */
export interface Irreversible {
  readonly statement: JudgedStatement;
  /** `drops the column public.loaf.price`. */
  readonly what: string;
  /** Qualified; null where it is more than a table. */
  readonly table: string | null;
  readonly column: string | null;
}

export interface Loss extends Irreversible {
  /** How much is there: `4,120 values`, `about 2,000,000 rows (estimate)`, `nothing is in it now`. */
  readonly howMuch: string;
  /** An empty table, a column without a value. */
  readonly empty: boolean;
}

/** Counted up to here; with more, the planner's estimate says enough. */
const COUNTED = 100_000;

/**
 * Names how much each of them takes with it.
 * Counts for at most 3 s each, and waits for nobody.
 */
export async function lossesOf(client: Client, irreversible: readonly Irreversible[]): Promise<readonly Loss[]> {
  const losses: Loss[] = [];
  for (const one of irreversible) {
    const howMuch = one.table === null ? "all that is in it" : await held(client, one.table, one.column);
    losses.push({ ...one, howMuch: howMuch ?? "nothing is in it now", empty: howMuch === null });
  }
  return losses;
}

/** Null: nothing is there. */
async function held(client: Client, table: string, column: string | null): Promise<string | null> {
  const from = quotedRelation(table);
  const condition = column === null ? "" : ` WHERE ${quoteIdentifier(column)} IS NOT NULL`;
  const unit = (count: number): string => `${column === null ? "row" : "value"}${count === 1 ? "" : "s"}`;
  try {
    await client.query(
      "BEGIN READ ONLY; SET LOCAL statement_timeout = '3s'; SET LOCAL lock_timeout = '200ms'; SET LOCAL row_security = off",
    );
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT FROM ${from}${condition} LIMIT ${COUNTED + 1}) AS found`,
    );
    const count = rows[0]?.count ?? 0;
    if (count <= COUNTED) return count === 0 ? null : `${count.toLocaleString("en")} ${unit(count)}`;
  } catch (error) {
    const code = (error as { code?: string }).code ?? "";
    // It does not exist yet: a later statement of the same run makes it.
    if (code === "42P01" || code === "42703" || code === "3F000") return null;
    // Too long, locked, or not allowed: the estimate is all there is.
    if (!/^[0-9A-Z]{5}$/.test(code)) throw error;
  } finally {
    await client.query("ROLLBACK").catch(() => {});
  }
  const { rows } = await client.query<{ rows: number | null }>(
    `SELECT sum(c.reltuples)::float8 AS rows FROM pg_class c WHERE c.reltuples >= 0 AND c.relkind = 'r'
        AND (c.oid = to_regclass($1) OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1))))`,
    [from],
  );
  const estimate = rows[0]?.rows ?? null;
  return estimate === null ? "how many rows is not known" : `about ${Math.round(estimate).toLocaleString("en")} rows (estimate)`;
}
