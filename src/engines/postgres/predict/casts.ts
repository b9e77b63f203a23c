import type { SchemaState, TypeRef } from "../../../model/schema.ts";
import { type CastContext, CASTS, isInCatalog } from "../catalog/casts.ts";
import { baseOf } from "./type-pairs.ts";

const STRINGS = new Set(["text", "character varying", "character", "name"]);
const INTEGERS = new Set(["smallint", "integer", "bigint"]);
const MOMENTS = new Set(["date", "timestamp without time zone", "timestamp with time zone"]);
const FLOATS = new Set(["real", "double precision"]);

/**
 * False only where both types are well known and nothing casts one to the other in this context (`find_coercion_pathway`): not `pg_cast`,
 * nor the text form, which leads to strings on assignment and from strings when one asks for it.
 */
export function castExists(from: TypeRef, to: TypeRef, context: CastContext, state: SchemaState): boolean {
  const a = baseOf(from, state);
  const b = baseOf(to, state);
  const [x, y] = [known(a, state), known(b, state)];
  if (x === null || y === null || hasOwnCasts(state)) return true;
  const arrays = a.dimensions > 0 && b.dimensions > 0;
  if (arrays && castExists({ ...a, dimensions: 0 }, { ...b, dimensions: 0 }, context, state)) return true;
  if (a.dimensions === 0 && b.dimensions === 0 && (x === y || isInCatalog(x, y, context))) return true;
  if (context !== "implicit" && b.dimensions === 0 && STRINGS.has(y)) return true;
  return context === "explicit" && a.dimensions === 0 && STRINGS.has(x);
}

/** The type's name where it is known what casts there are; null otherwise. */
export function known({ name }: TypeRef, state: SchemaState): string | null {
  const plain = name.startsWith("interval ") ? "interval" : name;
  return CASTS.has(plain) || state.types.get(name)?.kind === "enum" ? plain : null;
}

/** CREATE CAST joins types that nothing else joins. */
function hasOwnCasts(state: SchemaState): boolean {
  return [...(state.objects?.values() ?? [])].some((object) => object.class === "cast");
}

/**
 * A foreign key needs an operator of the index on the key's side: one of its family, or, after an implicit cast of the other column, its
 * own (`ATAddForeignKeyConstraint`; families from `pg_amop`, measured on 18.4). A `numeric` cannot refer to an `integer`; the other way
 * round it can.
 */
export function keysCompare(foreign: TypeRef, key: TypeRef, state: SchemaState): boolean {
  const a = baseOf(foreign, state);
  const b = baseOf(key, state);
  const [x, y] = [known(a, state), known(b, state)];
  if (x === null || y === null || hasOwnCasts(state)) return true;
  if (a.dimensions > 0 || b.dimensions > 0) return a.dimensions > 0 === b.dimensions > 0 && x === y;
  if ([INTEGERS, MOMENTS, FLOATS].some((family) => family.has(x) && family.has(y))) return true;
  const indexed = y === "character varying" ? "text" : y === "cidr" ? "inet" : y;
  return x === indexed || x === y || isInCatalog(x, indexed, "implicit");
}
