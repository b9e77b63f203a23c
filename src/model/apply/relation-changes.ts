import type { Relation, SchemaState } from "../schema.ts";
import { bareName } from "../schema.ts";
import { onPartition } from "./index-changes.ts";
import { childrenOf, foreignKeysTo, RelationMap, viewsOn } from "./relations.ts";
import { ownedSequences, putRelation, putSequence, removeRelation, removeSequence, schemaOf, update, type Handlers } from "./store.ts";

export const relationHandlers: Handlers<
  | "create-relation"
  | "drop-relation"
  | "rename-relation"
  | "set-schema"
  | "truncate"
  | "refresh-materialized-view"
  | "attach-partition"
  | "detach-partition"
> = {
  "create-relation"(change, state, origin) {
    const existing = state.relations.get(change.relation.name);
    if (existing !== undefined && change.ifNotExists) return state;
    // OR REPLACE keeps triggers and the date of birth of the view.
    const relation: Relation = {
      ...change.relation,
      triggers: existing?.triggers ?? change.relation.triggers,
      origin: existing?.origin ?? origin,
    };
    let next = putRelation(state, relation);
    for (const column of relation.columns) {
      if (column.identity === null) continue;
      next = putSequence(next, { name: `${relation.name}_${column.name}_seq`, ownedBy: { relation: relation.name, column: column.name } });
    }
    return next;
  },

  "drop-relation"(change, state) {
    return dropRelation(state, change.name);
  },

  "rename-relation"(change, state) {
    const name = `${schemaOf(change.name)}.${bareName(change.to)}`;
    return moveRelation(state, change.name, name);
  },

  "set-schema"(change, state) {
    const to = `${change.schema}.${bareName(change.name)}`;
    const sequence = state.sequences.get(change.name);
    if (sequence !== undefined && !state.relations.has(change.name)) {
      return putSequence(removeSequence(state, change.name), { ...sequence, name: to });
    }
    return moveToSchema(state, change.name, change.schema);
  },

  truncate: (_change, state) => state,
  "refresh-materialized-view": (_change, state) => state,

  "attach-partition"(change, state) {
    const parent = state.relations.get(change.table);
    const attached = update(state, change.partition, (r) => ({ ...r, partitionOf: change.table, partitionBound: change.bound }));
    return parent === undefined ? attached : likeParent(attached, parent, change.partition);
  },

  "detach-partition"(change, state) {
    return update(state, change.partition, (r) => ({
      ...r,
      partitionOf: null,
      partitionBound: null,
      indexes: r.indexes.map((i) => (i.partOf === undefined ? i : { ...i, partOf: undefined })),
    }));
  },
};

/** What ATTACH adds to a partition: the parent's foreign keys, and an index for each of the parent's that none of its own matches. */
function likeParent(state: SchemaState, parent: Relation, partition: string): SchemaState {
  let next = state;
  for (const wanted of parent.indexes)
    next = onPartition(next, partition, wanted, parent.constraints.find((c) => c.index !== null && c.index === wanted.name) ?? null);
  return update(next, partition, (r) => ({
    ...r,
    constraints: [
      ...r.constraints,
      ...parent.constraints.filter(
        (c) =>
          c.references !== null &&
          !r.constraints.some((own) => own.references?.relation === c.references?.relation && sameList(own.columns, c.columns)),
      ),
    ],
  }));
}

function sameList(a: readonly (string | null)[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}

/** Removes a relation and, as CASCADE or ownership would, what cannot live without it. */
export function dropRelation(state: SchemaState, name: string): SchemaState {
  const relation = state.relations.get(name);
  if (relation === undefined) return state;
  let next = state;
  for (const { table, constraint } of foreignKeysTo(next, name)) {
    if (table.name !== name) next = update(next, table.name, (r) => ({ ...r, constraints: r.constraints.filter((c) => c !== constraint) }));
  }
  for (const view of viewsOn(next, name)) if (view.name !== name) next = dropRelation(next, view.name);
  for (const child of childrenOf(next, name)) {
    if (child.name !== name) next = dropRelation(next, child.name);
  }
  for (const sequence of ownedSequences(next, name)) next = removeSequence(next, sequence.name);
  return removeRelation(next, name);
}

/** Indexes and owned sequences live in their table's schema and go with it. */
export function moveToSchema(state: SchemaState, name: string, schema: string): SchemaState {
  const inSchema = (own: string): string => `${schema}.${bareName(own)}`;
  const to = inSchema(name);
  let next = update(moveRelation(state, name, to), to, (r) => ({
    ...r,
    indexes: r.indexes.map((i) => ({ ...i, name: inSchema(i.name) })),
    constraints: r.constraints.map((c) => (c.index === null ? c : { ...c, index: inSchema(c.index) })),
  }));
  for (const child of childrenOf(next, to)) {
    if (child.partitionOf !== to) continue;
    const indexes = child.indexes.map((i) => (i.partOf === undefined ? i : { ...i, partOf: inSchema(i.partOf) }));
    next = putRelation(next, { ...child, indexes });
  }
  for (const owned of ownedSequences(next, to)) {
    next = putSequence(removeSequence(next, owned.name), { ...owned, name: inSchema(owned.name) });
  }
  return state.relations.has(name) ? { ...next, formerRelations: new Set([...(state.formerRelations ?? []), name]) } : next;
}

/** Renames a relation wherever it is pointed at: foreign keys, partitions, views, sequences. */
function moveRelation(state: SchemaState, from: string, to: string): SchemaState {
  const relation = state.relations.get(from);
  if (relation === undefined) {
    const sequence = state.sequences.get(from);
    return sequence === undefined ? state : putSequence(removeSequence(state, from), { ...sequence, name: to });
  }
  const renamed = repoint({ ...relation, name: to }, from, to);
  const pointing = RelationMap.of(state.relations).pointingAt(from);
  let next = putRelation(removeRelation(state, from), renamed);
  for (const other of pointing) if (other.name !== from) next = putRelation(next, repoint(other, from, to));
  for (const sequence of ownedSequences(state, from)) {
    next = putSequence(next, { ...sequence, ownedBy: { relation: to, column: sequence.ownedBy?.column ?? null } });
  }
  return next;
}

function repoint(relation: Relation, from: string, to: string): Relation {
  return {
    ...relation,
    constraints: relation.constraints.map((c) =>
      c.references?.relation === from ? { ...c, references: { ...c.references, relation: to } } : c,
    ),
    partitionOf: relation.partitionOf === from ? to : relation.partitionOf,
    inherits: relation.inherits.map((p) => (p === from ? to : p)),
    reads: relation.reads?.map((ref) => (ref.relation === from ? { ...ref, relation: to } : ref)) ?? relation.reads,
  };
}
