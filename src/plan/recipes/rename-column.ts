import { schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Column, type Relation } from "../../model/schema.ts";
import { approve, deploy, noWayBack, phase, released, together, unused, verify } from "../build.ts";
import { carryColumn, carryComments } from "../carry.ts";
import { nothingElse, viewsAbove } from "../expect.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { columnSpec } from "../spec.ts";
import { columnAbsent, sqlName, sqlTable, sqlType } from "../sql.ts";
import { dropSync, notNullName, twinOf, twinSteps, type Twin } from "../twin.ts";
import { wired } from "./drop-column.ts";

/** Two columns, kept the same by a trigger in both directions, for as long as versions of both names serve. */
export const renameColumn: Recipe = {
  id: "rename-column",
  database: "postgres",
  summary: "a second column and a two-way trigger until no version says the old name",
  accepts: (request) => onlyChange(request, "rename-column") !== null,
  fits,
  plan,
};

/** The models take the new name, the column keeps its own: nothing happens in the database. */
export const renameColumnKept: Recipe = {
  id: "rename-column-kept",
  database: "postgres",
  summary: "the code says the new name, the column keeps the old one (Django: db_column)",
  accepts: (request) => request.recipe === "rename-column-kept" && onlyChange(request, "rename-column") !== null,
  fits: (request, { schema }) => found(request, schema).misfits,
  plan(request) {
    const { table, column, to } = theChange(request, "rename-column");
    const shown = `${displayName(table)}.${column}`;
    return {
      about: [bareName(table), column],
      phases: [
        phase(
          "code",
          "the code says the new name",
          "old and new",
          [],
          [
            deploy(
              "mapped-name",
              `release a version that says ${to} and reads ${shown}`,
              [
                `the field is called ${to} and mapped to the column ${column} (Django: ${to} = …(db_column="${column}"); Prisma: @map("${column}"))`,
              ],
              [{ op: "rename-column", table, column, to, applies: "state" }],
            ),
          ],
        ),
      ],
      notes: [`the column goes on being called ${column}: SQL that people write says the old name`],
      unsafe: [],
    };
  },
};

function found(
  request: PlanRequest,
  schema: Scene["schema"],
): { readonly table: Relation | null; readonly column: Column | null; readonly misfits: readonly Misfit[] } {
  const change = theChange(request, "rename-column");
  const table = tableIn(schema, change.table);
  if (table.found === null) return { table: null, column: null, misfits: table.misfits };
  const column = columnIn(table.found, change.column);
  return { table: table.found, column: column.found, misfits: column.misfits };
}

function fits(request: PlanRequest, scene: Scene): readonly Misfit[] {
  const { schema } = scene;
  const change = theChange(request, "rename-column");
  const { table, column, misfits: missing } = found(request, schema);
  if (table === null || column === null) return missing;
  const shown = `${displayName(table.name)}.${column.name}`;
  const misfits: Misfit[] = wired(schema, table, column.name, "the rename");
  const keep = `let the code say the new name alone: tread plan rename-column ${shown} to ${change.to} keeping the name`;
  if (table.columns.some(({ name }) => name === change.to))
    misfits.push({ reason: `${displayName(table.name)} has a column ${change.to} already`, help: "choose another name" });
  if (column.generated !== null || column.identity !== null)
    misfits.push({ reason: `${shown} is ${column.identity === null ? "generated" : "an identity column"}`, help: keep });
  for (const view of viewsAbove(schema.relations, table.name, column.name))
    misfits.push({
      reason: `the ${view.kind.replace("-", " ")} ${displayName(view.name)} reads ${shown}`,
      help: `make the view read the new column between the two phases, or ${keep}`,
    });
  for (const trigger of table.triggers) {
    const names = trigger.function === null ? undefined : schema.functions.get(trigger.function)?.names;
    if (names?.has(`new.${column.name}`) === true || names?.has(`old.${column.name}`) === true)
      misfits.push({
        reason: `the trigger ${trigger.name} of ${displayName(table.name)} names ${column.name} in its function`,
        help: `let the function name the new column first, or ${keep}`,
      });
  }
  if (table.constraints.some(({ kind, columns }) => kind === "primary-key" && columns.includes(column.name)))
    misfits.push({ reason: `${shown} is in the primary key`, help: keep });
  const twin = twinFor(table, column, change.to, scene);
  if (Array.isArray(twin)) misfits.push(...(twin as readonly Misfit[]));
  return misfits;
}

function twinFor(table: Relation, column: Column, to: string, scene: Scene): Twin | readonly Misfit[] {
  return twinOf(table, column, to, { type: sqlType(column.type), collation: column.collation, value: sqlName(column.name) }, scene);
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const change = theChange(request, "rename-column");
  const table = tableNamed(scene.schema, change.table);
  const { column } = found(request, scene.schema);
  const made = column === null ? [] : twinFor(table, column, change.to, scene);
  if (column === null || Array.isArray(made)) throw new Error("planned without having been asked whether it fits");
  const twin = made as Twin;
  const shown = `${displayName(table.name)}.${column.name}`;
  const [target, name, fresh] = [sqlTable(table.name), sqlName(column.name), sqlName(change.to)];
  // Who says the new name wins; who says the old one, or nothing, is followed.
  const body = `  IF TG_OP = 'INSERT' THEN
    IF NEW.${fresh} IS NULL THEN
      NEW.${fresh} := NEW.${name};
    ELSE
      NEW.${name} := NEW.${fresh};
    END IF;
  ELSIF NEW.${fresh} IS DISTINCT FROM OLD.${fresh} THEN
    NEW.${name} := NEW.${fresh};
  ELSE
    NEW.${fresh} := NEW.${name};
  END IF;`;
  const hasDefault = column.default !== null && !column.default.isNull;
  const spec = columnSpec(table, column.name);
  return {
    about: [bareName(table.name), column.name, change.to],
    phases: [
      phase(
        "both-names",
        "a second column with the new name, the same as the first at every moment",
        "old",
        [],
        [
          nothingElse(twin, []),
          ...twinSteps(twin, body, scene),
          verify(
            "both-the-same",
            "every row has the same value under both names",
            `SELECT 1 FROM ${target} WHERE ${fresh} IS DISTINCT FROM ${name} LIMIT 1`,
            `rows of ${displayName(table.name)} differ in ${column.name} and ${change.to}: run the backfill again`,
          ),
          deploy(
            "new-name",
            `release a version that says ${change.to}`,
            [`every query says ${change.to}; none says ${column.name}`],
            [{ op: "rename-column", table: table.name, column: column.name, to: change.to, applies: "state" }],
          ),
        ],
      ),
      phase(
        "one-name",
        "the old name goes",
        "new",
        [released("new-name", `says ${change.to}`), unused(`${table.name}.${column.name}`, shown)],
        [
          approve(
            "only-the-new",
            `${shown} goes; its values are all in ${change.to}`,
            "no version that says the old name may be deployed any more",
          ),
          together(
            `drop-${column.name}`,
            "one brief lock: the old column, the trigger and what hung on them go, and the new one takes the names",
            finish(twin, hasDefault, scene),
            noWayBack(
              `${column.name} is gone: the way back is a plan of its own (rename-column ${displayName(table.name)}.${change.to} to ${column.name})`,
            ),
            [{ op: "drop-column", table: table.name, column: column.name, applies: "database" }],
          ),
          verify(
            `no-${column.name}`,
            "the old name is gone",
            columnAbsent(table.name, column.name),
            `${shown} is still there: run the step before again`,
          ),
        ],
      ),
    ],
    notes: [
      `${change.to} stands at the end of the table: SELECT * and INSERT without a list of columns see another order`,
      ...(spec.default === null
        ? []
        : [`while both names are there, NULL that is written to ${change.to} on purpose becomes the default ${spec.default}`]),
      `the table needs room for a second ${column.name} and its indexes until the last phase is done`,
    ],
  };
}

function finish(twin: Twin, hasDefault: boolean, { majors }: Scene): readonly string[] {
  const { table, column, fresh } = twin;
  const named = column.notNull && majors.every((major) => major >= 18);
  const target = sqlTable(table.name);
  const pairs = [...twin.keys, ...twin.checks].map(({ constraint, fresh: as }) => ({ from: constraint.name, to: as }));
  return [
    ...dropSync(twin),
    carryColumn(table.name, column.name, fresh),
    ...carryComments(
      table.name,
      schemaOf(table.name),
      twin.indexes.map(({ old, fresh: own }) => ({ from: bareName(old.name), to: bareName(own.name) })),
      pairs,
    ),
    ...(hasDefault ? [`ALTER TABLE ${target} ALTER COLUMN ${sqlName(fresh)} SET DEFAULT ${column.default?.sql ?? "NULL"}`] : []),
    ...twin.pointing.map(({ child, constraint }) => `ALTER TABLE ${sqlTable(child)} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...twin.uniques.map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...[...twin.keys, ...twin.checks].map(({ constraint }) => `ALTER TABLE ${target} DROP CONSTRAINT ${sqlName(constraint.name)}`),
    ...twin.indexes.map(({ old }) => `DROP INDEX ${sqlTable(old.name)}`),
    `ALTER TABLE ${target} DROP COLUMN ${sqlName(column.name)}`,
    // RENAME COLUMN leaves the NOT NULL its name.
    ...(named
      ? [`ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(notNullName(table, fresh))} TO ${sqlName(notNullName(table, column.name))}`]
      : []),
    ...twin.uniques.map(
      ({ constraint, index }) => `ALTER TABLE ${target} ADD CONSTRAINT ${sqlName(constraint.name)} UNIQUE USING INDEX ${sqlName(index)}`,
    ),
    ...twin.pointing.map(
      ({ child, constraint, fresh: as }) =>
        `ALTER TABLE ${sqlTable(child)} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
    ),
    ...[...twin.keys, ...twin.checks].map(
      ({ constraint, fresh: as }) => `ALTER TABLE ${target} RENAME CONSTRAINT ${sqlName(as)} TO ${sqlName(constraint.name)}`,
    ),
    ...twin.indexes.map(({ old, fresh: own }) => `ALTER INDEX ${sqlTable(own.name)} RENAME TO ${sqlName(bareName(old.name))}`),
  ];
}
