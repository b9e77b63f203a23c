import { foreignKeysTo, makeObjectName, schemaOf } from "../model/apply/index.ts";
import { bareName, displayName, type Column, type Constraint, type Relation } from "../model/schema.ts";
import { alone, backfill, NOTHING_TO_UNDO, together, undo, undoAlone, verify } from "./build.ts";
import { definitionOf, type IndexDefinition } from "./index-definition.ts";
import type { Misfit, Scene } from "./recipe.ts";
import { foreignKeySteps } from "./recipes/add-foreign-key.ts";
import { checkSteps } from "./recipes/add-check.ts";
import { isValid } from "./recipes/add-index.ts";
import { notNullSteps } from "./recipes/not-null.ts";
import { sqlColumns, sqlName, sqlTable, withColumn } from "./sql.ts";
import type { ColumnSpec, Step } from "./types.ts";

/** A second column that takes the place of the first, with everything that hangs on it. */
export interface Twin {
  readonly table: Relation;
  readonly column: Column;
  /** Name of the second column while there are two. */
  readonly fresh: string;
  /** Type of the second column as SQL. */
  readonly type: string;
  readonly collation: string | null;
  /** SQL over the table's columns that gives its value. */
  readonly value: string;
  readonly indexes: readonly TwinIndex[];
  readonly checks: readonly TwinConstraint[];
  readonly keys: readonly TwinConstraint[];
  readonly uniques: readonly TwinUnique[];
  readonly pointing: readonly TwinPointing[];
}

export interface TwinIndex {
  readonly old: IndexDefinition;
  readonly fresh: IndexDefinition;
}

interface TwinConstraint {
  readonly constraint: Constraint;
  readonly fresh: string;
}

export interface TwinUnique extends TwinConstraint {
  /** Unqualified name of the new unique index. */
  readonly index: string;
  /** Unique index over the old columns that the way back takes over. */
  readonly back: string;
}

export interface TwinPointing {
  readonly child: string;
  readonly constraint: Constraint;
  readonly fresh: string;
}

/** `name_new`, inside of 63 bytes. */
export function suffixed(name: string, suffix: string): string {
  return `${name.slice(0, 62 - suffix.length)}_${suffix}`;
}

export function twinOf(
  table: Relation,
  column: Column,
  fresh: string,
  as: { readonly type: string; readonly collation: string | null; readonly value: string },
  { schema, written }: Scene,
): Twin | readonly Misfit[] {
  const misfits: Misfit[] = [];
  const indexes: TwinIndex[] = [];
  for (const index of table.indexes) {
    if (index.constraint !== null || !index.mentions.includes(column.name)) continue;
    const old = definitionOf(index, written);
    if (old === null) {
      misfits.push({
        reason: `how the index ${displayName(index.name)} was made is not known, and it is over ${column.name}`,
        help: "make the plan with --database-url or with a dump (--schema), which say it",
      });
      continue;
    }
    const name = `${schemaOf(index.name)}.${suffixed(bareName(index.name), "new")}`;
    indexes.push({
      old,
      fresh: {
        ...old,
        name,
        rest: withColumn(old.rest, column.name, fresh),
        where: old.where === null ? null : withColumn(old.where, column.name, fresh),
      },
    });
  }
  const own = table.constraints.filter(
    ({ columns, expression }) => columns.includes(column.name) || expression?.columns.includes(column.name) === true,
  );
  for (const constraint of own)
    if (constraint.kind === "exclusion")
      misfits.push({
        reason: `the exclusion constraint ${constraint.name} is over ${column.name}`,
        help: "an exclusion constraint cannot be built beside the table: drop it before the plan and add it after, in a quiet hour",
      });
  const of = (kind: Constraint["kind"]): TwinConstraint[] =>
    own.filter((each) => each.kind === kind).map((constraint) => ({ constraint, fresh: suffixed(constraint.name, "new") }));
  const uniques = [...of("unique"), ...of("primary-key")].map((each) => ({
    ...each,
    index: suffixed(each.constraint.name, "new"),
    back: suffixed(each.constraint.name, "old"),
  }));
  const pointing = foreignKeysTo(schema, table.name)
    .filter(({ constraint }) => constraint.references?.columns.includes(column.name) === true)
    .map(({ table: child, constraint }) => ({ child: child.name, constraint, fresh: suffixed(constraint.name, "new") }));
  for (const { child, constraint } of pointing)
    if (child === table.name && constraint.columns.includes(column.name))
      misfits.push({
        reason: `the foreign key ${constraint.name} points from ${column.name} at itself`,
        help: "drop it before the plan, and add it after",
      });
  if (misfits.length > 0) return misfits;
  return { table, column, fresh, ...as, indexes, checks: of("check"), keys: of("foreign-key"), uniques, pointing };
}

export function twinSpec(twin: Twin, notNull: boolean): ColumnSpec {
  return { name: twin.fresh, type: twin.type, notNull, default: null, identity: null, generated: null };
}

export function functionName(twin: Twin): string {
  return `${schemaOf(twin.table.name)}.${suffixed(`tread_${bareName(twin.table.name)}_${twin.column.name}`, "sync")}`;
}

/** After others: BEFORE triggers run by name, and this one copies what they leave. */
export function triggerName(twin: Twin): string {
  return bareName(functionName(twin))
    .replace(/^tread_/, "zz_tread_")
    .slice(0, 63);
}

/** @param body PL/pgSQL between BEGIN and RETURN NEW */
export function syncFunction(twin: Twin, body: string): readonly string[] {
  const name = sqlTable(functionName(twin));
  return [
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $sync$\nBEGIN\n${body}\n  RETURN NEW;\nEND\n$sync$`,
    `CREATE TRIGGER ${sqlName(triggerName(twin))} BEFORE INSERT OR UPDATE ON ${sqlTable(twin.table.name)} FOR EACH ROW EXECUTE FUNCTION ${name}()`,
  ];
}

export function dropSync(twin: Twin): readonly string[] {
  return [`DROP TRIGGER ${sqlName(triggerName(twin))} ON ${sqlTable(twin.table.name)}`, `DROP FUNCTION ${sqlTable(functionName(twin))}()`];
}

/** The column, what keeps it right, its values, and everything that hangs on the first one. */
export function twinSteps(twin: Twin, body: string, scene: Scene): Step[] {
  const { table, column, fresh } = twin;
  const [target, name] = [sqlTable(table.name), sqlName(fresh)];
  const collate = twin.collation === null ? "" : ` COLLATE ${sqlTable(twin.collation)}`;
  const withFresh: Relation = {
    ...table,
    columns: [...table.columns, { ...column, name: fresh, notNull: false, default: null, identity: null, generated: null }],
  };
  const steps: Step[] = [
    together(
      `add-${fresh}`,
      `one brief lock: the column, and a trigger that keeps it right from the first row on`,
      [`ALTER TABLE ${target} ADD COLUMN ${name} ${twin.type}${collate}`, ...syncFunction(twin, body)],
      undo(...dropSync(twin), `ALTER TABLE ${target} DROP COLUMN ${name}`),
      [
        { op: "add-column", table: table.name, column: twinSpec(twin, false), applies: "database" },
        { op: "sql", what: `trigger ${triggerName(twin)}`, applies: "database" },
      ],
    ),
    backfill(`fill-${fresh}`, "rows from before get their value, a batch at a time", {
      table: table.name,
      sql: `UPDATE ${target} SET ${name} = ${twin.value} WHERE ${name} IS DISTINCT FROM ${twin.value}`,
      verify: `${name} IS DISTINCT FROM ${twin.value}`,
      newWrites: `the trigger ${triggerName(twin)} fills it`,
      down: NOTHING_TO_UNDO,
    }),
  ];
  if (column.notNull) steps.push(...notNullSteps({ table: withFresh, column: fresh, fill: null, scene }));
  for (const { fresh: index } of twin.indexes) {
    steps.push(
      alone(
        `index-${bareName(index.name)}`,
        `as ${displayName(index.name).replace(/_new$/, "")}, over the new column`,
        `CREATE ${index.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${sqlName(bareName(index.name))} ON ${target} ${index.rest}`,
        undoAlone(`DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(index.name)}`),
        [
          {
            op: "add-index",
            table: table.name,
            name: bareName(index.name),
            unique: index.unique,
            method: index.method,
            keys: index.keys,
            include: index.include,
            where: index.where,
            concurrently: true,
            applies: "database",
          },
        ],
      ),
      isValid(index, table),
    );
  }
  for (const { constraint, index } of twin.uniques) steps.push(...uniqueIndex(twin, index, replaced(twin, constraint.columns)));
  for (const { constraint, fresh: as } of twin.checks)
    steps.push(...checkSteps(table.name, as, withColumn(constraint.expression?.sql ?? "true", column.name, fresh)).map(onDatabase));
  for (const { constraint, fresh: as } of twin.keys)
    steps.push(
      ...foreignKeySteps(
        table.name,
        { ...constraint, name: as, columns: replaced(twin, constraint.columns) },
        actionsOf(constraint),
        "database",
      ),
    );
  for (const { child, constraint, fresh: as } of twin.pointing) {
    const { references } = constraint;
    if (references === null) continue;
    const at = { ...references, columns: replaced(twin, references.columns) };
    steps.push(...foreignKeySteps(child, { ...constraint, name: as, references: at }, actionsOf(constraint), "database"));
  }
  return steps;
}

function onDatabase(step: Step): Step {
  return step.kind === "migrate"
    ? { ...step, operations: step.operations.map((operation) => ({ ...operation, applies: "database" })) }
    : step;
}

export function uniqueIndex(twin: Twin, name: string, columns: readonly string[]): Step[] {
  const qualified = `${schemaOf(twin.table.name)}.${name}`;
  return [
    alone(
      `index-${name}`,
      "a unique index that a constraint takes over",
      `CREATE UNIQUE INDEX CONCURRENTLY ${sqlName(name)} ON ${sqlTable(twin.table.name)} ${sqlColumns(columns)}`,
      undoAlone(`DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(qualified)}`),
      [
        {
          op: "add-index",
          table: twin.table.name,
          name,
          unique: true,
          method: "btree",
          keys: columns.map((column) => ({ column, expression: null, descending: false })),
          include: [],
          where: null,
          concurrently: true,
          applies: "database",
        },
      ],
    ),
    verify(
      `${name}-is-valid`,
      "the index is there and valid",
      `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass('${sqlTable(qualified).replaceAll("'", "''")}') AND indisvalid)`,
      `${displayName(qualified)} is missing or invalid: DROP INDEX CONCURRENTLY it, and run the step that builds it again`,
    ),
  ];
}

/** Columns of a constraint with the new one in place of the old one. */
export function replaced(
  twin: Twin,
  columns: readonly string[],
  from: string = twin.column.name,
  to: string = twin.fresh,
): readonly string[] {
  return columns.map((column) => (column === from ? to : column));
}

export function actionsOf({ references, deferrable, initiallyDeferred }: Constraint): string {
  const action = references?.onDelete ?? "";
  const words =
    action === "" || action.toLowerCase().replace("-", " ") === "no action" ? "" : `ON DELETE ${action.toUpperCase().replace("-", " ")}`;
  return [words, deferrable ? `DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : ""]
    .filter((part) => part !== "")
    .join(" ");
}

/** As Postgres 18 names the constraint behind NOT NULL. */
export function notNullName(table: Relation, column: string): string {
  return makeObjectName(bareName(table.name), column, "not_null");
}
