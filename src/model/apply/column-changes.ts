import type { Column, Expression, Index, Relation, SchemaState } from "../schema.ts";
import { foreignKeysTo, treeOf, viewsOn } from "./relations.ts";
import { dropRelation } from "./relation-changes.ts";
import { ownedSequences, putSequence, removeSequence, update, updateTree, type Handlers } from "./store.ts";
import { addConstraint } from "./constraint-changes.ts";

export const columnHandlers: Handlers<
  | "add-column"
  | "drop-column"
  | "rename-column"
  | "change-type"
  | "set-default"
  | "set-not-null"
  | "drop-not-null"
  | "add-identity"
  | "drop-identity"
  | "set-identity"
  | "drop-expression"
  | "set-expression"
> = {
  "add-column"(change, state) {
    const table = state.relations.get(change.table);
    if (table === undefined) return state;
    if (table.columns.some((c) => c.name === change.column.name)) return state;
    let next = updateTree(state, change.table, (r) =>
      r.columns.some((c) => c.name === change.column.name) ? r : { ...r, columns: [...r.columns, change.column] },
    );
    for (const constraint of change.constraints) next = addConstraint(next, change.table, constraint, null);
    if (change.serial || change.column.identity !== null) {
      const name = sequenceOf(change.column.default) ?? `${change.table}_${change.column.name}_seq`;
      next = putSequence(next, { name, ownedBy: { relation: change.table, column: change.column.name } });
    }
    return next;
  },

  "drop-column"(change, state) {
    let next = state;
    for (const view of viewsOn(next, change.table, change.column)) next = dropRelation(next, view.name);
    for (const { table, constraint } of foreignKeysTo(next, change.table)) {
      if (!constraint.references?.columns.includes(change.column)) continue;
      next = update(next, table.name, (r) => ({ ...r, constraints: r.constraints.filter((c) => c.name !== constraint.name) }));
    }
    for (const relation of treeOf(next, change.table)) {
      next = update(next, relation.name, (r) => withoutColumn(r, change.column));
      for (const sequence of ownedSequences(next, relation.name, change.column)) next = removeSequence(next, sequence.name);
    }
    return next;
  },

  "rename-column"(change, state) {
    const { table: name, column, to } = change;
    let next = updateTree(state, name, (r) => renameInTable(r, column, to));
    for (const { table } of foreignKeysTo(next, name)) {
      next = update(next, table.name, (r) => ({
        ...r,
        constraints: r.constraints.map((c) =>
          c.references?.relation === name
            ? { ...c, references: { ...c.references, columns: replaced(c.references.columns, column, to) } }
            : c,
        ),
      }));
    }
    for (const view of viewsOn(next, name, column)) {
      next = update(next, view.name, (r) => ({
        ...r,
        reads: r.reads?.map((ref) => (ref.relation === name && ref.column === column ? { ...ref, column: to } : ref)) ?? null,
      }));
    }
    for (const sequence of ownedSequences(next, name, column))
      next = putSequence(next, { ...sequence, ownedBy: { relation: name, column: to } });
    return next;
  },

  "change-type"(change, state) {
    return editColumn(state, change.table, change.column, (c) => ({ ...c, type: change.type, collation: change.collation ?? c.collation }));
  },
  "set-default"(change, state) {
    const value = change.default?.isNull === true ? null : change.default;
    return editColumn(state, change.table, change.column, (c) => ({ ...c, default: value }));
  },
  "set-not-null": (change, state) => editColumn(state, change.table, change.column, (c) => ({ ...c, notNull: true })),
  "drop-not-null"(change, state) {
    const next = editColumn(state, change.table, change.column, (c) => ({ ...c, notNull: false }));
    return updateTree(next, change.table, (r) => ({
      ...r,
      constraints: r.constraints.filter((c) => c.kind !== "not-null" || !c.columns.includes(change.column)),
    }));
  },
  "add-identity"(change, state) {
    const next = editColumn(state, change.table, change.column, (c) => ({
      ...c,
      identity: change.always === true ? "always" : (c.identity ?? "by-default"),
    }));
    return putSequence(next, { name: `${change.table}_${change.column}_seq`, ownedBy: { relation: change.table, column: change.column } });
  },
  "drop-identity"(change, state) {
    let next = editColumn(state, change.table, change.column, (c) => ({ ...c, identity: null }));
    for (const sequence of ownedSequences(next, change.table, change.column)) next = removeSequence(next, sequence.name);
    return next;
  },
  "set-identity"(change, state) {
    const { always } = change;
    if (always === undefined) return state;
    return editColumn(state, change.table, change.column, (c) =>
      c.identity === null ? c : { ...c, identity: always ? "always" : "by-default" },
    );
  },
  "drop-expression": (change, state) => editColumn(state, change.table, change.column, (c) => ({ ...c, generated: null, default: null })),
  "set-expression": (change, state) => editColumn(state, change.table, change.column, (c) => ({ ...c, default: change.expression })),
};

function editColumn(state: SchemaState, table: string, column: string, edit: (column: Column) => Column): SchemaState {
  return updateTree(state, table, (r) => ({ ...r, columns: r.columns.map((c) => (c.name === column ? edit(c) : c)) }));
}

/** The sequence that `nextval('…'::regclass)` names. */
function sequenceOf(expression: Expression | null): string | null {
  const name = /^nextval\('([^']+)'/i.exec(expression?.sql ?? "")?.[1];
  if (name === undefined) return null;
  return name.replaceAll('"', "");
}

/** Indexes and table constraints that involve the column go with it (manual, ALTER TABLE, DROP COLUMN). */
function withoutColumn(relation: Relation, column: string): Relation {
  const gone = relation.constraints.filter((c) => mentions([...c.columns, ...(c.including ?? [])], c.expression, column));
  const goneIndexes = new Set(gone.map((c) => c.index));
  return {
    ...relation,
    columns: relation.columns.filter((c) => c.name !== column && !(c.generated !== null && c.default?.columns.includes(column) === true)),
    constraints: relation.constraints.filter((c) => !gone.includes(c)),
    indexes: relation.indexes.filter((i) => !i.mentions.includes(column) && !goneIndexes.has(i.name)),
    triggers: relation.triggers.filter((t) => !t.columns.includes(column) && t.when?.includes(column) !== true),
    ...(relation.named === undefined ? {} : { named: relation.named.filter((n) => !n.columns.includes(column)) }),
  };
}

function mentions(columns: readonly string[], expression: Expression | null, column: string): boolean {
  return columns.includes(column) || expression?.columns.includes(column) === true;
}

function renameInTable(relation: Relation, from: string, to: string): Relation {
  const expression = (e: Expression | null): Expression | null =>
    e === null || !e.columns.includes(from) ? e : { ...e, sql: renameInSql(e.sql, from, to), columns: replaced(e.columns, from, to) };
  return {
    ...relation,
    columns: relation.columns.map((c) => ({ ...c, name: c.name === from ? to : c.name, default: expression(c.default) })),
    constraints: relation.constraints.map((c) => ({
      ...c,
      columns: replaced(c.columns, from, to),
      expression: expression(c.expression),
      ...(c.including === undefined ? {} : { including: replaced(c.including, from, to) }),
    })),
    indexes: relation.indexes.map((index): Index => ({
      ...index,
      columns: index.columns.map((c) => (c === from ? to : c)),
      ...(index.including === undefined ? {} : { including: replaced(index.including, from, to) }),
      mentions: replaced(index.mentions, from, to),
      predicate: index.predicate === null ? null : renameInSql(index.predicate, from, to),
    })),
    triggers: relation.triggers.map((t) => ({
      ...t,
      columns: replaced(t.columns, from, to),
      ...(t.when === undefined ? {} : { when: replaced(t.when, from, to) }),
    })),
    ...(relation.named === undefined ? {} : { named: relation.named.map((n) => ({ ...n, columns: replaced(n.columns, from, to) })) }),
  };
}

function replaced(names: readonly string[], from: string, to: string): readonly string[] {
  return names.includes(from) ? names.map((n) => (n === from ? to : n)) : names;
}

/** Only for showing and for comparing with `IS NOT NULL` proofs; quoted strings are left alone. */
function renameInSql(sql: string, from: string, to: string): string {
  const escaped = from.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return sql.replaceAll(new RegExp(`'(?:[^']|'')*'|"${escaped}"|\\b${escaped}\\b`, "g"), (match) => {
    if (match.startsWith("'")) return match;
    return /^[a-z_][a-z0-9_]*$/.test(to) ? to : `"${to.replaceAll('"', '""')}"`;
  });
}
