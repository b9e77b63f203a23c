import type { ClickHouseChangeOf, Position } from "../change.ts";
import type { ClickHouseColumn, ClickHouseExpression, ClickHouseTable, EnumValue } from "../schema.ts";
import { editColumn, editTable, type Handlers } from "./store.ts";
import { enumTypeText } from "./enums.ts";

type ColumnKind =
  | "add-column"
  | "drop-column"
  | "clear-column"
  | "modify-column"
  | "remove-column-property"
  | "modify-column-setting"
  | "reset-column-setting"
  | "rename-column"
  | "comment-column"
  | "materialize-column"
  | "statistics";

export const columnHandlers: Handlers<ColumnKind> = {
  "add-column": (change, state, origin) =>
    editTable(state, change.table, (table) => {
      if (table.columns.some((c) => c.name === change.column.name)) return table;
      const kept = table.engine?.family.endsWith("MergeTree") === true || table.kind !== "table";
      const column = { ...change.column, since: kept && change.column.default?.kind !== "ALIAS" ? origin : null };
      return { ...table, columns: placed(table.columns, column, change.position) };
    }),
  "drop-column": (change, state) =>
    editTable(state, change.table, (table) => {
      const prefix = `${change.column}.`;
      const whole = !table.columns.some((c) => c.name === change.column);
      // DROP COLUMN n takes a flattened Nested as a whole.
      return { ...table, columns: table.columns.filter((c) => c.name !== change.column && !(whole && c.name.startsWith(prefix))) };
    }),
  "clear-column": (_change, state) => state,
  "modify-column": (change, state) =>
    editTable(state, change.table, (table) => {
      const changed = editColumn(table, change.column, (c) => modified(c, change));
      return change.position === null ? changed : moved(changed, change.column, change.position);
    }),
  "remove-column-property": (change, state) =>
    editTable(state, change.table, (table) =>
      editColumn(table, change.column, (c) => {
        switch (change.property) {
          case "DEFAULT":
          case "MATERIALIZED":
          case "ALIAS":
          case "EPHEMERAL":
            return c.default?.kind === change.property ? { ...c, default: null } : c;
          case "COMMENT":
            return { ...c, comment: null };
          case "CODEC":
            return { ...c, codec: null };
          case "TTL":
            return { ...c, ttl: null };
          case "SETTINGS":
            return { ...c, settings: new Map() };
          default:
            return change.property satisfies never;
        }
      }),
    ),
  "modify-column-setting": (change, state) =>
    editTable(state, change.table, (table) =>
      editColumn(table, change.column, (c) => ({ ...c, settings: new Map([...(c.settings ?? []), ...change.set]) })),
    ),
  "reset-column-setting": (change, state) =>
    editTable(state, change.table, (table) =>
      editColumn(table, change.column, (c) => ({
        ...c,
        settings: new Map([...(c.settings ?? [])].filter(([name]) => !change.names.includes(name))),
      })),
    ),
  "rename-column": (change, state) =>
    editTable(state, change.table, (table) =>
      table.columns.some((c) => c.name === change.to) ? table : renamed(table, change.column, change.to),
    ),
  "comment-column": (change, state) =>
    editTable(state, change.table, (table) => editColumn(table, change.column, (c) => ({ ...c, comment: change.comment }))),
  "materialize-column": (change, state) =>
    change.partition !== null
      ? state
      : editTable(state, change.table, (table) => editColumn(table, change.column, (c) => ({ ...c, since: null }))),
  statistics: (change, state) =>
    editTable(state, change.table, (table) => ({
      ...table,
      columns: table.columns.map((c) => {
        if (change.columns.length > 0 && !change.columns.includes(c.name)) return c;
        if (change.action === "add") return { ...c, statistics: [...new Set([...c.statistics, ...change.types])] };
        if (change.action === "modify") return { ...c, statistics: change.types };
        return change.action === "drop" ? { ...c, statistics: [] } : c;
      }),
    })),
};

function placed(columns: readonly ClickHouseColumn[], column: ClickHouseColumn, position: Position): readonly ClickHouseColumn[] {
  if (position === "first") return [column, ...columns];
  const at = position === null ? -1 : columns.findIndex((c) => c.name === position.after);
  return at === -1 ? [...columns, column] : [...columns.slice(0, at + 1), column, ...columns.slice(at + 1)];
}

function moved(table: ClickHouseTable, name: string, position: Position): ClickHouseTable {
  const column = table.columns.find((c) => c.name === name);
  return column === undefined
    ? table
    : {
        ...table,
        columns: placed(
          table.columns.filter((c) => c !== column),
          column,
          position,
        ),
      };
}

/** Only what is mentioned changes; measured (CH047): a type alone keeps DEFAULT, CODEC and COMMENT. */
function modified(c: ClickHouseColumn, change: ClickHouseChangeOf<"modify-column">): ClickHouseColumn {
  const added = change.addEnumValues === null ? null : withEnumValues(c, change.addEnumValues);
  const type = change.type ?? added ?? c.type;
  return {
    ...c,
    type,
    typeKnown: change.type !== null || c.typeKnown,
    default: change.default ?? c.default,
    codec: change.codec ?? c.codec,
    ttl: change.ttl ?? c.ttl,
    comment: change.comment ?? c.comment,
    statistics: change.statistics ?? c.statistics,
    ...(change.columnSettings === null ? {} : { settings: change.columnSettings }),
    // A change of the stored type writes the column of every part.
    since: change.type !== null && change.type.text !== c.type.text ? null : c.since,
  };
}

export function withEnumValues(
  column: ClickHouseColumn,
  values: NonNullable<ClickHouseChangeOf<"modify-column">["addEnumValues"]>,
): ClickHouseColumn["type"] | null {
  const { type } = column;
  if (type.name !== "Enum8" && type.name !== "Enum16") return null;
  const all: EnumValue[] = [...type.enumValues];
  for (const v of values) {
    const value = v.value ?? Math.max(0, ...all.map((a) => a.value)) + 1;
    if (!all.some((a) => a.label === v.label)) all.push({ label: v.label, value });
  }
  const enumValues = all.toSorted((a, b) => a.value - b.value);
  return { ...type, enumValues, text: enumTypeText(type.name, enumValues) };
}

/** A rename follows into the table's own defaults, keys, TTL, indexes, constraints and projections. */
function renamed(table: ClickHouseTable, from: string, to: string): ClickHouseTable {
  const expression = (e: ClickHouseExpression): ClickHouseExpression => {
    if (!e.columns.includes(from)) return e;
    const name = new RegExp(`(?<![\\w.\`])\`?${from.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\`?(?![\\w\`(])`, "g");
    return { ...e, sql: e.sql.replace(name, () => to), columns: e.columns.map((c) => (c === from ? to : c)), tree: null };
  };
  const key = <T extends { expression: ClickHouseExpression }>(parts: readonly T[]): readonly T[] =>
    parts.map((p) => ({ ...p, expression: expression(p.expression) }));
  return {
    ...table,
    columns: table.columns.map((c) => ({
      ...c,
      name: c.name === from ? to : c.name,
      default:
        c.default === null || c.default.expression === null ? c.default : { ...c.default, expression: expression(c.default.expression) },
      ttl: c.ttl === null ? null : expression(c.ttl),
    })),
    indexes: key(table.indexes),
    constraints: key(table.constraints),
    ttl: key(table.ttl),
  };
}
