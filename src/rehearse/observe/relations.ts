import type { Client, QueryResult } from "pg";
import type { TableLock } from "../../model/effects.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { NOT_USER_SCHEMA } from "../seed/catalogue.ts";
import { type HeldLocks, OWN_LOCKS, strongestByOid } from "./locks.ts";

export interface RelationState {
  readonly oid: number;
  /** Qualified and unquoted. */
  readonly name: string;
  /** `r p m f v` are tables and views, `i I` indexes. */
  readonly kind: string;
  /** Number of the file that holds its rows; null where it has none. */
  readonly file: number | null;
  /** The table of an index. */
  readonly table: number | null;
  /** Rows and index entries returned to the statements of this transaction (`xact`) or to all so far (`total`). */
  readonly returned: number;
  readonly bytes: number;
}

export type Relations = ReadonlyMap<number, RelationState>;

const relationsSql = (counter: string): string => `
  SELECT c.oid::int AS oid, n.nspname || '.' || c.relname AS name, c.relkind::text AS kind, pg_catalog.pg_relation_filenode(c.oid)::int8::float8 AS file,
    i.indrelid::int AS "table", ${counter}(c.oid)::float8 AS returned,
    CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid)::float8 ELSE 0 END AS bytes
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'i', 'I') AND NOT ${NOT_USER_SCHEMA}`;

/** All relations with the counters of the running transaction of this very session, and its locks: one round trip. */
export async function observeOwn(client: Client): Promise<{ readonly relations: Relations; readonly locks: HeldLocks }> {
  const results: unknown = await client.query(`${relationsSql("pg_catalog.pg_stat_get_xact_tuples_returned")}; ${OWN_LOCKS}`);
  const [relations, locks] = results as [QueryResult<RelationState>, QueryResult<{ oid: number; mode: string }>];
  return { relations: byOid(relations.rows), locks: strongestByOid(locks.rows) };
}

/** All relations with the counters of all sessions that have ended or gone idle long enough. */
export async function observeTotals(client: Client): Promise<Relations> {
  return byOid((await client.query<RelationState>(relationsSql("pg_catalog.pg_stat_get_tuples_returned"))).rows);
}

export function isTable(relation: RelationState): boolean {
  return relation.kind !== "i" && relation.kind !== "I";
}

/** Locks on tables that existed before, by the names they had then; sorted. */
export function tableLocks(before: Relations, locks: HeldLocks): TableLock[] {
  const result: TableLock[] = [];
  for (const [oid, mode] of locks) {
    const relation = before.get(oid);
    if (relation !== undefined && isTable(relation)) result.push({ relation: relation.name, mode });
  }
  return result.sort((a, b) => (a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0));
}

function byOid(rows: readonly RelationState[]): Relations {
  return new Map(rows.map((row) => [row.oid, row]));
}

/**
 * Rows by table as ANALYZE found them after seeding, and none for tables that the release has created. A rewrite forgets the count, so
 * it is remembered.
 */
export class RowCounts {
  readonly #client: Client;
  readonly #known = new Map<number, number>();

  constructor(client: Client) {
    this.#client = client;
  }

  async read(): Promise<ReadonlyMap<number, number>> {
    const result = await this.#client.query<{ oid: number; rows: number }>(
      "SELECT oid::int AS oid, reltuples::float8 AS rows FROM pg_catalog.pg_class WHERE relkind IN ('r', 'm') AND reltuples > 0",
    );
    for (const row of result.rows) this.#known.set(row.oid, row.rows);
    return this.#known;
  }
}

/** Quoted, from a name as tread writes it. A dot inside a schema's name would be misread; inside a table's it is not. */
export function qualified(name: string): string {
  const dot = name.indexOf(".");
  return `${quoteIdentifier(name.slice(0, dot))}.${quoteIdentifier(name.slice(dot + 1))}`;
}
