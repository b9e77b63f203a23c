import { bareName, displayName, type Relation } from "../../model/schema.ts";
import { childrenOf, indexNameAddition, isRelationName, chooseName, schemaOf } from "../../model/apply/index.ts";
import { alone, NOTHING_TO_UNDO, phase, together, undo, undoAlone, verify } from "../build.ts";
import { indexDefinition, type IndexDefinition } from "../index-definition.ts";
import { columnIn, tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { regclass, sqlName, sqlTable } from "../sql.ts";
import type { SchemaOperation, Step } from "../types.ts";

/** CREATE INDEX locks writers out for as long as it reads the table; CONCURRENTLY does not. */
export const addIndex: Recipe = {
  id: "add-index",
  database: "postgres",
  summary: "CREATE INDEX CONCURRENTLY, partition by partition where the table is partitioned",
  accepts: (request) => onlyChange(request, "create-index") !== null,
  fits,
  plan,
};

function fits(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const { table: name, index } = theChange(request, "create-index");
  const table = tableIn(schema, name, ["table", "partitioned-table", "materialized-view"]);
  if (table.found === null) return table.misfits;
  const relation = table.found;
  const misfits = relation.kind === "materialized-view" ? [] : index.mentions.flatMap((column) => columnIn(relation, column).misfits);
  const nested = childrenOf(schema, name).find(({ kind }) => kind !== "table");
  if (relation.kind === "partitioned-table" && nested !== undefined)
    return [
      ...misfits,
      {
        reason: `${displayName(nested.name)} below ${displayName(name)} is a ${nested.kind.replace("-", " ")}`,
        help: `begin with the tables below it: tread plan add-index ${displayName(nested.name)} (…)`,
      },
    ];
  return misfits;
}

function plan(request: PlanRequest, scene: Scene): Draft {
  const { table: name, index } = theChange(request, "create-index");
  const table = tableNamed(scene.schema, name);
  const definition = indexDefinition(request.sql[0] ?? "", index.name, index);
  const steps = table.kind === "partitioned-table" ? acrossPartitions(table, definition, scene) : [concurrently(table, definition)];
  return {
    about: [bareName(index.name)],
    phases: [phase("build", "the index is built beside readers and writers", "old and new", [], [...steps, isValid(definition, table)])],
    notes: index.unique ? [`from the first step on a version that writes a value twice gets an error (23505)`] : [],
  };
}

/** A step that builds one index on one table. */
export function concurrently(table: Relation, definition: IndexDefinition, applies: SchemaOperation["applies"] = "both"): Step {
  return alone(
    `index-${bareName(definition.name)}`,
    `builds ${bareName(definition.name)} on ${displayName(table.name)}; slower than CREATE INDEX, and nobody waits`,
    `CREATE ${definition.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${sqlName(bareName(definition.name))} ON ${sqlTable(table.name)} ${definition.rest}`,
    undoAlone(`DROP INDEX CONCURRENTLY IF EXISTS ${sqlTable(definition.name)}`),
    [{ op: "add-index", table: table.name, ...operationOf(definition), concurrently: true, applies }],
  );
}

export function isValid(definition: IndexDefinition, table: Relation): Step {
  return verify(
    `${bareName(definition.name)}-is-valid`,
    "the index is there and valid",
    `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass(${regclass(definition.name).replace("::regclass", "")}) AND indrelid = ${regclass(table.name)} AND indisvalid AND indisready)`,
    `${displayName(definition.name)} is missing or invalid: DROP INDEX CONCURRENTLY it, and run the step that builds it again`,
  );
}

export function operationOf(definition: IndexDefinition): {
  readonly name: string;
  readonly unique: boolean;
  readonly method: string;
  readonly keys: IndexDefinition["keys"];
  readonly include: readonly string[];
  readonly where: string | null;
} {
  const { unique, method, keys, include, where } = definition;
  return { name: bareName(definition.name), unique, method, keys, include, where };
}

/**
 * Postgres builds no index of a partitioned table concurrently (0A000): an invalid one on the parent alone, one per partition
 * concurrently, and attaching the last of them makes the parent's valid (manual, 5.12.2.2).
 */
function acrossPartitions(table: Relation, definition: IndexDefinition, { schema }: Scene): Step[] {
  const name = sqlTable(definition.name);
  const taken = new Set<string>();
  const parts = childrenOf(schema, table.name).map((partition) => {
    const bare = chooseName(
      bareName(partition.name),
      indexNameAddition(definition.keys.map(({ column }) => column ?? "expr")),
      "idx",
      (candidate) => taken.has(candidate) || isRelationName(schema, schemaOf(partition.name), candidate),
    );
    taken.add(bare);
    return { partition, own: { ...definition, name: `${schemaOf(partition.name)}.${bare}` } };
  });
  return [
    ...parts.map(({ partition, own }) => concurrently(partition, own, "database")),
    // After those of the partitions: on the way back its DROP INDEX comes first, and takes those that are attached with it.
    together(
      `parent-${bareName(definition.name)}`,
      "the parent's index without any partition: invalid until the last is attached",
      [
        `CREATE ${definition.unique ? "UNIQUE " : ""}INDEX ${sqlName(bareName(definition.name))} ON ONLY ${sqlTable(table.name)} ${definition.rest}`,
      ],
      undo(`DROP INDEX IF EXISTS ${name}`),
      [{ op: "add-index", table: table.name, ...operationOf(definition), concurrently: false, applies: "both" }],
    ),
    ...parts.map(({ partition, own }) =>
      together(
        `attach-${bareName(own.name)}`,
        "a brief lock; nothing is built",
        // An index's lock can only be waited for in the queue. Who holds the table holds its indexes, and a table can be asked for without.
        [`LOCK TABLE ${sqlTable(partition.name)} IN ACCESS EXCLUSIVE MODE`, `ALTER INDEX ${name} ATTACH PARTITION ${sqlTable(own.name)}`],
        NOTHING_TO_UNDO,
        [{ op: "sql", what: `attach ${displayName(own.name)}`, applies: "database" }],
      ),
    ),
  ];
}
