import { makeObjectName, schemaOf } from "../model/apply/index.ts";
import { bareName, displayName, type Column } from "../model/schema.ts";
import { NOTHING_TO_UNDO, together, undoAlone } from "./build.ts";
import { aroundViews, carryComments, carryPrivileges } from "./carry.ts";
import type { Scene } from "./recipe.ts";
import { overRow, sqlColumns, sqlName, sqlTable, sqlType } from "./sql.ts";
import { actionsOf, dropSync, notNullName, suffixed, syncFunction, type Twin } from "./twin.ts";
import type { Step } from "./types.ts";

/** Character types, for whose literals ALTER TYPE leaves the type that they had. */
export const TEXTS: ReadonlySet<string> = new Set(["character varying", "text", "character"]);

/** The value over NEW in place of the table's own columns. */
export function overNew(twin: Twin): string {
  return overRow(
    twin.value,
    twin.table.columns.map(({ name }) => name),
    "NEW",
  );
}

export function comparedAgain(step: Step, twin: Twin): Step {
  if (step.kind !== "migrate" || !step.down.possible) return step;
  const again = twin.pointing.map(
    ({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} VALIDATE CONSTRAINT ${sqlName(constraint.name)}`,
  );
  return { ...step, down: { ...step.down, sql: [...again, ...step.down.sql] } };
}

/**
 * Statistics of the column under its own name. Its way back comes before that of the swap: it proves, beside readers and writers, that the old
 * column has a value in every row, which SET NOT NULL would otherwise read the table for under its lock.
 */
export function analyzed(twin: Twin, { majors }: Scene): Step {
  const { table, column } = twin;
  const [target, old] = [sqlTable(table.name), sqlName(suffixed(column.name, "old"))];
  const native = majors.every((major) => major >= 18);
  const proof = sqlName(wayBackProof(twin));
  const down = column.notNull
    ? undoAlone(
        `ALTER TABLE ${target} ADD CONSTRAINT ${proof} ${native ? `NOT NULL ${old}` : `CHECK (${old} IS NOT NULL)`} NOT VALID`,
        `ALTER TABLE ${target} VALIDATE CONSTRAINT ${proof}`,
      )
    : NOTHING_TO_UNDO;
  return together(`analyze-${column.name}`, "statistics for the planner", [`ANALYZE ${target} (${sqlName(column.name)})`], down, [
    { op: "sql", what: `ANALYZE ${displayName(table.name)}`, applies: "database" },
  ]);
}

/** From 18 on it is the NOT NULL itself, under the name that it had. */
function wayBackProof({ table, column }: Twin): string {
  return suffixed(notNullName(table, column.name), "back");
}

/** What must change together, in the order in which Postgres lets it happen; names follow in a step of their own. */
export function swap(twin: Twin, views: readonly string[]): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  return aroundViews(views, [
    ...twin.pointing.map(({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...dropSync(twin),
    ...identityTo(twin, column.name, twin.fresh, sequences(twin).own, sequences(twin).fresh),
    // A primary key holds its columns NOT NULL: it goes first.
    ...twin.uniques.map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...(column.notNull ? [`ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`] : []),
    ...twin.uniques.map(
      ({ constraint, index }) =>
        `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} ${constraint.kind === "primary-key" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${sqlName(index)}${deferral(constraint)}`,
    ),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${old}`,
    `ALTER TABLE ${target} RENAME COLUMN ${fresh} TO ${name}`,
    ...defaultTo(twin, oldName, column.name),
    ...syncFunction(
      twin,
      `  BEGIN\n    NEW.${old} := NEW.${name};\n  EXCEPTION WHEN data_exception THEN\n    NEW.${old} := NULL; -- has no place in the old type: the way back will say so\n  END;`,
    ),
  ]);
}

/** After the swap: what was built beside takes the names, and what it replaces stays under others for the way back. */
export function names(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
    ),
    ...[...twin.keys, ...twin.checks].flatMap(({ constraint, fresh: as }) => exchange(target, constraint.name, as)),
    ...twin.indexes.flatMap(({ old: index, fresh: own }) => [
      `ALTER INDEX ${sqlTable(index.name)} RENAME TO ${sqlName(suffixed(bareName(index.name), "old"))}`,
      `ALTER INDEX ${sqlTable(own.name)} RENAME TO ${sqlName(bareName(index.name))}`,
    ]),
    ...(isNative(twin, scene)
      ? [
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(notNullName(table, twin.fresh))} TO ${sqlName(notNullName(table, column.name))}`,
        ]
      : []),
    ...(column.identity === null
      ? []
      : [`ALTER SEQUENCE ${sqlTable(sequences(twin).fresh)} RENAME TO ${sqlName(bareName(sequences(twin).own))}`]),
    ...carryComments(
      table.name,
      schemaOf(table.name),
      twin.indexes.map(({ old: index }) => ({ from: suffixed(bareName(index.name), "old"), to: bareName(index.name) })),
      [...twin.keys, ...twin.checks].map(({ constraint }) => ({ from: suffixed(constraint.name, "old"), to: constraint.name })),
    ),
  ];
}

export function namesBack(twin: Twin, scene: Scene): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  return [
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(constraint.name)} TO ${sqlName(as)}`,
    ),
    ...[...twin.keys, ...twin.checks].flatMap(({ constraint, fresh: as }) => exchangeBack(target, constraint.name, as)),
    ...twin.indexes.flatMap(({ old: index, fresh: own }) => [
      `ALTER INDEX ${sqlTable(index.name)} RENAME TO ${sqlName(bareName(own.name))}`,
      `ALTER INDEX ${sqlTable(`${schemaOf(index.name)}.${suffixed(bareName(index.name), "old")}`)} RENAME TO ${sqlName(bareName(index.name))}`,
    ]),
    ...(isNative(twin, scene)
      ? [
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(notNullName(table, column.name))} TO ${sqlName(notNullName(table, twin.fresh))}`,
          `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(wayBackProof(twin))} TO ${sqlName(notNullName(table, column.name))}`,
        ]
      : []),
    ...(column.identity === null
      ? []
      : [`ALTER SEQUENCE ${sqlTable(sequences(twin).own)} RENAME TO ${sqlName(bareName(sequences(twin).fresh))}`]),
  ];
}

/** From 18 on NOT NULL is a constraint with a name. */
function isNative({ column }: Twin, { majors }: Scene): boolean {
  return column.notNull && majors.every((major) => major >= 18);
}

/** The identity's own sequence, and the name of its successor until it takes that of the other. */
function sequences({ table, column, fresh }: Twin): { readonly own: string; readonly fresh: string } {
  const own = makeObjectName(bareName(table.name), column.name, "seq");
  return { own: `${schemaOf(table.name)}.${own}`, fresh: `${schemaOf(table.name)}.${makeObjectName(bareName(table.name), fresh, "seq")}` };
}

/** The constraint's name goes to its successor; it stays, over the old column, for the way back. */
function exchange(target: string, constraint: string, fresh: string): readonly string[] {
  return [
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(constraint)} TO ${sqlName(suffixed(constraint, "old"))}`,
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(fresh)} TO ${sqlName(constraint)}`,
  ];
}

function exchangeBack(target: string, constraint: string, fresh: string): readonly string[] {
  return [
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(constraint)} TO ${sqlName(fresh)}`,
    `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(suffixed(constraint, "old"))} TO ${sqlName(constraint)}`,
  ];
}

function deferral({ deferrable, initiallyDeferred }: { readonly deferrable: boolean; readonly initiallyDeferred?: boolean }): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : "";
}

/** An identity is its column's own: the other column gets one that goes on where this one is. */
function identityTo({ table, column }: Twin, from: string, to: string, sequence: string, next: string): readonly string[] {
  if (column.identity === null) return [];
  const target = sqlTable(table.name);
  const kind = column.identity === "always" ? "ALWAYS" : "BY DEFAULT";
  return [
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(to)} ADD GENERATED ${kind} AS IDENTITY`,
    `-- tread-ignore statement-after-access-exclusive: one row of a sequence\nSELECT setval('${sqlTable(next)}', last_value, is_called) FROM ${sqlTable(sequence)}`,
    ...carryPrivileges(sequence, next, "SEQUENCE"),
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(from)} DROP IDENTITY`,
  ];
}

/** The default, and the sequence that a serial column owns, by the names after the exchange. */
function defaultTo({ table, column }: Twin, from: string, to: string): readonly string[] {
  if (column.default === null || column.default.isNull || column.identity !== null) return [];
  const target = sqlTable(table.name);
  const sequence = /^nextval\('([^']+)'(?:::regclass)?\)$/i.exec(column.default.sql.trim())?.[1];
  return [
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(to)} SET DEFAULT ${typed(column)}`,
    `ALTER TABLE ${target} ALTER COLUMN ${sqlName(from)} DROP DEFAULT`,
    ...(sequence === undefined ? [] : [`ALTER SEQUENCE ${sequence} OWNED BY ${target}.${sqlName(to)}`]),
  ];
}

/** ALTER TYPE leaves a literal with the type that it had (`'none'::character varying` on a text column). */
function typed({ default: expression, type }: Column): string {
  const sql = expression?.sql ?? "NULL";
  return /^'(?:[^']|'')*'$/.test(sql.trim()) && TEXTS.has(type.name) ? `${sql}::${sqlType({ ...type, modifiers: [] })}` : sql;
}

/** From after the swap to before it; refused by Postgres where a value has no place in the old type. */
export function swapBack(twin: Twin, scene: Scene, views: readonly string[]): readonly string[] {
  const { table, column } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  const sequenceOfOld = `${schemaOf(table.name)}.${makeObjectName(bareName(table.name), oldName, "seq")}`;
  return aroundViews(views, [
    ...twin.pointing.map(({ child, fresh: as }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(as)}`),
    ...dropSync(twin),
    ...(column.notNull && !isNative(twin, scene)
      ? [`ALTER TABLE ${target} ALTER COLUMN ${old} SET NOT NULL`, `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(wayBackProof(twin))}`]
      : []),
    ...identityTo(twin, column.name, oldName, sequences(twin).fresh, sequenceOfOld),
    ...(column.identity === null ? [] : [`ALTER SEQUENCE ${sqlTable(sequenceOfOld)} RENAME TO ${sqlName(bareName(sequences(twin).own))}`]),
    ...defaultTo(twin, column.name, oldName),
    ...twin.uniques.map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...twin.uniques.map(
      ({ constraint, back }) =>
        `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} ${constraint.kind === "primary-key" ? "PRIMARY KEY" : "UNIQUE"} USING INDEX ${sqlName(back)}${deferral(constraint)}`,
    ),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${fresh}`,
    `ALTER TABLE ${target} RENAME COLUMN ${old} TO ${name}`,
    ...syncFunction(twin, `  NEW.${fresh} := ${overNew(twin)};`),
    // Compared again by the next step back: under this lock nothing is read.
    ...twin.pointing.map(
      ({ child, constraint }) =>
        `ALTER TABLE ${sqlTable(child)} ADD CONSTRAINT ${sqlName(constraint.name)} FOREIGN KEY ${sqlColumns(constraint.columns)} REFERENCES ${target} ${sqlColumns(constraint.references?.columns ?? [])}${actionsOf(constraint) === "" ? "" : ` ${actionsOf(constraint)}`} NOT VALID`,
    ),
  ]);
}

/**
 * Measured on PostgreSQL 18 at 200,000 rows, a key that another table and two views hang on, 2 busy cores: 19 statements, 32 ms, and 9 ms for
 * the commit's flush; none grows with rows.
 */
export const HELD =
  "the swap is catalogue work alone and does not grow with rows, but it is some twenty statements and a flush under one lock: 10 to 50 ms in which readers and writers of the table (and of those that refer to it) wait; choose a quiet moment where that is too long";

/** Postgres plans a prepared statement anew after the exchange, and holds it to the columns that it returned before. */
export const PREPARED =
  "a statement that a session prepared before the swap and that returns the column fails there (0A000 cached plan must not change result type) until it is prepared again, as after any change of type: have drivers prepare nothing, or make the app connect anew, while the swap runs";
