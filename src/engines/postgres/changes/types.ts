import type { SchemaState, TypeRef } from "../../../model/schema.ts";
import type { TypeName } from "libpg-query";
import { all, as, strings } from "../parse/grammar.ts";

/** Names the grammar leaves in place or abbreviates, as `format_type` writes them (manual table 8.1). */
const CANONICAL: Readonly<Record<string, string>> = {
  int: "integer",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "character",
  varchar: "character varying",
  decimal: "numeric",
  varbit: "bit varying",
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
  timestamp: "timestamp without time zone",
  time: "time without time zone",
};

const SERIAL: Readonly<Record<string, string>> = {
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
  smallserial: "smallint",
  serial2: "smallint",
};

/** Types of pg_catalog whose name is already canonical. What is in neither table is a user's type or an extension's. */
const BUILT_IN = new Set(
  (
    "smallint integer bigint real numeric boolean text bytea date interval uuid json jsonb jsonpath xml money inet cidr macaddr macaddr8 bit " +
    "tsvector tsquery point line lseg box path polygon circle oid name char xid xid8 cid tid regclass regtype regproc regprocedure regoper " +
    "regoperator regrole regnamespace regconfig regdictionary regcollation pg_lsn pg_snapshot txid_snapshot refcursor int4range int8range " +
    "numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange " +
    "int2vector oidvector record void trigger event_trigger anyelement anyarray cstring unknown aclitem gtsvector"
  ).split(" "),
);

export interface ReadType {
  readonly type: TypeRef;
  /** `serial` and its like are no types: an integer, a sequence and a default. */
  readonly serial: boolean;
}

/** The type as the catalogue names it. A user's type is looked up in the state, along the search path. */
export function readType(node: TypeName | undefined, state: SchemaState): ReadType {
  const names = strings(node?.names);
  const bare = names.at(-1) ?? "unknown";
  const schema = names.length > 1 ? names[0] : undefined;
  const serialBase = schema === undefined ? SERIAL[bare] : undefined;
  const dimensions = node?.arrayBounds?.length ?? 0;
  if (serialBase !== undefined) return { type: { name: serialBase, modifiers: [], dimensions }, serial: true };
  if (schema === "pg_catalog" || (schema === undefined && isBuiltIn(bare) && userType(bare, state) === null)) {
    const name = bare === "interval" ? `interval${intervalFields(node)}` : (CANONICAL[bare] ?? (bare === "char" ? '"char"' : bare));
    return { type: { name, modifiers: modifiers(bare, node), dimensions }, serial: false };
  }
  const name = schema === undefined ? (userType(bare, state) ?? fallback(bare, state)) : `${schema}.${bare}`;
  return { type: { name, modifiers: modifiers(bare, node), dimensions }, serial: false };
}

/** True for a type of pg_catalog, by canonical or internal name. */
function isBuiltIn(name: string): boolean {
  return BUILT_IN.has(name) || name in CANONICAL || Object.values(CANONICAL).includes(name);
}

/** Pseudo-types, types of the catalogue itself, and what `information_schema` brings. */
const RARE_TYPES =
  /^(?:_|pg_|any|reg|tx|(?:internal|void|opaque|bpchar|language_handler|fdw_handler|index_am_handler|table_am_handler|tsm_handler|cardinal_number|sql_identifier|yes_or_no|character_data|time_stamp)$)/;

/** A type of pg_catalog, a serial, or a name that only pg_catalog would have. */
export function isKnownType(bare: string): boolean {
  return isBuiltIn(bare) || bare in SERIAL || RARE_TYPES.test(bare);
}

function userType(bare: string, state: SchemaState): string | null {
  for (const schema of state.session.searchPath) {
    const qualified = `${schema}.${bare}`;
    if (state.types.has(qualified)) return qualified;
  }
  return null;
}

/** Extension types (citext, vector) stay as written when no schema is known for them. */
function fallback(bare: string, state: SchemaState): string {
  const table = state.session.searchPath.map((s) => `${s}.${bare}`).find((q) => state.relations.has(q));
  return table ?? bare;
}

function modifiers(internal: string, node: TypeName | undefined): readonly number[] {
  const values = all(node?.typmods, "A_Const").flatMap((c) => (c.ival === undefined ? [] : [c.ival.ival ?? 0]));
  // The first modifier of an interval is a mask of its fields, which `intervalFields` turns into a part of the name.
  if (internal === "interval") return values.slice(1);
  // `char` means char(1), and the grammar has said so already; `bit` likewise.
  if (internal === "numeric" && values.length === 1) return [...values, 0];
  return values;
}

/** Bits of the fields, largest first (`INTERVAL_MASK` in timestamp.h). */
const INTERVAL_FIELDS: readonly (readonly [number, string])[] = [
  [4, "year"],
  [2, "month"],
  [8, "day"],
  [1024, "hour"],
  [2048, "minute"],
  [4096, "second"],
];

/** ` day to second`; nothing for the full range (32767). */
function intervalFields(node: TypeName | undefined): string {
  const mask = as(node?.typmods?.[0], "A_Const")?.ival?.ival ?? 32767;
  if (mask === 32767) return "";
  const fields = INTERVAL_FIELDS.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => name);
  return fields.length === 1 ? ` ${fields[0] ?? ""}` : ` ${fields[0] ?? ""} to ${fields.at(-1) ?? ""}`;
}

/** As `format_type` writes it: `character varying(20)[]`. */
export function formatType(type: TypeRef): string {
  const args = type.modifiers.length === 0 ? "" : `(${type.modifiers.join(",")})`;
  const array = type.dimensions > 0 ? "[]" : "";
  const zoned = /^(timestamp|time) (with(?:out)? time zone)$/.exec(type.name);
  // A `bpchar` without a length is not `character`, which means character(1).
  if (type.name === "character" && type.modifiers.length === 0) return `bpchar${array}`;
  return zoned === null ? `${type.name}${args}${array}` : `${zoned[1]}${args} ${zoned[2]}${array}`;
}
