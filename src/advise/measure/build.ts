import { type Lab, quoteName, quoteText } from "../engine/lab.ts";
import type { TableDefinition } from "../table/definition.ts";

/** How finely a sample is cut so that it has as many granules as the whole table. */
export interface Grain {
  /** `index_granularity` of the copies. */
  readonly rows: number;
  /** `index_granularity_bytes` of the copies. */
  readonly bytes: number;
  /** One granule of a copy stands for so many of the whole table: 1, but where granules could not be made small enough. */
  readonly marks: number;
  /** Rows of the whole table per row of the sample. */
  readonly scale: number;
}

/** Below this, a granule's rows say little about the range of keys that it would span in the whole table. */
const LEAST_ROWS_PER_GRANULE = 4;

/**
 * `index_granularity` scaled with the sample: 10 % of the rows in granules of 819 gave the marks of the whole table in granules of 8192
 * (281 against 279), unscaled granules did not (31).
 * @param total rows of the whole table
 */
export function grainOf(sampled: number, total: number, stated: number, statedBytes: number): Grain {
  const scale = Math.max(1, total / Math.max(1, sampled));
  const rows = Math.max(LEAST_ROWS_PER_GRANULE, Math.round(stated / scale));
  const marks = Math.max(1, (rows * scale) / stated);
  return { rows, bytes: Math.max(1024, Math.round((statedBytes * rows) / stated)), marks, scale };
}

export interface CopyOptions {
  /** `database.table` to create. */
  readonly name: string;
  readonly orderBy: readonly string[];
  readonly grain: Grain;
  /** Columns that hold values; the others are there in name only. Null: all. */
  readonly stored: ReadonlySet<string> | null;
  /** Where the rows are, quoted. */
  readonly from: string;
  /** Parts per partition. */
  readonly parts: number;
  /** Instead of the table's own; null for none. */
  readonly partitionBy?: string | null;
  /** `sizes`: as the table is written, with its codecs. `reads`: uncompressed, for what is read does not depend on it. */
  readonly purpose: "sizes" | "reads" | "estimate";
}

/**
 * Builds a copy of the table under another key.
 * @throws ClickHouseError where the engine refuses such a key
 */
export async function buildCopy(lab: Lab, definition: TableDefinition, options: CopyOptions): Promise<void> {
  await lab.text(createCopy(definition, options));
  // A single part per partition has nothing to be merged with.
  if (options.parts > 1) await lab.text(`SYSTEM STOP MERGES ${options.name}`);
  await fillCopy(lab, definition, options);
}

export function createCopy(definition: TableDefinition, options: CopyOptions): string {
  const { orderBy, grain, stored } = options;
  const isStored = (name: string): boolean => stored === null || stored.has(name);
  const columns = definition.columns.flatMap((column) => {
    const start = `${quoteName(column.name)} ${column.type}`;
    if (column.kind === "ephemeral") return [];
    if (column.kind === "alias") return [`${start} ALIAS ${column.expression ?? `defaultValueOfTypeName(${quoteText(column.type)})`}`];
    if (!isStored(column.name)) return [`${start} ALIAS defaultValueOfTypeName(${quoteText(column.type)})`];
    return [`${start}${options.purpose === "sizes" && column.codec !== null ? ` CODEC(${column.codec})` : ""}`];
  });
  const indexes =
    options.purpose !== "estimate"
      ? definition.indexes.filter((index) => index.columns.every(isStored)).map((index) => `INDEX ${index.text}`)
      : [];
  const partition = options.partitionBy === undefined ? definition.partitionBy : options.partitionBy;
  const args = definition.familyArgs.length > 0 ? `(${definition.familyArgs.join(", ")})` : "";
  const settings = {
    index_granularity: grain.rows,
    index_granularity_bytes: grain.bytes,
    min_bytes_for_wide_part: options.purpose === "sizes" ? 0 : 1_000_000_000_000,
    ...(options.purpose === "sizes" ? {} : { default_compression_codec: "'NONE'" }),
    allow_nullable_key: 1,
    allow_experimental_reverse_key: 1,
    allow_suspicious_indices: 1,
    add_minmax_index_for_numeric_columns: 0,
    add_minmax_index_for_string_columns: 0,
    deduplicate_merge_projection_mode: "'rebuild'",
  };
  return [
    `CREATE TABLE ${options.name} (${[...columns, ...indexes].join(", ")})`,
    `ENGINE = ${definition.family}${args}`,
    partition === null ? "" : `PARTITION BY ${partition}`,
    orderBy.length === 0 ? "ORDER BY tuple()" : `ORDER BY (${orderBy.join(", ")})`,
    `SETTINGS ${Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}`)
      .join(", ")}`,
  ].join("\n");
}

async function fillCopy(lab: Lab, definition: TableDefinition, { name, stored, from, parts }: CopyOptions): Promise<void> {
  const columns = definition.columns
    .filter((column) => column.kind === "stored" && (stored === null || stored.has(column.name)))
    .map((column) => quoteName(column.name));
  const list = columns.join(", ");
  for (let part = 0; part < parts; part++) {
    const share = parts === 1 ? "" : ` WHERE intDiv(_tread_row * ${parts}, (SELECT max(_tread_row) + 1 FROM ${from})) = ${part}`;
    await lab.text(`INSERT INTO ${name} (${list}) SELECT ${list} FROM ${from}${share}`);
  }
}
