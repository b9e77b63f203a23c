import type { Constraint, Index, Relation, SchemaState } from "../schema.ts";
import { bareName } from "../schema.ts";
import { chooseName, indexNameAddition, isRelationName } from "./names.ts";
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
        next = update(next, table.name, (r) => ({ ...r, constraints: r.constraints.filter((c) => c.name !== constraint.name) }));
      }
    }
    return updateTree(next, change.table, (r) => withoutConstraint(r, change.name, change.table));
  },

  "validate-constraint": (change, state) =>
    updateTree(state, change.table, (r) => ({
      ...r,
      constraints: r.constraints.map((c) => (c.name === change.name ? { ...c, validated: true } : c)),
    })),

  "rename-constraint": (change, state) =>
    updateTree(state, change.table, (r) => {
      const constraint = r.constraints.find((c) => c.name === change.name);
      if (constraint === undefined) return r;
      // The index behind a constraint carries its name and is renamed with it.
      const index = constraint.index === null ? null : `${schemaOf(r.name)}.${change.to}`;
      return {
        ...r,
        constraints: r.constraints.map((c) => (c === constraint ? { ...c, name: change.to, index } : c)),
        indexes: r.indexes.map((i) => (i.name === constraint.index && index !== null ? { ...i, name: index, constraint: change.to } : i)),
      };
    }),

  "alter-constraint": (_change, state) => state,
};

/** Adds a constraint with the index, NOT NULLs and inherited copies it brings. */
export function addConstraint(
  state: SchemaState,
  table: string,
  constraint: Constraint,
  usingIndex: string | null,
  only = false,
): SchemaState {
  if (!state.relations.has(table)) return state;
  let next = state;
  for (const relation of only ? treeOf(state, table).slice(0, 1) : treeOf(state, table)) {
    const root = relation.name === table;
    // INHERITS children get checks and NOT NULLs; only partitions get keys as well.
    if (!root && relation.partitionOf === null && constraint.kind !== "check" && constraint.kind !== "not-null") continue;
    next = update(next, relation.name, (r) =>
      withConstraint(r, root ? constraint : inherited(next, r, constraint), root ? usingIndex : null),
    );
  }
  return next;
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
  return {
    name: constraint.index ?? `${schemaOf(relation.name)}.${constraint.name}`,
    unique: constraint.kind !== "exclusion",
    method: constraint.kind === "exclusion" ? "gist" : "btree",
    columns: constraint.columns,
    mentions: [...new Set([...constraint.columns, ...(constraint.expression?.columns ?? [])])],
    predicate: null,
    valid: true,
    constraint: constraint.name,
  };
}

/** The copy on a partition: keys get names of their own, checks and foreign keys keep theirs. */
function inherited(state: SchemaState, partition: Relation, constraint: Constraint): Constraint {
  if (constraint.kind !== "unique" && constraint.kind !== "primary-key" && constraint.kind !== "exclusion") return constraint;
  const schema = schemaOf(partition.name);
  const taken = (name: string): boolean => isRelationName(state, schema, name);
  const label = constraint.kind === "primary-key" ? "pkey" : constraint.kind === "unique" ? "key" : "excl";
  const name = chooseName(
    bareName(partition.name),
    constraint.kind === "primary-key" ? null : indexNameAddition(constraint.columns),
    label,
    taken,
  );
  return { ...constraint, name, index: `${schema}.${name}` };
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
