import type { Constraint, Index, Relation, SchemaState } from "../schema.ts";
import { indexColumnLabels } from "./names.ts";
import { bareName } from "../schema.ts";
import { dropIndex, onPartitions, renameIndex } from "./index-changes.ts";
import { foreignKeysTo, treeOf } from "./relations.ts";
import { schemaOf, update, updateTree, type Handlers } from "./store.ts";

export const constraintHandlers: Handlers<
  "add-constraint" | "drop-constraint" | "validate-constraint" | "rename-constraint" | "alter-constraint"
> = {
  "add-constraint": (change, state) => addConstraint(state, change.table, change.constraint, change.usingIndex, change.only === true),

  "drop-constraint"(change, state) {
    const dropped = state.relations.get(change.table)?.constraints.find((c) => c.name === change.name);
    let next = state;
    if (dropped !== undefined && (dropped.kind === "primary-key" || dropped.kind === "unique")) {
      for (const { table, constraint } of foreignKeysTo(next, change.table)) {
        if (!sameSet(constraint.references?.columns ?? [], dropped.columns)) continue;
        next = updateTree(next, table.name, (r) => ({ ...r, constraints: r.constraints.filter((c) => c.name !== constraint.name) }));
      }
    }
    // The keys of partitions have names of their own, and go with the index that theirs is a part of.
    if (dropped !== undefined && dropped.index !== null) return dropIndex(next, dropped.index);
    const only = change.only === true || dropped?.noInherit === true;
    for (const relation of only ? treeOf(next, change.table).slice(0, 1) : treeOf(next, change.table))
      next = update(next, relation.name, (r) => withoutConstraint(r, change.name, change.table));
    return next;
  },

  "validate-constraint": (change, state) =>
    updateTree(state, change.table, (r) => ({
      ...r,
      constraints: r.constraints.map((c) => (c.name === change.name ? { ...c, validated: true } : c)),
    })),

  "rename-constraint"(change, state) {
    const relation = state.relations.get(change.table);
    const renamed = relation?.constraints.find((c) => c.name === change.name);
    if (relation === undefined || renamed === undefined) return state;
    // The index behind a constraint carries its name and is renamed with it.
    if (renamed.index !== null) return renameIndex(state, relation, renamed.index, `${schemaOf(relation.name)}.${change.to}`);
    return updateTree(state, change.table, (r) => ({
      ...r,
      constraints: r.constraints.map((c) => (c.name === change.name ? { ...c, name: change.to } : c)),
    }));
  },

  "alter-constraint"(change, state) {
    const { action } = change;
    if (action === undefined || action === "deferrability") return state;
    const edit = (c: Constraint): Constraint => {
      if (action === "enforced") return { ...c, enforced: true, validated: true };
      if (action === "not-enforced") return { ...c, enforced: false, validated: false };
      return { ...c, noInherit: action === "no-inherit" };
    };
    return updateTree(state, change.table, (r) => ({
      ...r,
      constraints: r.constraints.map((c) => (c.name === change.name ? edit(c) : c)),
    }));
  },
};

/** Adds a constraint with the index, NOT NULLs and inherited copies it brings. */
export function addConstraint(
  state: SchemaState,
  table: string,
  constraint: Constraint,
  usingIndex: string | null,
  only = false,
): SchemaState {
  const root = state.relations.get(table);
  if (root === undefined) return state;
  let next = update(state, table, (r) => withConstraint(r, constraint, usingIndex));
  if (only || constraint.noInherit === true) return next;
  const index = isKey(constraint) ? next.relations.get(table)?.constraints.find((c) => c.name === constraint.name)?.index : null;
  if (index !== null && index !== undefined) {
    // INHERITS children get checks and NOT NULLs; only partitions get keys as well.
    const wanted = next.relations.get(table)?.indexes.find((i) => i.name === index);
    return root.kind !== "partitioned-table" || wanted === undefined ? next : onPartitions(next, table, wanted, constraint);
  }
  for (const relation of treeOf(state, table).slice(1)) {
    if (relation.partitionOf === null && constraint.kind === "foreign-key") continue;
    next = update(next, relation.name, (r) => withConstraint(r, constraint, null));
  }
  return next;
}

function isKey(constraint: Constraint): boolean {
  return constraint.kind === "unique" || constraint.kind === "primary-key" || constraint.kind === "exclusion";
}

function withConstraint(relation: Relation, constraint: Constraint, usingIndex: string | null): Relation {
  if (relation.constraints.some((c) => c.name === constraint.name)) return relation;
  const notNull = constraint.kind === "primary-key" || (constraint.kind === "not-null" && constraint.enforced) ? constraint.columns : [];
  const columns =
    notNull.length === 0 ? relation.columns : relation.columns.map((c) => (notNull.includes(c.name) ? { ...c, notNull: true } : c));
  if (usingIndex !== null) {
    // The index takes the constraint's name.
    const name = `${schemaOf(relation.name)}.${constraint.name}`;
    return {
      ...relation,
      columns,
      constraints: [...relation.constraints, { ...constraint, index: name }],
      indexes: relation.indexes.map((i) => (i.name === usingIndex ? { ...i, name, constraint: constraint.name } : i)),
    };
  }
  const index = indexBehind(relation, constraint);
  return {
    ...relation,
    columns,
    constraints: [...relation.constraints, index === null ? constraint : { ...constraint, index: index.name }],
    indexes: index === null || relation.indexes.some((i) => i.name === index.name) ? relation.indexes : [...relation.indexes, index],
  };
}

/** The index that a unique, primary key or exclusion constraint makes. */
export function indexBehind(relation: { readonly name: string }, constraint: Constraint): Index | null {
  if (constraint.kind !== "unique" && constraint.kind !== "primary-key" && constraint.kind !== "exclusion") return null;
  const { including = [] } = constraint;
  return {
    name: constraint.index ?? `${schemaOf(relation.name)}.${constraint.name}`,
    unique: constraint.kind !== "exclusion",
    method: constraint.kind === "exclusion" || constraint.period === true ? "gist" : "btree",
    columns: constraint.columns,
    mentions: [...new Set([...constraint.columns, ...including, ...(constraint.expression?.columns ?? [])])],
    ...(including.length === 0 ? {} : { including, labels: indexColumnLabels([...constraint.columns, ...including]) }),
    predicate: null,
    valid: true,
    constraint: constraint.name,
  };
}

function withoutConstraint(relation: Relation, name: string, root: string): Relation {
  const gone = relation.constraints.find((c) => c.name === name);
  if (gone === undefined) {
    // From 18 on every NOT NULL is a constraint with a name of its own (release notes of 18).
    const column = relation.columns.find((c) => c.notNull && name === `${bareName(root)}_${c.name}_not_null`);
    if (column === undefined) return relation;
    return { ...relation, columns: relation.columns.map((c) => (c === column ? { ...c, notNull: false } : c)) };
  }
  return {
    ...relation,
    columns:
      gone.kind === "not-null"
        ? relation.columns.map((c) => (gone.columns.includes(c.name) ? { ...c, notNull: false } : c))
        : relation.columns,
    constraints: relation.constraints.filter((c) => c !== gone),
    indexes: gone.index === null ? relation.indexes : relation.indexes.filter((i) => i.name !== gone.index),
  };
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((x) => b.includes(x));
}
