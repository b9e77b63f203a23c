import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseColumn, type ClickHouseTable, type ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { withEnumValues } from "../../../model/clickhouse/apply/column-changes.ts";
import { isAggregateFunction } from "../bind/functions.ts";
import { childrenOf } from "../changes/expression.ts";
import type { Expression, ProjectionDeclaration } from "../parse/ast.ts";
import { quoteIdentifier } from "../changes/render.ts";
import { isNullable } from "../changes/types.ts";
import { keepsStorage, refusedConversion } from "./conversions.ts";
import { constantFits } from "./defaults.ts";
import { declared, defaultProblem, existingColumn } from "./declared.ts";
import { alterable } from "./engines.ts";
import { indexProblem } from "./indexes.ts";
import { lossesOf } from "./losses.ts";
import { convertedOnRead, differs, forwardedType, otherKind, shownOtherwise } from "./read-otherwise.ts";
import {
  columnsNamed,
  count,
  engineColumns,
  hasRows,
  keyColumns,
  metadata,
  mutation,
  refused,
  silent,
  sortingKey,
  storedColumns,
  type Outcome,
  type Scene,
} from "./outcome.ts";

/** MODIFY COLUMN, and ALTER COLUMN … TYPE. */
export function modifyColumn(change: ClickHouseChangeOf<"modify-column">, scene: Scene): Outcome {
  const found = existingColumn(change.table, change.column, change.ifExists, scene);
  if ("outcome" in found) return found.outcome;
  const { table, column } = found;
  const barred = alterable(table, "modify-column");
  if (barred !== null) return barred;
  const added = change.addEnumValues === null ? null : withEnumValues(column, change.addEnumValues);
  if (change.addEnumValues !== null && added === null) return refused(36, `Column ${column.name} is not Enum`);
  const type = change.type ?? added ?? column.type;
  const next: ClickHouseColumn = {
    ...column,
    type,
    default: change.default ?? column.default,
    codec: change.codec ?? column.codec,
    ttl: change.ttl ?? column.ttl,
  };
  const bad = declared(next, { ...table, columns: table.columns.map((c) => (c.name === column.name ? next : c)) }, scene);
  if (bad !== null) return bad;
  const dangers = defaultDangers(change, column, table, scene);
  const same = change.type === null && added === null ? true : !column.typeKnown || column.type.text === type.text;
  if (same) {
    const kept = column.default?.kind !== "ALIAS" && column.default?.kind !== "EPHEMERAL";
    // Measured: what is stored is read no more, and is gone with the next merge.
    if (next.default?.kind === "ALIAS" && kept && hasRows(table.name, scene))
      dangers.push(
        silent(
          "drops-values",
          count(table.name, differs(next)),
          `what ${column.name} holds is not read any more: every reader gets its expression`,
          {
            columns: [column.name],
          },
        ),
      );
    const computed = column.default?.kind === "ALIAS" && next.default?.kind === "ALIAS" && hasRows(table.name, scene);
    if (computed && column.default.expression?.sql !== next.default.expression?.sql)
      dangers.push(
        silent("semantics", count(table.name, differs(next)), `every reader of ${column.name} gets what the new expression gives`, {
          columns: [column.name],
        }),
      );
    const expires = change.ttl !== null && change.ttl.sql !== column.ttl?.sql && isMergeTree(table) && hasRows(table.name, scene);
    if (!expires) return metadata(dangers);
    const gone = silent(
      "drops-values",
      count(table.name, `${change.ttl.sql} < now()`),
      `values of ${column.name} that have expired become its default`,
      { columns: [column.name] },
    );
    return mutation(table.name, [column.name], { silent: [...dangers, gone] });
  }
  // Measured: the mutation that would convert it does not find a column that is no longer kept.
  if (next.default?.kind === "ALIAS" && column.default?.kind !== "ALIAS" && column.default?.kind !== "EPHEMERAL" && isMergeTree(table))
    return refused(16, `There is no physical column ${column.name} in table`);
  return changedType(column, next, table, scene, dangers);
}

/** An added column that no part holds yet takes a new default for the rows that are there. */
function defaultDangers(
  change: ClickHouseChangeOf<"modify-column">,
  column: ClickHouseColumn,
  table: ClickHouseTable,
  scene: Scene,
): SilentCorruption[] {
  if (change.default === null) return [];
  const before = column.default?.expression?.sql ?? null;
  const after = change.default.expression?.sql ?? null;
  const dangers: SilentCorruption[] = [];
  if (column.since !== null && hasRows(table.name, scene) && before !== after) {
    dangers.push(
      silent("semantics", count(table.name), `rows from before ${column.name} was added change from the old default to the new one`, {
        columns: [column.name],
      }),
    );
  }
  const overflow = change.default.expression === null ? null : constantFits(change.default.expression, change.type ?? column.type);
  if (overflow !== null) dangers.push(silent("wraps", null, overflow, { columns: [column.name] }));
  return dangers;
}

function changedType(
  from: ClickHouseColumn,
  to: ClickHouseColumn,
  table: ClickHouseTable,
  scene: Scene,
  before: SilentCorruption[],
): Outcome {
  const { name } = from;
  if (!isMergeTree(table)) return metadata([...before, ...forwardedType(table, to), ...convertedOnRead(from, to, table, scene)]);
  const inKey = keyChange(from, to, table);
  if (inKey !== null) return inKey;
  const conversion = refusedConversion(from.type, to.type);
  const stays = keepsStorage(from.type, to.type);
  if (
    isNullable(from.type) &&
    !isNullable(to.type) &&
    to.default?.expression === undefined &&
    (scene.since("25.8") || !/^(?:Variant|Dynamic)$/.test(to.type.name))
  ) {
    if (scene.since("25.8") || /^24\.8\.(?:1[4-9]|[2-9]\d)/.test(scene.options.version)) {
      return refused(36, `Cannot convert column '${name}' from nullable type ${from.type.text} to non-nullable type ${to.type.text}`);
    }
    before.push(
      silent(
        "unreadable",
        count(table.name, `isNull(${quoteIdentifier(name)})`),
        "NULL fails to convert, and every read of the column with it",
        { columns: [name] },
      ),
    );
  }
  if (isNullable(from.type) && !isNullable(to.type) && (to.default?.expression?.columns.length ?? 0) > 0 && hasRows(table.name, scene))
    before.push(
      silent(
        "unreadable",
        count(table.name),
        "the default that takes the place of NULL names other columns, which the conversion does not see: the mutation and every read of the column fail (47)",
        { columns: [name] },
      ),
    );
  if (conversion !== null && (!stays || innermost(from.type).name.startsWith("Enum"))) return refused(conversion.code, conversion.message);
  const users = usersProblem(to, table, scene);
  if (users !== null) return users;
  const v = quoteIdentifier(name);
  const losses = hasRows(table.name, scene) ? lossesOf(from.type, to.type, v) : [];
  const dangers = [
    ...before,
    ...losses.map((l) => silent(l.kind, l.when === null ? null : count(table.name, l.when), l.what, { columns: [name] })),
  ];
  if (stays) return metadata([...dangers, ...shownOtherwise(from, to, table)]);
  // Measured: a Variant that gains a type is a mutation that links every file.
  if (from.type.name === "Variant" && to.type.name === "Variant") return mutation(table.name, [], { silent: dangers, writes: "nothing" });
  if (hasRows(table.name, scene)) dangers.push(...otherKind(from, to, table));
  // Measured: a column whose streams depend on its values is written anew together with all others.
  const whole = /\b(?:Map|JSON|Dynamic)\b/.test(from.type.text);
  return mutation(table.name, whole ? storedColumns(table).toSorted() : [name], {
    silent: dangers,
    writes: whole ? "everything" : "columns",
  });
}

/** What else of the table goes by the column and is checked with its new type: skip indexes, and defaults of other columns. */
function usersProblem(to: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  const next = { ...table, columns: table.columns.map((column) => (column.name === to.name ? to : column)) };
  for (const index of next.indexes) {
    const bad = index.expression.columns.includes(to.name) ? indexProblem(index, next, scene) : null;
    if (bad !== null) return bad;
  }
  for (const column of next.columns) {
    if (column.name === to.name || column.default?.expression?.columns.includes(to.name) !== true) continue;
    const bad = defaultProblem(column, next, scene);
    if (bad !== null) return bad;
  }
  return null;
}

/** The type at the bottom of Nullable and Array. */
function innermost(type: ClickHouseType): ClickHouseType {
  const inner = /^(?:Nullable|Array|LowCardinality)$/.test(type.name) ? type.inner[0]?.type : undefined;
  return inner === undefined ? type : innermost(inner);
}

/** A key, a partition, a projection, a TTL, the engine itself go by the column. Null: nothing objects. */
function keyChange(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable): Outcome | null {
  const { name } = from;
  const safe = keyTypeMayChange(from.type, to.type);
  const sorting = new Set(
    columnsNamed(
      table,
      sortingKey(table).flatMap((k) => k.expression.columns),
    ),
  );
  if (keyColumns(table).has(name) && !safe) {
    return refused(
      524,
      `ALTER of key column ${name} from type ${from.type.text} to type ${to.type.text} is not safe because it can change the representation of primary key`,
    );
  }
  if (isNullable(to.type) && !isNullable(from.type) && sorting.has(name) && table.settings.get("allow_nullable_key") !== "1") {
    return refused(44, "Sorting key contains nullable columns, but merge tree setting `allow_nullable_key` is disabled");
  }
  const projection = table.projections.find((p) => p.columns.includes(name));
  if (projection !== undefined && from.type.text !== to.type.text) {
    // Measured: a state of the old type is not cast (70), a key or a plain column of a projection is refused as a key is (524).
    const folded = stateful(projection, name);
    if (folded || !keepsStorage(from.type, to.type))
      return refused(folded ? 70 : 524, `Cannot apply ALTER because it breaks projection ${projection.name}`);
  }
  return engineColumns(table).includes(name) ? engineColumnChange(from, to, table) : null;
}

/** The column is an argument of an aggregate function of the projection. */
function stateful(projection: ClickHouseTable["projections"][number], column: string): boolean {
  const definition = projection.tree as ProjectionDeclaration["definition"];
  const within = (e: Expression, inside: boolean): boolean => {
    if (e.kind === "identifier") return inside && e.parts.map((p) => p.text).join(".") === column;
    const here = inside || (e.kind === "function" && isAggregateFunction(e.name));
    return childrenOf(e).some((child) => within(child, here));
  };
  return definition.kind === "select" && definition.columns.some((e) => within(e, false));
}

const WIDTH: Readonly<Record<string, number>> = { Date: 2, Date32: 4, DateTime: 4, DateTime64: 8, Enum8: 1, Enum16: 2, Bool: 1, UInt8: 1 };

/** A version may only grow within its own kind, the mark of a deleted row stays a byte, a sign stays as it is. Measured on 26.7. */
function engineColumnChange(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable): Outcome | null {
  const { engine } = table;
  const { name } = from;
  if (engine === null || from.type.text === to.type.text) return null;
  const place = engine.familyArgs.findIndex((a) => a.columns.includes(name));
  if (engine.family === "ReplacingMergeTree" && place === 1)
    return /^(?:UInt8|Bool)$/.test(to.type.name) ? null : refused(524, `Cannot alter is_deleted column (${name}) to type ${to.type.text}`);
  if (/Collapsing/.test(engine.family) && place === 0) return refused(524, `Cannot alter sign column ${name} to type ${to.type.text}`);
  if (!/^(?:Replacing|VersionedCollapsing)/.test(engine.family)) return null;
  const width = (type: ClickHouseType): number => WIDTH[type.name] ?? Number(/\d+$/.exec(type.name)?.[0] ?? 0) / 8;
  const kind = (type: ClickHouseType): string =>
    /^(?:UInt|Int|Float|DateTime64|DateTime|Date32|Date|Enum)/.exec(type.name)?.[0] ?? type.name;
  if (kind(from.type) !== kind(to.type) && !(kind(from.type) === "Date" && kind(to.type) === "DateTime"))
    return refused(524, `Cannot alter version column ${name} to type ${to.type.text}: it will change sort order of version column`);
  return width(to.type) < width(from.type)
    ? refused(524, `Cannot alter version column ${name} to type ${to.type.text}: the new type is smaller`)
    : null;
}

/** Changes of a key column's type that the server takes for safe: the order of values stays. Measured (CH042). */
function keyTypeMayChange(a: ClickHouseType, b: ClickHouseType): boolean {
  if (a.name === b.name && a.name.startsWith("Enum")) {
    return a.enumValues.every((e) => b.enumValues.some((f) => f.label === e.label && f.value === e.value));
  }
  const strip = (t: ClickHouseType): string => (t.name === "LowCardinality" ? (t.inner[0]?.type.text ?? t.text) : t.text);
  if (strip(a) === strip(b)) return true;
  if (`${a.name} ${b.name}` === "DateTime DateTime") return true;
  return /^(?:Enum8 Int8|Enum16 Int16|UInt8 Bool|Bool UInt8|UInt16 Date|Date UInt16|UInt32 DateTime|DateTime UInt32)$/.test(
    `${a.name} ${b.name}`,
  );
}
