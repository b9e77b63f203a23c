import { createHash } from "node:crypto";
import { foreignKeysTo, isRelationName, makeObjectName, schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Column, type Constraint, type Relation } from "../../model/schema.ts";
import { definitionOf, type IndexDefinition } from "../index-definition.ts";
import type { Misfit, Scene } from "../recipe.ts";
import { overRow, sqlColumns, sqlName, sqlTable, withColumn } from "../sql.ts";

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
  readonly uniques: readonly TwinConstraint[];
  readonly primary: TwinPrimary | null;
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

/** There is only one of its kind: the new one is an index until the swap, `fresh`, and the old one leaves an index for the way back, `back`. */
export interface TwinPrimary extends TwinConstraint {
  readonly back: string;
}

export interface TwinPointing {
  readonly child: string;
  readonly constraint: Constraint;
  readonly fresh: string;
}

/** `name_new`, inside of Postgres' 63 bytes; what had to be cut is told apart by a hash of the whole. */
export function suffixed(name: string, suffix: string): string {
  const bytes = Buffer.byteLength(name);
  if (bytes + 1 + suffix.length <= 63) return `${name}_${suffix}`;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 6);
  return makeObjectName(name, null, `${hash}_${suffix}`);
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
  const uniques = of("unique");
  const [key] = of("primary-key");
  const primary = key === undefined ? null : { ...key, back: suffixed(key.constraint.name, "old") };
  const pointing = foreignKeysTo(schema, table.name)
    .filter(({ constraint }) => constraint.references?.columns.includes(column.name) === true)
    .map(({ table: child, constraint }) => ({ child: child.name, constraint, fresh: suffixed(constraint.name, "new") }));
  for (const { child, constraint } of pointing)
    if (child === table.name && constraint.columns.includes(column.name))
      misfits.push({
        reason: `the foreign key ${constraint.name} points from ${column.name} at itself`,
        help: "drop it before the plan, and add it after",
      });
  const named = [
    ...indexes.flatMap(({ old, fresh: { name } }) => [name, `${schemaOf(name)}.${suffixed(bareName(old.name), "old")}`]),
    ...[...uniques, ...(primary === null ? [] : [primary])].flatMap(({ constraint, fresh: name }) =>
      [name, suffixed(constraint.name, "old")].map((each) => `${schemaOf(table.name)}.${each}`),
    ),
  ];
  for (const name of named)
    if (isRelationName(schema, schemaOf(name), bareName(name)))
      misfits.push({
        reason: `there is a ${displayName(name)} already, and the plan would call an index so`,
        help: "an earlier attempt may have left it: drop it (DROP INDEX CONCURRENTLY), or rename it",
      });
  if (misfits.length > 0) return misfits;
  return { table, column, fresh, ...as, indexes, checks: of("check"), keys: of("foreign-key"), uniques, primary, pointing };
}

export function functionName(twin: Twin): string {
  return `${schemaOf(twin.table.name)}.${suffixed(`tread_${bareName(twin.table.name)}_${twin.column.name}`, "sync")}`;
}

/** Makes the views over the column again. */
export function viewsFunction(twin: Twin): string {
  return `${schemaOf(twin.table.name)}.${suffixed(`tread_${bareName(twin.table.name)}_${twin.column.name}`.slice(0, 40), "views")}`;
}

/** After others: BEFORE triggers run by name, and this one copies what they leave. */
export function triggerName(twin: Twin): string {
  return bareName(functionName(twin))
    .replace(/^tread_/, "zz_tread_")
    .slice(0, 63);
}

/** @param body PL/pgSQL between BEGIN and RETURN NEW */
export function syncFunction(twin: Twin, body: string): readonly string[] {
  return [
    written("CREATE FUNCTION", twin, body),
    `CREATE TRIGGER ${sqlName(triggerName(twin))} BEFORE INSERT OR UPDATE ON ${sqlTable(twin.table.name)} FOR EACH ROW EXECUTE FUNCTION ${sqlTable(functionName(twin))}()`,
  ];
}

/** The trigger goes on with another body: one statement where the columns change places. */
export function resync(twin: Twin, body: string): string {
  return written("CREATE OR REPLACE FUNCTION", twin, body);
}

function written(words: string, twin: Twin, body: string): string {
  return `${words} ${sqlTable(functionName(twin))}() RETURNS trigger LANGUAGE plpgsql AS $sync$\nBEGIN\n${body}\n  RETURN NEW;\nEND\n$sync$`;
}

/** The value over NEW in place of the table's own columns. */
export function overNew(twin: Twin): string {
  return overRow(
    twin.value,
    twin.table.columns.map(({ name }) => name),
    "NEW",
  );
}

export function dropSync(twin: Twin): readonly string[] {
  return [`DROP TRIGGER ${sqlName(triggerName(twin))} ON ${sqlTable(twin.table.name)}`, `DROP FUNCTION ${sqlTable(functionName(twin))}()`];
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

/** What stands behind the columns that a foreign key points at. @param columns of `ON DELETE SET NULL (…)`, where they are others than its own */
export function actionsOf(
  { references, deferrable, initiallyDeferred }: Constraint,
  columns: readonly string[] = references?.onDeleteOf ?? [],
): string {
  const acts = (on: string, action: string | undefined): string[] => {
    const said = (action ?? "").toUpperCase().replaceAll("-", " ");
    return said === "" || said === "NO ACTION" ? [] : [`ON ${on} ${said}`];
  };
  return [
    ...(references?.matchFull === true ? ["MATCH FULL"] : []),
    ...acts("DELETE", references?.onDelete).map((each) => (columns.length === 0 ? each : `${each} ${sqlColumns(columns)}`)),
    ...acts("UPDATE", references?.onUpdate),
    ...(deferrable ? [`DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}`] : []),
  ].join(" ");
}

/** As Postgres 18 names the constraint behind NOT NULL. */
export function notNullName(table: Relation, column: string): string {
  return makeObjectName(bareName(table.name), column, "not_null");
}

export function deferral({
  deferrable,
  initiallyDeferred,
}: {
  readonly deferrable: boolean;
  readonly initiallyDeferred?: boolean;
}): string {
  return deferrable ? ` DEFERRABLE${initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : "";
}

/**
 * The sequence of a serial column as SQL; null where its default names none. A schema that was read from migrations says the name as it is
 * stored (`Crm Data.Line_id_seq`), one from a database as SQL.
 */
export function serialSequence({ default: expression, identity }: Column): string | null {
  if (expression === null || identity !== null) return null;
  const name = /^nextval\('([^']+)'(?:::regclass)?\)$/i.exec(expression.sql.trim())?.[1];
  if (name === undefined) return null;
  return name.includes('"') ? name : sqlTable(name);
}
