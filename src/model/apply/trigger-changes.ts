import type { ObjectChange } from "../change.ts";
import type { Relation, SchemaState, Trigger } from "../schema.ts";
import { treeOf } from "./relations.ts";
import { schemaOf, update, type Handlers } from "./store.ts";

export const triggerHandlers: Handlers<"create-trigger" | "drop-trigger" | "rename-trigger" | "alter-table-other"> = {
  "create-trigger": (change, state) =>
    onTable(state, change.table, change.trigger, (r, trigger) => ({
      ...r,
      triggers: [...r.triggers.filter((t) => t.name !== trigger.name), trigger],
    })),

  "drop-trigger"(change, state) {
    const trigger = state.relations.get(change.table)?.triggers.find((t) => t.name === change.name);
    if (trigger === undefined) return state;
    return onTable(state, change.table, trigger, (r) => ({ ...r, triggers: r.triggers.filter((t) => t.name !== change.name) }));
  },

  "rename-trigger"(change, state) {
    const trigger = state.relations.get(change.table)?.triggers.find((t) => t.name === change.name);
    if (trigger === undefined) return state;
    return onTable(state, change.table, trigger, (r) => ({
      ...r,
      triggers: r.triggers.map((t) => (t.name === change.name ? { ...t, name: change.to } : t)),
    }));
  },

  "alter-table-other": (change, state) =>
    update(state, change.table, (r) => {
      if (change.object !== undefined) return withObject(r, change.object);
      switch (change.action) {
        case "SET UNLOGGED":
          return { ...r, unlogged: true };
        case "SET LOGGED":
          return { ...r, unlogged: false };
        case "ENABLE ROW LEVEL SECURITY":
          return { ...r, rowSecurity: true };
        case "DISABLE ROW LEVEL SECURITY":
          return { ...r, rowSecurity: false };
        case "CLUSTER ON":
          return change.named === undefined ? r : { ...r, clusteredOn: `${schemaOf(r.name)}.${change.named}` };
        case "SET WITHOUT CLUSTER":
          return { ...r, clusteredOn: null };
        case "FORCE ROW LEVEL SECURITY":
          return { ...r, forceRowSecurity: true };
        case "NO FORCE ROW LEVEL SECURITY":
          return { ...r, forceRowSecurity: false };
        default:
          return r;
      }
    }),
};

/** Row triggers of a partitioned table are on every partition as well. */
function onTable(state: SchemaState, table: string, trigger: Trigger, edit: (r: Relation, trigger: Trigger) => Relation): SchemaState {
  let next = update(state, table, (r) => edit(r, trigger));
  if (trigger.row !== true || state.relations.get(table)?.kind !== "partitioned-table") return next;
  for (const part of treeOf(state, table).slice(1)) next = update(next, part.name, (r) => edit(r, { ...trigger, inherited: true }));
  return next;
}

/** What the policies and rules name, after one of them came, changed, went or got another name. */
function namedBy(relation: Relation, object: ObjectChange): Relation["named"] {
  const others = (relation.named ?? []).filter((n) => n.class !== object.class || n.name !== object.name);
  const own = (relation.named ?? []).find((n) => n.class === object.class && n.name === object.name);
  if (object.action === "drop") return others;
  if (object.action === "rename") return own === undefined ? others : [...others, { ...own, name: object.to ?? own.name }];
  const columns = [...new Set([...(object.action === "alter" ? (own?.columns ?? []) : []), ...(object.columns ?? [])])];
  return columns.length === 0 ? others : [...others, { class: object.class, name: object.name, columns }];
}

function withObject(before: Relation, object: ObjectChange): Relation {
  const named = namedBy(before, object) ?? [];
  const relation = named.length === 0 && before.named === undefined ? before : { ...before, named };
  const list = object.class === "policy" ? relation.policies : relation.rules;
  const names = list ?? [];
  const edited =
    object.action === "create"
      ? [...names.filter((n) => n !== object.name), object.name]
      : object.action === "drop"
        ? names.filter((n) => n !== object.name)
        : object.action === "rename"
          ? names.map((n) => (n === object.name ? (object.to ?? n) : n))
          : names;
  return object.class === "policy" ? { ...relation, policies: edited } : { ...relation, rules: edited };
}
