import type { TypeCast } from "libpg-query";
import { bareName, type Column, type SchemaState, type TypeRef } from "../../../model/schema.ts";
import { as, strings, walk, type Node } from "../parse/grammar.ts";
import { readType } from "./types.ts";

// Everything here is from `pg_proc` and `pg_cast`, measured on 13 to 18.4.

/** Functions of pg_catalog that are stable in all their forms, those of system information aside. */
const STABLE = new Set(
  (
    "to_char to_date to_number concat concat_ws format array_to_string to_json to_jsonb row_to_json array_to_json json_build_object " +
    "jsonb_build_object json_build_array jsonb_build_array"
  ).split(" "),
);
/** Stable without the name of a text search configuration. */
const BY_CONFIGURATION = new Set(["to_tsvector", "to_tsquery", "plainto_tsquery"]);
/** Stable for `timestamp with time zone`, whose days and hours depend on the session's zone. */
const BY_ZONE = new Set(["date_trunc", "date_part", "extract"]);

const STRINGS = new Set(["text", "character varying", "character", "name"]);
const ZONED = "timestamp with time zone";
const MOMENTS = ["date", "timestamp without time zone", ZONED, "time without time zone", "time with time zone"];
/** Their text depends on DateStyle, lc_monetary or the search path. */
const WRITTEN_BY_SETTINGS = new Set(["date", "timestamp without time zone", ZONED, "money", "regclass", "regtype", "regproc", "regrole"]);
/** What their text means depends on the same, and on the time of the moment: `now`, `today`. */
const READ_BY_SETTINGS = new Set([...MOMENTS, "interval", "money", "xml", "regclass", "regtype", "regproc", "regrole"]);

/**
 * The first major in which an expression over columns calls something that is certainly not immutable: `created_at::date` of a
 * `timestamptz`, `day::text`, `concat(a, b)`, `to_tsvector(body)`. 0 for all of them, null where nothing certain can be said.
 */
export function stableSince(node: Node, columns: readonly Column[], state: SchemaState): number | null {
  let found: number | null = null;
  const note = (major: number | null): void => {
    if (major !== null && (found === null || major < found)) found = major;
  };
  const typeOf = (argument: Node | undefined): TypeRef | null => typeOfNode(argument, columns, state);
  walk(node, (tag, body) => {
    if (tag === "TypeCast") {
      const { arg, typeName } = body as TypeCast;
      const from = typeOf(arg);
      if (from !== null) note(castStableSince(from, readType(typeName, state).type, state));
    }
    if (tag !== "FuncCall") return;
    const { funcname, args = [] } = body as { funcname?: Node[]; args?: Node[] };
    const path = strings(funcname);
    const name = path.at(-1) ?? "";
    if ((path.length > 1 && path[0] !== "pg_catalog") || isUsers(name, state)) return;
    if (STABLE.has(name) || (BY_CONFIGURATION.has(name) && args.length === 1)) note(0);
    if (BY_ZONE.has(name) && args.length === 2 && isPlain(typeOf(args[1]), ZONED)) note(0);
  });
  return found;
}

function isUsers(name: string, state: SchemaState): boolean {
  return [...state.functions.keys()].some((known) => bareName(known) === name);
}

/** Of a column or a chain of casts; null for anything else. */
function typeOfNode(node: Node | undefined, columns: readonly Column[], state: SchemaState): TypeRef | null {
  if (node === undefined) return null;
  const cast = as(node, "TypeCast");
  if (cast !== undefined) return typeOfNode(cast.arg, columns, state) === null ? null : readType(cast.typeName, state).type;
  const name = strings(as(node, "ColumnRef")?.fields).at(-1);
  return columns.find((column) => column.name === name)?.type ?? null;
}

function isPlain(type: TypeRef | null, name: string): boolean {
  return type !== null && type.dimensions === 0 && type.name === name;
}

function castStableSince(from: TypeRef, to: TypeRef, state: SchemaState): number | null {
  // `interval_out` depends on IntervalStyle, and is marked so from 15 on.
  const text = isInterval(from, state) && STRINGS.has(baseOf(to, state).name);
  if (text) return 15;
  return isStableCast(from, to, state) ? 0 : null;
}

function isInterval(type: TypeRef, state: SchemaState): boolean {
  const { name, dimensions } = baseOf(type, state);
  return dimensions === 0 && (name === "interval" || name.startsWith("interval "));
}

function isStableCast(from: TypeRef, to: TypeRef, state: SchemaState): boolean {
  const [a, b] = [baseOf(from, state), baseOf(to, state)];
  const toText = b.dimensions === 0 && STRINGS.has(b.name);
  const fromText = a.dimensions === 0 && STRINGS.has(a.name);
  if (toText && fromText) return false;
  if (toText) return a.dimensions > 0 || isEnumOrRange(a, state) || WRITTEN_BY_SETTINGS.has(a.name);
  if (fromText) return b.dimensions > 0 || isEnumOrRange(b, state) || READ_BY_SETTINGS.has(b.name);
  if (a.dimensions > 0 || b.dimensions > 0 || a.name === b.name) return false;
  return MOMENTS.includes(a.name) && MOMENTS.includes(b.name) && (a.name === ZONED || b.name === ZONED);
}

function isEnumOrRange({ name }: TypeRef, state: SchemaState): boolean {
  return state.types.get(name)?.kind === "enum" || /^(?:int4|int8|num|ts|tstz|date)(?:multi)?range$/.test(name);
}

function baseOf(type: TypeRef, state: SchemaState): TypeRef {
  const domain = type.dimensions === 0 ? state.types.get(type.name) : undefined;
  return domain?.kind === "domain" ? baseOf(domain.base, state) : type;
}
