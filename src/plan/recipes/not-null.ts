import { bareName, displayName, type Relation, type SchemaState } from "../../model/schema.ts";
import { chooseName } from "../../model/apply/index.ts";
import { quoteLiteral } from "../../text/quote.ts";
import { backfill, deploy, NOTHING_TO_UNDO, phase, released, together, undo, verify } from "../build.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { columnSpec } from "../spec.ts";
import { regclass, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";
import { onlyChange, theChange } from "../request.ts";

/**
 * SET NOT NULL reads the whole table under ACCESS EXCLUSIVE, unless a valid CHECK (c IS NOT NULL) is there (since 12). From 18 on the
 * constraint itself can be NOT VALID, and VALIDATE CONSTRAINT reads under SHARE UPDATE EXCLUSIVE.
 */
export const notNull: Recipe = {
  id: "not-null",
  database: "postgres",
  summary: "NOT VALID first, then VALIDATE without blocking writes, then SET NOT NULL, which finds it proved",
  accepts: (request) => onlyChange(request, "set-not-null") !== null,
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const change = theChange(request, "set-not-null");
  const table = tableIn(schema, change.table, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const column = columnIn(table.found, change.column);
  if (column.found === null) return column.misfits;
  if (column.found.notNull)
    return [{ reason: `${displayName(change.table)}.${change.column} is NOT NULL already`, help: "there is nothing to do" }];
  return [];
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const change = theChange(request, "set-not-null");
  const table = tableNamed(scene.schema, change.table);
  const { fill } = request;
  const shown = `${displayName(table.name)}.${change.column}`;
  const steps = notNullSteps({ table, column: change.column, fill, scene });
  const needsRelease = scene.breaks === null || scene.breaks.length > 0 || fill !== null;
  const writers = phase(
    "writers",
    "the app gives every row a value",
    "old",
    [],
    [
      deploy("write-always", `release a version that always writes ${shown}`, [
        `every INSERT and UPDATE gives ${shown} a value that is not NULL; nothing else changes`,
      ]),
    ],
  );
  const guard = phase(
    "guard",
    "new rows are held to it, old ones are checked, and the column says so",
    needsRelease ? "new" : "old and new",
    needsRelease ? [released("write-always", `writes ${shown} in every row`)] : [],
    steps,
  );
  const name = sqlName(change.column);
  return {
    about: [bareName(table.name), change.column],
    ...(fill === null ? {} : { unsafe: [`UPDATE ${sqlTable(table.name)} SET ${name} = ${fill} WHERE ${name} IS NULL`, ...request.sql] }),
    phases: needsRelease ? [writers, guard] : [guard],
    notes: needsRelease
      ? []
      : [`no query of a live version was seen to leave ${shown} out; one that writes NULL explicitly fails from the first step on`],
  };
}

/** From a nullable column to a NOT NULL one, for this recipe and for others that end with it. */
export function notNullSteps(of: {
  readonly table: Relation;
  readonly column: string;
  readonly fill: string | null;
  readonly scene: Scene;
}): Step[] {
  const { table, column, fill, scene } = of;
  const [name, target] = [sqlName(column), sqlTable(table.name)];
  const native = scene.majors.every((major) => major >= 18);
  const constraint = sqlName(
    native ? constraintName(scene.schema, table, column, "not_null") : constraintName(scene.schema, table, column, "is_set"),
  );
  const spec = columnSpec(table, column);
  const isCheck = { kind: "check", name: constraint, expression: `${name} IS NOT NULL` } as const;
  const isNotNull = { kind: "not-null", name: constraint, column } as const;
  const steps: Step[] = [];
  // A NOT VALID constraint holds for every UPDATE, also one of a row from before that changes something else: rows come first.
  if (fill !== null)
    steps.push(
      backfill(`fill-${column}`, "rows from before get a value, a batch at a time", {
        table: table.name,
        sql: `UPDATE ${target} SET ${name} = ${fill} WHERE ${name} IS NULL`,
        verify: `${name} IS NULL`,
        newWrites: `every version that serves gives ${column} a value`,
        down: NOTHING_TO_UNDO,
      }),
    );
  steps.push(
    verify(
      `no-null-${column}`,
      "no row is without a value",
      `SELECT 1 FROM ${target} WHERE ${name} IS NULL LIMIT 1`,
      `rows of ${displayName(table.name)} have no ${column}: give them one (tread plan not-null ${displayName(table.name)}.${column} using '<value>' plans a backfill), then go on`,
    ),
    together(
      `hold-${column}`,
      "new and changed rows must have a value; nothing is read",
      [`ALTER TABLE ${target} ADD CONSTRAINT ${constraint} ${native ? `NOT NULL ${name}` : `CHECK (${name} IS NOT NULL)`} NOT VALID`],
      undo(`ALTER TABLE ${target} DROP CONSTRAINT ${constraint}`),
      [{ op: "add-constraint", table: table.name, constraint: native ? isNotNull : isCheck, notValid: true, applies: "database" }],
    ),
    together(
      `check-${column}`,
      "reads the table beside its readers and writers",
      [`ALTER TABLE ${target} VALIDATE CONSTRAINT ${constraint}`],
      NOTHING_TO_UNDO,
      [
        { op: "validate-constraint", table: table.name, name: constraint, applies: "database" },
        ...(native ? ([{ op: "alter-column", table: table.name, column: { ...spec, notNull: true }, applies: "state" }] as const) : []),
      ],
    ),
  );
  if (!native)
    steps.push(
      together(
        `set-${column}`,
        "the valid CHECK proves it: nothing is read",
        [`ALTER TABLE ${target} ALTER COLUMN ${name} SET NOT NULL`, `ALTER TABLE ${target} DROP CONSTRAINT ${constraint}`],
        undo(
          `ALTER TABLE ${target} ADD CONSTRAINT ${constraint} CHECK (${name} IS NOT NULL) NOT VALID`,
          `ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`,
        ),
        [
          { op: "alter-column", table: table.name, column: { ...spec, notNull: true }, applies: "both" },
          { op: "drop-constraint", table: table.name, name: constraint, applies: "database" },
        ],
      ),
    );
  steps.push(
    verify(
      `is-not-null-${column}`,
      "the catalogue says NOT NULL",
      `SELECT 1 FROM pg_attribute WHERE attrelid = ${regclass(table.name)} AND attname = ${quoteLiteral(column)} AND NOT attnotnull`,
      `${displayName(table.name)}.${column} may still be NULL: run the steps before this one`,
    ),
  );
  return steps;
}

function constraintName(schema: SchemaState, table: Relation, column: string, label: string): string {
  const taken = new Set(schema.relations.get(table.name)?.constraints.map(({ name }) => name));
  return chooseName(bareName(table.name), column, label, (name) => taken.has(name));
}
