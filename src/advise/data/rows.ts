import { quoteName } from "../engine/lab.ts";
import type { TableDefinition } from "../table/definition.ts";

/** The sampled rows, in the order in which they came. */
export const ROWS = "tread_sample.rows";

export interface Loaded {
  /** Rows in the lab. */
  readonly rows: number;
  /** Rows that the file or the server had. */
  readonly inFile: number;
  /** Stored columns of the table for which there was nothing: they hold defaults. */
  readonly missing: readonly string[];
}

export function rowsTable(definition: TableDefinition): string {
  const columns = definition.columns
    .filter((column) => column.kind === "stored")
    .map((column) => `${quoteName(column.name)} ${column.type}`);
  return `CREATE TABLE ${ROWS} (${columns.join(", ")}, _tread_row UInt64) ENGINE = MergeTree ORDER BY tuple()`;
}
