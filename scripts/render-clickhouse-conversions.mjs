// Writes src/engines/clickhouse/predict/conversion-table.ts: which change of a column's type the engine accepts, asked of chDB pair
// by pair with one row in the table. `node scripts/render-clickhouse-conversions.mjs`, about one minute.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";

const { Session } = createRequire(import.meta.url)("chdb");

/** One type per family, and a value of it. */
const FAMILIES = {
  UInt8: "1",
  UInt16: "1",
  UInt32: "1",
  UInt64: "1",
  UInt128: "1",
  UInt256: "1",
  Int8: "1",
  Int16: "1",
  Int32: "1",
  Int64: "1",
  Int128: "1",
  Int256: "1",
  BFloat16: "1",
  Float32: "1",
  Float64: "1",
  Decimal: ["Decimal(18, 4)", "1"],
  String: "'1'",
  FixedString: ["FixedString(40)", "'1'"],
  Bool: "true",
  Date: "'2026-01-01'",
  Date32: "'2026-01-01'",
  DateTime: "'2026-01-01 00:00:00'",
  DateTime64: ["DateTime64(3)", "'2026-01-01 00:00:00'"],
  Time: "'10:00:00'",
  Time64: ["Time64(3)", "'10:00:00'"],
  UUID: "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
  IPv4: "'1.2.3.4'",
  IPv6: "'::1'",
  Enum8: ["Enum8('a' = 1)", "'a'"],
  Enum16: ["Enum16('a' = 1)", "'a'"],
  Array: ["Array(UInt8)", "[1]"],
  Tuple: ["Tuple(UInt8, UInt8)", "(1, 2)"],
  Map: ["Map(String, UInt8)", "map('a', 1)"],
  JSON: "'{\"a\":1}'",
  Variant: ["Variant(Array(Date), Map(UInt8, UInt8))", "[toDate('2026-01-01')]"],
  Dynamic: "'1'",
  Point: "(1, 2)",
  AggregateFunction: ["AggregateFunction(sum, UInt64)", "arrayReduce('sumState', [toUInt64(1)])"],
};
/** What only one value keeps from being asked: a value that does not convert is no refusal of the statement. */
const NOT_REFUSED = new Set([0, 341]);

const dir = mkdtempSync(join(tmpdir(), "tread-conversions-"));
process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
const session = new Session(dir);
const ask = (sql) => {
  try {
    session.query(sql, "TSV");
    return 0;
  } catch (error) {
    return Number(/Code: (\d+)/.exec(String(error))?.[1] ?? 1);
  }
};
for (const setting of ["enable_time_time64_type", "allow_experimental_time_time64_type"]) ask(`SET ${setting} = 1`);
const names = Object.keys(FAMILIES);
const typeOf = (name) => (Array.isArray(FAMILIES[name]) ? FAMILIES[name][0] : name);
const valueOf = (name) => (Array.isArray(FAMILIES[name]) ? FAMILIES[name][1] : FAMILIES[name]);
const rows = names.map((from) => {
  const codes = names.map((to) => {
    ask("DROP TABLE IF EXISTS t SYNC");
    const made = ask(`CREATE TABLE t (k UInt8, v ${typeOf(from)}) ENGINE = MergeTree ORDER BY k`);
    const filled = ask(`INSERT INTO t SELECT 1, ${valueOf(from)}`);
    if (made !== 0 || filled !== 0) throw new Error(`${from}: ${made} ${filled}`);
    const code = ask(`ALTER TABLE t MODIFY COLUMN v ${typeOf(to)} SETTINGS mutations_sync = 1`);
    return NOT_REFUSED.has(code) ? 0 : code;
  });
  return `  ${from}: [${codes.join(", ")}],`;
});
const text = `// Rendered by scripts/render-clickhouse-conversions.mjs from the answers of chDB 3.4.0 (ClickHouse 26.7.2.1). Do not edit.

/** Families of types in the order of the columns of CONVERSIONS. */
export const CONVERSION_FAMILIES: readonly string[] = ${JSON.stringify(names)};

/** Per family before: the error code that MODIFY COLUMN to each family answers; 0 where it is accepted. */
export const CONVERSIONS: Readonly<Record<string, readonly number[]>> = {
${rows.join("\n")}
};
`;
writeFileSync(new URL("../src/engines/clickhouse/predict/conversion-table.ts", import.meta.url), text);
process.kill(process.pid, "SIGKILL");
