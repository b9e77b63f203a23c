import { numberOf } from "../evaluate-operators.ts";
import { numberOption, shortName, truthOption } from "../fields.ts";
import type { FieldState, ProjectState } from "../state.ts";
import type { PyCall, PyValue } from "../values.ts";
import { isKind, isObject, itemsOf, pathOf } from "../values.ts";
import type { SqlValue } from "./literals.ts";
import { baseField, internalType, isKey, outputField, targetOf } from "./types.ts";

/** A Python-side default on its way into SQL. */
export interface Default {
  readonly value: SqlValue;
  /** Set when the value is made by Python code: what stands here is an example of it. */
  readonly note: string | null;
}

const NOW = "2026-01-01 00:00:00+00:00";

/** Django's `_effective_default`: null when there is none. */
export function effectiveDefault(field: FieldState, state: ProjectState): Default | null {
  const internal = field.className === "" ? "" : internalType(field);
  const given = field.options["default"];
  if (field.hasDefault && given !== undefined) return prepared(given, field, state);
  if (field.generated) return null;
  if (!field.null && truthOption(field.options["blank"], false) && emptyStringsAllowed(field)) {
    return { value: internal === "BinaryField" ? { kind: "bytes", value: new Uint8Array() } : textFor(field, "", state), note: null };
  }
  if (truthOption(field.options["auto_now"], false) || truthOption(field.options["auto_now_add"], false)) {
    return { value: moment(internal), note: `\`${field.name}\` gets the time at which the migration runs` };
  }
  return null;
}

function moment(internal: string): SqlValue {
  if (internal === "DateField") return { kind: "typed", value: NOW.slice(0, 10), type: "date" };
  if (internal === "TimeField") return { kind: "typed", value: "00:00:00", type: "time" };
  return { kind: "typed", value: NOW, type: "timestamptz" };
}

/** `empty_strings_allowed`: false on numbers, dates, relations and the like. */
function emptyStringsAllowed(field: FieldState): boolean {
  if (isKey(field)) return false;
  const short = shortName(field.className);
  return (
    !/^(?:AutoField|BigAutoField|SmallAutoField|BooleanField|NullBooleanField|DateField|DateTimeField|DecimalField|DurationField|FloatField|IntegerField|BigIntegerField|SmallIntegerField|Positive\w+|GenericIPAddressField|IPAddressField|TimeField|UUIDField|JSONField|ArrayField|HStoreField|\w+RangeField|OrderWrt|GeneratedField)$/.test(
      short,
    ) || short === "BinaryField"
  );
}

function textFor(field: FieldState, value: string, state: ProjectState): SqlValue {
  return prepare(value, field, state) ?? { kind: "text", value };
}

function prepared(given: PyValue, field: FieldState, state: ProjectState): Default | null {
  if (given === null) return null;
  const path = pathOf(given);
  if (path !== null || isKind(given, "lambda") || isKind(given, "function") || isKind(given, "class")) {
    if (
      path === "builtins.dict" ||
      path === "builtins.list" ||
      path === "builtins.str" ||
      path === "builtins.bool" ||
      path === "builtins.int"
    ) {
      const value: PyValue =
        path === "builtins.dict"
          ? { kind: "dict", entries: [] }
          : path === "builtins.list"
            ? { kind: "list", items: [] }
            : path === "builtins.str"
              ? ""
              : path === "builtins.int"
                ? 0
                : false;
      return { value: prepare(value, field, state) ?? { kind: "null" }, note: null };
    }
    const name = path === null ? "a lambda" : `\`${path.slice(path.lastIndexOf(".") + 1)}()\``;
    return {
      value: example(field, state),
      note: `${name} is called once by Python when the migration runs, and every existing row gets that same value; the literal here stands for it`,
    };
  }
  const value = prepare(given, field, state);
  if (value !== null) return { value, note: null };
  if (isKind(given, "unknown"))
    return {
      value: example(field, state),
      note: `the default is only known when the code runs (${given.reason}); the literal here stands for it`,
    };
  return { value: example(field, state), note: "the default is made by Python when the migration runs; the literal here stands for it" };
}

/** A value of the field's type, where Python makes the real one. */
export function example(field: FieldState, state: ProjectState): SqlValue {
  if (isKey(field)) return example(targetOf(state, field).field, state);
  const internal = internalType(field);
  switch (internal) {
    case "AutoField":
    case "BigAutoField":
    case "SmallAutoField":
    case "IntegerField":
    case "BigIntegerField":
    case "SmallIntegerField":
    case "PositiveIntegerField":
    case "PositiveBigIntegerField":
    case "PositiveSmallIntegerField":
      return { kind: "int", value: 1 };
    case "BooleanField":
      return { kind: "bool", value: false };
    case "FloatField":
      return { kind: "float", value: 1 };
    case "DecimalField":
      return { kind: "decimal", value: "1" };
    case "DateField":
    case "TimeField":
    case "DateTimeField":
      return moment(internal);
    case "DurationField":
      return { kind: "typed", value: "0:00:00", type: "interval" };
    case "UUIDField":
      return { kind: "typed", value: "00000000000040008000000000000000", type: "uuid" };
    case "JSONField":
      return { kind: "typed", value: "{}", type: "jsonb" };
    case "BinaryField":
      return { kind: "bytes", value: new Uint8Array() };
    case "GenericIPAddressField":
    case "IPAddressField":
      return { kind: "typed", value: "127.0.0.1", type: "inet" };
    case "ArrayField":
      return { kind: "array", items: [] };
    case "HStoreField":
      return { kind: "typed", value: "", type: "hstore" };
    case "IntegerRangeField":
    case "BigIntegerRangeField":
    case "DecimalRangeField":
    case "DateTimeRangeField":
    case "DateRangeField":
      return { kind: "text", value: "empty" };
    default: {
      const length = numberOption(field, "max_length");
      return { kind: "text", value: "example".slice(0, length ?? 7) };
    }
  }
}

/** `get_db_prep_save` for a value that is there as a literal; null when it is none. */
export function prepare(value: PyValue, field: FieldState, state: ProjectState): SqlValue | null {
  if (isKey(field)) return prepare(value, targetOf(state, field).field, state);
  if (shortName(field.className) === "GeneratedField") return prepare(value, outputField(field), state);
  const internal = internalType(field);
  if (internal === "JSONField") {
    const json = value === null ? "null" : toJson(value);
    return json === null ? null : { kind: "typed", value: json, type: "jsonb" };
  }
  if (value === null) return { kind: "null" };
  switch (internal) {
    case "BooleanField":
      return typeof value === "boolean"
        ? { kind: "bool", value }
        : numberOf(value) === null
          ? null
          : { kind: "bool", value: numberOf(value) !== 0 };
    case "AutoField":
    case "BigAutoField":
    case "SmallAutoField":
    case "IntegerField":
    case "BigIntegerField":
    case "SmallIntegerField":
    case "PositiveIntegerField":
    case "PositiveBigIntegerField":
    case "PositiveSmallIntegerField": {
      if (typeof value === "bigint") return { kind: "int", value };
      const number = typeof value === "string" && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : numberOf(value);
      return number === null ? null : { kind: "int", value: Math.trunc(number) };
    }
    case "FloatField": {
      const number = typeof value === "string" ? Number(value) : numberOf(value);
      return number === null || Number.isNaN(number) ? null : { kind: "float", value: number };
    }
    case "DecimalField":
      return decimal(value);
    case "BinaryField":
      return isKind(value, "bytes") ? { kind: "bytes", value: value.value } : null;
    case "DateField":
    case "DateTimeField":
    case "TimeField":
      return temporal(value, internal);
    case "DurationField":
      return interval(value);
    case "UUIDField": {
      const text = typeof value === "string" ? value : isKind(value, "call") && value.callee === "uuid.UUID" ? value.args[0] : null;
      return typeof text === "string"
        ? { kind: "typed", value: text.replaceAll(/[-{}]|urn:uuid:/g, "").toLowerCase(), type: "uuid" }
        : null;
    }
    case "GenericIPAddressField":
    case "IPAddressField":
      return typeof value === "string" ? { kind: "typed", value, type: "inet" } : null;
    case "ArrayField": {
      const items = itemsOf(value);
      if (items === null) return null;
      const base = baseField(field);
      const prepared = items.map((i) => prepare(i, base, state));
      return prepared.every((p) => p !== null) ? { kind: "array", items: prepared } : null;
    }
    case "HStoreField":
    case "SearchVectorField":
    case "IntegerRangeField":
    case "BigIntegerRangeField":
    case "DecimalRangeField":
    case "DateTimeRangeField":
    case "DateRangeField":
      return typeof value === "string" ? { kind: "text", value } : null;
    default:
      return textual(value);
  }
}

function textual(value: PyValue): SqlValue | null {
  if (typeof value === "string") return { kind: "text", value };
  if (typeof value === "number" || typeof value === "bigint") return { kind: "text", value: String(value) };
  if (typeof value === "boolean") return { kind: "text", value: value ? "True" : "False" };
  return null;
}

/** The digits of `Decimal("1.50")` or a number. */
export function decimalText(value: PyValue): string | null {
  if (typeof value === "string") return /^[-+]?\d*\.?\d+$/.test(value.trim()) ? value.trim() : null;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (isKind(value, "float")) return String(value.value);
  if (isKind(value, "call") && value.callee === "decimal.Decimal" && value.args[0] !== undefined) return decimalText(value.args[0]);
  return null;
}

function decimal(value: PyValue): SqlValue | null {
  const text = decimalText(value);
  if (text === null) return null;
  return { kind: "decimal", value: text.replace(/^\+/, "") };
}

function numbers(call: PyCall): readonly number[] {
  return call.args.map((a) => numberOf(a) ?? 0);
}

const pad = (n: number, width = 2): string => String(n).padStart(width, "0");

export function temporal(value: PyValue, internal: string): SqlValue | null {
  const type = internal === "DateField" ? "date" : internal === "TimeField" ? "time" : "timestamptz";
  if (typeof value === "string")
    return { kind: "typed", value: type === "timestamptz" && /^\d{4}-\d\d-\d\d$/.test(value) ? `${value} 00:00:00+00:00` : value, type };
  if (!isKind(value, "call")) return null;
  const name = value.callee.slice(value.callee.lastIndexOf(".") + 1);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0] = numbers(value);
  if (name === "date") return { kind: "typed", value: `${pad(a, 4)}-${pad(b)}-${pad(c)}`, type: "date" };
  if (name === "time") return { kind: "typed", value: `${pad(a)}:${pad(b)}:${pad(c)}${d === 0 ? "" : `.${pad(d, 6)}`}`, type: "time" };
  if (name === "datetime") {
    const day = `${pad(a, 4)}-${pad(b)}-${pad(c)}`;
    if (type === "date") return { kind: "typed", value: day, type };
    return { kind: "typed", value: `${day} ${pad(d)}:${pad(e)}:${pad(f)}${g === 0 ? "" : `.${pad(g, 6)}`}+00:00`, type };
  }
  return null;
}

function interval(value: PyValue): SqlValue | null {
  if (!isKind(value, "call") || !value.callee.endsWith("timedelta")) return null;
  const names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"] as const;
  const seconds = { days: 86_400, seconds: 1, microseconds: 1e-6, milliseconds: 1e-3, minutes: 60, hours: 3600, weeks: 604_800 };
  let micros = 0;
  names.forEach((name, i) => {
    const part = numberOf(value.kwargs[name] ?? value.args[i]);
    if (part !== null) micros += Math.round(part * seconds[name] * 1e6);
  });
  const days = Math.floor(micros / 86_400e6);
  const rest = micros - days * 86_400e6;
  const whole = Math.floor(rest / 1e6);
  const fraction = rest - whole * 1e6;
  const clock = `${Math.floor(whole / 3600)}:${pad(Math.floor(whole / 60) % 60)}:${pad(whole % 60)}${fraction === 0 ? "" : `.${pad(fraction, 6)}`}`;
  return { kind: "typed", value: days === 0 ? clock : `${days} day${Math.abs(days) === 1 ? "" : "s"} ${clock}`, type: "interval" };
}

/** Python's `json.dumps`; null for what is no JSON. */
export function toJson(value: PyValue): string | null {
  if (value === null) return "null";
  if (typeof value === "string")
    return JSON.stringify(value).replaceAll(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  if (!isObject(value)) return String(value);
  if (value.kind === "float")
    return numberOf(value) === null ? null : String(Number.isInteger(value.value) ? value.value.toFixed(1) : value.value);
  if (value.kind === "dict") {
    const parts: string[] = [];
    for (const [k, v] of value.entries) {
      const json = toJson(v);
      if (json === null || (typeof k !== "string" && typeof k !== "number")) return null;
      parts.push(`${JSON.stringify(String(k))}: ${json}`);
    }
    return `{${parts.join(", ")}}`;
  }
  const items = value.kind === "list" || value.kind === "tuple" ? value.items.map(toJson) : null;
  return items?.every((i) => i !== null) === true ? `[${items.join(", ")}]` : null;
}
