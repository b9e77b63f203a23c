import type { TableLikeClause } from "libpg-query";
import { schemaOf, indexBehind } from "../../../model/apply/index.ts";
import type { Column, Constraint, Index } from "../../../model/schema.ts";
import type { Context } from "./context.ts";
import type { Names } from "./names.ts";

/** Bits of `TableLikeOption` (parsenodes.h): COMMENTS 1, COMPRESSION 2, CONSTRAINTS 4, DEFAULTS 8, GENERATED 16, IDENTITY 32, INDEXES 64. */
const BITS = { constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 } as const;

/** What the new table has so far. */
interface Into {
  readonly context: Context;
  readonly columns: Map<string, Column>;
  readonly constraints: Constraint[];
  readonly indexes: Index[];
  readonly table: string;
  readonly names: Names;
}

/** LIKE takes the columns of a table, a view, or a composite. */
export function likeSource(like: TableLikeClause, context: Context): { readonly kind: "relation" | "type"; readonly name: string } {
  const range = like.relation;
  const type = context.lookup(range?.schemaname, range?.relname ?? "", (q) => context.state.types.has(q));
  const relation = context.relation(range);
  const isType = context.state.types.has(type) && !context.state.relations.has(relation);
  return isType ? { kind: "type", name: type } : { kind: "relation", name: relation };
}

export function addLike(like: TableLikeClause, into: Into): void {
  const { context, columns, constraints, indexes, table, names } = into;
  const from = likeSource(like, context);
  const type = context.state.types.get(from.name);
  if (from.kind === "type") {
    if (type?.kind === "composite") for (const column of type.columns) columns.set(column.name, column);
    return;
  }
  const source = context.state.relations.get(from.name);
  const includes = (what: keyof typeof BITS): boolean => ((like.options ?? 0) & BITS[what]) !== 0;
  for (const column of source?.columns ?? []) {
    const keepDefault = includes(column.generated === null ? "defaults" : "generated");
    columns.set(column.name, {
      ...column,
      default: keepDefault ? column.default : null,
      generated: keepDefault ? column.generated : null,
      identity: includes("identity") ? column.identity : null,
    });
  }
  for (const constraint of source?.constraints ?? []) {
    if (constraint.kind === "check" ? includes("constraints") : constraint.kind === "not-null") constraints.push(constraint);
    else if (constraint.index !== null && includes("indexes")) constraints.push(copiedKey(constraint, into));
  }
  if (!includes("indexes")) return;
  for (const index of source?.indexes ?? []) {
    if (index.constraint !== null) continue;
    const columnNames = index.labels ?? index.columns.map((c) => c ?? "expr");
    indexes.push({ ...index, name: `${schemaOf(table)}.${names.relation(columnNames, "idx")}` });
  }
}

/** INCLUDING INDEXES makes keys of its own, with names of their own. */
function copiedKey(constraint: Constraint, { table, names, indexes }: Into): Constraint {
  const label = constraint.kind === "primary-key" ? "pkey" : constraint.kind === "unique" ? "key" : "excl";
  const name = names.relation(constraint.kind === "primary-key" ? null : constraint.columns, label);
  const copy: Constraint = { ...constraint, name, index: `${schemaOf(table)}.${name}` };
  const index = indexBehind({ name: table }, copy);
  if (index !== null) indexes.push(index);
  return copy;
}
