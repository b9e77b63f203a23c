import { viewsOn, foreignKeysTo, childrenOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Relation, type SchemaState } from "../../model/schema.ts";
import { approve, deploy, noWayBack, phase, released, together, undo, unused, verify } from "../build.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { columnSpec } from "../spec.ts";
import { columnAbsent, sqlName, sqlTable } from "../sql.ts";
import type { MigrateStep, Phase } from "../types.ts";

/** The DROP is instant; what breaks is every version whose ORM names the column. So the code goes first, and the column last. */
export const dropColumn: Recipe = {
  id: "drop-column",
  database: "postgres",
  summary: "a release without the column first; the column goes when nothing on record uses it",
  accepts: (request) => onlyChange(request, "drop-column") !== null,
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const change = theChange(request, "drop-column");
  const table = tableIn(schema, change.table, ["table", "partitioned-table"]);
  if (table.found === null) return table.misfits;
  const column = columnIn(table.found, change.column);
  if (column.found === null) return column.misfits;
  return standsInTheWay(schema, table.found, change.column, "it goes");
}

/** What depends on a column in a way that nothing can carry over for it. Indexes and constraints of its own table are not among it. */
export function standsInTheWay(schema: SchemaState, table: Relation, column: string, before: string): Misfit[] {
  const shown = `${displayName(table.name)}.${column}`;
  const misfits: Misfit[] = [];
  for (const view of viewsOn(schema, table.name, column))
    misfits.push({
      reason: `the ${view.kind.replace("-", " ")} ${displayName(view.name)} reads ${shown}`,
      help: `make the view without the column first (CREATE OR REPLACE VIEW cannot take a column away: drop it and make it anew in one transaction)`,
    });
  for (const { table: child, constraint } of foreignKeysTo(schema, table.name))
    if (constraint.references?.columns.includes(column) === true)
      misfits.push({
        reason: `the foreign key ${constraint.name} of ${displayName(child.name)} points at ${shown}`,
        help: "drop the foreign key first, in a migration of its own",
      });
  misfits.push(...wired(schema, table, column, before));
  return misfits;
}

/** What is wired to a column by its name or place: publications, partition keys, policies, generated columns, replica identity. */
export function wired(schema: SchemaState, table: Relation, column: string, before: string): Misfit[] {
  const shown = `${displayName(table.name)}.${column}`;
  const misfits: Misfit[] = [];
  if (table.partitionKey?.mentions.includes(column) === true)
    misfits.push({
      reason: `${shown} is in the partition key of ${displayName(table.name)}`,
      help: "a partition key cannot change: make a new partitioned table and move the rows",
    });
  if (table.partitionOf !== null)
    misfits.push({
      reason: `${displayName(table.name)} is a partition of ${displayName(table.partitionOf)}`,
      help: "its columns are those of its parent: plan the change there",
    });
  if (table.inherits.length > 0 && schema.relations.get(table.inherits[0] ?? "")?.columns.some(({ name }) => name === column) === true)
    misfits.push({ reason: `${shown} is inherited from ${displayName(table.inherits[0] ?? "")}`, help: "plan the change there" });
  for (const other of table.columns)
    if (other.generated !== null && other.default?.columns.includes(column) === true)
      misfits.push({
        reason: `the generated column ${other.name} is made from ${shown}`,
        help: `drop ${other.name}, or give it another expression, before ${before}`,
      });
  for (const { class: kind, name } of (table.named ?? []).filter(({ columns }) => columns.includes(column)))
    misfits.push({
      reason: `the ${kind} ${name} of ${displayName(table.name)} names ${column}`,
      help: `make the ${kind} anew without the column before ${before}`,
    });
  for (const trigger of table.triggers)
    if (trigger.columns.includes(column) || trigger.when?.includes(column) === true)
      misfits.push({
        reason: `the trigger ${trigger.name} of ${displayName(table.name)} names ${column}`,
        help: `make the trigger anew without the column before ${before}`,
      });
  for (const object of schema.objects?.values() ?? [])
    if (object.class === "statistics" && object.tables.includes(table.name))
      misfits.push({
        reason: `the extended statistics ${displayName(object.name)} are about ${displayName(table.name)}`,
        help: "drop them first where they name the column, and make them anew after the plan",
      });
    else if (object.class === "publication" && object.tables.includes(table.name))
      misfits.push({
        reason: `the publication ${object.name} publishes ${displayName(table.name)}, and may list its columns`,
        help: "take the table out of the publication first, or set its column list without the column; subscribers must know the new column before rows with it arrive",
      });
  return misfits;
}

function plan(request: PlanRequest, { schema }: Scene): Draft {
  const change = theChange(request, "drop-column");
  const table = tableNamed(schema, change.table);
  const column = columnIn(table, change.column).found;
  const shown = `${displayName(table.name)}.${change.column}`;
  const [target, name] = [sqlTable(table.name), sqlName(change.column)];
  const phases: Phase[] = [];
  // A release that does not know the column leaves it out of its INSERTs.
  const optional = column === null || !column.notNull || column.default !== null || column.identity !== null || column.generated !== null;
  const spec = columnSpec(table, change.column);
  const release = deploy(
    "without",
    `release a version that does without ${shown}`,
    [`no query reads or writes ${shown}: it is gone from the models (Django: state only; the column stays in the database)`],
    [{ op: "drop-column", table: table.name, column: change.column, applies: "state" }],
  );
  const steps: MigrateStep[] = optional
    ? []
    : [
        together(
          `nullable-${change.column}`,
          "rows may leave it out: the next release does",
          [`ALTER TABLE ${target} ALTER COLUMN ${name} DROP NOT NULL`],
          noWayBackToNotNull(target, name),
          [{ op: "alter-column", table: table.name, column: { ...spec, notNull: false }, applies: "both" }],
        ),
      ];
  phases.push(phase("stop-using", "the code does without it", "old", [], [...steps, release]));
  const inside = table.indexes
    .filter((index) => index.constraint === null && index.mentions.includes(change.column))
    .map((index) => index.name);
  phases.push(
    phase(
      "drop",
      "nothing uses it any more: the column goes",
      "new",
      [released("without", `does without ${shown}`), unused(`${table.name}.${change.column}`, shown)],
      [
        approve(
          "for-good",
          `${shown} and its values are gone after this`,
          `nothing brings the values back but a backup${inside.length > 0 ? `; the indexes ${inside.map(displayName).join(", ")} go with it` : ""}`,
        ),
        together(
          `drop-${change.column}`,
          "instant: a brief lock, nothing is rewritten",
          [`ALTER TABLE ${target} DROP COLUMN ${name}`],
          noWayBack(`the values of ${shown} are gone`),
          [{ op: "drop-column", table: table.name, column: change.column, applies: "database" }],
        ),
        verify(
          `no-${change.column}`,
          "the column is gone",
          columnAbsent(table.name, change.column),
          `${shown} is still there: run the step before again`,
        ),
      ],
    ),
  );
  const below = childrenOf(schema, table.name);
  return {
    about: [bareName(table.name), change.column],
    phases,
    notes: below.length > 0 ? [`goes from ${below.length} partitions too`] : [],
  };
}

/** NOT NULL again: held for new rows at once, and looked at without a lock; rows without a value that were written meanwhile are kept. */
function noWayBackToNotNull(target: string, name: string): MigrateStep["down"] {
  return undo(`ALTER TABLE ${target} ALTER COLUMN ${name} SET NOT NULL`);
}
