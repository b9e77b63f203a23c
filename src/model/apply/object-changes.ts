import type { Index, SchemaState, UserType } from "../schema.ts";
import { bareName } from "../schema.ts";
import { chooseName, indexNameAddition, isRelationName } from "./names.ts";
import { indexOwner, treeOf } from "./relations.ts";
import { dropRelation } from "./relation-changes.ts";
import { renameSchema, renameType } from "./rename.ts";
import { putFunction, putSequence, putType, removeFunction, removeSequence, removeType, schemaOf, update, type Handlers } from "./store.ts";

export const indexHandlers: Handlers<"create-index" | "drop-index" | "rename-index" | "reindex"> = {
  "create-index"(change, state) {
    const known = indexOwner(state, change.index.name);
    if (known !== undefined) return state;
    let next = state;
    for (const relation of change.only ? treeOf(state, change.table).slice(0, 1) : treeOf(state, change.table)) {
      if (relation.name !== change.table && relation.partitionOf === null) continue;
      const index = relation.name === change.table ? change.index : onPartition(next, relation.name, change.index);
      next = update(next, relation.name, (r) => ({ ...r, indexes: [...r.indexes, index] }));
    }
    return next;
  },
  "drop-index"(change, state) {
    const owner = indexOwner(state, change.name);
    if (owner === undefined) return state;
    return update(state, owner.name, (r) => ({ ...r, indexes: r.indexes.filter((i) => i.name !== change.name) }));
  },
  "rename-index"(change, state) {
    const owner = indexOwner(state, change.name);
    if (owner === undefined) return state;
    const to = `${schemaOf(change.name)}.${bareName(change.to)}`;
    return update(state, owner.name, (r) => ({
      ...r,
      indexes: r.indexes.map((i) =>
        i.name === change.name ? { ...i, name: to, constraint: i.constraint === null ? null : bareName(to) } : i,
      ),
      constraints: r.constraints.map((c) => (c.index === change.name ? { ...c, index: to, name: bareName(to) } : c)),
    }));
  },
  reindex: (_change, state) => state,
};

/** Each partition's copy gets a generated name, as if it had been created there without one. */
function onPartition(state: SchemaState, partition: string, index: Index): Index {
  const schema = schemaOf(partition);
  const name = chooseName(bareName(partition), indexNameAddition(index.columns.map((c) => c ?? "expr")), "idx", (n) =>
    isRelationName(state, schema, n),
  );
  return { ...index, name: `${schema}.${name}`, constraint: null };
}

export const typeHandlers: Handlers<"create-type" | "drop-type" | "add-enum-value" | "rename-enum-value" | "rename-type" | "alter-domain"> =
  {
    "create-type": (change, state, origin) => putType(state, { ...change.type, origin }),
    "drop-type": (change, state) => removeType(state, change.name),
    "add-enum-value": (change, state) =>
      editType(state, change.type, (t) =>
        t.kind !== "enum" || t.values.includes(change.value) ? t : { ...t, values: [...t.values, change.value] },
      ),
    "rename-enum-value": (change, state) =>
      editType(state, change.type, (t) =>
        t.kind === "enum" ? { ...t, values: t.values.map((v) => (v === change.value ? change.to : v)) } : t,
      ),
    "rename-type": (change, state) => renameType(state, change.name, change.to),
    "alter-domain": (change, state) =>
      editType(state, change.domain, (t) => {
        if (t.kind !== "domain") return t;
        switch (change.action) {
          case "add-constraint":
            return {
              ...t,
              checks: [...t.checks, { name: change.name ?? "", expression: change.expression ?? "", validated: change.validated }],
            };
          case "drop-constraint":
            return { ...t, checks: t.checks.filter((c) => c.name !== change.name) };
          case "validate-constraint":
            return { ...t, checks: t.checks.map((c) => (c.name === change.name ? { ...c, validated: true } : c)) };
          case "set-not-null":
            return { ...t, notNull: true };
          case "drop-not-null":
            return { ...t, notNull: false };
          case "set-default":
            return t;
          default:
            return change.action satisfies never;
        }
      }),
  };

function editType(state: SchemaState, name: string, edit: (type: UserType) => UserType): SchemaState {
  const type = state.types.get(name);
  return type === undefined ? state : putType(state, edit(type));
}

export const objectHandlers: Handlers<
  | "create-function"
  | "drop-function"
  | "create-sequence"
  | "drop-sequence"
  | "own-sequence"
  | "create-extension"
  | "drop-extension"
  | "create-schema"
  | "drop-schema"
  | "rename-schema"
  | "create-trigger"
  | "drop-trigger"
  | "alter-table-other"
> = {
  "create-function": (change, state) => putFunction(state, change.function),
  "drop-function": (change, state) => removeFunction(state, change.name),
  "create-sequence": (change, state) => (state.sequences.has(change.sequence.name) ? state : putSequence(state, change.sequence)),
  "drop-sequence": (change, state) => removeSequence(state, change.name),
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
  "create-trigger": (change, state) =>
    update(state, change.table, (r) => ({ ...r, triggers: [...r.triggers.filter((t) => t.name !== change.trigger.name), change.trigger] })),
  "drop-trigger": (change, state) =>
    update(state, change.table, (r) => ({ ...r, triggers: r.triggers.filter((t) => t.name !== change.name) })),
  "alter-table-other": (change, state) =>
    update(state, change.table, (r) => {
      if (change.action === "SET UNLOGGED") return { ...r, unlogged: true };
      if (change.action === "SET LOGGED") return { ...r, unlogged: false };
      if (change.action === "ENABLE ROW LEVEL SECURITY") return { ...r, rowSecurity: true };
      if (change.action === "DISABLE ROW LEVEL SECURITY") return { ...r, rowSecurity: false };
      return r;
    }),
};
