import type { Client } from "pg";
import type { Param, Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { FreshRows } from "../seed/index.ts";

export type Value = string | null | readonly string[];
/** Values for the placeholders of one query, several sets of them. */
export type Values = readonly (readonly Value[])[];

type Row = Readonly<Record<string, string | null>>;

/** Sets of values per query: traffic goes through them, so that it does not always ask for the same row. */
const SETS = 24;

/**
 * Binds values to the placeholders of queries: rows that exist for what is looked up and updated, rows that do not exist yet for what is
 * inserted, NULL where the version may send NULL, and a plain value of the type Postgres infers where no column is known.
 */
export class Binder {
  readonly #client: Client;
  readonly #fresh: ReadonlyMap<string, FreshRows>;
  readonly #pools = new Map<string, Promise<readonly Row[]>>();

  /** @param fresh by qualified table name */
  constructor(client: Client, fresh: ReadonlyMap<string, FreshRows>) {
    this.#client = client;
    this.#fresh = fresh;
  }

  async bind(query: Query): Promise<Values> {
    if (query.params.length === 0) return [[]];
    const types = await this.#types(query);
    const sets: Value[][] = [];
    for (let set = 0; set < SETS; set++) {
      sets.push(await Promise.all(query.params.map((param, i) => this.#value(query, param, types[i] ?? null, set))));
    }
    return sets;
  }

  async #value(query: Query, param: Param, type: string | null, set: number): Promise<Value> {
    const writes = query.verb === "insert" || query.verb === "update";
    if (param.null && writes) return null;
    const place = splitColumn(param.column);
    if (place !== null) {
      const rows = await this.#pool(place.table, query.verb === "insert");
      const row = rows[set % Math.max(1, rows.length)];
      const value = row?.[place.column];
      if (value !== undefined && value !== null) {
        const columnIsArray = value.startsWith("{");
        return type?.endsWith("[]") === true && !columnIsArray ? [value] : value;
      }
      if (value === null && query.verb !== "insert") return null;
    }
    return plainValue(type);
  }

  #pool(table: string, fresh: boolean): Promise<readonly Row[]> {
    const key = `${fresh ? "fresh" : "kept"}:${table}`;
    const pool = this.#pools.get(key) ?? this.#read(table, fresh);
    this.#pools.set(key, pool);
    return pool;
  }

  async #read(table: string, fresh: boolean): Promise<readonly Row[]> {
    const maker = fresh ? this.#fresh.get(table) : undefined;
    const dot = table.indexOf(".");
    const source =
      maker === undefined
        ? `SELECT * FROM ${quoteIdentifier(table.slice(0, dot))}.${quoteIdentifier(table.slice(dot + 1))} LIMIT ${SETS}`
        : maker.sql(SETS);
    try {
      // Only the server knows how a value of each type is written.
      const columns = await this.#client.query({ text: `SELECT * FROM (${source}) r LIMIT 0`, rowMode: "array" });
      const names = columns.fields.map((field) => field.name);
      if (names.length === 0) return [];
      const texts = names.map((name) => `r.${quoteIdentifier(name)}::text`).join(", ");
      const result = await this.#client.query<(string | null)[]>({ text: `SELECT ${texts} FROM (${source}) r`, rowMode: "array" });
      return result.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i] ?? null])));
    } catch {
      // A table that the version knows and the database does not: the query itself will say so.
      return [];
    }
  }

  /** Types of the placeholders as Postgres infers them, or nothing where it cannot prepare the query. */
  async #types(query: Query): Promise<readonly string[]> {
    if (query.params.every((param) => param.null && query.verb === "insert")) return [];
    try {
      await this.#client.query(`PREPARE tread_types AS ${query.sql}`);
      const result = await this.#client.query<{ types: string }>(
        "SELECT parameter_types::text[]::text AS types FROM pg_catalog.pg_prepared_statements WHERE name = 'tread_types'",
      );
      await this.#client.query("DEALLOCATE tread_types");
      const list = result.rows[0]?.types.slice(1, -1) ?? "";
      return list === "" ? [] : list.split(",").map((type) => type.replaceAll('"', ""));
    } catch {
      return [];
    }
  }
}

/** `public.person.email` → its table and column. */
export function splitColumn(column: string | null): { readonly table: string; readonly column: string } | null {
  if (column === null) return null;
  const dot = column.lastIndexOf(".");
  return dot === -1 ? null : { table: column.slice(0, dot), column: column.slice(dot + 1) };
}

function plainValue(type: string | null): Value {
  if (type === null) return "1";
  if (type.endsWith("[]")) return "{}";
  if (/^(smallint|integer|bigint|numeric|real|double precision|oid|money)/.test(type)) return "1";
  if (/^(text|character|name|citext|"char")/.test(type)) return "tread";
  if (type.startsWith("timestamp")) return "2026-01-01 00:00:00+00";
  if (type.startsWith("time")) return "12:00";
  if (type.startsWith("json")) return "{}";
  switch (type) {
    case "boolean":
      return "true";
    case "date":
      return "2026-01-01";
    case "interval":
      return "1 day";
    case "uuid":
      return "00000000-0000-4000-8000-000000000000";
    case "bytea":
      return "\\x00";
    case "inet":
    case "cidr":
      return "10.0.0.1";
    default:
      return null;
  }
}
