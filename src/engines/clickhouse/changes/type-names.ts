/** `system.data_type_families` of 26.7: the aliases (all case-insensitive) and what they stand for. */
const ALIASES = `
BINARY=FixedString INET6=IPv6 INET4=IPv4 NATIONAL_CHAR_VARYING=String BINARY_VARYING=String NCHAR_LARGE_OBJECT=String
NATIONAL_CHARACTER_VARYING=String NATIONAL_CHARACTER_LARGE_OBJECT=String NATIONAL_CHAR=String CHAR_LARGE_OBJECT=String
CHARACTER_VARYING=String NATIONAL_CHARACTER=String LONGBLOB=String CHAR_VARYING=String MEDIUMBLOB=String CLOB=String INTEGER=Int32
LONGTEXT=String MEDIUMTEXT=String SMALLINT=Int16 TINYTEXT=String NVARCHAR=String TINYBLOB=String CHARACTER=String CHAR=String
SMALLINT_UNSIGNED=UInt16 SIGNED=Int64 TIMESTAMP=DateTime BIT=UInt64 FIXED=Decimal BYTE=Int8 VARCHAR=String DEC=Decimal
CHARACTER_LARGE_OBJECT=String DOUBLE_PRECISION=Float64 DOUBLE=Float64 SINGLE=Float32 INTEGER_SIGNED=Int32 REAL=Float32 TINYINT=Int8
BIGINT=Int64 FLOAT=Float32 SET=UInt64 BIGINT_UNSIGNED=UInt64 YEAR=UInt16 INT1=Int8 BLOB=String VARCHAR2=String INT1_UNSIGNED=UInt8
INTEGER_UNSIGNED=UInt32 TEXT=String TINYINT_UNSIGNED=UInt8 NCHAR=String UNSIGNED=UInt64 NCHAR_VARYING=String INT_SIGNED=Int32
BIGINT_SIGNED=Int64 BINARY_LARGE_OBJECT=String SMALLINT_SIGNED=Int16 MEDIUMINT=Int32 MEDIUMINT_UNSIGNED=UInt32 VARBINARY=String
NUMERIC=Decimal BYTEA=String INT=Int32 MEDIUMINT_SIGNED=Int32 BOOLEAN=Bool INT1_SIGNED=Int8 INT_UNSIGNED=UInt32 TINYINT_SIGNED=Int8
GEOMETRY=Geometry`;

/** Families whose name may be written in any case. */
const ANY_CASE =
  "JSON Decimal DateTime Enum Time64 DateTime64 Date Decimal32 Decimal64 Decimal128 Decimal256 DateTime32 Date32 Bool Time".split(" ");

const EXACT = `Dynamic Geometry Polygon Ring Point SimpleAggregateFunction Nested LowCardinality AggregateFunction IPv6 Variant IPv4 UUID
Nullable Nothing QBit Tuple FixedString String Array MultiLineString LineString MultiPolygon Map Enum8 Enum16 Float32 Float64 BFloat16
Int8 Int16 Int32 Int64 Int128 Int256 UInt8 UInt16 UInt32 UInt64 UInt128 UInt256 Object
IntervalNanosecond IntervalMicrosecond IntervalMillisecond IntervalSecond IntervalMinute IntervalHour IntervalDay IntervalWeek
IntervalMonth IntervalQuarter IntervalYear`;

const byLower = new Map<string, string>();
for (const pair of ALIASES.trim().split(/\s+/)) {
  const [alias = "", family = ""] = pair.split("=");
  byLower.set(alias.replaceAll("_", " ").toLowerCase(), family);
}
for (const name of ANY_CASE) byLower.set(name.toLowerCase(), name);
const exact = new Set(EXACT.trim().split(/\s+/));

/** The family behind a written name, or null: error 50. */
export function typeFamily(written: string): string | null {
  if (exact.has(written)) return written;
  return byLower.get(written.replace(/\s+/g, " ").toLowerCase()) ?? null;
}
