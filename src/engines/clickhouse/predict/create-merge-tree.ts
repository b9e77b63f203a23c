import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { expressionProblem } from "../bind/expression.ts";
import { bareType, isNullable } from "../changes/types.ts";
import { indexProblem } from "./indexes.ts";
import { sampleProblem } from "./keys.ts";
import { columnsNamed, keyColumns, refused, sortingKey, typeIn, type Outcome, type Scene } from "./outcome.ts";
import { projectionProblem } from "./projections.ts";
import { newTableSettingProblem } from "./settings.ts";
import { columnTtlProblem, tableTtlProblem } from "./ttl.ts";

const FAMILIES = new Set(
  "MergeTree ReplacingMergeTree SummingMergeTree AggregatingMergeTree CollapsingMergeTree VersionedCollapsingMergeTree GraphiteMergeTree CoalescingMergeTree".split(
    " ",
  ),
);

/** What the server refuses in a new table of the MergeTree family. Measured on 26.7. */
export function mergeTreeProblem(table: ClickHouseTable, change: ClickHouseChangeOf<"create-table">, scene: Scene): Outcome | null {
  const { engine } = table;
  if (engine === null || !FAMILIES.has(engine.family)) return refused(56, `Unknown table engine ${engine?.name ?? ""}`);
  const shape = argumentsProblem(table, scene);
  if (shape !== null) return shape;
  const key = table.orderBy ?? table.primaryKey ?? [];
  const primary = table.primaryKey ?? table.orderBy ?? [];
  if (primary.length > key.length || primary.some((p, i) => key[i]?.expression.sql !== p.expression.sql)) {
    return refused(36, "Primary key must be a prefix of the sorting key");
  }
  if (table.columnsKnown) {
    const all = [...key.flatMap((k) => k.expression.columns), ...(table.partitionBy?.columns ?? []), ...(table.sampleBy?.columns ?? [])];
    const missing = all.find((c) => columnsNamed(table, [c]).length === 0);
    if (missing !== undefined) return refused(47, `Missing columns: '${missing}' while processing the key`);
  }
  const parts = keysProblem(table, scene);
  if (parts !== null) return parts;
  for (const part of [...key.map((k) => k.expression), ...(table.partitionBy === null ? [] : [table.partitionBy])]) {
    const nullable = columnsNamed(table, part.columns).find((c) => isNullable(table.columns.find((t) => t.name === c)?.type ?? NO_TYPE));
    const wrapped = part.functions.some((f) => /^(?:assumeNotNull|ifNull|coalesce|isNull|isNotNull)$/i.test(f));
    if (nullable !== undefined && !wrapped && table.settings.get("allow_nullable_key") !== "1") {
      return refused(
        44,
        `Sorting or partition key contains nullable columns (${nullable}), but merge tree setting \`allow_nullable_key\` is disabled`,
      );
    }
  }
  const partition = table.partitionBy === null ? undefined : table.columns.find((c) => c.name === table.partitionBy?.sql);
  if (
    partition !== undefined &&
    bareType(partition.type).name.startsWith("Float") &&
    table.settings.get("allow_floating_point_partition_key") !== "1"
  ) {
    return refused(36, "Floating point partition key is not supported");
  }
  if (table.sampleBy !== null) {
    const bad = sampleProblem(table, table.sampleBy);
    if (bad !== null) return bad;
  }
  const special = engineProblem(table, scene);
  if (special !== null) return special;
  for (const [name, value] of table.settings) {
    if (change.like !== null) break;
    const bad = newTableSettingProblem(name, value);
    if (bad !== null) return bad;
  }
  for (const column of table.columns) {
    const bad = columnTtlProblem(column, table, scene);
    if (bad !== null) return bad;
  }
  for (const ttl of table.ttl) {
    const bad = tableTtlProblem(ttl, table, scene);
    if (bad !== null) return bad;
  }
  for (const index of table.indexes) {
    const bad = indexProblem(index, table, scene);
    if (bad !== null) return bad;
  }
  for (const projection of table.projections) {
    const bad = projectionProblem(projection, table, scene);
    if (bad !== null) return bad;
  }
  for (const constraint of table.constraints) {
    const missing = constraint.expression.columns.find((c) => columnsNamed(table, [c]).length === 0);
    if (missing !== undefined && table.columnsKnown) return refused(47, `Missing columns: '${missing}' while processing the constraint`);
  }
  if (
    table.projections.length > 0 &&
    engine.family !== "MergeTree" &&
    (table.settings.get("deduplicate_merge_projection_mode") ?? "throw") === "throw"
  ) {
    return refused(344, `Projection is not supported in ${engine.name} with deduplicate_merge_projection_mode = throw`);
  }
  return null;
}

const NO_TYPE: ClickHouseTable["columns"][number]["type"] = {
  text: "",
  name: "",
  inner: [],
  numbers: [],
  timeZone: null,
  enumValues: [],
  parameters: null,
};

/** Arguments of the engine that name columns. */
function engineProblem(table: ClickHouseTable, scene: Scene): Outcome | null {
  const { engine } = table;
  if (engine === null) return null;
  const named = engine.familyArgs.flatMap((a) => a.columns);
  const missing = named.find((c) => !table.columns.some((t) => t.name === c));
  if (missing !== undefined && table.columnsKnown)
    return refused(16, `There is no column ${missing} in the table, which the engine ${engine.name} names`);
  const typeOf = (index: number): string =>
    bareType(table.columns.find((c) => c.name === engine.familyArgs[index]?.columns[0])?.type ?? NO_TYPE).name;
  const nullable = (index: number): boolean =>
    isNullable(table.columns.find((c) => c.name === engine.familyArgs[index]?.columns[0])?.type ?? NO_TYPE);
  switch (engine.family) {
    case "ReplacingMergeTree":
      if (engine.familyArgs[0] !== undefined && (nullable(0) || !VERSION.test(typeOf(0)))) {
        return refused(169, `The column ${named[0] ?? ""} cannot be used as a version column for storage ${engine.name}`);
      }
      return engine.familyArgs[1] !== undefined && typeOf(1) !== "UInt8" ? refused(169, `is_deleted column must be UInt8`) : null;
    case "CollapsingMergeTree":
    case "VersionedCollapsingMergeTree":
      if (typeOf(0) !== "Int8") return refused(169, `Sign column for storage ${engine.name} must have type Int8`);
      return engine.familyArgs[1] === undefined || VERSION.test(typeOf(1))
        ? null
        : refused(169, `The column ${named[1] ?? ""} cannot be used as a version column for storage ${engine.name}`);
    case "SummingMergeTree":
    case "CoalescingMergeTree": {
      const key = new Set(
        columnsNamed(
          table,
          sortingKey(table).flatMap((k) => k.expression.columns),
        ),
      );
      const inKey = named.find((c) => key.has(c));
      return inKey === undefined ? null : refused(36, `Columns: ${inKey} listed both in columns to sum and in sorting key`);
    }
    case "AggregatingMergeTree":
      return scene.since("26.7") ? dimensionProblem(table) : null;
    default:
      return null;
  }
}

const VERSION = /^(?:U?Int\d+|Float\d+|Date|Date32|DateTime|DateTime64|Enum\d+|Bool)$/;

/** How many arguments each family takes: least, most. */
const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  MergeTree: [0, 0],
  ReplacingMergeTree: [0, 2],
  SummingMergeTree: [0, 1],
  CoalescingMergeTree: [0, 1],
  AggregatingMergeTree: [0, 0],
  CollapsingMergeTree: [1, 1],
  VersionedCollapsingMergeTree: [2, 2],
  GraphiteMergeTree: [1, 1],
};

function argumentsProblem(table: ClickHouseTable, scene: Scene): Outcome | null {
  const { engine } = table;
  const takes = engine === null ? undefined : ARGUMENTS[engine.family];
  if (engine === null || takes === undefined) return null;
  const count = engine.familyArgs.length;
  const stated = table.orderBy !== null || table.primaryKey !== null;
  if (!stated && count >= 3 && scene.since("24.1"))
    return refused(
      36,
      "This syntax for *MergeTree engine is deprecated. Use extended storage definition syntax with ORDER BY/PRIMARY KEY clause",
    );
  if (count < takes[0] || count > takes[1])
    return refused(42, `With extended storage definition syntax storage ${engine.name} requires ${takes[0]} to ${takes[1]} parameters`);
  return null;
}

/** Functions, constants, repetitions and types that no key may hold. */
function keysProblem(table: ClickHouseTable, scene: Scene): Outcome | null {
  const key = sortingKey(table).map((k) => k.expression);
  const partition = table.partitionBy === null ? [] : [table.partitionBy];
  for (const part of [...key, ...partition, ...(table.sampleBy === null ? [] : [table.sampleBy])]) {
    const inside = expressionProblem(part, { state: scene.state, database: table.database });
    if (inside !== null) return refused(inside.code, inside.message);
    if (part.volatile) return refused(36, "Expression must be deterministic but it contains a non-deterministic part: for a key");
  }
  const constant = key.find((part) => part.columns.length === 0);
  if (constant !== undefined) return refused(44, "Sorting key cannot contain constants");
  const texts = key.map((part) => part.sql);
  const suspicious = scene.state.session.settings.get("allow_suspicious_indices") === "1";
  if (!suspicious && new Set(texts).size < texts.length)
    return refused(36, "Primary key or secondary index contains a duplicate expression");
  for (const part of [...key, ...partition]) {
    const type = typeIn(table, part.sql.split("."));
    if (type === null) continue;
    if (/^(?:JSON|Dynamic|Variant)$/.test(type.name))
      return refused(549, "Column with type Variant/Dynamic/JSON is not allowed in key expression");
    if (type.name === "AggregateFunction")
      return refused(549, `Column ${part.sql} with type ${type.text} is not allowed in key expression, it's not comparable`);
  }
  return null;
}

/** Since 26.7 a plain column beside the key must be allowed: merges would keep the value of an arbitrary row. */
function dimensionProblem(table: ClickHouseTable): Outcome | null {
  if (table.settings.get("allow_dimensions_outside_sorting_key") === "1" || !table.columnsKnown) return null;
  const key = keyColumns(table);
  const plain = table.columns.find(
    (c) =>
      c.default?.kind !== "ALIAS" &&
      c.default?.kind !== "EPHEMERAL" &&
      !key.has(c.name) &&
      c.typeKnown &&
      !/^(?:Simple)?AggregateFunction$/.test(c.type.name),
  );
  return plain === undefined
    ? null
    : refused(36, `Column(s) ${plain.name} of the AggregatingMergeTree table are neither part of the sorting key nor aggregate measures`);
}
