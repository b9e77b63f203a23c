import type { Origin, Relation, SchemaState, Sequence, UserFunction, UserType } from "../schema.ts";
import type { ChangeKind, ChangeOf } from "../change.ts";
import { persistent } from "./persistent-map.ts";
import { RelationMap, treeOf } from "./relations.ts";
import { SequenceMap } from "./sequences.ts";

/** How one kind of change makes the next state. */
type Handler<K extends ChangeKind> = (change: ChangeOf<K>, state: SchemaState, origin: Origin) => SchemaState;
export type Handlers<K extends ChangeKind> = { readonly [P in K]: Handler<P> };

export function putRelation(state: SchemaState, relation: Relation): SchemaState {
  const relations = RelationMap.of(state.relations).with(relation);
  return relations === state.relations ? state : { ...state, relations };
}

export function removeRelation(state: SchemaState, name: string): SchemaState {
  return { ...state, relations: RelationMap.of(state.relations).without(name) };
}

/** Changes one relation; a relation that the state does not know stays unknown. */
export function update(state: SchemaState, name: string, change: (relation: Relation) => Relation): SchemaState {
  const relation = state.relations.get(name);
  return relation === undefined ? state : putRelation(state, change(relation));
}

/** Changes a relation and everything that inherits from it. */
export function updateTree(state: SchemaState, name: string, change: (relation: Relation) => Relation): SchemaState {
  let next = state;
  for (const relation of treeOf(state, name)) next = update(next, relation.name, change);
  return next;
}

export function putSequence(state: SchemaState, sequence: Sequence): SchemaState {
  return { ...state, sequences: SequenceMap.of(state.sequences).with(sequence) };
}
export function removeSequence(state: SchemaState, name: string): SchemaState {
  return state.sequences.has(name) ? { ...state, sequences: SequenceMap.of(state.sequences).without(name) } : state;
}
export function putType(state: SchemaState, type: UserType): SchemaState {
  return { ...state, types: persistent(state.types).with(type.name, type) };
}
export function removeType(state: SchemaState, name: string): SchemaState {
  if (!state.types.has(name)) return state;
  return { ...state, types: persistent(state.types).without(name), formerTypes: new Set([...(state.formerTypes ?? []), name]) };
}
export function putFunction(state: SchemaState, fn: UserFunction): SchemaState {
  const next = { ...state, functions: persistent(state.functions).with(fn.name, fn) };
  if (state.formerFunctions?.has(fn.name) !== true) return next;
  return { ...next, formerFunctions: new Set([...state.formerFunctions].filter((name) => name !== fn.name)) };
}
export function removeFunction(state: SchemaState, name: string): SchemaState {
  if (!state.functions.has(name)) return state;
  const formerFunctions = new Set([...(state.formerFunctions ?? []), name]);
  return { ...state, functions: persistent(state.functions).without(name), formerFunctions };
}

export function schemaOf(qualified: string): string {
  const dot = qualified.indexOf(".");
  return dot === -1 ? "public" : qualified.slice(0, dot);
}

/** Sequences owned by a table, or by one of its columns. */
export function ownedSequences(state: SchemaState, table: string, column?: string): readonly Sequence[] {
  const owned = SequenceMap.of(state.sequences).ownedBy(table);
  return column === undefined ? owned : owned.filter((sequence) => sequence.ownedBy?.column === column);
}
