import type { ClickHouseChangeOf } from "../../../model/clickhouse/change.ts";
import type { SilentCorruption } from "../../../model/clickhouse/effects.ts";
import { isMergeTree, type ClickHouseColumn, type ClickHouseTable, type ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { withEnumValues } from "../../../model/clickhouse/apply/column-changes.ts";
import { expressionType } from "../changes/expression-type.ts";
import { quoteIdentifier } from "../changes/render.ts";
import { isNullable, suspiciousLowCardinality } from "../changes/types.ts";
import type { Expression } from "../parse/ast.ts";
import { checkCodec } from "./codecs.ts";
import { refusedConversion, keepsStorage } from "./conversions.ts";
import { columnTtlProblem } from "./ttl.ts";
import { constantFits } from "./defaults.ts";
import { alterable } from "./engines.ts";
import { lossesOf } from "./losses.ts";
import {
  columnsNamed,
  count,
  engineColumns,
  find,
  hasRows,
  keyColumns,
  metadata,
  mutation,
  refused,
  silent,
  sortingKey,
  storedColumns,
  type Outcome,
  type Predictors,
  type Scene,
} from "./outcome.ts";
import { usersOf } from "./column-users.ts";

const VOLATILE = "a row from before the column computes its value anew at every read";

export const columnPredictors: Predictors<
  "add-column" | "modify-column" | "remove-column-property" | "modify-column-setting" | "reset-column-setting" | "comment-column"
> = {
  "add-column": (change, scene) => {
    const found = find(change.table, scene);
    if (!("table" in found)) return found.outcome ?? metadata();
    const { table } = found;
    const { column } = change;
    const barred = alterable(table, "add-column");
    if (barred !== null) return barred;
    const existing = table.columns.find((c) => c.name === column.name);
    if (existing !== undefined) {
      if (!change.ifNotExists) return refused(15, `Cannot add column ${column.name}: column with this name already exists`);
      return metadata(
        differs(existing, column)
          ? [
              silent("semantics", alreadyThere(table, column), `${column.name} exists as ${existing.type.text} and stays so`, {
                columns: [column.name],
              }),
            ]
          : [],
      );
    }
    if (typeof change.position === "object" && change.position !== null) {
      const { after } = change.position;
      if (!table.columns.some((c) => c.name === after))
        return refused(16, `Wrong column name. Cannot find column ${after} to insert after`);
    }
    const bad = declared(column, table, scene);
    if (bad !== null) return bad;
    const { default: def } = column;
    const dangers: SilentCorruption[] = [];
    if (def?.kind !== "ALIAS" && def?.expression?.volatile === true && hasRows(table.name, scene) && isMergeTree(table)) {
      dangers.push(silent("semantics", count(table.name), VOLATILE, { columns: [column.name] }));
    }
    const overflow = def?.expression === null || def?.expression === undefined ? null : constantFits(def.expression, column.type);
    if (overflow !== null && overflow !== "fails") dangers.push(silent("wraps", null, overflow, { columns: [column.name] }));
    if (scene.together.some((c) => c.kind === "drop-column" && c.column === column.name && c.table === table.name)) {
      dangers.push(
        silent("drops-values", count(table.name), `the values of ${column.name} are gone, every row reads the default`, {
          columns: [column.name],
        }),
      );
    }
    const behind =
      table.forwards?.kind === "distributed" && table.forwards.table !== null ? scene.state.tables.get(table.forwards.table) : undefined;
    if (behind !== undefined && behind.columnsKnown && def?.kind !== "ALIAS" && !behind.columns.some((c) => c.name === column.name)) {
      // Measured on 26.7: SELECT * through it fails with 47, INSERT with 16, until the local table has the column.
      dangers.push(
        silent("unreadable", null, `reading ${column.name} through ${table.name} fails until ${behind.name} has it`, {
          columns: [column.name],
        }),
      );
    }
    if (summed(table, column.type)) {
      dangers.push(silent("semantics", null, `${column.name} is summed when rows of one key are merged`, { columns: [column.name] }));
    } else if (table.engine?.family === "SummingMergeTree" && table.engine.familyArgs.length > 0 && isNumber(column.type)) {
      dangers.push(
        silent("drops-values", null, `${column.name} is not in the engine's list: a merge keeps the value of an arbitrary row`, {
          columns: [column.name],
        }),
      );
    }
    return metadata(dangers);
  },
  "modify-column": (change, scene) => modifyColumn(change, scene),
  "remove-column-property": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    const { table, column } = found;
    const barred = alterable(table, "modify-column");
    if (barred !== null) return barred;
    const missing = (what: string): Outcome => refused(36, `Column ${column.name} doesn't have ${what}, cannot remove it`);
    switch (change.property) {
      case "DEFAULT":
      case "MATERIALIZED":
      case "ALIAS":
      case "EPHEMERAL": {
        if (column.default?.kind !== change.property) return missing(change.property);
        const unwritten = column.since !== null && change.property !== "ALIAS" && hasRows(table.name, scene);
        return metadata(
          unwritten
            ? [
                silent(
                  "semantics",
                  count(table.name),
                  `rows from before ${column.name} was added change from the default's value to the type's`,
                  { columns: [column.name] },
                ),
              ]
            : [],
        );
      }
      case "CODEC":
        return column.codec === null ? missing("CODEC") : metadata();
      case "TTL":
        return column.ttl === null ? missing("TTL") : metadata();
      case "COMMENT":
        return column.comment === null ? missing("COMMENT") : metadata();
      case "SETTINGS":
        return metadata();
      default:
        return change.property satisfies never;
    }
  },
  "modify-column-setting": (change, scene) => plain(change, scene),
  "reset-column-setting": (change, scene) => plain(change, scene),
  "comment-column": (change, scene) => {
    const found = existingColumn(change.table, change.column, change.ifExists, scene);
    if ("outcome" in found) return found.outcome;
    return alterable(found.table, "comment-column") ?? metadata();
  },
};

function plain(change: { readonly table: string; readonly column: string; readonly ifExists: boolean }, scene: Scene): Outcome {
  const found = existingColumn(change.table, change.column, change.ifExists, scene);
  return "outcome" in found ? found.outcome : (alterable(found.table, "modify-column") ?? metadata());
}

type Existing = { readonly table: ClickHouseTable; readonly column: ClickHouseColumn };

/** The column that an ALTER is about, or what the server answers where it is not there. */
export function existingColumn(name: string, column: string, ifExists: boolean, scene: Scene): Existing | { readonly outcome: Outcome } {
  const found = find(name, scene);
  if (!("table" in found)) return { outcome: found.outcome ?? metadata() };
  const at = found.table.columns.find((c) => c.name === column);
  if (at !== undefined) return { table: found.table, column: at };
  if (ifExists || !found.table.columnsKnown) return { outcome: metadata() };
  return { outcome: refused(10, `Wrong column name. Cannot find column ${column} in ${name}`) };
}

function differs(a: ClickHouseColumn, b: ClickHouseColumn): boolean {
  if (a.typeKnown && b.typeKnown && a.type.text !== b.type.text) return true;
  return (
    (a.default?.kind ?? null) !== (b.default?.kind ?? null) || (a.default?.expression?.sql ?? null) !== (b.default?.expression?.sql ?? null)
  );
}

function alreadyThere(table: ClickHouseTable, column: ClickHouseColumn): string {
  const text = (s: string): string => `'${s.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const expression = column.default?.expression?.sql ?? "";
  return `SELECT count() FROM system.columns WHERE database = ${text(table.database)} AND table = ${text(table.table)} AND name = ${text(column.name)} AND (type != ${text(column.type.text)} OR default_kind != ${text(column.default?.kind ?? "")}${expression === "" ? "" : ` OR default_expression != ${text(expression)}`})`;
}

/** What the server refuses in the declaration of a column. */
function declared(column: ClickHouseColumn, table: ClickHouseTable, scene: Scene): Outcome | null {
  const suspicious = suspiciousLowCardinality(column.type);
  if (suspicious !== null && scene.state.session.settings.get("allow_suspicious_low_cardinality_types") !== "1") {
    return refused(455, `Creating columns of type ${suspicious.text} is prohibited by default (SUSPICIOUS_TYPE_FOR_LOW_CARDINALITY)`);
  }
  const codec = column.codec === null ? null : checkCodec(column.codec, column.type);
  if (codec !== null) return refused(codec.code, codec.message);
  const bad = defaultProblem(column, table);
  if (bad !== null) return bad;
  return columnTtlProblem(column, table);
}

function defaultProblem(column: ClickHouseColumn, table: ClickHouseTable): Outcome | null {
  const expression = column.default?.expression ?? null;
  if (expression === null) return null;
  const known = new Set([...table.columns.map((c) => c.name), column.name]);
  const missing = expression.columns.find(
    (c) => !known.has(c) && !known.has(c.split(".")[0] ?? "") && !table.columns.some((t) => t.name.startsWith(`${c}.`)),
  );
  if (missing !== undefined && table.columnsKnown)
    return refused(47, `Missing columns: '${missing}' while processing the default of ${column.name}`);
  if (constantFits(expression, column.type) === "fails")
    return refused(6, `Cannot parse the default of ${column.name} as ${column.type.text}`);
  if (expression.tree !== null && expression.constant === null && column.typeKnown) {
    const type = expressionType(
      expression.tree as Expression,
      (path) => table.columns.find((c) => c.name === path.join("."))?.type ?? null,
    );
    const bare = type === null ? null : refusedConversion(type, column.type);
    if (bare !== null) return refused(bare.code, bare.message);
  }
  return null;
}

const isNumber = (type: ClickHouseType): boolean => /^(?:U?Int\d+|Float\d+|BFloat16|Decimal)$/.test(type.name);

/** SummingMergeTree without a list of columns sums every number outside of its key. */
function summed(table: ClickHouseTable, type: ClickHouseType): boolean {
  return table.engine?.family === "SummingMergeTree" && table.engine.familyArgs.length === 0 && isNumber(type);
}

function modifyColumn(change: ClickHouseChangeOf<"modify-column">, scene: Scene): Outcome {
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
  if (overflow !== null && overflow !== "fails") dangers.push(silent("wraps", null, overflow, { columns: [column.name] }));
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
  if (!isMergeTree(table)) return metadata([...before, ...forwardedType(table, to)]);
  const inKey = keyChange(from, to, table);
  if (inKey !== null) return inKey;
  const conversion = refusedConversion(from.type, to.type);
  const stays = keepsStorage(from.type, to.type);
  if (
    isNullable(from.type) &&
    !isNullable(to.type) &&
    to.default?.expression === undefined &&
    !/^(?:Variant|Dynamic)$/.test(to.type.name)
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
  if (conversion !== null && (!stays || from.type.name.startsWith("Enum"))) return refused(conversion.code, conversion.message);
  const v = quoteIdentifier(name);
  const losses = hasRows(table.name, scene) ? lossesOf(from.type, to.type, v) : [];
  const dangers = [
    ...before,
    ...losses.map((l) => silent(l.kind, l.when === null ? null : count(table.name, l.when), l.what, { columns: [name] })),
  ];
  if (stays) return metadata([...dangers, ...shownOtherwise(from, to, table)]);
  // Measured: a column whose streams depend on its values is written anew together with all others.
  const whole = /\b(?:Map|JSON|Dynamic)\b/.test(from.type.text);
  return mutation(table.name, whole ? storedColumns(table).toSorted() : [name], {
    silent: dangers,
    writes: whole ? "everything" : "columns",
  });
}

/** The bytes stay and are shown as something else. */
function shownOtherwise(from: ClickHouseColumn, to: ClickHouseColumn, table: ClickHouseTable): SilentCorruption[] {
  const a = from.type.name;
  const b = to.type.name;
  if (a === b || a === "SimpleAggregateFunction" || b === "SimpleAggregateFunction") return [];
  if ((a === "UInt8" && b === "Bool") || (a === "Bool" && b === "UInt8")) return [];
  return [
    silent("semantics", count(table.name), `every reader gets ${to.type.text} where it got ${from.type.text}`, { columns: [from.name] }),
  ];
}

/** What a Distributed or Buffer table declares is what its readers get, whatever the table behind it holds. */
function forwardedType(table: ClickHouseTable, to: ClickHouseColumn): SilentCorruption[] {
  return table.forwards?.kind === "distributed"
    ? [
        silent(
          "wraps",
          `SELECT count() FROM (SELECT type FROM system.columns WHERE (database, table, name) = ('${table.forwards.table?.split(".")[0] ?? ""}', '${table.forwards.table?.split(".").slice(1).join(".") ?? ""}', '${to.name}')) WHERE type != '${to.type.text.replaceAll("'", "\\'")}'`,
          "values are cast between the types of the Distributed table and of the table behind it without an error",
          { columns: [to.name] },
        ),
      ]
    : [];
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
  if (projection !== undefined && !safe) return refused(524, `Cannot alter column ${name}: it is used in projection ${projection.name}`);
  if (
    engineColumns(table).includes(name) &&
    table.engine?.family.startsWith("Replacing") === true &&
    !/^(?:U?Int\d+|Date|Date32|DateTime|DateTime64|Enum\d+)$/.test(to.type.name)
  ) {
    return refused(524, `The column ${name} cannot be used as a version column of type ${to.type.text}`);
  }
  const user = usersOf(table, name).find((u) => u.kind === "constraint");
  void user;
  return null;
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
