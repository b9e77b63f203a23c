import type { Index, Relation, SchemaState, TypeRef } from "../../../model/schema.ts";
import { hasDefaultClass } from "../catalog/operator-classes.ts";
import { known } from "./casts.ts";
import { baseOf } from "./type-pairs.ts";
import type { Work } from "./work.ts";

/** Notes 42704 for a key of a type that the access method cannot index without being told how. */
export function needOperatorClass(relation: Relation, index: Index, work: Work): void {
  // One of the keys has an operator class or a collation of its own: which one is not kept.
  if (index.special === true) return;
  // Extensions bring operator classes for types of the server to these, btree_gin and btree_gist for most.
  if (["gin", "gist", "spgist"].includes(index.method) && !work.onlyPlpgsql) return;
  for (const name of index.columns) {
    const column = relation.columns.find((c) => c.name === name);
    const type = column === undefined ? null : formOf(column.type, work.state);
    if (type === null || hasDefaultClass(index.method, type)) continue;
    work.fail("42704", `data type ${type} has no default operator class for access method "${index.method}"`);
  }
}

/** The type under domains, or `array` or `enum`; null where the type is not known well. */
export function formOf(type: TypeRef, state: SchemaState): string | null {
  const base = baseOf(type, state);
  if (base.dimensions > 0) return "array";
  const kind = state.types.get(base.name)?.kind;
  return kind === "enum" ? "enum" : known(base, state);
}
