import { ClickHouseError } from "../../engines/clickhouse/embedded/index.ts";
import type { Remark } from "../advice.ts";
import { ROWS } from "../data/rows.ts";
import { type Lab, quoteName, rowsOf, unlessRefused } from "../engine/lab.ts";
import { bytesText } from "../render/bytes.ts";
import type { ColumnDefinition, TableDefinition } from "../table/definition.ts";
import { grouped } from "../../text/numbers.ts";

/** Variants of columns are written for at most so many rows. */
const VARIANT_ROWS = 131_072;
/** A dictionary pays up to about so many values; above 100,000 the server itself stops using one per part. */
const LOW_CARDINALITY = 10_000;
/** A variant is named when it saves this share of its column, and of the table. */
const COLUMN_SHARE = 0.2;
const TABLE_SHARE = 0.03;
const MOST_REMARKS = 6;

interface Variant {
  readonly column: ColumnDefinition;
  readonly name: string;
  readonly type: string;
  readonly codec: string | null;
}

/** Column types and codecs that would be smaller under the chosen key, each written and weighed. @throws EngineCrashed */
export async function columnRemarks(
  lab: Lab,
  definition: TableDefinition,
  orderBy: readonly string[],
  rows: number,
  total: number,
): Promise<Remark[]> {
  const stored = definition.columns.filter((column) => column.kind === "stored");
  const distinct = await distinctOf(lab, stored);
  const variants = stored.flatMap((column) => variantsOf(column, distinct.get(column.name)?.values ?? 0, rows));
  const sizes = await weigh(lab, definition, stored, variants, orderBy, rows);
  const remarks: Remark[] = [];
  if (sizes !== null) {
    const whole = stored.reduce((sum, column) => sum + (sizes.get(column.name) ?? 0), 0);
    const scale = total / Math.min(rows, VARIANT_ROWS);
    const found = stored.flatMap((column) => {
      const now = sizes.get(column.name) ?? 0;
      const [smallest] = variants
        .filter((variant) => variant.column === column)
        .map((variant) => ({ variant, bytes: sizes.get(variant.name) ?? now }))
        .sort((a, b) => a.bytes - b.bytes);
      if (smallest === undefined || now === 0) return [];
      const saved = now - smallest.bytes;
      return saved >= now * COLUMN_SHARE && saved >= whole * TABLE_SHARE ? [{ column, ...smallest, now, saved }] : [];
    });
    for (const { column, variant, bytes, now, saved } of found.sort((a, b) => b.saved - a.saved).slice(0, MOST_REMARKS)) {
      const values = distinct.get(column.name)?.values ?? 0;
      const isType = variant.type !== column.type;
      remarks.push({
        kind: isType ? "low-cardinality" : "codec",
        text: isType
          ? `${column.name} as ${variant.type} (${grouped(values)} different values in the sample): ${bytesText(now * scale)} → ${bytesText(bytes * scale)} on disk.`
          : `${column.name} with CODEC(${variant.codec ?? ""}) instead of ${column.codec === null ? "the default" : `CODEC(${column.codec})`}: ${bytesText(now * scale)} → ${bytesText(bytes * scale)} on disk, ${Math.round((saved / whole) * 100)} % of the table. Changing a codec is metadata only; parts keep the old one until they are merged or written again.`,
        from: "sample",
      });
    }
  }
  for (const column of stored) {
    const values = distinct.get(column.name)?.values ?? 0;
    if (column.type.startsWith("LowCardinality(") && values > 100_000 && values > rows / 4)
      remarks.push({
        kind: "low-cardinality",
        text: `${column.name} is ${column.type} with ${grouped(values)} different values among ${grouped(rows)} sampled rows: a dictionary of that size costs more than it saves.`,
        from: "sample",
      });
  }
  const never = stored
    .filter((column) => column.type.includes("Nullable(") && distinct.get(column.name)?.nulls === 0)
    .map(({ name }) => name);
  if (never.length > 0)
    remarks.push({
      kind: "nullable",
      text: `${never.join(", ")}: Nullable, and not one NULL among ${grouped(rows)} sampled rows. A Nullable column stores a mask beside its values, and a key with one needs allow_nullable_key.`,
      from: "sample",
    });
  return remarks;
}

async function distinctOf(lab: Lab, columns: readonly ColumnDefinition[]): Promise<ReadonlyMap<string, { values: number; nulls: number }>> {
  const counted = columns.filter(({ type }) => !/^(?:AggregateFunction|JSON|Dynamic|Variant|Object)/.test(type));
  const text = await unlessRefused(
    lab.text(
      `SELECT ${counted.map(({ name }) => `uniq(${quoteName(name)}), countIf(isNull(${quoteName(name)}))`).join(", ")} FROM ${ROWS}`,
    ),
  );
  if (text instanceof ClickHouseError) return new Map();
  const numbers = (rowsOf(text)[0] ?? []).map(Number);
  return new Map(counted.map(({ name }, i) => [name, { values: numbers[2 * i] ?? 0, nulls: numbers[2 * i + 1] ?? 0 }]));
}

function variantsOf(column: ColumnDefinition, values: number, rows: number): Variant[] {
  const variant = (index: number, type: string, codec: string | null): Variant => ({
    column,
    name: `${column.name}__tread_${index}`,
    type,
    codec,
  });
  const plain = /^(?:LowCardinality\()?(?:Nullable\()?(\w+)/.exec(column.type)?.[1] ?? column.type;
  const isDictionary = column.type.startsWith("LowCardinality(");
  const found: Variant[] = [];
  if (!isDictionary && plain === "String") {
    if (values > 0 && values <= LOW_CARDINALITY && values * 20 <= rows) found.push(variant(0, `LowCardinality(${column.type})`, null));
    found.push(variant(1, column.type, "ZSTD(1)"));
  } else if (
    !isDictionary &&
    /^(?:Date|DateTime|DateTime64|Date32|U?Int(?:16|32|64)|IPv4)$/.test(plain) &&
    !column.type.startsWith("Nullable(")
  ) {
    found.push(
      variant(0, column.type, "ZSTD(1)"),
      variant(1, column.type, "Delta, ZSTD(1)"),
      variant(2, column.type, "DoubleDelta, ZSTD(1)"),
    );
    if (plain !== "IPv4") found.push(variant(3, column.type, "T64, ZSTD(1)"));
  } else if (/^(?:Float32|Float64)$/.test(plain) && !column.type.startsWith("Nullable(")) {
    found.push(variant(0, column.type, "ZSTD(1)"), variant(1, column.type, "Gorilla, ZSTD(1)"));
  } else if (!isDictionary) found.push(variant(0, column.type, "ZSTD(1)"));
  return found;
}

/** Compressed bytes of every column and variant in one table in the order of the key; null where it could not be written. */
async function weigh(
  lab: Lab,
  definition: TableDefinition,
  stored: readonly ColumnDefinition[],
  variants: readonly Variant[],
  orderBy: readonly string[],
  rows: number,
): Promise<ReadonlyMap<string, number> | null> {
  // A variant that the engine refuses (a codec for another type) must not cost the others.
  const usable: Variant[] = [];
  for (const variant of variants) {
    const fits = await unlessRefused(
      lab.text(
        `CREATE TEMPORARY TABLE tread_v (v ${variant.type}${variant.codec === null ? "" : ` CODEC(${variant.codec})`}) ENGINE = MergeTree ORDER BY tuple()`,
      ),
    );
    if (fits instanceof ClickHouseError) continue;
    usable.push(variant);
    await lab.text("DROP TABLE tread_v");
  }
  const columns = [
    ...stored.map(({ name, type, codec }) => `${quoteName(name)} ${type}${codec === null ? "" : ` CODEC(${codec})`}`),
    ...usable.map(({ name, type, codec }) => `${quoteName(name)} ${type}${codec === null ? "" : ` CODEC(${codec})`}`),
  ];
  const table = "tread_sample.variants";
  const made = await unlessRefused(
    lab.text(
      `CREATE TABLE ${table} (${columns.join(", ")}) ENGINE = MergeTree ${definition.partitionBy === null ? "" : `PARTITION BY ${definition.partitionBy}`} ORDER BY (${orderBy.join(", ")}) SETTINGS allow_nullable_key = 1, min_bytes_for_wide_part = 0`,
    ),
  );
  if (made instanceof ClickHouseError) return null;
  const thin = rows <= VARIANT_ROWS ? "" : ` WHERE cityHash64(_tread_row, 13) % ${rows} < ${VARIANT_ROWS}`;
  const filled = await unlessRefused(
    lab.text(
      `INSERT INTO ${table} (${[...stored, ...usable].map(({ name }) => quoteName(name)).join(", ")}) SELECT ${[...stored.map(({ name }) => name), ...usable.map(({ column }) => column.name)].map(quoteName).join(", ")} FROM ${ROWS}${thin}`,
    ),
  );
  const sizes =
    filled instanceof ClickHouseError
      ? null
      : new Map(
          rowsOf(
            await lab.text(
              "SELECT column, sum(column_data_compressed_bytes) FROM system.parts_columns WHERE active AND database = 'tread_sample' AND table = 'variants' GROUP BY column",
            ),
          ).map(([column, bytes]) => [column ?? "", Number(bytes)]),
        );
  await lab.text(`DROP TABLE ${table} SYNC`);
  return sizes;
}
