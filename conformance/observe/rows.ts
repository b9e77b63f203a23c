import type { Client } from "pg";
import { observeOwn, qualified, type Relations } from "../../src/rehearse/observe/relations.ts";

/** Rows by qualified table; a partitioned table has those of its partitions. */
export type Rows = ReadonlyMap<string, number>;

export async function countRows(client: Client): Promise<Rows> {
  const { relations } = await observeOwn(client);
  const tables = [...relations.values()].filter((r) => r.kind === "r" || r.kind === "m" || r.kind === "p");
  if (tables.length === 0) return new Map();
  const one = (r: (typeof tables)[number], index: number): string =>
    `(SELECT count(*)::int FROM ${r.kind === "r" ? "ONLY " : ""}${qualified(r.name)}) AS t${index}`;
  // A materialized view WITH NO DATA cannot be read: one by one then.
  const counts = new Map<string, number>();
  for (const [index, table] of tables.entries()) {
    const result = await client.query<Record<string, number>>(`SELECT ${one(table, index)}`).catch(() => null);
    counts.set(table.name, result?.rows[0]?.[`t${index}`] ?? 0);
  }
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const WRITTEN = `
  SELECT c.oid::int AS oid, (pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid) - pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))::int AS rows
  FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm')`;

/** Rows added by the statements of this transaction, by oid; counting them directly would take locks that must not be seen. */
export async function writtenBy(client: Client): Promise<ReadonlyMap<number, number>> {
  const { rows } = await client.query<{ oid: number; rows: number }>(WRITTEN);
  return new Map(rows.map((row) => [row.oid, row.rows]));
}

export async function rowsNow(client: Client, rows: Rows, before: ReadonlyMap<number, number>, relations: Relations): Promise<Rows> {
  const after = await writtenBy(client);
  const now = new Map(rows);
  for (const { oid, name, kind, bytes } of relations.values()) {
    if (kind !== "r" && kind !== "m") continue;
    const count = (rows.get(name) ?? 0) + (after.get(oid) ?? 0) - (before.get(oid) ?? 0);
    now.set(name, bytes === 0 ? 0 : Math.max(0, count));
  }
  return now;
}
