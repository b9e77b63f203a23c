import type { SchemaState, TypeRef } from "../../../model/schema.ts";
import { baseOf } from "./type-pairs.ts";

const NUMBERS = new Set(["smallint", "integer", "bigint", "numeric", "real", "double precision"]);
const TIMES = new Set(["date", "timestamp without time zone", "timestamp with time zone"]);
const TEXTS = new Set(["text", "character varying", "character", "name", '"char"']);
const OTHER_BUILT_IN = new Set(["boolean", "uuid", "json", "jsonb", "bytea", "interval", "inet", "cidr", "macaddr", "point", "xml"]);
/** Pairs of different groups that an assignment cast joins (`pg_cast`, measured on 18.4). */
const ASSIGNED = new Set(["json jsonb", "jsonb json", "inet cidr", "cidr inet"]);

/** False only where both types are well known and no assignment cast joins them (`pg_cast`; anything casts to text on assignment). */
export function assignmentCastExists(from: TypeRef, to: TypeRef, state: SchemaState): boolean {
  const a = baseOf(from, state);
  const b = baseOf(to, state);
  if (b.dimensions === 0 && TEXTS.has(b.name)) return true;
  const [x, y] = [groupOf(a, state), groupOf(b, state)];
  if (x === null || y === null) return true;
  if (a.dimensions > 0 !== b.dimensions > 0) return false;
  if (a.dimensions > 0 && TEXTS.has(b.name)) return true;
  return x === y || ASSIGNED.has(`${x} ${y}`);
}

/** Types of one group are joined by assignment casts; null for a type of which nothing is known. */
function groupOf({ name }: TypeRef, state: SchemaState): string | null {
  if (NUMBERS.has(name)) return "number";
  if (TIMES.has(name)) return "time";
  if (TEXTS.has(name)) return "text";
  if (OTHER_BUILT_IN.has(name)) return name;
  return state.types.get(name)?.kind === "enum" ? name : null;
}

/** Keys of these two types can be compared by an operator of one index family, as a foreign key needs (`pg_amop`, measured on 18.4). */
export function keysCompare(from: TypeRef, to: TypeRef, state: SchemaState): boolean {
  const a = baseOf(from, state);
  const b = baseOf(to, state);
  if (a.dimensions > 0 !== b.dimensions > 0) return groupOf(a, state) === null || groupOf(b, state) === null;
  const [x, y] = [groupOf(a, state), groupOf(b, state)];
  if (x === null || y === null || x === y) return true;
  return ["cidr inet", "inet cidr"].includes(`${x} ${y}`);
}
