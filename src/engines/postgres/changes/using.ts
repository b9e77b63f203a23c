import type { SchemaState, TypeRef } from "../../../model/schema.ts";
import { bareName } from "../../../model/schema.ts";
import { as, strings, type Node } from "../parse/grammar.ts";
import { readType } from "./types.ts";

/** The types that USING casts the column to, in order, when it does nothing else; null when it computes something. */
export function castsOnly(node: Node | undefined, table: string, column: string, state: SchemaState): readonly TypeRef[] | null {
  if (node === undefined) return null;
  const cast = as(node, "TypeCast");
  if (cast !== undefined) {
    const inner = castsOnly(cast.arg, table, column, state);
    return inner === null ? null : [...inner, readType(cast.typeName, state).type];
  }
  const path = strings(as(node, "ColumnRef")?.fields);
  const isColumn = path.at(-1) === column && (path.length === 1 || path.at(-2) === bareName(table));
  return isColumn ? [] : null;
}
