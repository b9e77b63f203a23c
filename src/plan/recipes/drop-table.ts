import { foreignKeysTo, viewsOn } from "../../model/apply/index.ts";
import { bareName, displayName, type Relation } from "../../model/schema.ts";
import { approve, deploy, noWayBack, phase, released, together, undo, unused, verify } from "../build.ts";
import { tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { absent, sqlColumns, sqlName, sqlTable } from "../sql.ts";
import type { Phase, Step } from "../types.ts";

/**
 * DROP TABLE takes ACCESS EXCLUSIVE on every table that it has a foreign key to, all at once. Dropping the keys first, one at a time, asks for
 * two tables at most; then nothing but the table itself is locked.
 */
export const dropTable: Recipe = {
  id: "drop-table",
  database: "postgres",
  summary: "a release without the table first, its foreign keys one at a time, then the table",
  accepts: (request) => onlyChange(request, "drop-relation")?.relationKind !== "view" && onlyChange(request, "drop-relation") !== null,
  fits,
  plan: (request, scene) => draft(request, scene, false),
};

/** The join table of a many-to-many field: read only when the accessor is used, but asked about at every delete on either side. */
export const dropM2m: Recipe = {
  id: "drop-m2m",
  database: "postgres",
  summary: "a release in which the field exists unused, one without it, then the join table",
  accepts: (request) => request.recipe === "drop-m2m" && onlyChange(request, "drop-relation") !== null,
  fits,
  plan: (request, scene) => draft(request, scene, true),
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const { name } = theChange(request, "drop-relation");
  const table = tableIn(schema, name, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const misfits: Misfit[] = viewsOn(schema, name).map((view) => ({
    reason: `the ${view.kind.replace("-", " ")} ${displayName(view.name)} reads ${displayName(name)}`,
    help: "drop the view first, when nothing uses it, or make it without the table",
  }));
  if (request.recipe === "drop-m2m" && table.found.constraints.filter(({ kind }) => kind === "foreign-key").length < 2)
    misfits.push({
      reason: `${displayName(name)} does not join two tables: it has not got two foreign keys`,
      help: `drop it as a table: tread plan drop-table ${displayName(name)}`,
    });
  if (table.found.partitionOf !== null)
    misfits.push({
      reason: `${displayName(name)} is a partition of ${displayName(table.found.partitionOf)}`,
      help: `detach it first: tread plan detach-partition ${displayName(name)} from ${displayName(table.found.partitionOf)}`,
    });
  for (const object of schema.objects?.values() ?? [])
    if (object.class === "publication" && object.tables.includes(name))
      misfits.push({
        reason: `the publication ${object.name} publishes ${displayName(name)}`,
        help: `ALTER PUBLICATION ${object.name} DROP TABLE ${sqlTable(name)} first, and look who subscribes`,
      });
  return misfits;
}

function draft(request: PlanRequest, { schema }: Scene, m2m: boolean): Draft {
  const { name } = theChange(request, "drop-relation");
  const table = tableNamed(schema, name);
  const shown = displayName(name);
  const phases: Phase[] = [];
  if (m2m)
    phases.push(
      phase(
        "stop-using",
        "the field exists, and nothing uses it",
        "old",
        [],
        [
          deploy("unused-field", `release a version that has the field of ${shown} and does not use it`, [
            `no code reads or changes the many-to-many field whose join table is ${shown}; the field itself stays, since a model that has it asks the join table at every delete`,
          ]),
        ],
      ),
    );
  phases.push(
    phase(
      "forget",
      "the code does not know it any more",
      m2m ? "old and new" : "old",
      m2m ? [released("unused-field", `leaves ${shown} unused`)] : [],
      [
        deploy(
          "without",
          `release a version without ${shown}`,
          [
            m2m
              ? `the field is gone from the models (Django: state only; the table stays in the database)`
              : `no query names ${shown}, and no model stands for it (Django: state only)`,
          ],
          [{ op: "drop-table", table: name, applies: "state" }],
        ),
      ],
    ),
    phase(
      "drop",
      "nothing uses it any more: its foreign keys go one at a time, then the table",
      "new",
      [released("without", `does without ${shown}`), unused(name, shown)],
      [
        approve("for-good", `${shown} and its rows are gone after this`, "nothing brings the rows back but a backup"),
        ...keysToward(schema, table),
        ...keysOf(table),
        together(
          `drop-${bareName(name)}`,
          "nothing but the table itself is locked",
          [`DROP TABLE ${sqlTable(name)}`],
          noWayBack(`the rows of ${shown} are gone`),
          [{ op: "drop-table", table: name, applies: "database" }],
        ),
        verify(`no-${bareName(name)}`, "the table is gone", absent(name), `${shown} is still there: run the step before again`),
      ],
    ),
  );
  const cascade = foreignKeysTo(schema, name).some(({ table: child }) => child.name !== name);
  return { about: [bareName(name)], phases, notes: [], ...(cascade ? { unsafe: request.sql.map((sql) => `${sql} CASCADE`) } : {}) };
}

/** Foreign keys of other tables to this one. */
function keysToward(schema: Parameters<typeof foreignKeysTo>[0], table: Relation): Step[] {
  return foreignKeysTo(schema, table.name)
    .filter(({ table: child }) => child.name !== table.name)
    .map(({ table: child, constraint }) => dropKey(child.name, constraint));
}

function keysOf(table: Relation): Step[] {
  return table.constraints
    .filter(({ kind, references }) => kind === "foreign-key" && references?.relation !== table.name)
    .map((constraint) => dropKey(table.name, constraint));
}

export function dropKey(table: string, constraint: Relation["constraints"][number]): Step {
  const { references } = constraint;
  const action =
    references === null || references.onDelete === "NO ACTION" || references.onDelete === ""
      ? ""
      : ` ON DELETE ${references.onDelete.toUpperCase()}`;
  return together(
    `drop-${constraint.name}`,
    `a brief lock on ${displayName(table)} and ${displayName(references?.relation ?? "")}`,
    [`ALTER TABLE ${sqlTable(table)} DROP CONSTRAINT ${sqlName(constraint.name)}`],
    undo(
      `ALTER TABLE ${sqlTable(table)} ADD CONSTRAINT ${sqlName(constraint.name)} FOREIGN KEY ${sqlColumns(constraint.columns)} REFERENCES ${sqlTable(references?.relation ?? "")} ${sqlColumns(references?.columns ?? [])}${action}${constraint.deferrable ? ` DEFERRABLE${constraint.initiallyDeferred === true ? " INITIALLY DEFERRED" : ""}` : ""}`,
    ),
    [{ op: "drop-constraint", table, name: constraint.name, applies: "database" }],
  );
}
