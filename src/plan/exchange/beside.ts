import { makeObjectName, schemaOf } from "../../model/apply/index.ts";
import { bareName, type Constraint, type Relation } from "../../model/schema.ts";
import { backfill, NOTHING_TO_UNDO, together, undo, undoAlone } from "../build.ts";
import { carryColumn, carryComments, carryPrivileges } from "../carry.ts";
import type { IndexDefinition } from "../index-definition.ts";
import type { Scene } from "../recipe.ts";
import { checkSteps } from "../recipes/add-check.ts";
import { foreignKeySteps } from "../recipes/add-foreign-key.ts";
import { concurrently, isValid } from "../recipes/add-index.ts";
import { notNullSteps } from "../recipes/not-null.ts";
import { sqlColumns, sqlName, sqlTable, withColumn } from "../sql.ts";
import type { Step } from "../types.ts";
import {
  actionsOf,
  deferral,
  dropSync,
  functionName,
  replaced,
  suffixed,
  syncFunction,
  type Twin,
  type TwinPointing,
  triggerName,
} from "./twin.ts";

/**
 * The column, what keeps it right, its values, and everything that hangs on the first one. Whatever can be made before the exchange is made
 * here: what is left for its lock is a handful of statements.
 */
export function twinSteps(twin: Twin, body: string, scene: Scene): Step[] {
  const { table, column, fresh } = twin;
  const [target, name] = [sqlTable(table.name), sqlName(fresh)];
  const collate = twin.collation === null ? "" : ` COLLATE ${sqlTable(twin.collation)}`;
  const withFresh: Relation = {
    ...table,
    columns: [...table.columns, { ...column, name: fresh, notNull: false, default: null, identity: null, generated: null }],
  };
  const spec = { name: fresh, type: twin.type, notNull: false, default: null, identity: null, generated: null };
  const steps: Step[] = [
    together(
      `add-${fresh}`,
      `one brief lock: the column, and a trigger that keeps it right from the first row on`,
      [`ALTER TABLE ${target} ADD COLUMN ${name} ${twin.type}${collate}`, ...syncFunction(twin, body)],
      undo(...dropSync(twin), `ALTER TABLE ${target} DROP COLUMN ${name}`),
      [
        { op: "add-column", table: table.name, column: spec, applies: "database" },
        { op: "sql", what: `trigger ${triggerName(twin)} and function ${functionName(twin)}`, applies: "database" },
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
  if (column.identity !== null) steps.push(identityStep(twin));
  for (const { fresh: index } of twin.indexes) steps.push(concurrently(table, index, "database"), isValid(index, table));
  for (const { constraint, fresh: as } of twin.uniques)
    steps.push(
      ...uniqueIndex(twin, as, replaced(twin, constraint.columns), replaced(twin, constraint.including ?? [])),
      together(
        `constraint-${as}`,
        "takes the index over; nothing is read",
        [`ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(as)} UNIQUE USING INDEX ${sqlName(as)}${deferral(constraint)}`],
        undo(`ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(as)}`),
        [{ op: "sql", what: `the constraint ${as}`, applies: "database" }],
      ),
    );
  if (twin.primary !== null)
    steps.push(
      ...uniqueIndex(
        twin,
        twin.primary.fresh,
        replaced(twin, twin.primary.constraint.columns),
        replaced(twin, twin.primary.constraint.including ?? []),
      ),
    );
  for (const { constraint, fresh: as } of twin.checks)
    steps.push(...checkSteps(table.name, as, withColumn(constraint.expression?.sql ?? "true", column.name, fresh)).map(onDatabase));
  for (const { constraint, fresh: as } of twin.keys)
    steps.push(
      ...foreignKeySteps(
        table.name,
        { ...constraint, name: as, columns: replaced(twin, constraint.columns) },
        actionsOf(constraint, replaced(twin, constraint.references?.onDeleteOf ?? [])),
        "database",
      ),
    );
  for (const pointing of twin.pointing) {
    const made = successor(twin, pointing);
    if (made !== null) steps.push(...foreignKeySteps(pointing.child, made, actionsOf(made), "database"));
  }
  steps.push(carried(twin));
  return steps;
}

/** The foreign key of another table, over the new column. */
function successor(twin: Twin, { constraint, fresh }: TwinPointing): Constraint | null {
  const { references } = constraint;
  return references === null
    ? null
    : { ...constraint, name: fresh, references: { ...references, columns: replaced(twin, references.columns) } };
}

function onDatabase(step: Step): Step {
  return step.kind === "migrate"
    ? { ...step, operations: step.operations.map((operation) => ({ ...operation, applies: "database" })) }
    : step;
}

/** The identity's own sequence, and the name of its successor until it takes that of the other. */
export function sequences({ table, column, fresh }: Twin): { readonly own: string; readonly fresh: string; readonly old: string } {
  const of = (name: string): string => `${schemaOf(table.name)}.${makeObjectName(bareName(table.name), name, "seq")}`;
  return { own: of(column.name), fresh: of(fresh), old: of(suffixed(column.name, "old")) };
}

/** Until the exchange the trigger writes over what its sequence gives: a table may have two identities. */
function identityStep(twin: Twin): Step {
  const target = sqlTable(twin.table.name);
  return together(
    `identity-${twin.fresh}`,
    "a brief lock: an identity that goes on where the other is, from the exchange on",
    [identityOf(twin, twin.fresh)],
    undo(`ALTER TABLE ${target} ALTER COLUMN ${sqlName(twin.fresh)} DROP IDENTITY`),
    [{ op: "sql", what: `the identity of ${twin.fresh}`, applies: "database" }],
  );
}

export function identityOf({ table, column }: Twin, of: string): string {
  return `ALTER TABLE ${sqlTable(table.name)} ALTER COLUMN ${sqlName(of)} ADD GENERATED ${column.identity === "always" ? "ALWAYS" : "BY DEFAULT"} AS IDENTITY`;
}

/** What people have said about the column and what hangs on it. */
function carried(twin: Twin): Step {
  const { table, column, fresh } = twin;
  return together(
    `carry-${column.name}`,
    "privileges, comments and the statistics target; no reader or writer waits",
    [
      carryColumn(table.name, column.name, fresh),
      ...(column.identity === null ? [] : carryPrivileges(sequences(twin).own, sequences(twin).fresh, "SEQUENCE")),
      ...carryComments(
        table.name,
        schemaOf(table.name),
        [
          ...twin.indexes.map(({ old, fresh: own }) => ({ from: bareName(old.name), to: bareName(own.name) })),
          ...[...twin.uniques, ...(twin.primary === null ? [] : [twin.primary])].map(({ constraint, fresh: as }) => ({
            from: constraint.name,
            to: as,
          })),
        ],
        [...twin.keys, ...twin.checks, ...twin.uniques].map(({ constraint, fresh: as }) => ({ from: constraint.name, to: as })),
      ),
    ],
    NOTHING_TO_UNDO,
    [{ op: "sql", what: `privileges and comments of ${fresh}`, applies: "database" }],
  );
}

function uniqueIndex(twin: Twin, name: string, columns: readonly string[], include: readonly string[]): Step[] {
  const definition: IndexDefinition = {
    name: `${schemaOf(twin.table.name)}.${name}`,
    unique: true,
    method: "btree",
    keys: columns.map((column) => ({ column, expression: null, descending: false })),
    include,
    where: null,
    rest: `${sqlColumns(columns)}${carrying(include)}`,
  };
  return [concurrently(twin.table, definition, "database"), isValid(definition, twin.table)];
}

function carrying(include: readonly string[]): string {
  return include.length === 0 ? "" : ` INCLUDE ${sqlColumns(include)}`;
}

/**
 * Just before the exchange. An index over the old key for the way back: the exchange drops the key with its index, for there is only one.
 * And the foreign keys of other tables that point at the old column: those over the new one hold the same rows, and without them the
 * exchange locks no other table.
 */
export function standBy(twin: Twin): Step[] {
  const { primary, table } = twin;
  const steps: Step[] = [];
  if (primary !== null) {
    const { constraint, back, fresh } = primary;
    const again = twin.pointing.flatMap((pointing) => {
      const made = successor(twin, pointing);
      if (made === null) return [];
      const child = sqlTable(pointing.child);
      return [
        `ALTER TABLE ${child} DROP CONSTRAINT IF EXISTS ${sqlName(made.name)}`,
        `${foreignKey(child, made)} NOT VALID`,
        `ALTER TABLE ${child} VALIDATE CONSTRAINT ${sqlName(made.name)}`,
      ];
    });
    steps.push(
      ...uniqueIndex(twin, back, constraint.columns, constraint.including ?? []).map((step) =>
        step.kind === "migrate"
          ? {
              ...step,
              down: undoAlone(
                // The exchange back took the new key's index with it: here it stands beside the table as before.
                `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${sqlName(fresh)} ON ${sqlTable(table.name)} ${sqlColumns(replaced(twin, constraint.columns))}${carrying(replaced(twin, constraint.including ?? []))}`,
                ...again,
                `DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(`${schemaOf(table.name)}.${back}`)}`,
              ),
            }
          : step,
      ),
    );
  }
  for (const { child, constraint } of twin.pointing)
    steps.push(
      together(
        `unlink-${constraint.name}`,
        "a brief lock on both tables: the foreign key over the new column holds the same rows already",
        [`ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(constraint.name)}`],
        undoAlone(
          `${foreignKey(sqlTable(child), constraint)} NOT VALID`,
          `ALTER TABLE ${sqlTable(child)} VALIDATE CONSTRAINT ${sqlName(constraint.name)}`,
        ),
        [{ op: "drop-constraint", table: child, name: constraint.name, applies: "database" }],
      ),
    );
  return steps;
}

function foreignKey(child: string, constraint: Constraint): string {
  const { columns, references, name } = constraint;
  const actions = actionsOf(constraint);
  return `ALTER TABLE ${child} ADD CONSTRAINT ${sqlName(name)} FOREIGN KEY ${sqlColumns(columns)} REFERENCES ${sqlTable(references?.relation ?? "")} ${sqlColumns(references?.columns ?? [])}${actions === "" ? "" : ` ${actions}`}`;
}
