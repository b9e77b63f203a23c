import type { Relation, SchemaState } from "../../model/schema.ts";
import { displayName } from "../../model/schema.ts";
import { isBookkeeping } from "../run/bookkeeping.ts";

/**
 * Where the clone differs from what the applied migrations make: what a rehearsal there proves is then about another schema. Names of
 * constraints and indexes are left out, because tools and Postgres majors make them differently; what they are about is not.
 *
 * @param expected the schema before the first judged statement
 * @param found as read from the clone
 */
export function driftOf(expected: SchemaState, found: SchemaState): string[] {
  const drift: string[] = [];
  for (const [name, relation] of expected.relations) {
    if (isBookkeeping(name)) continue;
    const there = found.relations.get(name);
    if (there === undefined) drift.push(`${displayName(name)} is not there`);
    else if (there.kind !== relation.kind) drift.push(`${displayName(name)} is a ${spell(there)}, not a ${spell(relation)}`);
    else if (relation.kind === "table" || relation.kind === "partitioned-table") drift.push(...tableDrift(relation, there));
  }
  // Where the migrations continue a schema that was not shown, tables of the clone that nobody knows are no difference.
  if (!expected.complete) return drift;
  for (const [name, relation] of found.relations) {
    const partition = relation.partitionOf !== null && expected.relations.has(relation.partitionOf);
    if (!expected.relations.has(name) && !isBookkeeping(name) && !partition && relation.kind !== "foreign-table")
      drift.push(`${displayName(name)} is there, and no applied migration makes it`);
  }
  return drift;
}

function tableDrift(expected: Relation, found: Relation): string[] {
  const table = displayName(expected.name);
  const drift: string[] = [];
  const there = new Map(found.columns.map((column) => [column.name, column]));
  for (const column of expected.columns) {
    const other = there.get(column.name);
    if (other === undefined) drift.push(`${table}.${column.name} is not there`);
    else if (other.type.name !== column.type.name) drift.push(`${table}.${column.name} is ${other.type.name}, not ${column.type.name}`);
    else if (other.notNull !== column.notNull) drift.push(`${table}.${column.name} is ${other.notNull ? "" : "not "}NOT NULL there`);
  }
  const known = new Set(expected.columns.map((column) => column.name));
  for (const column of found.columns)
    if (!known.has(column.name)) drift.push(`${table}.${column.name} is there, and no applied migration makes it`);
  drift.push(...difference(keysOf(expected), keysOf(found), table));
  return drift;
}

/** Constraints and indexes by what they are about. */
function keysOf(relation: Relation): Map<string, number> {
  const keys = new Map<string, number>();
  const add = (key: string): void => void keys.set(key, (keys.get(key) ?? 0) + 1);
  for (const { kind, columns, references } of relation.constraints) {
    if (kind === "primary-key" || kind === "unique") add(`${kind.replace("-", " ")} (${columns.join(", ")})`);
    else if (kind === "foreign-key") add(`foreign key (${columns.join(", ")}) to ${displayName(references?.relation ?? "?")}`);
  }
  for (const index of relation.indexes) {
    if (index.constraint !== null) continue;
    add(`${index.unique ? "unique " : ""}index (${index.columns.map((column) => column ?? "an expression").join(", ")})`);
  }
  return keys;
}

function difference(expected: ReadonlyMap<string, number>, found: ReadonlyMap<string, number>, table: string): string[] {
  const drift: string[] = [];
  for (const [key, count] of expected) if ((found.get(key) ?? 0) < count) drift.push(`${table} has no ${key} there`);
  for (const [key, count] of found)
    if ((expected.get(key) ?? 0) < count) drift.push(`${table} has a ${key} there that no applied migration makes`);
  return drift;
}

function spell(relation: Relation): string {
  return relation.kind.replaceAll("-", " ");
}
