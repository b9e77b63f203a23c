import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import type { Expression } from "../parse/ast.ts";
import { bareType, canonicalType, decimalOf, isNullable, simpleType, wrapType } from "./types.ts";

/** Finds the type of a column by its path, or null. */
export type ColumnTypes = (path: readonly string[]) => ClickHouseType | null;

const named = (functions: string, type: string): [string, string][] =>
  functions
    .trim()
    .split(/\s+/)
    .map((f) => [f.toLowerCase(), type]);

/** Functions whose type does not depend on their arguments, except that NULL in makes NULL possible. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ...named(
    "toUInt8 toMonth toDayOfMonth toDayOfWeek toHour toMinute toSecond toQuarter toWeek toISOWeek equals notEquals less greater lessOrEquals greaterOrEquals and or not xor in notIn globalIn globalNotIn like notLike ilike notILike match startsWith endsWith has hasAll hasAny hasToken isNull isNotNull empty notEmpty isNaN isFinite isInfinite dictHas JSONHas arrayExists arrayAll positionUTF8Present month dayofmonth hour minute second",
    "UInt8",
  ),
  ...named("toUInt16 toYear toISOYear toDayOfYear year", "UInt16"),
  ...named(
    "toUInt32 toYYYYMM toYYYYMMDD toUnixTimestamp IPv4StringToNum rand rand32 crc32 xxHash32 murmurHash2_32 murmurHash3_32 javaHash",
    "UInt32",
  ),
  ...named(
    "toUInt64 count countIf uniq uniqIf uniqExact uniqExactIf uniqCombined uniqCombined64 uniqHLL12 uniqTheta approx_count_distinct length char_length character_length lengthUTF8 cityHash64 sipHash64 xxHash64 farmHash64 metroHash64 intHash64 murmurHash2_64 murmurHash3_64 halfMD5 rand64 position positionUTF8 toYYYYMMDDhhmmss JSONLength JSONExtractUInt indexOf countEqual bitCount",
    "UInt64",
  ),
  ...named("toInt8", "Int8"),
  ...named("toInt16", "Int16"),
  ...named("toInt32", "Int32"),
  ...named("toInt64 JSONExtractInt dateDiff date_diff toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano", "Int64"),
  ...named("toInt128", "Int128"),
  ...named("toInt256", "Int256"),
  ...named("toUInt128 sipHash128", "UInt128"),
  ...named("toUInt256", "UInt256"),
  ...named("toFloat32", "Float32"),
  ...named(
    "toFloat64 divide avg avgIf avgWeighted stddevPop stddevSamp varPop varSamp sqrt exp log log2 log10 pow power sin cos tan atan corr covarPop covarSamp quantile median quantileTDigest JSONExtractFloat randCanonical e pi",
    "Float64",
  ),
  ...named(
    "toString lower upper lowerUTF8 upperUTF8 concat substring substr substringUTF8 left right trim trimLeft trimRight trimBoth ltrim rtrim replace replaceAll replaceOne replaceRegexpAll replaceRegexpOne format hex unhex base64Encode base64Decode domain domainWithoutWWW topLevelDomain path protocol cutToFirstSignificantSubdomain firstSignificantSubdomain extractURLParameter queryString fragment JSONExtractString JSONExtractRaw JSONExtractKeysRaw visitParamExtractString simpleJSONExtractString visitParamExtractRaw simpleJSONExtractRaw extract toJSONString formatDateTime dateName monthName UUIDNumToString IPv4NumToString IPv6NumToString hostName currentUser currentDatabase version toTypeName reverse repeat leftPad rightPad decodeURLComponent encodeURLComponent arrayStringConcat randomString MD5Hex",
    "String",
  ),
  ...named("JSONExtractBool", "Bool"),
  ...named("toBool", "Bool"),
  ...named("toDate today yesterday curdate current_date toMonday", "Date"),
  ...named("toDate32", "Date32"),
  ...named("now nowInBlock fromUnixTimestamp", "DateTime"),
  ...named("toUUID generateUUIDv4 generateUUIDv7", "UUID"),
  ...named("toIPv4", "IPv4"),
  ...named("toIPv6", "IPv6"),
]);

/** The answer is never NULL, whatever goes in. */
const NEVER_NULL = /^(?:count|countif|uniq|isnull|isnotnull|now|today|rand|generate|cityhash|siphash|xxhash|farmhash|tojson|in$|notin$)/;
const SAME = new Set(
  "min max any anylast first_value last_value minif maxif anyif anylastif argmin argmax argminif argmaxif identity materialize greatest least abs floor ceil round anyheavy tolastdayofmonth addseconds subtractseconds reverse arraysort arrayreverse arraydistinct arraycompact".split(
    " ",
  ),
);
const WIDTHS = /^(U?)Int(\d+)$/;

/** The type of an expression where it can be told; null elsewhere. */
export function expressionType(e: Expression, columns: ColumnTypes): ClickHouseType | null {
  switch (e.kind) {
    case "literal":
      switch (e.value.type) {
        case "string":
          return simpleType("String");
        case "boolean":
          return simpleType("Bool");
        case "null":
          return wrapType("Nullable", simpleType("Nothing"));
        case "number":
          return numberType(e.value.text);
        default:
          return e.value satisfies never;
      }
    case "identifier":
      return columns(e.parts.map((p) => p.text));
    case "cast": {
      const { type, refused } = canonicalType(e.type);
      return refused === null ? type : null;
    }
    case "function":
      return functionType(e, columns);
    case "lambda":
    case "subquery":
    case "asterisk":
    case "columns":
    case "parameter":
      return null;
    default:
      return e satisfies never;
  }
}

/** The narrowest type that holds a literal. */
export function numberType(text: string): ClickHouseType {
  if (!/^-?\d+$/.test(text)) return simpleType(/^-?0x[0-9a-f]+$/i.test(text) ? "UInt64" : "Float64");
  const value = BigInt(text);
  const bits = [8, 16, 32, 64] as const;
  const fits = value < 0n ? bits.find((b) => value >= -(1n << BigInt(b - 1))) : bits.find((b) => value < 1n << BigInt(b));
  if (fits === undefined) return simpleType(value < 0n ? "Int128" : "UInt128");
  return simpleType(value < 0n ? `Int${fits}` : `UInt${fits}`);
}

function functionType(e: Extract<Expression, { kind: "function" }>, columns: ColumnTypes): ClickHouseType | null {
  const name = e.name.toLowerCase();
  const first = e.arguments[0];
  const argument = first === undefined ? null : expressionType(first, columns);
  const anyNull = (): boolean =>
    e.arguments.some((a) => {
      const type = expressionType(a, columns);
      return type !== null && isNullable(type);
    });
  const nullable = (type: ClickHouseType): ClickHouseType => (anyNull() && !NEVER_NULL.test(name) ? wrapType("Nullable", type) : type);

  const fixed = FIXED.get(name);
  if (fixed !== undefined) return nullable(simpleType(fixed));
  if (/^to(?:u?int\d+|float\d+|date|datetime)orzero$/.test(name)) return simpleType(FIXED.get(name.slice(0, -6)) ?? "DateTime");
  if (/^to(?:u?int\d+|float\d+|date|uuid|ipv4|ipv6)ornull$/.test(name)) {
    const base = FIXED.get(name.slice(0, -6));
    return base === undefined ? null : wrapType("Nullable", simpleType(base));
  }
  switch (name) {
    case "todatetime":
    case "tostartofhour":
    case "tostartofday":
    case "tostartofminute":
    case "tostartoffiveminutes":
    case "tostartoffifteenminutes":
    case "tostartoftenminutes":
      return nullable(
        dateTimeIn(e.arguments[1]) ??
          (argument !== null && bareType(argument).name === "DateTime" ? bareType(argument) : simpleType("DateTime")),
      );
    case "todatetime64":
    case "now64": {
      const scaleAt = e.arguments[name === "now64" ? 0 : 1];
      const scale = scaleAt?.kind === "literal" && scaleAt.value.type === "number" ? Number(scaleAt.value.text) : 3;
      const zone = e.arguments[name === "now64" ? 1 : 2];
      const timeZone = zone?.kind === "literal" && zone.value.type === "string" ? zone.value.value : null;
      return nullable(
        simpleType("DateTime64", {
          text: timeZone === null ? `DateTime64(${scale})` : `DateTime64(${scale}, '${timeZone}')`,
          numbers: [scale],
          timeZone,
        }),
      );
    }
    case "tostartofmonth":
    case "tostartofyear":
    case "tostartofquarter":
    case "tostartofweek":
      return nullable(simpleType("Date"));
    case "sum":
    case "sumif":
      return argument === null ? null : sumType(argument);
    case "array":
      return argument === null ? null : wrapType("Array", argument);
    case "grouparray":
    case "groupuniqarray":
      return argument === null ? null : wrapType("Array", bareType(argument));
    case "tuple": {
      const inner = e.arguments.map((a) => ({ name: null, type: expressionType(a, columns) }));
      const types = inner.flatMap((i) => (i.type === null ? [] : [{ name: i.name, type: i.type }]));
      return types.length < inner.length
        ? null
        : simpleType("Tuple", { text: `Tuple(${types.map((i) => i.type.text).join(", ")})`, inner: types });
    }
    case "splitbychar":
    case "splitbystring":
    case "extractall":
    case "jsonextractkeys":
    case "jsonextractarrayraw":
      return wrapType("Array", simpleType("String"));
    case "arrayelement":
      return argument?.name === "Array"
        ? (argument.inner[0]?.type ?? null)
        : argument?.name === "Map"
          ? (argument.inner[1]?.type ?? null)
          : null;
    case "if": {
      const [, then, otherwise] = e.arguments;
      const a = then === undefined ? null : expressionType(then, columns);
      const b = otherwise === undefined ? null : expressionType(otherwise, columns);
      return a !== null && a.text === b?.text ? a : null;
    }
    case "ifnull":
    case "coalesce": {
      const last = e.arguments.at(-1);
      const type = last === undefined ? null : expressionType(last, columns);
      return type !== null && argument !== null && bareType(argument).text === type.text ? type : null;
    }
    case "assumenotnull":
      return argument === null ? null : argument.name === "Nullable" ? bareType(argument) : argument;
    case "tonullable":
      return argument === null ? null : wrapType("Nullable", argument);
    case "tolowcardinality":
      return argument === null ? null : wrapType("LowCardinality", argument);
    case "plus":
    case "minus":
    case "multiply":
      return arithmetic(name, e.arguments, columns);
    default:
      if (SAME.has(name)) return argument;
      if (name.endsWith("state") && name.length > 5) return stateType(e, columns);
      return null;
  }
}

function dateTimeIn(zone: Expression | undefined): ClickHouseType | null {
  if (zone?.kind !== "literal" || zone.value.type !== "string") return null;
  return simpleType("DateTime", { text: `DateTime('${zone.value.value}')`, timeZone: zone.value.value });
}

function sumType(argument: ClickHouseType): ClickHouseType | null {
  const bare = bareType(argument);
  const keep = (type: ClickHouseType): ClickHouseType => (isNullable(argument) ? wrapType("Nullable", type) : type);
  const int = WIDTHS.exec(bare.name);
  if (int !== null) return keep(Number(int[2]) > 64 ? bare : simpleType(`${int[1] ?? ""}Int64`));
  if (bare.name.startsWith("Float")) return keep(simpleType("Float64"));
  if (bare.name === "Decimal") return keep(decimalOf((bare.numbers[0] ?? 0) <= 38 ? 38 : 76, bare.numbers[1] ?? 0));
  return null;
}

/** Sums and products widen to the next width, at most 64 bits; a difference is signed. */
function arithmetic(name: string, args: readonly Expression[], columns: ColumnTypes): ClickHouseType | null {
  const [a, b] = args.slice(0, 2).map((x) => expressionType(x, columns));
  if (a === null || a === undefined || b === null || b === undefined || args.length !== 2) return null;
  const left = WIDTHS.exec(bareType(a).name);
  const right = WIDTHS.exec(bareType(b).name);
  const keep = (type: ClickHouseType): ClickHouseType => (isNullable(a) || isNullable(b) ? wrapType("Nullable", type) : type);
  if (left !== null && right !== null) {
    const most = Math.max(Number(left[2]), Number(right[2]));
    const bits = most >= 64 ? most : most * 2;
    return keep(simpleType(`${name === "minus" || left[1] === "" || right[1] === "" ? "" : "U"}Int${bits}`));
  }
  const float = /^Float/;
  const number = /^(?:Float|U?Int)/;
  if ((float.test(bareType(a).name) && number.test(bareType(b).name)) || (float.test(bareType(b).name) && number.test(bareType(a).name))) {
    return keep(simpleType("Float64"));
  }
  return null;
}

function stateType(e: Extract<Expression, { kind: "function" }>, columns: ColumnTypes): ClickHouseType | null {
  const types = e.arguments.map((a) => expressionType(a, columns));
  const inner = types.flatMap((type) => (type === null ? [] : [{ name: null, type }]));
  if (inner.length < types.length) return null;
  const head = e.name.slice(0, -5);
  const parameters = e.parameters === null ? head : null;
  if (parameters === null) return null;
  return simpleType("AggregateFunction", {
    text: `AggregateFunction(${[head, ...inner.map((i) => i.type.text)].join(", ")})`,
    inner,
    parameters,
  });
}
