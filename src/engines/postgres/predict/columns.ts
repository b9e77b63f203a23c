import { foreignKeysTo, treeOf, viewsOn } from "../../../model/apply/index.ts";
import { bareName, type Column, type SchemaState } from "../../../model/schema.ts";
import { addedConstraint } from "./constraints.ts";
import { isConstrainedDomain } from "./domains.ts";
import { scanForNulls } from "./not-null.ts";
import { enumValueIsNew } from "./types.ts";
import type { Predictors, Work } from "./work.ts";

export const columnPredictors: Predictors<
  | "add-column"
  | "drop-column"
  | "rename-column"
  | "set-default"
  | "set-not-null"
  | "drop-not-null"
  | "add-identity"
  | "drop-identity"
  | "set-identity"
  | "drop-expression"
  | "set-expression"
> = {
  "add-column"(change, work) {
    const { column } = change;
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    if (relation?.columns.some((c) => c.name === column.name) === true) {
      if (!change.ifNotExists) work.fail("42701", `column "${column.name}" of relation "${bareName(change.table)}" already exists`);
      return;
    }
    const secondKey =
      change.constraints.some((c) => c.kind === "primary-key") && relation?.constraints.some((c) => c.kind === "primary-key") === true;
    if (secondKey) work.fail("42P16", `multiple primary keys for table "${bareName(change.table)}" are not allowed`);
    if (column.generated === "virtual" && work.version < 18) work.fail("42601", "virtual generated columns exist from PostgreSQL 18 on");
    if (fillsNoValue(column, work.state) && column.notNull && !change.serial && !allEmpty(change.table, work)) {
      work.fail("23502", `column "${column.name}" of relation "${bareName(change.table)}" contains null values`);
    }
    enumValueIsNew(column.type, column.default?.sql ?? null, work);
    if (rewritesForColumn(column, change.serial, work.state)) work.rewriteTree(change.table);
    for (const constraint of change.constraints) {
      // A new column without a value is NULL everywhere: its foreign key has nothing to check (`transformFKConstraints`).
      const nothingToCheck = constraint.kind === "foreign-key" && column.default === null;
      addedConstraint(change.table, nothingToCheck ? { ...constraint, validated: false } : constraint, null, work, column);
    }
  },

  "drop-column"(change, work) {
    const relation = work.state.relations.get(change.table);
    work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    if (relation === undefined) return;
    if (!relation.columns.some((c) => c.name === change.column)) {
      if (!change.ifExists) work.needColumn(relation, change.column);
      return;
    }
    const foreign = foreignKeysTo(work.state, change.table).filter(
      (f) => f.constraint.references?.columns.includes(change.column) === true,
    );
    const fromElsewhere = foreign.filter((f) => f.table.name !== change.table);
    const views = viewsOn(work.state, change.table, change.column);
    const generated = relation.columns.some((c) => c.generated !== null && c.default?.columns.includes(change.column) === true);
    const triggers = relation.triggers.some((t) => t.columns.includes(change.column));
    if (!change.cascade && (fromElsewhere.length > 0 || views.length > 0 || generated || triggers)) {
      work.fail("2BP01", `cannot drop column ${change.column} of table ${bareName(change.table)} because other objects depend on it`);
      return;
    }
    for (const { table } of fromElsewhere) work.lock(table.name, "AccessExclusive");
    for (const view of views) work.lock(view.name, "AccessExclusive");
    // A foreign key that goes with the column takes its triggers off the referenced table too (reference 1.4, 22).
    for (const constraint of relation.constraints) {
      if (constraint.references !== null && constraint.columns.includes(change.column))
        work.lockTree(constraint.references.relation, "AccessExclusive");
    }
  },

  "rename-column"(change, work) {
    const relation = work.need(change.table);
    work.lockTree(change.table, "AccessExclusive");
    work.needColumn(relation, change.column);
    if (relation?.columns.some((c) => c.name === change.to) === true) {
      work.fail("42701", `column "${change.to}" of relation "${bareName(change.table)}" already exists`);
    }
  },

  "set-default"(change, work) {
    const column = work.needColumn(work.need(change.table), change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (column !== null) enumValueIsNew(column.type, change.default?.sql ?? null, work);
    if (column !== null && column.generated !== null)
      work.fail("42601", `column "${change.column}" of relation "${bareName(change.table)}" is a generated column`);
    else if (column !== null && column.identity !== null)
      work.fail("42601", `column "${change.column}" of relation "${bareName(change.table)}" is an identity column`);
  },

  "set-not-null"(change, work) {
    work.needColumn(work.need(change.table), change.column);
    work.lockTree(change.table, "AccessExclusive");
    scanForNulls(change.table, change.column, work);
  },

  "drop-not-null"(change, work) {
    const relation = work.need(change.table);
    const column = work.needColumn(relation, change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (relation?.constraints.some((c) => c.kind === "primary-key" && c.columns.includes(change.column)) === true) {
      work.fail("42P16", `column "${change.column}" is in a primary key`);
    } else if (column !== null && column.identity !== null) {
      work.fail("42601", `column "${change.column}" of relation "${bareName(change.table)}" is an identity column`);
    }
  },

  "add-identity"(change, work) {
    const column = work.needColumn(work.need(change.table), change.column);
    work.lock(change.table, "AccessExclusive");
    if (column !== null && !column.notNull) {
      work.fail(
        "55000",
        `column "${change.column}" of relation "${bareName(change.table)}" must be declared NOT NULL before identity can be added`,
      );
    } else if (column !== null && column.identity !== null) {
      work.fail("55000", `column "${change.column}" of relation "${bareName(change.table)}" is already an identity column`);
    } else if (column !== null && column.default !== null) {
      work.fail("55000", `column "${change.column}" of relation "${bareName(change.table)}" already has a default value`);
    }
  },
  "drop-identity": (change, work) => inPlace(change, work),
  "set-identity": (change, work) => inPlace(change, work),
  "drop-expression": (change, work) => {
    work.needColumn(work.need(change.table), change.column);
    work.lockTree(change.table, "AccessExclusive");
  },

  /** A stored expression is computed again for every row; a virtual one is not (release notes of 17 and 18). */
  "set-expression"(change, work) {
    const column = work.needColumn(work.need(change.table), change.column);
    work.lockTree(change.table, "AccessExclusive");
    if (work.version < 17) work.fail("42601", "ALTER COLUMN … SET EXPRESSION exists from PostgreSQL 17 on");
    else if (column?.generated !== "virtual") work.rewriteTree(change.table);
    else if (work.state.relations.get(change.table)?.constraints.some((c) => c.kind === "check") === true) {
      work.fail("0A000", "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints");
    }
  },
};

function inPlace(change: { readonly table: string; readonly column: string }, work: Work): void {
  work.needColumn(work.need(change.table), change.column);
  work.lock(change.table, "AccessExclusive");
}

/** No value comes from anywhere, so that existing rows would be NULL. */
function fillsNoValue(column: Column, state: SchemaState): boolean {
  if (column.default !== null || column.identity !== null || column.generated !== null) return false;
  const domain = state.types.get(column.type.name);
  return !(domain?.kind === "domain" && domain.default !== null && column.type.dimensions === 0);
}

function allEmpty(table: string, work: Work): boolean {
  const tree = treeOf(work.state, table);
  if (tree.length === 0) return work.isEmpty(table);
  return tree.every((r) => r.kind === "partitioned-table" || work.isEmpty(r.name));
}

/**
 * A default that gives every row the same value is kept in the catalogue since 11 (manual, ALTER TABLE, Notes). What differs from row to
 * row is written: a volatile default, a sequence, a stored expression. A constrained domain is checked by writing, NULLs included
 * (measured 11–18: reference 1.1, 12).
 */
function rewritesForColumn(column: Column, serial: boolean, state: SchemaState): boolean {
  if (serial || column.identity !== null || column.generated === "stored") return true;
  if (column.generated === "virtual") return false;
  if (column.default !== null && (column.default.volatility === "volatile" || column.default.volatility === "unknown")) return true;
  const domain = state.types.get(column.type.name);
  if (column.default === null && domain?.kind === "domain" && domain.default?.volatility === "volatile") return true;
  return isConstrainedDomain(column.type, state);
}
