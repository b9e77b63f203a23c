import { isKnownType } from "../engines/postgres/changes/types.ts";
import { foreignKeysTo } from "../model/apply/index.ts";
import { bareName, displayName, type Column, type Relation, type SchemaState, type TypeRef } from "../model/schema.ts";
import { nearest } from "../text/nearest.ts";
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

/**
 * What a column of a partitioned table must not have where it is exchanged for another: an index is built partition by partition, each under a
 * name of its own, and a key cannot be made beside one that is there.
 * @param words the change, as it is planned again without them
 */
export function onPartitions(schema: SchemaState, table: Relation, column: string, words: string): readonly Misfit[] {
  if (table.kind !== "partitioned-table") return [];
  const shown = displayName(table.name);
  const indexes = table.indexes.filter(({ constraint, mentions }) => constraint === null && mentions.includes(column));
  const keys = table.constraints.filter(({ kind, columns }) => kind !== "check" && kind !== "not-null" && columns.includes(column));
  const pointing = foreignKeysTo(schema, table.name).filter(({ constraint }) => constraint.references?.columns.includes(column) === true);
  return [
    ...indexes.map(({ name }) => ({
      reason: `${shown} is partitioned, and its index ${displayName(name)} is over ${column}`,
      help: `one after the other, each without a long lock: tread plan drop-index ${displayName(name)}; tread plan ${words}; and the index again: tread plan add-index ${shown} (…)`,
    })),
    ...keys.map(({ kind, name }) => ({
      reason: `${shown} is partitioned, and its ${kind.replace("-", " ")} ${name} is over ${column}`,
      help: `drop it before the plan and add it after (tread plan add-${kind === "primary-key" || kind === "unique" ? kind : "foreign-key"} …), or make a new partitioned table and move the rows`,
    })),
    ...pointing.map(({ table: child, constraint }) => ({
      reason: `${shown} is partitioned, and the foreign key ${constraint.name} of ${displayName(child.name)} points at its ${column}`,
      help: `drop it before the plan, and add it after: tread plan add-foreign-key ${displayName(child.name)}.${constraint.columns[0] ?? ""} ${shown}.${column}`,
    })),
  ];
}

/** Types that extensions bring, which are often made outside of the migrations (CREATE EXTENSION wants a superuser). */
const OF_EXTENSIONS: ReadonlySet<string> = new Set(
  "citext hstore ltree lquery cube isbn ean13 geometry geography raster vector halfvec sparsevec seg hll roaringbitmap ulid semver".split(
    " ",
  ),
);

/** A type that nothing brings: neither Postgres, nor the schema, nor any extension that is known to be there. */
export function typeIn(schema: SchemaState, { name }: TypeRef): readonly Misfit[] {
  const bare = name.slice(name.indexOf(".") + 1);
  const known =
    isKnownType(name.replace(/^interval .*/, "interval").replaceAll('"', "")) ||
    schema.types.has(name) ||
    schema.relations.has(name) ||
    // Without a list of what each of them brings, one that is there may bring it.
    [...schema.extensions].some((each) => each !== "plpgsql") ||
    OF_EXTENSIONS.has(bare);
  if (known) return [];
  const near = nearest(
    bare,
    [...schema.types.keys()].map(bareName).concat("integer", "bigint", "text", "numeric", "boolean", "uuid", "jsonb", "timestamptz"),
  );
  return [
    {
      reason: `there is no type ${displayName(name)} in the schema that the migrations lead to`,
      help: `${near === null ? "" : `did you mean ${near}? `}With --database-url or --schema the plan is made for that schema; a type of an extension needs CREATE EXTENSION in a migration before`,
    },
  ];
}
