import { bare, enumValues, readType, type ServerType } from "./seed/type.ts";

/** `usual`: fits every type that holds its kind. `greatest`: what only the type itself holds, and every narrower one on the way changes. */
export type ProbeVariant = "usual" | "greatest";

/**
 * One value of a type that is not its default, always the same: a probe that arrives as the default has lost it.
 * @returns SQL, or null where no such value is known
 */
export function probeValue(text: string, variant: ProbeVariant = "usual"): string | null {
  const type = readType(text);
  if (/^(?:JSON|Dynamic|Variant)$/.test(type.name))
    return type.name === "JSON" ? `CAST('{"tread": 7}' AS ${text})` : `CAST('tread' AS ${text})`;
  if (type.name === "AggregateFunction") return null;
  const inner = bare(type);
  const value = (variant === "greatest" ? greatest(inner) : null) ?? ofBare(inner, variant);
  return value === null ? null : `CAST(${value} AS ${type.text})`;
}

/** Null: the usual value is as good. */
function greatest(type: ServerType): string | null {
  const integer = /^(U?)Int(\d+)$/.exec(type.name);
  if (integer !== null) return `'${2n ** BigInt(Number(integer[2]) - (integer[1] === "U" ? 0 : 1)) - 1n}'`;
  switch (type.name) {
    case "Float64":
      return "9007199254740991";
    case "Decimal": {
      const [precision, scale] = [Number(type.args[0] ?? 9), Number(type.args[1] ?? 0)];
      const nines = "9".repeat(precision - scale) || "0";
      return `'${scale === 0 ? nines : `${nines}.${"9".repeat(scale)}`}'`;
    }
    case "String":
      return "repeat('tread ä ', 20)";
    case "Enum8":
    case "Enum16":
      return enumValues(type)[0]?.label ?? null;
    default:
      return null;
  }
}

function ofBare(type: ServerType, variant: ProbeVariant): string | null {
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
      return wrap(inner, variant, (value) => `[${value}]`);
    case "Map": {
      const [key, value] = [inner, second].map((one) => (one === undefined ? null : probeValue(one.text, variant)));
      return key == null || value == null ? null : `map(${key}, ${value})`;
    }
    case "Tuple": {
      const values = type.inner.map((element) => probeValue(element.text, variant));
      return values.includes(null) ? null : `tuple(${values.join(", ")})`;
    }
    case "Point":
      return "(7., 7.)";
    case "SimpleAggregateFunction":
      return wrap(inner, variant, (value) => value);
    default:
      return null;
  }
}

function wrap(inner: ServerType | undefined, variant: ProbeVariant, build: (value: string) => string): string | null {
  const value = inner === undefined ? null : probeValue(inner.text, variant);
  return value === null ? null : build(value);
}
