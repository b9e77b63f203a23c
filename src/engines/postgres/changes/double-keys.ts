import type { CreateStmt } from "libpg-query";
import type { Constraint } from "../../../model/schema.ts";
import { all } from "../parse/grammar.ts";

/** Names of constraints that somebody wrote, as against those that Postgres generates. */
export function writtenNames(node: CreateStmt): ReadonlySet<string> {
  const ofColumns = all(node.tableElts, "ColumnDef").flatMap((column) => all(column.constraints, "Constraint"));
  return new Set([...all(node.tableElts, "Constraint"), ...ofColumns].flatMap(({ conname }) => conname ?? []));
}

/**
 * Two keys of one CREATE TABLE with the same columns become one index: the primary key first, else the one that stands first, under the
 * first name that was written (`transformIndexConstraints` in parse_utilcmd.c; seen on 18.4).
 */
export function mergeDoubleKeys(constraints: readonly Constraint[], written: ReadonlySet<string>): readonly Constraint[] {
  const isKey = (c: Constraint): boolean => c.kind === "primary-key" || c.kind === "unique";
  const keyOf = (c: Constraint): string => JSON.stringify([c.columns, c.deferrable, c.initiallyDeferred ?? false]);
  const groups = new Map<string, Constraint[]>();
  for (const constraint of constraints.filter(isKey)) groups.set(keyOf(constraint), [...(groups.get(keyOf(constraint)) ?? []), constraint]);
  const merged = constraints.flatMap((constraint) => {
    const group = isKey(constraint) ? (groups.get(keyOf(constraint)) ?? []) : [];
    if (group.length < 2) return [constraint];
    const kept = group.find((c) => c.kind === "primary-key") ?? group[0];
    if (constraint !== kept) return [];
    const named = written.has(kept.name) ? kept : (group.find((c) => written.has(c.name)) ?? kept);
    return [{ ...kept, name: named.name, index: named.index }];
  });
  return withFreedNames(constraints, merged, written);
}

/** Names are generated after the merge: the one that a merged key would have had goes to the next that wants it. */
function withFreedNames(before: readonly Constraint[], merged: readonly Constraint[], written: ReadonlySet<string>): readonly Constraint[] {
  const kept = new Set(merged.map((c) => c.name));
  const freed = new Set(before.filter((c) => !kept.has(c.name) && !written.has(c.name)).map((c) => c.name));
  return merged.map((constraint) => {
    const wanted = constraint.name.replace(/\d+$/, "");
    if (written.has(constraint.name) || !freed.delete(wanted) || wanted === constraint.name) return constraint;
    const index = constraint.index === null ? null : constraint.index.slice(0, -constraint.name.length) + wanted;
    return { ...constraint, name: wanted, index };
  });
}
