import type { ObjectChange } from "../change.ts";
import type { CatalogueObject, Column, Relation, SchemaState } from "../schema.ts";
import { bareName } from "../schema.ts";
import { persistent } from "./persistent-map.ts";
import { dropRelation } from "./relation-changes.ts";
import { renameSchema } from "./rename.ts";
import { putFunction, putSequence, removeFunction, removeSequence, removeType, update, type Handlers } from "./store.ts";

export const objectHandlers: Handlers<
  | "create-function"
  | "drop-function"
  | "alter-function"
  | "create-sequence"
  | "drop-sequence"
  | "alter-sequence"
  | "own-sequence"
  | "create-extension"
  | "drop-extension"
  | "create-schema"
  | "drop-schema"
  | "rename-schema"
  | "maintenance"
> = {
  "create-function"(change, state) {
    const existing = state.functions.get(change.function.name);
    const signatures = [...(existing?.signatures ?? []), ...(change.function.signatures ?? [])];
    const unique = [...new Map(signatures.map((s) => [s.join(), s])).values()];
    return putFunction(state, { ...change.function, ...(unique.length === 0 ? {} : { signatures: unique }) });
  },

  /** One of several overloads goes by itself. */
  "drop-function"(change, state) {
    const existing = state.functions.get(change.name);
    const left = existing?.signatures?.filter((s) => s.join() !== change.arguments?.join()) ?? [];
    if (existing === undefined || change.arguments === undefined || change.arguments === null || left.length === 0)
      return removeFunction(state, change.name);
    return putFunction(state, { ...existing, signatures: left });
  },

  "alter-function"(change, state) {
    const existing = state.functions.get(change.name);
    if (existing === undefined) return state;
    if (change.to !== null) return putFunction(removeFunction(state, change.name), { ...existing, name: change.to });
    return change.volatility === null ? state : putFunction(state, { ...existing, volatility: change.volatility });
  },

  "create-sequence": (change, state) => (state.sequences.has(change.sequence.name) ? state : putSequence(state, change.sequence)),

  "drop-sequence"(change, state) {
    let next = removeSequence(state, change.name);
    if (change.cascade !== true) return next;
    for (const relation of relationsWithDefault(state, change.name)) {
      next = update(next, relation.name, (r) => ({
        ...r,
        columns: r.columns.map((c) => (namesSequence(c, change.name) ? { ...c, default: null } : c)),
      }));
    }
    return next;
  },

  "alter-sequence": (_change, state) => state,

  "own-sequence"(change, state) {
    const sequence = state.sequences.get(change.name);
    return sequence === undefined ? state : putSequence(state, { ...sequence, ownedBy: change.ownedBy });
  },
  "create-extension": (change, state) => ({ ...state, extensions: new Set([...state.extensions, change.name]) }),
  "drop-extension": (change, state) => ({ ...state, extensions: new Set([...state.extensions].filter((e) => e !== change.name)) }),
  "create-schema": (change, state) =>
    state.schemas.has(change.name) ? state : { ...state, schemas: new Set([...state.schemas, change.name]) },
  "drop-schema"(change, state) {
    const inside = (name: string): boolean => name.startsWith(`${change.name}.`);
    let next: SchemaState = { ...state, schemas: new Set([...state.schemas].filter((s) => s !== change.name)) };
    for (const name of state.relations.keys()) if (inside(name)) next = dropRelation(next, name);
    for (const name of state.sequences.keys()) if (inside(name)) next = removeSequence(next, name);
    for (const name of state.types.keys()) if (inside(name)) next = removeType(next, name);
    for (const name of state.functions.keys()) if (inside(name)) next = removeFunction(next, name);
    return next;
  },
  "rename-schema": (change, state) => renameSchema(state, change.name, change.to),

  maintenance(change, state) {
    const { object, table } = change;
    if (object !== undefined) return changeObject(state, object, table);
    if (change.command !== "CLUSTER" || table === null || change.index === undefined) return state;
    const index = change.index;
    return update(state, table, (r) => ({ ...r, clusteredOn: index }));
  },
};

/** Relations with a column whose default takes numbers from the sequence. */
export function relationsWithDefault(state: SchemaState, sequence: string): readonly Relation[] {
  return columnsWithDefault(state, sequence).map(({ relation }) => relation);
}

/** The columns whose default asks a sequence, the first of each relation. */
export function columnsWithDefault(
  state: SchemaState,
  sequence: string,
): readonly { readonly relation: Relation; readonly column: Column }[] {
  return [...state.relations.values()].flatMap((relation) => {
    const column = relation.columns.find((each) => namesSequence(each, sequence));
    return column === undefined ? [] : [{ relation, column }];
  });
}

function namesSequence(column: Column, sequence: string): boolean {
  const named = /nextval\(\s*'([^']*)'/i.exec(column.default?.sql ?? "")?.[1]?.replaceAll('"', "");
  return named !== undefined && (named === sequence || `public.${named}` === sequence || named === bareName(sequence));
}

/** `statistics public.person_stats`: objects of different classes may share a name. */
export function objectKey(object: Pick<ObjectChange, "class" | "name">): string {
  return `${object.class} ${object.name}`;
}

function changeObject(state: SchemaState, object: ObjectChange, table: string | null): SchemaState {
  const key = objectKey(object);
  const known = persistent(state.objects ?? new Map<string, CatalogueObject>());
  const before = known.get(key);
  const tables = table === null ? [] : [table];
  switch (object.action) {
    case "create":
      return { ...state, objects: known.with(key, { ...object, tables: [...(before?.tables ?? []), ...tables] }) };
    case "alter":
      return state;
    case "drop":
      return before === undefined ? state : { ...state, objects: known.without(key) };
    case "rename": {
      const name = object.to ?? object.name;
      if (before === undefined) return state;
      return { ...state, objects: known.without(key).with(objectKey({ ...object, name }), { ...before, name }) };
    }
    default:
      return object.action satisfies never;
  }
}
