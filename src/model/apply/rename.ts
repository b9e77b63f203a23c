import type { Column, Relation, SchemaState, TypeRef, UserType } from "../schema.ts";
import { bareName } from "../schema.ts";
import { moveToSchema } from "./relation-changes.ts";
import { putFunction, putRelation, putSequence, putType, removeFunction, removeSequence, removeType } from "./store.ts";

/** A type under another name, wherever a column, a domain or a composite names it: Postgres itself points at types by number. */
export function renameType(state: SchemaState, from: string, to: string): SchemaState {
  const type = state.types.get(from);
  if (type === undefined) return state;
  const ref = (own: TypeRef): TypeRef => (own.name === from ? { ...own, name: to } : own);
  const column = (own: Column): Column => (own.type.name === from ? { ...own, type: ref(own.type) } : own);
  let next = putType(removeType(state, from), { ...type, name: to });
  for (const other of next.types.values()) {
    const renamed = withTypes(other, ref, column);
    if (renamed !== other) next = putType(next, renamed);
  }
  for (const relation of state.relations.values()) {
    if (relation.columns.some((own) => own.type.name === from)) {
      next = putRelation(next, { ...relation, columns: relation.columns.map(column) });
    }
  }
  return next;
}

function withTypes(type: UserType, ref: (own: TypeRef) => TypeRef, column: (own: Column) => Column): UserType {
  if (type.kind === "domain") return ref(type.base) === type.base ? type : { ...type, base: ref(type.base) };
  if (type.kind !== "composite") return type;
  return type.columns.every((own) => column(own) === own) ? type : { ...type, columns: type.columns.map(column) };
}

/** Everything in the schema under its new name. Functions' bodies are text, which Postgres does not rewrite either. */
export function renameSchema(state: SchemaState, from: string, to: string): SchemaState {
  const inside = (name: string): boolean => name.startsWith(`${from}.`);
  const moved = (name: string): string => `${to}.${bareName(name)}`;
  let next: SchemaState = { ...state, schemas: new Set([...state.schemas].map((name) => (name === from ? to : name))) };
  for (const name of state.types.keys()) if (inside(name)) next = renameType(next, name, moved(name));
  for (const name of state.relations.keys()) if (inside(name)) next = moveToSchema(next, name, to);
  for (const [name, sequence] of next.sequences) {
    if (inside(name)) next = putSequence(removeSequence(next, name), { ...sequence, name: moved(name) });
  }
  for (const [name, routine] of state.functions) {
    if (inside(name)) next = putFunction(removeFunction(next, name), { ...routine, name: moved(name) });
  }
  for (const relation of next.relations.values()) {
    if (relation.triggers.some((t) => t.function !== null && inside(t.function)))
      next = putRelation(next, withTriggers(relation, inside, moved));
  }
  return next;
}

function withTriggers(relation: Relation, inside: (name: string) => boolean, moved: (name: string) => string): Relation {
  return {
    ...relation,
    triggers: relation.triggers.map((t) => (t.function !== null && inside(t.function) ? { ...t, function: moved(t.function) } : t)),
  };
}
