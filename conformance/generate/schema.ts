import type { ColumnType } from "./types.ts";

/** What a generated schema holds, enough to draw statements from that mostly work. */
export interface GeneratedSchema {
  readonly tables: readonly Table[];
  readonly enums: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly domains: readonly { readonly name: string; readonly base: string; readonly constraint: string | null }[];
  readonly views: readonly { readonly name: string; readonly table: Table; readonly materialized: boolean }[];
  readonly sequences: readonly string[];
  readonly functions: readonly string[];
  /** One statement per element. */
  readonly setup: readonly string[];
}

export interface Table {
  /** Quoted where needed, and qualified where it is not in public. */
  readonly sql: string;
  readonly schema: string;
  /** Unquoted. */
  readonly name: string;
  readonly kind: "table" | "partitioned" | "partition" | "child";
  readonly parent: Table | null;
  readonly partition: { readonly strategy: "range" | "list" | "hash"; readonly column: string } | null;
  readonly columns: Column[];
  readonly rows: number;
  readonly keys: { readonly name: string; readonly columns: readonly string[]; readonly primary: boolean }[];
  readonly checks: { readonly name: string; readonly valid: boolean }[];
  readonly foreignKeys: { readonly name: string; readonly columns: readonly string[]; readonly target: Table; readonly valid: boolean }[];
  readonly indexes: { readonly name: string; readonly unique: boolean; readonly plain: boolean }[];
  readonly triggers: string[];
  readonly policies: string[];
}

export interface Column {
  /** Unquoted. */
  readonly name: string;
  readonly type: ColumnType;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  readonly generated: boolean;
  readonly identity: boolean;
}

const PLAIN = /^[a-z_][a-z0-9_]*$/;
const RESERVED = new Set(["order", "user", "group", "table", "select", "end", "check", "default"]);

export function quote(name: string): string {
  return PLAIN.test(name) && !RESERVED.has(name) ? name : `"${name}"`;
}

export function columnList(columns: readonly string[]): string {
  return columns.map((name) => quote(name)).join(", ");
}

export function emptyTable(schema: string, name: string, rows: number): Omit<Table, "kind"> {
  const sql = schema === "public" ? quote(name) : `${quote(schema)}.${quote(name)}`;
  return {
    sql,
    schema,
    name,
    parent: null,
    partition: null,
    columns: [],
    rows,
    keys: [],
    checks: [],
    foreignKeys: [],
    indexes: [],
    triggers: [],
    policies: [],
  };
}

/** Columns that can be written to. */
export function writable(table: Table): Column[] {
  return table.columns.filter((column) => !column.generated && !column.identity);
}
