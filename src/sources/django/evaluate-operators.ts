import type { PyNode } from "./python.ts";
import { unknown } from "./unknown.ts";
import type { PyFloat, PyValue } from "./values.ts";
import { isKind, isObject, isUnknown, itemsOf, truthOf } from "./values.ts";

/** A number as JavaScript has it, or null; booleans are numbers in Python. */
export function numberOf(value: PyValue | undefined): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "boolean") return value ? 1 : 0;
  return isKind(value, "float") ? value.value : null;
}

export function float(value: number): PyFloat {
  return { kind: "float", value };
}

export function binaryOperation(operator: string, left: PyValue, right: PyValue, node: PyNode): PyValue {
  if (isUnknown(left)) return left;
  if (isUnknown(right)) return right;
  if (typeof left === "string") {
    if (operator === "%") return percent(left, right, node);
    if (operator === "+" && typeof right === "string") return left + right;
    if (operator === "*" && typeof right === "number") return left.repeat(Math.max(0, right));
  }
  if (isKind(left, "list") || isKind(left, "tuple")) {
    const more = itemsOf(right);
    if (operator === "+" && more !== null) return { kind: left.kind, items: [...left.items, ...more] };
    if (operator === "*" && typeof right === "number") {
      return { kind: left.kind, items: Array.from({ length: Math.max(0, right) }, () => left.items).flat() };
    }
  }
  if (operator === "|") {
    if (isKind(left, "dict") && isKind(right, "dict")) {
      const kept = left.entries.filter(([k]) => !right.entries.some(([other]) => other === k));
      return { kind: "dict", entries: [...kept, ...right.entries] };
    }
    if (isKind(left, "set") && isKind(right, "set")) return { kind: "set", items: [...new Set([...left.items, ...right.items])] };
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a !== null && b !== null) {
    const result = arithmetic(operator, a, b);
    if (result === null) return unknown(node, `\`${operator}\` on these numbers`);
    const isFloat = isKind(left, "float") || isKind(right, "float") || operator === "/";
    return isFloat ? float(result) : Number.isSafeInteger(result) ? result : big(operator, left, right, node);
  }
  if (isObject(left) || isObject(right)) return { kind: "operation", operator, operands: [left, right], node };
  return unknown(node, `\`${operator}\` between values of different kinds`);
}

function big(operator: string, left: PyValue, right: PyValue, node: PyNode): PyValue {
  const integer = (v: PyValue): bigint | null =>
    typeof v === "number" && Number.isSafeInteger(v) ? BigInt(v) : typeof v === "bigint" ? v : null;
  const a = integer(left);
  const b = integer(right);
  if (a === null || b === null) return unknown(node, "a number beyond 64 bits");
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  if (operator === "**" && b >= 0n && b < 128n) return a ** b;
  return unknown(node, `\`${operator}\` on numbers beyond 53 bits`);
}

function arithmetic(operator: string, a: number, b: number): number | null {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0 ? null : a / b;
    case "//":
      return b === 0 ? null : Math.floor(a / b);
    case "%":
      return b === 0 ? null : ((a % b) + b) % b;
    case "**":
      return a ** b;
    case "<<":
      return a * 2 ** b;
    case "|":
      return a | b;
    case "&":
      return a & b;
    default:
      return null;
  }
}

export function unaryOperation(operator: string, operand: PyValue, node: PyNode): PyValue {
  if (isUnknown(operand)) return operand;
  if (operator === "not") {
    const truth = truthOf(operand);
    return truth === null ? unknown(node, "a condition that only running code can decide") : !truth;
  }
  if (typeof operand === "bigint" && operator === "-") return -operand;
  const number = numberOf(operand);
  if (number !== null) {
    const result = operator === "-" ? -number : operator === "+" ? number : operator === "~" ? ~number : null;
    if (result === null) return unknown(node, `operator \`${operator}\``);
    return isKind(operand, "float") ? float(result) : result;
  }
  return { kind: "operation", operator, operands: [operand], node };
}

/** Python's equality for constants and containers of constants; null when it cannot be told. */
export function equals(a: PyValue, b: PyValue): boolean | null {
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== null && y !== null) return x === y;
  if (!isObject(a) && !isObject(b)) return a === b;
  if (!isObject(a) || !isObject(b)) return isKind(a, "ref") || isKind(b, "ref") || isKind(a, "call") || isKind(b, "call") ? null : false;
  const left = itemsOf(a);
  const right = itemsOf(b);
  if (left !== null && right !== null) {
    if (a.kind !== b.kind || left.length !== right.length) return false;
    const each = left.map((item, i) => equals(item, right[i] ?? null));
    return each.includes(null) ? null : each.every((e) => e === true);
  }
  if (a.kind === "ref" && b.kind === "ref") return a.path === b.path;
  return null;
}

export function compareValues(operands: readonly PyValue[], operators: readonly string[], node: PyNode): PyValue {
  for (const [i, operator] of operators.entries()) {
    const left = operands[i];
    const right = operands[i + 1];
    if (left === undefined || right === undefined) return unknown(node, "a comparison that cannot be read");
    const truth = compareTwo(left, operator.replaceAll(/\s+/g, " "), right);
    if (truth === null) return operands.find(isUnknown) ?? unknown(node, "a comparison that only running code can decide");
    if (!truth) return false;
  }
  return true;
}

function compareTwo(left: PyValue, operator: string, right: PyValue): boolean | null {
  switch (operator) {
    case "==":
    case "is":
      return equals(left, right);
    case "!=":
    case "is not": {
      const same = equals(left, right);
      return same === null ? null : !same;
    }
    case "in":
    case "not in": {
      let found: boolean | null;
      if (typeof left === "string" && typeof right === "string") found = right.includes(left);
      else {
        const items = isKind(right, "dict") ? right.entries.map(([k]) => k) : itemsOf(right);
        const each = items?.map((item) => equals(left, item)) ?? [null];
        found = each.includes(true) ? true : each.includes(null) ? null : false;
      }
      return found === null ? null : found === (operator === "in");
    }
    default: {
      const a = typeof left === "string" ? left : numberOf(left);
      const b = typeof right === "string" ? right : numberOf(right);
      if (a === null || b === null || typeof a !== typeof b) return versionTuple(left, operator, right);
      if (operator === "<") return a < b;
      if (operator === "<=") return a <= b;
      if (operator === ">") return a > b;
      return operator === ">=" ? a >= b : null;
    }
  }
}

/** `django.VERSION >= (3, 1)`: tread renders what Django 5.2 does, so that is the version that is compared. */
function versionTuple(left: PyValue, operator: string, right: PyValue): boolean | null {
  const wanted = itemsOf(right);
  const isVersion = (isKind(left, "ref") && left.path === "django.VERSION") || (isKind(left, "ref") && left.path === "sys.version_info");
  if (!isVersion || wanted === null) return null;
  const actual = isKind(left, "ref") && left.path === "django.VERSION" ? [5, 2] : [3, 12];
  let order = 0;
  for (const [i, part] of wanted.entries()) {
    if (typeof part !== "number") return null;
    order = (actual[i] ?? 0) - part;
    if (order !== 0) break;
  }
  if (order === 0 && wanted.length < actual.length) order = 1;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  if (operator === ">") return order > 0;
  return operator === ">=" ? order >= 0 : null;
}

/** Python's `str(value)` or, with `!r`, `repr(value)`; null when it needs running code. */
export function toText(value: PyValue, conversion = ""): string | null {
  if (typeof value === "string") return conversion === "!r" ? reprOf(value) : value;
  return reprOf(value);
}

function reprOf(value: PyValue): string | null {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value === "string")
    return value.includes("'") && !value.includes('"')
      ? `"${value}"`
      : `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (value.kind === "float") return floatText(value.value);
  const items = itemsOf(value);
  if (items === null) return null;
  const parts = items.map(reprOf);
  if (parts.includes(null)) return null;
  const inner = parts.join(", ");
  if (value.kind === "tuple") return parts.length === 1 ? `(${inner},)` : `(${inner})`;
  return value.kind === "set" ? `{${inner}}` : `[${inner}]`;
}

/** Python writes floats with a point: `1.0`, `0.5`, `1e+16`. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return value.toFixed(1);
  return String(value)
    .replace(/e(\d)/, "e+$1")
    .replace(/e([+-])(\d)$/, "e$10$2");
}

/** One format specification (`05d`, `.2f`, `>10`) of `format()` and f-strings; null when it is not a common one. */
export function formatPercent(spec: string, value: PyValue): string | null {
  const match = /^(?:(.)?([<>^]))?(0)?(\d+)?(?:\.(\d+))?([sdfrx])?$/.exec(spec);
  if (match === null) return null;
  const [, fill, align, zero, width, precision, type] = match;
  let text: string | null;
  const number = numberOf(value);
  if (type === "f" && number !== null) text = number.toFixed(precision === undefined ? 6 : Number(precision));
  else if (type === "x" && number !== null) text = Math.trunc(number).toString(16);
  else text = toText(value, type === "r" ? "!r" : "");
  if (text === null) return null;
  if (width === undefined) return text;
  const size = Number(width);
  const padding = fill ?? (zero === undefined ? " " : "0");
  const left = align === "<" || (align === undefined && zero === undefined && typeof value === "string");
  return left ? text.padEnd(size, padding) : text.padStart(size, padding);
}

/** `"…%s…" % value`. */
function percent(template: string, value: PyValue, node: PyNode): PyValue {
  const positional = isKind(value, "tuple") ? [...value.items] : [value];
  let failed = false;
  const text = template.replace(/%(?:\((\w+)\))?([-#0 +]*)(\d+)?(?:\.(\d+))?([sdifrx%])/g, (...groups) => {
    const [, name, flags, width, precision, type] = groups as (string | undefined)[];
    if (type === "%") return "%";
    let argument: PyValue | undefined;
    if (name === undefined) argument = positional.shift();
    else argument = isKind(value, "dict") ? value.entries.find(([k]) => k === name)?.[1] : undefined;
    if (argument === undefined) {
      failed = true;
      return "";
    }
    const spec = `${flags?.includes("0") === true ? "0" : ""}${width ?? ""}${precision === undefined ? "" : `.${precision}`}${type === "i" ? "d" : (type ?? "s")}`;
    const written = formatPercent(spec, argument);
    if (written === null) failed = true;
    return written ?? "";
  });
  return failed ? unknown(node, "a string put together from values that are only known when the code runs") : text;
}
