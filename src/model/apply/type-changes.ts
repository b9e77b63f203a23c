import type { Span } from "../../text/span.ts";
import type { ChangeOf } from "../change.ts";
import type { Column, Origin, SchemaState, UserType } from "../schema.ts";
import { columnHandlers } from "./column-changes.ts";
import { dropRelation } from "./relation-changes.ts";
import { renameType } from "./rename.ts";
import { putType, removeType, type Handlers } from "./store.ts";

const NOBODY: Origin = { migration: null };

export const typeHandlers: Handlers<
  "create-type" | "drop-type" | "add-enum-value" | "rename-enum-value" | "rename-type" | "alter-domain" | "alter-attribute"
> = {
  "create-type": (change, state, origin) => putType(state, { ...change.type, origin }),

  /** With CASCADE columns, domains and tables of the type go with it. */
  "drop-type": (change, state) => dropType(state, change.name, change),

  "add-enum-value": (change, state) =>
    editType(state, change.type, (t) => {
      if (t.kind !== "enum" || t.values.includes(change.value)) return t;
      const at = change.position === undefined ? -1 : t.values.indexOf(change.position.of);
      const place = at === -1 ? t.values.length : change.position?.side === "after" ? at + 1 : at;
      return { ...t, values: t.values.toSpliced(place, 0, change.value), added: [...(t.added ?? []), change.value] };
    }),

  "rename-enum-value": (change, state) =>
    editType(state, change.type, (t) => {
      const renamed = (labels: readonly string[]): readonly string[] => labels.map((v) => (v === change.value ? change.to : v));
      if (t.kind !== "enum") return t;
      return { ...t, values: renamed(t.values), ...(t.added === undefined ? {} : { added: renamed(t.added) }) };
    }),

  "rename-type": (change, state) => renameType(state, change.name, change.to),
  "alter-domain": (change, state) => editType(state, change.domain, (t) => alterDomain(t, change)),

  "alter-attribute"(change, state) {
    let next = editType(state, change.type, (t) => (t.kind === "composite" ? { ...t, columns: attributes(t.columns, change) } : t));
    if (!change.cascade) return next;
    for (const table of typedTables(state, change.type)) next = alterTypedTable(next, table, change);
    return next;
  },
};

function alterDomain(t: UserType, change: ChangeOf<"alter-domain">): UserType {
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
    case "rename-constraint":
      return { ...t, checks: t.checks.map((c) => (c.name === change.name ? { ...c, name: change.to ?? c.name } : c)) };
    case "set-not-null":
      return { ...t, notNull: true };
    case "drop-not-null":
      return { ...t, notNull: false };
    case "set-default":
      return change.default === undefined ? t : { ...t, default: change.default };
    default:
      return change.action satisfies never;
  }
}

function attributes(columns: readonly Column[], change: ChangeOf<"alter-attribute">): readonly Column[] {
  const known = columns.some((c) => c.name === change.attribute);
  switch (change.action) {
    case "add":
      return known || change.column === null ? columns : [...columns, change.column];
    case "drop":
      return columns.filter((c) => c.name !== change.attribute);
    case "alter":
      return columns.map((c) => (c.name === change.attribute && change.column !== null ? { ...c, type: change.column.type } : c));
    case "rename":
      return columns.map((c) => (c.name === change.attribute ? { ...c, name: change.to ?? c.name } : c));
    default:
      return change.action satisfies never;
  }
}

/** Tables made with OF this composite. */
export function typedTables(state: SchemaState, type: string): readonly string[] {
  const found: string[] = [];
  for (const relation of state.relations.values()) if (relation.ofType === type) found.push(relation.name);
  return found;
}

function alterTypedTable(state: SchemaState, table: string, change: ChangeOf<"alter-attribute">): SchemaState {
  const { span, attribute: column } = change;
  switch (change.action) {
    case "add":
      if (change.column === null) return state;
      return columnHandlers["add-column"](
        { kind: "add-column", table, column: change.column, ifNotExists: true, serial: false, constraints: [], span },
        state,
        NOBODY,
      );
    case "drop":
      return columnHandlers["drop-column"]({ kind: "drop-column", table, column, ifExists: true, cascade: true, span }, state, NOBODY);
    case "alter":
      if (change.column === null) return state;
      return columnHandlers["change-type"](
        { kind: "change-type", table, column, type: change.column.type, collation: change.column.collation, using: null, span },
        state,
        NOBODY,
      );
    case "rename":
      return columnHandlers["rename-column"]({ kind: "rename-column", table, column, to: change.to ?? column, span }, state, NOBODY);
    default:
      return change.action satisfies never;
  }
}

function dropType(state: SchemaState, name: string, change: ChangeOf<"drop-type">): SchemaState {
  if (!state.types.has(name)) return state;
  let next = removeType(state, name);
  if (change.cascade !== true) return next;
  for (const type of state.types.values()) {
    if (type.kind === "domain" && type.base.name === name) next = dropType(next, type.name, change);
    else if (type.kind === "composite" && type.columns.some((c) => c.type.name === name))
      next = putType(next, { ...type, columns: type.columns.filter((c) => c.type.name !== name) });
  }
  for (const relation of state.relations.values()) {
    if (relation.ofType === name) next = dropRelation(next, relation.name);
    else if (relation.kind !== "view") next = dropColumnsOf(next, relation.name, name, change.span);
  }
  return next;
}

function dropColumnsOf(state: SchemaState, table: string, type: string, span: Span): SchemaState {
  let next = state;
  for (const { name: column, type: own } of state.relations.get(table)?.columns ?? []) {
    if (own.name === type)
      next = columnHandlers["drop-column"]({ kind: "drop-column", table, column, ifExists: true, cascade: true, span }, next, NOBODY);
  }
  return next;
}

function editType(state: SchemaState, name: string, edit: (type: UserType) => UserType): SchemaState {
  const type = state.types.get(name);
  return type === undefined ? state : putType(state, edit(type));
}
