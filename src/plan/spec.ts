import type { Column, Relation } from "../model/schema.ts";
import { sqlType } from "./sql.ts";
import type { ColumnSpec } from "./types.ts";

/** What emitters are told of a column as it stands. */
export function columnSpec(table: Relation, name: string): ColumnSpec {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`${table.name} has no column ${name}`);
  return columnSpecOf(column);
}

export function columnSpecOf(column: Column): ColumnSpec {
  const { name } = column;
  const generated = column.generated !== null;
  return {
    name,
    type: sqlType(column.type),
    notNull: column.notNull,
    default: generated || column.default === null || column.default.isNull ? null : column.default.sql,
    identity: column.identity,
    generated:
      generated && column.default !== null
        ? `GENERATED ALWAYS AS (${column.default.sql}) ${column.generated === "virtual" ? "VIRTUAL" : "STORED"}`
        : null,
  };
}
