import type { Client } from "pg";
import { quoteIdentifier } from "../../text/quote.ts";

/** The tables of a running database, read from its own catalogue: seeding must also work where tread has parsed nothing. */
export interface Catalogue {
  readonly tables: readonly TableInfo[];
  readonly types: ReadonlyMap<number, TypeInfo>;
}

export interface TableInfo {
  readonly oid: number;
  /** Qualified and unquoted, as everywhere in tread. */
  readonly name: string;
  /** Qualified and quoted. */
  readonly sql: string;
  readonly kind: "table" | "partitioned-table";
  /** Oid of the parent of a partition. */
  readonly parent: number | null;
  /** `FOR VALUES …` or `DEFAULT` of a partition. */
  readonly bound: string | null;
  /** Columns of the partition key of a partitioned table; null where a key is an expression. */
  readonly partitionKey: { readonly strategy: "range" | "list" | "hash"; readonly columns: readonly (string | null)[] } | null;
  readonly columns: readonly ColumnInfo[];
  readonly checks: readonly { readonly name: string; readonly expression: string }[];
  readonly foreignKeys: readonly ForeignKeyInfo[];
  readonly uniques: readonly UniqueInfo[];
  /** Rows that the migrations themselves have put in. */
  readonly rows: number;
}

export interface ColumnInfo {
  readonly name: string;
  readonly type: number;
  readonly modifier: number;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly identity: boolean;
  readonly generated: boolean;
}

export interface ForeignKeyInfo {
  readonly columns: readonly string[];
  /** Oid of the referenced table. */
  readonly references: number;
  readonly referencedColumns: readonly string[];
}

export interface UniqueInfo {
  /** Null for an expression. */
  readonly columns: readonly (string | null)[];
  readonly deferrable: boolean;
  readonly exclusion: boolean;
  readonly partial: boolean;
}

export interface TypeInfo {
  readonly oid: number;
  /** As `format_type` writes it, qualified when it is not in pg_catalog. */
  readonly name: string;
  /** Bare name in the catalogue: `int4`, `citext`. */
  readonly bare: string;
  readonly kind: "base" | "composite" | "domain" | "enum" | "range" | "multirange" | "pseudo";
  readonly category: string;
  /** Base type of a domain, element of an array, subtype of a range. */
  readonly of: number | null;
  /** Modifier of a domain's base type. */
  readonly modifier: number;
  readonly notNull: boolean;
  /** Checks of a domain, with VALUE for the value. */
  readonly checks: readonly string[];
  readonly labels: readonly string[];
  readonly fields: readonly { readonly name: string; readonly type: number; readonly modifier: number }[];
}

/** Schemas that are not the user's. */
export const NOT_USER_SCHEMA = `(n.nspname IN ('pg_catalog', 'information_schema') OR n.nspname LIKE 'pg\\_toast%' OR n.nspname LIKE 'pg\\_temp%')`;

/** Tables of extensions (`spatial_ref_sys`) are the extension's, not the user's. */
const TABLES = `
SELECT c.oid::int AS oid, n.nspname AS schema, c.relname AS relation, c.relkind AS kind,
  (SELECT i.inhparent::int FROM pg_inherits i WHERE i.inhrelid = c.oid AND c.relispartition) AS parent,
  pg_get_expr(c.relpartbound, c.oid) AS bound,
  (SELECT json_build_object('strategy', p.partstrat, 'columns', (SELECT json_agg(a.attname ORDER BY k.ord)
      FROM unnest(p.partattrs::int2[]) WITH ORDINALITY AS k(num, ord) LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num AND k.num > 0))
    FROM pg_partitioned_table p WHERE p.partrelid = c.oid) AS key,
  (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int, 'modifier', a.atttypmod, 'notNull', a.attnotnull,
      'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END, 'identity', a.attidentity <> '', 'generated', a.attgenerated <> '')
      ORDER BY a.attnum)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
  (SELECT json_agg(json_build_object('name', k.conname, 'expression', pg_get_expr(k.conbin, k.conrelid)) ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
  (SELECT json_agg(json_build_object('references', k.confrelid::int,
      'columns', (SELECT json_agg(a.attname ORDER BY x.ord) FROM unnest(k.conkey) WITH ORDINALITY x(num, ord) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num),
      'referencedColumns', (SELECT json_agg(a.attname ORDER BY x.ord) FROM unnest(k.confkey) WITH ORDINALITY x(num, ord) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num))
      ORDER BY k.conname)
    FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND (k.conparentid = 0 OR c.relispartition)) AS foreign_keys,
  (SELECT json_agg(json_build_object('deferrable', NOT i.indimmediate, 'exclusion', i.indisexclusion, 'partial', i.indpred IS NOT NULL,
      'columns', (SELECT json_agg(a.attname ORDER BY x.ord) FROM unnest(i.indkey::int2[]) WITH ORDINALITY x(num, ord)
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.num AND x.num > 0 WHERE x.ord <= i.indnkeyatts)) ORDER BY i.indexrelid)
    FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisunique OR i.indisexclusion)) AS uniques
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT ${NOT_USER_SCHEMA}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname`;

const TYPES = `
SELECT t.oid::int AS oid, CASE WHEN n.nspname = 'pg_catalog' THEN format_type(t.oid, NULL) ELSE quote_ident(n.nspname) || '.' || quote_ident(t.typname) END AS name,
  t.typname AS bare, t.typtype AS type, t.typcategory AS category, t.typbasetype::int AS base, t.typelem::int AS element, t.typtypmod AS modifier,
  t.typnotnull AS not_null, (SELECT r.rngsubtype::int FROM pg_range r WHERE r.rngtypid = t.oid) AS subtype,
  (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels,
  (SELECT json_agg(pg_get_expr(k.conbin, 0)) FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c') AS checks,
  CASE WHEN t.typtype = 'c' THEN (SELECT json_agg(json_build_object('name', a.attname, 'type', a.atttypid::int, 'modifier', a.atttypmod) ORDER BY a.attnum)
    FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) END AS fields
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype <> 'c' OR c.relkind = 'c'`;

const KINDS: Readonly<Record<string, TypeInfo["kind"]>> = {
  b: "base",
  c: "composite",
  d: "domain",
  e: "enum",
  r: "range",
  m: "multirange",
  p: "pseudo",
};
const STRATEGIES: Readonly<Record<string, "range" | "list" | "hash">> = { r: "range", l: "list", h: "hash" };

export async function readCatalogue(client: Client): Promise<Catalogue> {
  // With an empty search_path everything comes back qualified, so that it can be used under any.
  await client.query("BEGIN; SET LOCAL search_path = ''");
  try {
    return await read(client);
  } finally {
    await client.query("COMMIT");
  }
}

async function read(client: Client): Promise<Catalogue> {
  const types = new Map<number, TypeInfo>();
  for (const row of (await client.query<TypeRow>(TYPES)).rows) {
    const kind = KINDS[row.type] ?? "pseudo";
    types.set(row.oid, {
      oid: row.oid,
      name: row.name,
      bare: row.bare,
      kind,
      category: row.category,
      of: kind === "domain" ? row.base : row.category === "A" ? row.element : row.subtype,
      modifier: row.modifier,
      notNull: row.not_null,
      checks: row.checks ?? [],
      labels: row.labels ?? [],
      fields: row.fields ?? [],
    });
  }
  const rows = (await client.query<TableRow>(TABLES)).rows;
  const counts = await countRows(
    client,
    rows.filter((row) => row.kind === "r").map((row) => [row.oid, qualified(row)] as const),
  );
  const tables = rows.map((row): TableInfo => {
    const strategy = row.key === null ? undefined : STRATEGIES[row.key.strategy];
    return {
      oid: row.oid,
      name: `${row.schema}.${row.relation}`,
      sql: qualified(row),
      kind: row.kind === "p" ? "partitioned-table" : "table",
      parent: row.parent,
      bound: row.bound,
      partitionKey: row.key === null || strategy === undefined ? null : { strategy, columns: row.key.columns ?? [] },
      columns: row.columns ?? [],
      checks: row.checks ?? [],
      foreignKeys: row.foreign_keys ?? [],
      uniques: row.uniques ?? [],
      rows: counts.get(row.oid) ?? 0,
    };
  });
  return { tables, types };
}

async function countRows(client: Client, tables: readonly (readonly [number, string])[]): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  // One statement for many tables: a round trip each would be felt with hundreds of them.
  for (let at = 0; at < tables.length; at += 100) {
    const sql = tables
      .slice(at, at + 100)
      .map(([oid, name]) => `SELECT ${oid} AS oid, count(*)::int AS rows FROM ONLY ${name}`)
      .join(" UNION ALL ");
    for (const row of (await client.query<{ oid: number; rows: number }>(sql)).rows) counts.set(row.oid, row.rows);
  }
  return counts;
}

function qualified(row: { readonly schema: string; readonly relation: string }): string {
  return `${quoteIdentifier(row.schema)}.${quoteIdentifier(row.relation)}`;
}

interface TypeRow {
  oid: number;
  name: string;
  bare: string;
  type: string;
  category: string;
  base: number;
  element: number;
  modifier: number;
  not_null: boolean;
  subtype: number | null;
  labels: string[] | null;
  checks: string[] | null;
  fields: TypeInfo["fields"] | null;
}

interface TableRow {
  oid: number;
  schema: string;
  relation: string;
  kind: string;
  parent: number | null;
  bound: string | null;
  key: { strategy: string; columns: (string | null)[] | null } | null;
  columns: ColumnInfo[] | null;
  checks: TableInfo["checks"] | null;
  foreign_keys: ForeignKeyInfo[] | null;
  uniques: UniqueInfo[] | null;
}
