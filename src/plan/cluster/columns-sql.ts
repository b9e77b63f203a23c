import type { ClickHouseColumn } from "../../model/clickhouse/schema.ts";
import type { ColumnChange } from "./intents.ts";
import { quotedName } from "./intents.ts";

/** A column as it stands in ADD COLUMN of a table that keeps no rows itself: codec, TTL and statistics belong to the table that does. */
export function passingColumn(column: ClickHouseColumn): string {
  const parts = [quotedName(column.name)];
  if (column.typeKnown) parts.push(column.type.text);
  if (column.default !== null) {
    parts.push(column.default.kind);
    if (column.default.expression !== null) parts.push(column.default.expression.sql);
  }
  if (column.comment !== null && column.comment !== "") parts.push(`COMMENT ${text(column.comment)}`);
  return parts.join(" ");
}

function text(value: string): string {
  return `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

/**
 * The command for a Distributed or Buffer table, or null where the change is about how rows are kept and such a table has none of it.
 * @param has whether the table has a column of this name, for AFTER
 */
export function passingCommand(change: ColumnChange, has: (column: string) => boolean): string | null {
  switch (change.kind) {
    case "add-column": {
      const { position } = change;
      const place =
        position === "first" ? " FIRST" : position === null || !has(position.after) ? "" : ` AFTER ${quotedName(position.after)}`;
      return `ADD COLUMN ${passingColumn(change.column)}${place}`;
    }
    case "drop-column":
      return `DROP COLUMN ${quotedName(change.column)}`;
    case "rename-column":
      return `RENAME COLUMN ${quotedName(change.column)} TO ${quotedName(change.to)}`;
    case "modify-column": {
      const parts: string[] = [];
      if (change.type !== null) parts.push(change.type.text);
      if (change.default !== null) {
        parts.push(change.default.kind);
        if (change.default.expression !== null) parts.push(change.default.expression.sql);
      }
      if (change.comment !== null) parts.push(`COMMENT ${text(change.comment)}`);
      if (parts.length === 0) return change.addEnumValues === null ? null : enumCommand(change);
      return `MODIFY COLUMN ${quotedName(change.column)} ${parts.join(" ")}`;
    }
    case "comment-column":
      return `COMMENT COLUMN ${quotedName(change.column)} ${text(change.comment)}`;
    case "remove-column-property":
      return change.property === "CODEC" || change.property === "TTL" || change.property === "SETTINGS"
        ? null
        : `MODIFY COLUMN ${quotedName(change.column)} REMOVE ${change.property}`;
    case "modify-column-setting":
    case "reset-column-setting":
      return null;
    default:
      return change satisfies never;
  }
}

function enumCommand(change: Extract<ColumnChange, { kind: "modify-column" }>): string {
  const values = (change.addEnumValues ?? []).map(({ label, value }) => (value === null ? text(label) : `${text(label)} = ${value}`));
  return `MODIFY COLUMN ${quotedName(change.column)} ADD ENUM VALUES (${values.join(", ")})`;
}

/** The command for the table with the rows: as written, without a place behind a column that this table lacks. */
export function keepingCommand(change: ColumnChange, written: string, has: (column: string) => boolean): string {
  if (change.kind !== "add-column" || change.position === null || change.position === "first" || has(change.position.after)) return written;
  return written.replace(/\s+AFTER\s+(?:`[^`]*`|"[^"]*"|[\w.]+)\s*$/i, "");
}
