import { ClickHouseError, type EmbeddedClickHouse } from "../../../engines/clickhouse/embedded/index.ts";
import { parseScript } from "../../../engines/clickhouse/parse/index.ts";
import { type ColumnFacts, insertable, quoted, quoteName, type TableFacts } from "../catalogue.ts";
import { oneRow } from "../observe/one-row.ts";
import { probeValue } from "../probe-value.ts";
import { boundaryValues } from "./boundary.ts";
import { bulkExpression, type Spread } from "./bulk.ts";

/** Seeds must go in whatever they are: many partitions, rows that an engine would collapse at once. */
const SETTINGS = {
  max_partitions_per_insert_block: 0,
  throw_on_max_partitions_per_insert_block: 0,
  optimize_on_insert: 0,
  async_insert: 0,
  allow_suspicious_types_in_order_by: 1,
  date_time_overflow_behavior: "ignore",
} as const;

/** Formats of parts: of a compact one every mutation writes all columns, of a wide one only those that it concerns. */
export type PartFormat = "wide" | "compact";

export interface FillOptions {
  readonly rows: number;
  readonly formats: readonly PartFormat[];
  readonly spread: (column: ColumnFacts, position: number) => Spread;
  /** The type that a statement under judgement gives the column. */
  readonly becomes: (column: ColumnFacts) => string | null;
}

/**
 * Ordinary rows, one part per format (and partition). @returns what could not be done, or null
 * @throws EngineCrashed
 */
export async function fillOrdinary(engine: EmbeddedClickHouse, table: TableFacts, options: FillOptions): Promise<string | null> {
  const columns = insertable(table);
  if (columns.length === 0) return "it has no columns that take values";
  const special = specialColumns(table);
  const valuesWith = (most: number): string[] =>
    columns.map((column, at) => {
      const spread = options.spread(column, at);
      const own = column.inPartitionKey ? { ...spread, distinct: Math.min(spread.distinct, most) } : spread;
      return special.get(column.name) ?? bulkExpression(column.type, own, options.becomes(column));
    });
  const free = valuesWith(Number.POSITIVE_INFINITY);
  const values = (await partitionsOf(engine, table, columns, free, options.rows)) > MOST_PARTITIONS ? valuesWith(FEW_PARTITIONS) : free;
  const share = Math.max(1, Math.ceil(options.rows / options.formats.length));
  return inFormats(engine, table, options.formats, (format) => {
    const offset = options.formats.indexOf(format) * share;
    return insertSelect(engine, table, columns, `SELECT ${values.join(", ")} FROM numbers(${offset}, ${share})`);
  });
}

/** Every partition is a part to write: 10,000 rows in as many partitions take minutes. */
const MOST_PARTITIONS = 60;
const FEW_PARTITIONS = 12;

async function partitionsOf(
  engine: EmbeddedClickHouse,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  values: readonly string[],
  rows: number,
): Promise<number> {
  if (table.partitionKey === "") return 1;
  const given = columns.map(({ name }, at) => `${values[at] ?? "NULL"} AS ${quoteName(name)}`);
  const row = await oneRow(
    engine,
    `SELECT uniq(${table.partitionKey}) AS partitions FROM (SELECT ${given.join(", ")} FROM numbers(${rows}))`,
  );
  return Number(row?.["partitions"] ?? 1);
}

/** One row per boundary value, in every format: every column steps through the boundaries of its type. */
export async function fillBoundary(engine: EmbeddedClickHouse, table: TableFacts, formats: readonly PartFormat[]): Promise<string | null> {
  const columns = insertable(table);
  const special = specialColumns(table);
  const each = columns.map((column) => {
    // One partition: the type of its column cannot change, and every further one is a part to write.
    const fixed = special.get(column.name) ?? (column.inPartitionKey ? probeValue(column.type) : null);
    return fixed === null ? boundaryValues(column.type) : [fixed];
  });
  const rows = Math.max(0, ...each.map((values) => values.length));
  if (rows === 0) return null;
  const values = columns.map((column, i) => Array.from({ length: rows }, (_, at) => valueAt(column, each[i] ?? [], at)));
  const constraints = constraintsOf(table);
  // One array per column: a query with as many SELECTs as rows takes the engine half a second to analyse.
  const select = (from: number, to: number): string => {
    const outputs = columns.map(
      (column, i) => `${as(`[${(values[i] ?? []).slice(from, to).join(", ")}][number + 1]`, column)} AS ${quoteName(column.name)}`,
    );
    return `SELECT * FROM (SELECT ${outputs.join(", ")} FROM numbers(${to - from}))${constraints.length === 0 ? "" : ` WHERE ${constraints.join(" AND ")}`}`;
  };
  return inFormats(engine, table, formats, () => insertRange(engine, table, columns, select, 0, rows));
}

/** Rows that a constraint forbids cannot be there. */
function constraintsOf(table: TableFacts): string[] {
  const [parsed] = parseScript(table.create);
  if (parsed?.statement.kind !== "create-table") return [];
  return (parsed.statement.elements?.constraints ?? [])
    .filter(({ kind }) => kind === "check")
    .map(({ expression: { at } }) => `(${parsed.text.slice(at.start - parsed.at.start, at.end - parsed.at.start)})`);
}

/** The arrays of a Nested column have one length, so an element stands in all of them or in none. */
function valueAt(column: ColumnFacts, values: readonly string[], at: number): string {
  if (values.length === 0) return `defaultValueOfTypeName('${column.type.replaceAll("'", "\\'")}')`;
  const value = values[at % values.length] ?? "NULL";
  if (!column.name.includes(".") || !column.type.startsWith("Array(")) return value;
  const filled = values.filter((one) => one !== "[]");
  return at % 3 === 0 || filled.length === 0 ? "[]" : (filled[at % filled.length] ?? "[]");
}

function as(expression: string, column: ColumnFacts): string {
  return column.type.startsWith("AggregateFunction") ? expression : `CAST(${expression} AS ${column.type})`;
}

/** What does not go in together (a value that a type refuses) goes in by halves, or not at all. */
async function insertRange(
  engine: EmbeddedClickHouse,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  select: (from: number, to: number) => string,
  from: number,
  to: number,
): Promise<string | null> {
  const failed = await insertSelect(engine, table, columns, select(from, to));
  if (failed === null || to - from <= 1) return failed;
  const half = Math.ceil((from + to) / 2);
  const first = await insertRange(engine, table, columns, select, from, half);
  return (await insertRange(engine, table, columns, select, half, to)) ?? first;
}

async function insertSelect(
  engine: EmbeddedClickHouse,
  table: TableFacts,
  columns: readonly ColumnFacts[],
  select: string,
): Promise<string | null> {
  try {
    await engine.query(`INSERT INTO ${quoted(table)} (${columns.map(({ name }) => quoteName(name)).join(", ")}) ${select}`, {
      settings: SETTINGS,
    });
    return null;
  } catch (error) {
    if (error instanceof ClickHouseError) return error.message;
    throw error;
  }
}

async function inFormats(
  engine: EmbeddedClickHouse,
  table: TableFacts,
  formats: readonly PartFormat[],
  insert: (format: PartFormat) => Promise<string | null>,
): Promise<string | null> {
  if (!table.engine.endsWith("MergeTree")) return insert(formats[0] ?? "wide");
  const settings = ["min_bytes_for_wide_part", "min_rows_for_wide_part"];
  // Put back as it was written: RESET would also take away what the table's own definition says.
  const own = settings.map((name) => ({ name, value: new RegExp(`\\b${name} = (\\d+)`).exec(table.engineFull)?.[1] ?? null }));
  let failed: string | null = null;
  for (const format of formats) {
    await engine.query(
      `ALTER TABLE ${quoted(table)} MODIFY SETTING min_bytes_for_wide_part = ${format === "wide" ? 0 : 10 ** 15}, min_rows_for_wide_part = 0`,
    );
    failed = (await insert(format)) ?? failed;
  }
  for (const { name, value } of own) {
    await engine.query(`ALTER TABLE ${quoted(table)} ${value === null ? `RESET SETTING ${name}` : `MODIFY SETTING ${name} = ${value}`}`);
  }
  return failed;
}

/** Columns that an engine gives a meaning: a sign is 1 or -1, a deletion mark 0 or 1. */
function specialColumns(table: TableFacts): ReadonlyMap<string, string> {
  const args =
    /^\w+\(([^)]*)\)/
      .exec(table.engineFull)?.[1]
      ?.split(",")
      .map((name) => name.trim().replaceAll("`", "")) ?? [];
  if (table.engine.endsWith("CollapsingMergeTree") && args[0] !== undefined) return new Map([[args[0], "1"]]);
  if (table.engine.endsWith("ReplacingMergeTree") && args[1] !== undefined) return new Map([[args[1], "0"]]);
  return new Map();
}
