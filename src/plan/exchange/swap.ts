import { displayName, type Column } from "../../model/schema.ts";
import { NOTHING_TO_UNDO, together, undoAlone } from "../build.ts";
import type { Scene } from "../recipe.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { sqlName, sqlTable, sqlType } from "../sql.ts";
import type { Step } from "../types.ts";
import { sequences } from "./beside.ts";
import { deferral, notNullName, overNew, resync, serialSequence, suffixed, type Twin } from "./twin.ts";

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
  return [`SELECT setval('${sqlTable(to).replaceAll("'", "''")}', last_value, is_called) FROM ${sqlTable(from)}`];
}

function defaultTo({ column }: Twin, from: string, to: string): readonly string[] {
  if (column.default === null || column.default.isNull || column.identity !== null) return [];
  return [`ALTER COLUMN ${sqlName(to)} SET DEFAULT ${typed(column)}`, `ALTER COLUMN ${sqlName(from)} DROP DEFAULT`];
}

/** ALTER TYPE leaves a literal with the type that it had (`'none'::character varying` on a text column). */
function typed(column: Column): string {
  const { default: expression, type } = column;
  const sequence = serialSequence(column);
  if (sequence !== null) return `nextval(${quoteLiteral(sequence).trim()}::regclass)`;
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
 * Measured on PostgreSQL 18, a key that another table and two views hang on, two cores under a load of 25 to 40, the same server in turns:
 * 18 statements that read the views, made a sequence and locked the other table held for 34 ms at the least; what is left of them for 24 ms
 * at the least when the views were still read under the lock, which was 7 to 14 ms of it and is not any more.
 */
export const HELD =
  "the swap is catalogue work alone and does not grow with rows: one key, two names, the trigger's body, and the views over the column made again, under one lock; on a busy machine that and the flush of its COMMIT can take more than 10 ms, in which readers and writers of the table wait";

/**
 * Postgres plans a prepared statement anew after the exchange, and holds it to the columns that it returned before. Measured on PostgreSQL 18 by
 * `prepared.real.test.ts`: what returns the column fails from the swap on, `SELECT *` from the first step on; what only compares or writes
 * it, or returns it with a cast to its new type, never.
 */
export function prepared(column: string, type: string): string {
  return `a statement that a session prepared before the swap and that returns ${column} (in its list, in RETURNING, by a view) fails from the swap on (0A000 cached plan must not change result type) until that session prepares it again, as after any change of type; SELECT * does so from the first step on, as after any new column. What returns ${column}::${type}, or only compares or writes it, goes on: let a release say so first where drivers prepare on the server (pgx, asyncpg, JDBC, Prisma), or make the app connect anew right after the swap`;
}
