import { indexOwner } from "../../model/apply/index.ts";
import { bareName, displayName, type Index, type Relation, type SchemaState } from "../../model/schema.ts";
import { alone, noWayBack, phase, together, undo, undoAlone, verify } from "../build.ts";
import { definitionOf } from "../index-definition.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { absent, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";
import type { Written } from "../written.ts";

/** DROP INDEX takes ACCESS EXCLUSIVE on the table: brief, but it queues behind every query. CONCURRENTLY does not. */
export const dropIndex: Recipe = {
  id: "drop-index",
  database: "postgres",
  summary: "DROP INDEX CONCURRENTLY",
  accepts: (request) => onlyChange(request, "drop-index") !== null,
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  return indexMisfits(schema, theChange(request, "drop-index").name);
}

/** Why an index cannot simply go. */
export function indexMisfits(schema: SchemaState, name: string): readonly Misfit[] {
  const owner = indexOwner(schema, name);
  const index = owner?.indexes.find((each) => each.name === name);
  if (owner === undefined || index === undefined)
    return [
      {
        reason: `there is no index ${displayName(name)} in the schema that the migrations lead to`,
        help: "name it with its schema where that is not public",
      },
    ];
  if (index.constraint !== null)
    return [
      {
        reason: `${displayName(name)} belongs to the constraint ${index.constraint} of ${displayName(owner.name)}`,
        help: `the constraint is what goes: ALTER TABLE ${sqlTable(owner.name)} DROP CONSTRAINT ${index.constraint}`,
      },
    ];
  if (index.partOf !== undefined)
    return [
      {
        reason: `${displayName(name)} is a part of ${displayName(index.partOf)}`,
        help: `drop that one: tread plan drop-index ${displayName(index.partOf)}`,
      },
    ];
  const pointing = [...schema.relations.values()].flatMap((relation) =>
    relation.constraints.filter(
      (constraint) =>
        constraint.references?.relation === owner.name &&
        index.unique &&
        sameColumns(constraint.references.columns, index.columns) &&
        !provedOtherwise(owner, index, constraint.references.columns),
    ),
  );
  return pointing.map(({ name: key }) => ({
    reason: `the foreign key ${key} needs ${displayName(name)}`,
    help: "give the columns another unique index or constraint first, or drop the foreign key",
  }));
}

function sameColumns(a: readonly string[], b: readonly (string | null)[]): boolean {
  return a.length === b.length && a.every((column) => b.includes(column));
}

/** Another unique index over the same columns is there. */
function provedOtherwise(owner: Relation, index: Index, columns: readonly string[]): boolean {
  return owner.indexes.some((other) => other.name !== index.name && other.unique && sameColumns(columns, other.columns));
}

function plan(request: PlanRequest, { schema, written }: Scene): Draft {
  const { name } = theChange(request, "drop-index");
  return {
    about: [bareName(name)],
    phases: [phase("drop", "the index goes beside readers and writers", "old and new", [], dropSteps(name, schema, written))],
    notes: ["queries that were fast because of it get slow: look at pg_stat_user_indexes.idx_scan before"],
  };
}

export function dropSteps(name: string, schema: SchemaState, written: Written): Step[] {
  const owner = indexOwner(schema, name);
  const index = owner?.indexes.find((each) => each.name === name);
  const definition = index === undefined ? null : definitionOf(index, written);
  const target = sqlTable(name);
  const operation = { op: "drop-index", table: owner?.name ?? name, name: bareName(name), applies: "both" } as const;
  const again =
    definition === null || owner === undefined
      ? null
      : `CREATE ${definition.unique ? "UNIQUE " : ""}INDEX ${owner.kind === "partitioned-table" ? "" : "CONCURRENTLY "}${bareName(name)} ON ${sqlTable(owner.name)} ${definition.rest}`;
  const down = noWayBack(`it is not known how ${displayName(name)} was made: keep what pg_get_indexdef says of it`);
  return [
    owner?.kind === "partitioned-table"
      ? together(
          `drop-${bareName(name)}`,
          "the parent's index goes with those of its partitions, under a brief lock on each: Postgres drops no partitioned index concurrently",
          [`DROP INDEX ${target}`],
          again === null ? down : undo(again),
          [{ ...operation, concurrently: false }],
        )
      : alone(
          `drop-${bareName(name)}`,
          "waits for queries that use it, and nobody waits for it",
          `DROP INDEX CONCURRENTLY ${target}`,
          again === null ? down : undoAlone(again),
          [{ ...operation, concurrently: true }],
        ),
    verify(
      `no-${bareName(name)}`,
      "the index is gone",
      absent(name),
      `${displayName(name)} is still there, or an invalid rest of it: run the step before again`,
    ),
  ];
}
