import { displayName, type Column } from "../../model/schema.ts";
import { NOTHING_TO_UNDO, together, undoAlone } from "../build.ts";
import type { Scene } from "../recipe.ts";
import { sqlName, sqlTable, sqlType } from "../sql.ts";
import type { Step } from "../types.ts";
import { sequences } from "./beside.ts";
import { deferral, notNullName, overNew, resync, suffixed, type Twin } from "./twin.ts";

/** Character types, for whose literals ALTER TYPE leaves the type that they had. */
export const TEXTS: ReadonlySet<string> = new Set(["character varying", "text", "character"]);

/**
 * What must change together, and nothing else: the key and the defaults in one statement, two names, the trigger's body. What was built
 * beside keeps its names until a step of its own.
 */
export function swap(twin: Twin): readonly string[] {
  const { table, column, primary } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  return [
    ...goesOn(twin, sequences(twin).own, sequences(twin).fresh),
    ...altered(target, [
      // A primary key holds its columns NOT NULL, and so does an identity: they go first.
      ...(primary === null ? [] : [`DROP CONSTRAINT ${sqlName(primary.constraint.name)}`]),
      ...(column.notNull && column.identity === null ? [`ALTER COLUMN ${name} DROP NOT NULL`] : []),
      ...defaultTo(twin, column.name, twin.fresh),
      ...(primary === null ? [] : [takesOver(twin, primary.fresh)]),
    ]),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${old}`,
    `ALTER TABLE ${target} RENAME COLUMN ${fresh} TO ${name}`,
    resync(
      twin,
      `  BEGIN\n    NEW.${old} := NEW.${name};\n  EXCEPTION WHEN data_exception THEN\n    NEW.${old} := NULL; -- has no place in the old type: the way back will say so\n  END;`,
    ),
  ];
}

/** From after the swap to before it; refused by Postgres where a value has no place in the old type. */
export function swapBack(twin: Twin): readonly string[] {
  const { table, column, primary } = twin;
  const target = sqlTable(table.name);
  const oldName = suffixed(column.name, "old");
  const [name, fresh, old] = [sqlName(column.name), sqlName(twin.fresh), sqlName(oldName)];
  return [
    // They hang on the key that goes; the steps back before this one make them again.
    ...(primary === null
      ? []
      : twin.pointing.map(({ child, fresh: as }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(as)}`)),
    ...goesOn(twin, sequences(twin).fresh, sequences(twin).own),
    ...altered(target, [
      ...(primary === null ? [] : [`DROP CONSTRAINT ${sqlName(primary.constraint.name)}`]),
      ...defaultTo(twin, column.name, oldName),
      ...(primary === null ? [] : [takesOver(twin, primary.back)]),
    ]),
    `ALTER TABLE ${target} RENAME COLUMN ${name} TO ${fresh}`,
    `ALTER TABLE ${target} RENAME COLUMN ${old} TO ${name}`,
    resync(twin, `  NEW.${fresh} := ${overNew(twin)};`),
  ];
}

function altered(target: string, parts: readonly string[]): readonly string[] {
  return parts.length === 0 ? [] : [`ALTER TABLE ${target} ${parts.join(", ")}`];
}

function takesOver({ primary }: Twin, index: string): string {
  if (primary === null) return "";
  return `ADD CONSTRAINT ${sqlName(primary.constraint.name)} PRIMARY KEY USING INDEX ${sqlName(index)}${deferral(primary.constraint)}`;
}

/** An identity goes on where the other one is. */
function goesOn({ column }: Twin, from: string, to: string): readonly string[] {
  if (column.identity === null) return [];
  return [
    `-- tread-ignore statement-after-access-exclusive: one row of a sequence\nSELECT setval('${sqlTable(to).replaceAll("'", "''")}', last_value, is_called) FROM ${sqlTable(from)}`,
  ];
}

function defaultTo({ column }: Twin, from: string, to: string): readonly string[] {
  if (column.default === null || column.default.isNull || column.identity !== null) return [];
  return [`ALTER COLUMN ${sqlName(to)} SET DEFAULT ${typed(column)}`, `ALTER COLUMN ${sqlName(from)} DROP DEFAULT`];
}

/** ALTER TYPE leaves a literal with the type that it had (`'none'::character varying` on a text column). */
function typed({ default: expression, type }: Column): string {
  const sql = expression?.sql ?? "NULL";
  return /^'(?:[^']|'')*'$/.test(sql.trim()) && TEXTS.has(type.name) ? `${sql}::${sqlType({ ...type, modifiers: [] })}` : sql;
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
        ...(native ? [] : [`ALTER TABLE ${target} ALTER COLUMN ${old} SET NOT NULL`, `ALTER TABLE ${target} DROP CONSTRAINT ${proof}`]),
      )
    : NOTHING_TO_UNDO;
  return together(`analyze-${column.name}`, "statistics for the planner", [`ANALYZE ${target} (${sqlName(column.name)})`], down, [
    { op: "sql", what: `ANALYZE ${displayName(table.name)}`, applies: "database" },
  ]);
}

/** From 18 on it is the NOT NULL itself, under the name that it had. */
export function wayBackProof({ table, column }: Twin): string {
  return suffixed(notNullName(table, column.name), "back");
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
