import { childrenOf, chooseName, foreignKeysTo, indexNameAddition, isRelationName, schemaOf } from "../../model/apply/index.ts";
import { bareName, displayName, type Relation } from "../../model/schema.ts";
import { tokensOf } from "../../engines/postgres/parse/lexer.ts";
import { alone, NOTHING_TO_UNDO, phase, together, undo, undoAlone, verify } from "../build.ts";
import { definitionOf } from "../index-definition.ts";
import { tableIn, tableNamed } from "../misfits.ts";
import type { Draft, Misfit, PlanRequest, Recipe, Scene } from "../recipe.ts";
import { onlyChange, theChange } from "../request.ts";
import { regclass, sqlName, sqlTable } from "../sql.ts";
import type { Step } from "../types.ts";
import { concurrently, isValid } from "./add-index.ts";

/** ATTACH reads the new partition (and the default one) under its lock, unless valid CHECKs prove that every row belongs. */
export const attachPartition: Recipe = {
  id: "attach-partition",
  database: "postgres",
  summary: "a valid CHECK that proves the bound and the parent's indexes first, then ATTACH, which reads nothing",
  accepts: (request) => onlyChange(request, "attach-partition") !== null,
  fits: fitsAttach,
  plan: planAttach,
};

export const detachPartition: Recipe = {
  id: "detach-partition",
  database: "postgres",
  summary: "DETACH CONCURRENTLY (14 and newer)",
  accepts: (request) => onlyChange(request, "detach-partition") !== null,
  fits: fitsDetach,
  plan: planDetach,
};

function fitsAttach(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const change = theChange(request, "attach-partition");
  const parent = tableIn(schema, change.table, ["partitioned-table"]);
  if (parent.found === null) return parent.misfits;
  const partition = tableIn(schema, change.partition);
  if (partition.found === null) return partition.misfits;
  const misfits: Misfit[] = [];
  const { found } = partition;
  if (found.partitionOf !== null)
    misfits.push({
      reason: `${displayName(found.name)} is a partition of ${displayName(found.partitionOf)}`,
      help: "detach it there first",
    });
  for (const column of parent.found.columns)
    if (!found.columns.some(({ name }) => name === column.name))
      misfits.push({
        reason: `${displayName(found.name)} has no column ${column.name}`,
        help: `tread plan add-column ${displayName(found.name)}.${column.name} … first`,
      });
  if (conditionOf(parent.found, change.bound) === null && change.bound !== "DEFAULT")
    misfits.push({
      reason: `no CHECK can be written for ${change.bound} of ${displayName(parent.found.name)}: its key is an expression, several columns, or a hash`,
      help: "attach it while it is small or empty",
    });
  const keys = parent.found.constraints.filter(({ kind }) => kind === "foreign-key" || kind === "exclusion");
  for (const key of keys)
    if (!found.constraints.some((own) => own.kind === key.kind && own.columns.join() === key.columns.join()))
      misfits.push({
        reason: `${displayName(found.name)} lacks the ${key.kind.replace("-", " ")} ${key.name} of its parent, which ATTACH would add and check under its lock`,
        help: `tread plan add-foreign-key ${displayName(found.name)} (${key.columns.join(", ")}) … first`,
      });
  for (const key of parent.found.constraints)
    if (
      (key.kind === "primary-key" || key.kind === "unique") &&
      !found.constraints.some((own) => own.kind === key.kind && own.columns.join() === key.columns.join())
    )
      misfits.push({
        reason: `${displayName(found.name)} lacks the ${key.kind.replace("-", " ")} of its parent over ${key.columns.join(", ")}`,
        help: `tread plan add-${key.kind} ${displayName(found.name)} (${key.columns.join(", ")}) first`,
      });
  return misfits;
}

/** `FOR VALUES FROM (…) TO (…)` or `IN (…)` of a single column as a condition; null where it cannot be said. */
function conditionOf(parent: Relation, bound: string): string | null {
  const [column, ...others] = parent.partitionKey?.columns ?? [];
  if (column === undefined || column === null || others.length > 0) return null;
  const name = sqlName(column);
  const range = /FROM\s*\(([\s\S]*?)\)\s*TO\s*\(([\s\S]*?)\)\s*$/i.exec(bound);
  if (range !== null) {
    const [from = "", to = ""] = [range[1]?.trim(), range[2]?.trim()];
    const parts = [`${name} IS NOT NULL`];
    if (from.toUpperCase() !== "MINVALUE") parts.push(`${name} >= ${from}`);
    if (to.toUpperCase() !== "MAXVALUE") parts.push(`${name} < ${to}`);
    return parts.join(" AND ");
  }
  const list = /IN\s*\(([\s\S]*)\)\s*$/i.exec(bound);
  if (list === null) return null;
  const values = list[1] ?? "";
  if (tokensOf(values).some(({ text }) => text === "null")) return null;
  return `${name} IS NOT NULL AND ${name} IN (${values.trim()})`;
}

function planAttach(request: PlanRequest, scene: Scene): Draft {
  const { schema, written } = scene;
  const change = theChange(request, "attach-partition");
  const parent = tableNamed(schema, change.table);
  const partition = tableNamed(schema, change.partition);
  const [target, own] = [sqlTable(parent.name), sqlTable(partition.name)];
  const condition = conditionOf(parent, change.bound);
  const proof = sqlName(`${bareName(partition.name)}_bound`.slice(0, 63));
  const fallback = childrenOf(schema, parent.name).find(({ partitionBound }) => partitionBound === "DEFAULT");
  const refused = sqlName(`${bareName(partition.name)}_not_here`.slice(0, 63));
  const steps: Step[] = [];
  for (const index of parent.indexes) {
    if (
      index.constraint !== null ||
      partition.indexes.some(
        (each) => each.unique === index.unique && each.method === index.method && each.columns.join() === index.columns.join(),
      )
    )
      continue;
    const definition = definitionOf(index, written);
    if (definition === null) continue;
    const bare = chooseName(
      bareName(partition.name),
      indexNameAddition(definition.keys.map(({ column }) => column ?? "expr")),
      "idx",
      (candidate) => isRelationName(schema, schemaOf(partition.name), candidate),
    );
    const fresh = { ...definition, name: `${schemaOf(partition.name)}.${bare}` };
    steps.push(concurrently(partition, fresh, "database"), isValid(fresh, partition));
  }
  if (condition !== null) {
    steps.push(
      verify(
        "every-row-belongs",
        "every row of the partition lies within the bound",
        `SELECT 1 FROM ${own} WHERE NOT (${condition}) LIMIT 1`,
        `${displayName(partition.name)} holds rows outside of ${change.bound}: move them first`,
      ),
      ...proved(own, proof, condition, partition.name),
    );
    if (fallback !== undefined)
      steps.push(
        verify(
          "default-has-none",
          "the default partition holds no row that belongs to the new one",
          `SELECT 1 FROM ${sqlTable(fallback.name)} WHERE ${condition} LIMIT 1`,
          `${displayName(fallback.name)} holds rows of ${change.bound}: move them into ${displayName(partition.name)} in batches first`,
        ),
        ...proved(sqlTable(fallback.name), refused, `NOT (${condition})`, fallback.name),
      );
  }
  const dropProofs =
    condition === null
      ? []
      : [
          `ALTER TABLE ${own} DROP CONSTRAINT ${proof}`,
          ...(fallback === undefined ? [] : [`ALTER TABLE ${sqlTable(fallback.name)} DROP CONSTRAINT ${refused}`]),
        ];
  const proofsAgain =
    condition === null
      ? []
      : [
          `ALTER TABLE ${own} ADD CONSTRAINT ${proof} CHECK (${condition}) NOT VALID`,
          ...(fallback === undefined
            ? []
            : [`ALTER TABLE ${sqlTable(fallback.name)} ADD CONSTRAINT ${refused} CHECK (NOT (${condition})) NOT VALID`]),
        ];
  steps.push(
    together(
      `attach-${bareName(partition.name)}`,
      "a brief lock on the partition; readers and writers of the parent go on",
      [`ALTER TABLE ${target} ATTACH PARTITION ${own} ${change.bound}`],
      undo(`ALTER TABLE ${target} DETACH PARTITION ${own}`),
      [{ op: "sql", what: `attach ${displayName(partition.name)}`, applies: "database" }],
    ),
  );
  if (dropProofs.length > 0)
    steps.push(
      together(`drop-proof-${bareName(partition.name)}`, "the bound itself says it now", dropProofs, undo(...proofsAgain), [
        { op: "drop-constraint", table: partition.name, name: proof, applies: "database" },
      ]),
    );
  steps.push(
    verify(
      `${bareName(partition.name)}-is-attached`,
      "it is a partition now",
      `SELECT 1 FROM pg_class WHERE oid = ${regclass(partition.name)} AND NOT relispartition`,
      `${displayName(partition.name)} is no partition: run the steps before this one`,
    ),
  );
  return {
    about: [bareName(parent.name), bareName(partition.name)],
    phases: [phase("attach", "proved first, attached then", "old and new", [], steps)],
    notes: [`rows of ${displayName(partition.name)} are seen in ${displayName(parent.name)} from the ATTACH on`],
  };
}

function proved(table: string, name: string, condition: string, qualified: string): Step[] {
  return [
    together(
      `prove-${bareName(qualified)}`,
      "a brief lock, nothing is read",
      [`ALTER TABLE ${table} ADD CONSTRAINT ${name} CHECK (${condition}) NOT VALID`],
      undo(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`),
      [{ op: "sql", what: `CHECK ${name}`, applies: "database" }],
    ),
    together(
      `proved-${bareName(qualified)}`,
      "reads the table beside its readers and writers",
      [`ALTER TABLE ${table} VALIDATE CONSTRAINT ${name}`],
      NOTHING_TO_UNDO,
      [{ op: "sql", what: `VALIDATE ${name}`, applies: "database" }],
    ),
  ];
}

function fitsDetach(request: PlanRequest, { schema }: Scene): readonly Misfit[] {
  const change = theChange(request, "detach-partition");
  const parent = tableIn(schema, change.table, ["partitioned-table"]);
  if (parent.found === null) return parent.misfits;
  const partition = schema.relations.get(change.partition);
  const misfits: Misfit[] = [];
  if (partition?.partitionOf !== parent.found.name)
    misfits.push({
      reason: `${displayName(change.partition)} is no partition of ${displayName(change.table)}`,
      help: `its partitions: ${
        childrenOf(schema, change.table)
          .map(({ name }) => displayName(name))
          .join(", ") || "none"
      }`,
    });
  for (const { table, constraint } of foreignKeysTo(schema, change.table))
    misfits.push({
      reason: `the foreign key ${constraint.name} of ${displayName(table.name)} points at ${displayName(change.table)}: DETACH reads that table under a lock to see that no row points into the partition`,
      help: "delete what points there and drop the foreign key first, or detach in a quiet hour",
    });
  return misfits;
}

function planDetach(request: PlanRequest, { schema, majors }: Scene): Draft {
  const change = theChange(request, "detach-partition");
  const [target, own] = [sqlTable(change.table), sqlTable(change.partition)];
  const parent = tableNamed(schema, change.table);
  const partition = tableNamed(schema, change.partition);
  const shown = displayName(change.partition);
  const bound = partition.partitionBound ?? "DEFAULT";
  const condition = conditionOf(parent, bound);
  const hasDefault = childrenOf(schema, change.table).some(({ partitionBound }) => partitionBound === "DEFAULT");
  const beside = majors.every((major) => major >= 14) && !hasDefault;
  const proof = sqlName(`${bareName(change.partition)}_bound`.slice(0, 63));
  const attach = `ALTER TABLE ${target} ATTACH PARTITION ${own} ${bound}`;
  const back =
    condition === null
      ? [attach]
      : [
          `ALTER TABLE ${own} ADD CONSTRAINT ${proof} CHECK (${condition}) NOT VALID`,
          `ALTER TABLE ${own} VALIDATE CONSTRAINT ${proof}`,
          attach,
          `ALTER TABLE ${own} DROP CONSTRAINT ${proof}`,
        ];
  const columns = [...new Set(parent.partitionKey?.mentions ?? [])];
  // DETACH CONCURRENTLY leaves the bound behind as a CHECK with a name that Postgres chooses (DetachAddConstraintIfNeeded).
  const left = sqlName(
    chooseName(bareName(change.partition), columns.length === 1 ? (columns[0] ?? null) : null, "check", (name) =>
      partition.constraints.some((each) => each.name === name),
    ),
  );
  const operation = [{ op: "sql", what: `detach ${shown}`, applies: "database" }] as const;
  const steps: Step[] = [
    beside
      ? alone(
          `detach-${bareName(change.partition)}`,
          "waits for queries of the parent, and nobody waits for it",
          `ALTER TABLE ${target} DETACH PARTITION ${own} CONCURRENTLY`,
          undoAlone(...back),
          operation,
        )
      : together(
          `detach-${bareName(change.partition)}`,
          hasDefault
            ? "a brief lock on the parent: with a default partition Postgres detaches none concurrently"
            : "a brief lock on the parent: DETACH CONCURRENTLY came with 14",
          [`ALTER TABLE ${target} DETACH PARTITION ${own}`],
          undoAlone(...back),
          operation,
        ),
  ];
  if (beside)
    steps.push(
      together(
        `drop-left-check-${bareName(change.partition)}`,
        "DETACH CONCURRENTLY leaves the bound behind as a CHECK",
        [`ALTER TABLE ${own} DROP CONSTRAINT IF EXISTS ${left}`],
        NOTHING_TO_UNDO,
        [{ op: "sql", what: `drop the CHECK ${left}`, applies: "database" }],
      ),
    );
  steps.push(
    verify(
      `${bareName(change.partition)}-is-alone`,
      "it is no partition any more",
      `SELECT 1 FROM pg_class WHERE oid = ${regclass(change.partition)} AND relispartition`,
      `${shown} is still a partition: ALTER TABLE ${target} DETACH PARTITION ${own} FINALIZE`,
    ),
  );
  return {
    about: [bareName(change.table), bareName(change.partition)],
    phases: [phase("detach", "the partition becomes a table of its own", "old and new", [], steps)],
    notes: [`rows of ${shown} are not seen in ${displayName(change.table)} any more: no version may need them there`],
  };
}
