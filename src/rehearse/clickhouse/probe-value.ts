import { bare, enumValues, readType, type ServerType } from "./seed/type.ts";

/**
 * One value of a type that is not its default, always the same: a probe that arrives as the default has lost it.
 * @returns SQL, or null where no such value is known
 */
export function probeValue(text: string): string | null {
  const type = readType(text);
  if (/^(?:JSON|Dynamic|Variant)$/.test(type.name))
    return type.name === "JSON" ? `CAST('{"tread": 7}' AS ${text})` : `CAST('tread' AS ${text})`;
  if (type.name === "AggregateFunction") return null;
  const value = ofBare(bare(type));
  return value === null ? null : `CAST(${value} AS ${type.text})`;
}

function ofBare(type: ServerType): string | null {
  const [inner, second] = type.inner;
  if (/^U?Int\d+$/.test(type.name)) return "7";
  switch (type.name) {
    case "Bool":
      return "true";
    case "Float32":
    case "Float64":
    case "BFloat16":
    case "Decimal":
      return "7";
    case "String":
      return "'7'";
    case "FixedString":
      return `repeat('t', ${Number(type.args[0] ?? 1)})`;
    case "Date":
    case "Date32":
      return "'2026-02-03'";
    case "DateTime":
    case "DateTime64":
      return "'2026-02-03 04:05:06'";
    case "Time":
    case "Time64":
      return "'04:05:06'";
    case "UUID":
      return "'61f0c404-5cb3-11e7-907b-a6006ad3dba0'";
    case "IPv4":
      return "'192.0.2.7'";
    case "IPv6":
      return "'2001:db8::7'";
    case "Enum8":
    case "Enum16":
      return enumValues(type).at(-1)?.label ?? null;
    case "Array":
      return wrap(inner, (value) => `[${value}]`);
    case "Map": {
      const [key, value] = [inner, second].map((one) => (one === undefined ? null : probeValue(one.text)));
      return key == null || value == null ? null : `map(${key}, ${value})`;
    }
    case "Tuple": {
      const values = type.inner.map((element) => probeValue(element.text));
      return values.includes(null) ? null : `tuple(${values.join(", ")})`;
    }
    case "Point":
      return "(7., 7.)";
    case "SimpleAggregateFunction":
      return wrap(inner, (value) => value);
    default:
      return null;
  }
}

function wrap(inner: ServerType | undefined, build: (value: string) => string): string | null {
  const value = inner === undefined ? null : probeValue(inner.text);
  return value === null ? null : build(value);
}
