import type { Constraint, Index, Relation, SchemaState } from "../schema.ts";
import { bareName } from "../schema.ts";
import { chooseName, indexNameAddition, isRelationName } from "./names.ts";
import { childrenOf, indexOwner } from "./relations.ts";
import { putRelation, schemaOf, update, type Handlers } from "./store.ts";

export const indexHandlers: Handlers<"create-index" | "drop-index" | "rename-index" | "attach-index" | "alter-index" | "reindex"> = {
  "create-index"(change, state) {
    if (isRelationName(state, schemaOf(change.index.name), bareName(change.index.name))) return state;
    if (!state.relations.has(change.table)) return state;
    const next = update(state, change.table, (r) => ({ ...r, indexes: [...r.indexes, change.index] }));
    return change.only ? next : onPartitions(next, change.table, change.index, null);
  },

  "drop-index": (change, state) => dropIndex(state, change.name),

  "rename-index"(change, state) {
    const owner = indexOwner(state, change.name);
    return owner === undefined ? state : renameIndex(state, owner, change.name, `${schemaOf(change.name)}.${bareName(change.to)}`);
  },

  "attach-index"(change, state) {
    const owner = indexOwner(state, change.partition);
    if (owner === undefined || indexOwner(state, change.name) === undefined) return state;
    return update(state, owner.name, (r) => ({
      ...r,
      indexes: r.indexes.map((i) => (i.name === change.partition ? { ...i, partOf: change.name } : i)),
    }));
  },

  "alter-index": (_change, state) => state,
  reindex: (_change, state) => state,
};

/** The index and those of the partitions that are parts of it. */
export function dropIndex(state: SchemaState, name: string): SchemaState {
  const owner = indexOwner(state, name);
  if (owner === undefined) return state;
  const index = owner.indexes.find((i) => i.name === name);
  let next = update(state, owner.name, (r) => ({
    ...r,
    indexes: r.indexes.filter((i) => i.name !== name),
    constraints: index?.constraint === null ? r.constraints : r.constraints.filter((c) => c.index !== name),
  }));
  for (const part of partsOf(state, owner, name)) next = dropIndex(next, part.name);
  return next;
}

/** The index under another name, with the constraint before it; the parts of it follow it by its new name. */
export function renameIndex(state: SchemaState, owner: Relation, from: string, to: string): SchemaState {
  let next = update(state, owner.name, (r) => ({
    ...r,
    indexes: r.indexes.map((i) => (i.name === from ? { ...i, name: to, constraint: i.constraint === null ? null : bareName(to) } : i)),
    constraints: r.constraints.map((c) => (c.index === from ? { ...c, index: to, name: bareName(to) } : c)),
  }));
  for (const child of childrenOf(state, owner.name)) {
    if (child.indexes.some((i) => i.partOf === from))
      next = update(next, child.name, (r) => ({ ...r, indexes: r.indexes.map((i) => (i.partOf === from ? { ...i, partOf: to } : i)) }));
  }
  return next;
}

function partsOf(state: SchemaState, owner: Relation, index: string): readonly Index[] {
  if (owner.kind !== "partitioned-table") return [];
  return childrenOf(state, owner.name).flatMap((child) => child.indexes.filter((i) => i.partOf === index));
}

/** An index of the parent reaches the partitions: one of their own that is alike becomes a part of it, otherwise one is made. */
export function onPartitions(state: SchemaState, parent: string, wanted: Index, key: Constraint | null): SchemaState {
  let next = state;
  for (const child of childrenOf(state, parent)) if (child.partitionOf === parent) next = onPartition(next, child.name, wanted, key);
  return next;
}

/** @param key the constraint of the parent that the index stands behind: a part of it needs one as well (`DefineIndex`) */
export function onPartition(state: SchemaState, partition: string, wanted: Index, key: Constraint | null): SchemaState {
  const child = state.relations.get(partition);
  if (child === undefined) return state;
  const own = child.indexes.find((i) => i.partOf === undefined && matches(i, wanted) && (key === null || i.constraint !== null));
  if (own !== undefined) return withIndexes(state, child, (i) => (i === own ? { ...i, partOf: wanted.name } : i));
  const schema = schemaOf(partition);
  const label = key === null ? "idx" : key.kind === "primary-key" ? "pkey" : key.kind === "unique" ? "key" : "excl";
  const columns = key?.kind === "primary-key" ? null : indexNameAddition(wanted.labels ?? wanted.columns.map((c) => c ?? "expr"));
  const bare = chooseName(bareName(partition), columns, label, (n) => isRelationName(state, schema, n));
  const index: Index = { ...wanted, name: `${schema}.${bare}`, constraint: key === null ? null : bare, partOf: wanted.name };
  const constraints = key === null ? child.constraints : [...child.constraints, { ...key, name: bare, index: index.name }];
  const notNull = key?.kind === "primary-key" ? key.columns : [];
  const next = putRelation(state, {
    ...child,
    columns: notNull.length === 0 ? child.columns : child.columns.map((c) => (notNull.includes(c.name) ? { ...c, notNull: true } : c)),
    indexes: [...child.indexes, index],
    constraints,
  });
  return onPartitions(next, partition, index, key === null ? null : { ...key, name: bare });
}

function withIndexes(state: SchemaState, relation: Relation, edit: (index: Index) => Index): SchemaState {
  return putRelation(state, { ...relation, indexes: relation.indexes.map(edit) });
}

/** An index of the partition that can stand for the parent's (`CompareIndexInfo`). */
function matches(index: Index, wanted: Index): boolean {
  const same = index.unique === wanted.unique && index.method === wanted.method && index.predicate === wanted.predicate;
  return (
    index.valid &&
    same &&
    (index.special ?? false) === (wanted.special ?? false) &&
    sameList(index.columns, wanted.columns) &&
    sameList(index.mentions, wanted.mentions)
  );
}

function sameList(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
