import { bare, enumValues, isNullable, readType, type ServerType } from "./type.ts";

/**
 * Values of a type at which conversions go wrong, as SQL expressions: least and greatest, NULL, empty, what looks like a number or a date
 * and is none, every label of an Enum. A narrowing that can lose anything loses one of these.
 */
export function boundaryValues(text: string): readonly string[] {
  const type = readType(text);
  const inner = bare(type);
  const values = ofBare(inner).map((value) => (value === "NULL" ? value : `CAST(${value} AS ${inner.text})`));
  return isNullable(type) && inner !== type ? ["NULL", ...values] : values;
}

const INTEGER = /^(U?)Int(8|16|32|64|128|256)$/;

/** Text that users have typed into fields which were to hold numbers and dates. */
const TEXTS = [
  "''",
  "'abc'",
  "' 1'",
  "'1'",
  "'007'",
  "'-1'",
  "'300'",
  "'3000000000'",
  "'1.5'",
  "'1e400'",
  "'nan'",
  "'NULL'",
  "'true'",
  "'2024-02-29'",
  "'2024-02-30'",
  "'2024-02-29 12:34:56'",
  "'2199-12-31 23:59:59'",
  "'{\"a\": 1}'",
  "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'",
  "'127.0.0.1'",
  "'äöü'",
  "repeat('x', 300)",
];

function ofBare(type: ServerType): readonly string[] {
  const integer = INTEGER.exec(type.name);
  if (integer !== null) return integers(integer[1] === "U", Number(integer[2]));
  const [inner] = type.inner;
  switch (type.name) {
    case "Bool":
      return ["true", "false"];
    case "Float32":
    case "BFloat16":
      return ["0", "-0.0", "0.1", "3.99", "-3.99", "16777216", "1e30", "-1e30", "nan", "inf", "-inf"];
    case "Float64":
      return ["0", "-0.0", "0.1", "3.99", "-3.99", "16777217", "9007199254740993", "1e300", "-1e300", "nan", "inf", "-inf"];
    case "Decimal":
      return decimals(Number(type.args[0] ?? 9), Number(type.args[1] ?? 0));
    case "String":
      return TEXTS;
    case "FixedString":
      return fixedStrings(Number(type.args[0] ?? 1));
    case "Date":
      return ["'1970-01-01'", "'1970-01-02'", "'2024-02-29'", "'2149-06-06'"];
    case "Date32":
      return ["'1900-01-01'", "'1969-12-31'", "'2024-02-29'", "'2149-06-07'", "'2299-12-31'"];
    case "DateTime":
      return [
        "toDateTime(0)",
        "toDateTime(1)",
        "toDateTime('2024-02-29 12:34:56')",
        "toDateTime('2026-03-29 01:30:00', 'UTC')",
        "toDateTime(4294967295)",
      ];
    case "DateTime64":
      return dateTimes64(Number(type.args[0] ?? 3));
    case "Time":
    case "Time64":
      return ["'00:00:00'", "'23:59:59'", "'-12:34:56'", "'999:59:59'"];
    case "UUID":
      return ["'00000000-0000-0000-0000-000000000000'", "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"];
    case "IPv4":
      return ["'0.0.0.0'", "'127.0.0.1'", "'255.255.255.255'"];
    case "IPv6":
      return ["'::'", "'::1'", "'::ffff:127.0.0.1'", "'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'"];
    case "Enum8":
    case "Enum16":
      return enumValues(type).map(({ label }) => label);
    case "Array":
      // Every boundary of the element, NULL among them, stands in an array of its own.
      return ["[]", ...(inner === undefined ? [] : boundaryValues(inner.text).map((value) => `[${value}]`))];
    case "Map": {
      const [key, value] = type.inner;
      if (key === undefined || value === undefined) return ["map()"];
      const keys = boundaryValues(key.text);
      return ["map()", ...boundaryValues(value.text).map((one, at) => `map(${keys[at % keys.length] ?? "''"}, ${one})`)];
    }
    case "Tuple": {
      const each = type.inner.map((element) => boundaryValues(element.text));
      const longest = Math.max(0, ...each.map((values) => values.length));
      return longest === 0
        ? ["tuple()"]
        : Array.from({ length: longest }, (_, at) => `tuple(${each.map((values) => values[at % values.length] ?? "NULL").join(", ")})`);
    }
    case "Variant":
    case "Dynamic":
      return ["NULL", "'abc'", "1"];
    case "JSON":
      return ["'{}'", "'{\"a\": 1}'", '\'{"a": "text", "b": {"c": [1, 2]}}\'', "'{\"a\": null}'"];
    case "Point":
      return ["(0., 0.)", "(-180., 90.)"];
    case "SimpleAggregateFunction":
      return inner === undefined ? ["0"] : boundaryValues(inner.text);
    default:
      return [];
  }
}

function integers(unsigned: boolean, bits: number): string[] {
  const [low, high] = unsigned ? [0n, 2n ** BigInt(bits) - 1n] : [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n];
  const steps = [
    0n,
    1n,
    -1n,
    ...[7n, 8n, 15n, 16n, 31n, 32n, 63n, 64n].flatMap((power) => [2n ** power - 1n, 2n ** power, -(2n ** power) - 1n]),
  ];
  const all = new Set([low, high, ...steps.filter((value) => value > low && value < high)]);
  return [...all].map((value) => (value > 2n ** 63n || value < -(2n ** 63n) ? `'${value}'` : String(value)));
}

function decimals(precision: number, scale: number): string[] {
  const nines = "9".repeat(precision);
  const greatest = scale === 0 ? nines : `${nines.slice(0, precision - scale) || "0"}.${nines.slice(precision - scale)}`;
  const least = scale === 0 ? "1" : `0.${"0".repeat(scale - 1)}1`;
  return ["'0'", `'${greatest}'`, `'-${greatest}'`, `'${least}'`, `'-${least}'`];
}

function fixedStrings(length: number): string[] {
  return ["''", "'a'", `repeat('x', ${length})`, `repeat('9', ${length})`];
}

function dateTimes64(scale: number): string[] {
  const fraction = scale === 0 ? "" : `.${"9".repeat(scale)}`;
  // Beyond nine digits the greatest year that 64 bits hold is 2262.
  const last = scale >= 9 ? "2262-04-11 23:47:16" : "2299-12-31 23:59:59";
  return [
    `toDateTime64('1970-01-01 00:00:00', ${scale})`,
    `toDateTime64('1925-01-01 00:00:00', ${scale})`,
    `toDateTime64('2024-02-29 12:34:56${fraction}', ${scale})`,
    `toDateTime64('2106-02-07 06:28:16', ${scale})`,
    `toDateTime64('${last}', ${scale})`,
  ];
}
