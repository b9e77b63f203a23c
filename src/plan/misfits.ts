import { nearest } from "../text/nearest.ts";
import { displayName, type Column, type Relation, type SchemaState } from "../model/schema.ts";
import type { Misfit } from "./recipe.ts";

export type Found<T> =
  | { readonly found: T; readonly misfits: readonly Misfit[] }
  | { readonly found: null; readonly misfits: readonly Misfit[] };

/**
 * The table of a change: there, and of a kind that can be altered.
 * @param partitioned what to do where it is partitioned, for a change that cannot go one partition after the other
 */
export function tableIn(
  schema: SchemaState,
  name: string,
  kinds: readonly Relation["kind"][] = ["table"],
  partitioned: string | null = null,
): Found<Relation> {
  const relation = schema.relations.get(name);
  if (relation === undefined) {
    const near = nearest(name, [...schema.relations.keys()]);
    return misfit(
      `there is no table ${displayName(name)} in the schema that the migrations lead to`,
      near === null
        ? "say the table as the database has it; with --database-url or --schema the plan is made for that schema"
        : `did you mean ${displayName(near)}? With --database-url or --schema the plan is made for that schema`,
    );
  }
  if (kinds.includes(relation.kind)) return { found: relation, misfits: [] };
  return misfit(
    `${displayName(name)} is a ${kindOf(relation)}`,
    (relation.kind === "partitioned-table" ? partitioned : null) ?? KIND_HELP[relation.kind] ?? "",
  );
}

export function columnIn(relation: Relation, name: string): Found<Column> {
  const column = relation.columns.find((each) => each.name === name);
  if (column !== undefined) return { found: column, misfits: [] };
  const near = nearest(
    name,
    relation.columns.map((each) => each.name),
  );
  return misfit(
    `${displayName(relation.name)} has no column ${name}`,
    near === null ? `its columns: ${relation.columns.map((each) => each.name).join(", ")}` : `did you mean ${near}?`,
  );
}

function misfit(reason: string, help: string): { readonly found: null; readonly misfits: readonly Misfit[] } {
  return { found: null, misfits: [{ reason, help }] };
}

function kindOf(relation: Relation): string {
  return relation.kind.replace("-", " ");
}

const KIND_HELP: Readonly<Partial<Record<Relation["kind"], string>>> = {
  "partitioned-table":
    "change one partition after the other, each with a plan of its own, and the parent last: then nothing is scanned or built under its lock",
  "foreign-table": "its rows live on another server: change it there, then here",
  view: "a view is made anew: CREATE OR REPLACE VIEW in a migration of its own",
  "materialized-view": "a materialized view is made anew beside the old one, and renamed",
};

/** A table that `fits` has found already. @throws Error where it was not asked */
export function tableNamed(schema: SchemaState, name: string): Relation {
  const relation = schema.relations.get(name);
  if (relation === undefined) throw new Error(`${name}: planned without having been looked for`);
  return relation;
}
