import type { Expression, Range } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { extractFunction, intervalKind, type IntervalKind, readIntervalKind } from "./interval-kind.ts";
import { Layer, type Next } from "./layer.ts";
import { ListLayer } from "./layers.ts";
import { call, integer, literal, operation, text } from "./nodes.ts";

const extractOnly = new Set([
  "EPOCH",
  "DOW",
  "DOY",
  "ISODOW",
  "ISOYEAR",
  "CENTURY",
  "DECADE",
  "MILLENNIUM",
  "TIMEZONE_HOUR",
  "TIMEZONE_MINUTE",
]);

/** What `EXTRACT(unit FROM x)` stands for; the units of Postgres that ClickHouse has no function for are computed, as the engine does. */
function extracted(unit: string, x: Expression, at: Range): Expression | null {
  const kind = intervalKind(unit);
  if (kind !== null) return call(extractFunction(kind), [x], at);
  const divided = (of: Expression, by: number): Expression => call("intDiv", [of, integer(by, at)], at);
  const year = (): Expression => call("__toYearCalendarOnly", [x], at);
  const offset = (): Expression => call("timezoneOffset", [x], at);
  const signed = (value: number): Expression => call("toInt64", [integer(value, at)], at);
  const since = (length: number): Expression =>
    call("plus", [divided(call("minus", [year(), integer(1, at)], at), length), integer(1, at)], at);
  switch (unit.toUpperCase()) {
    case "EPOCH":
      return call("toUnixTimestamp", [x], at);
    case "DOW":
      return call("toDayOfWeek", [x, integer(2, at)], at);
    case "DOY":
      return call("toDayOfYear", [x], at);
    case "ISODOW":
      return call("toDayOfWeek", [x], at);
    case "ISOYEAR":
      return call("toISOYear", [x], at);
    case "CENTURY":
      return since(100);
    case "DECADE":
      return divided(year(), 10);
    case "MILLENNIUM":
      return since(1000);
    case "TIMEZONE_HOUR":
      return call("intDiv", [offset(), signed(3600)], at);
    case "TIMEZONE_MINUTE":
      return call("intDiv", [call("modulo", [offset(), signed(3600)], at), signed(60)], at);
    default:
      return null;
  }
}

/** `EXTRACT(unit FROM x)`, or the function `extract(haystack, pattern)`. */
export class ExtractLayer extends ListLayer {
  override readonly close: number = Kind.CloseRound;
  private state: "begin" | "list" | "unit" = "begin";
  private unit = "";
  constructor(start: number) {
    super(start, true, true);
  }

  override step(c: Cursor, next: Next): Next | null {
    if (this.state === "begin") {
      this.state = "list";
      const word = c.word;
      if ((intervalKind(word) !== null || extractOnly.has(word)) && c.wordAt(1) === "FROM") {
        c.index += 2;
        this.state = "unit";
        this.unit = word;
        return next;
      }
    }
    if (this.state === "list") return super.step(c, next);
    if (c.take(Kind.CloseRound, ")")) {
      if (!this.merge(c)) return null;
      this.finished = true;
    }
    return next;
  }

  override result(at: Range): Expression | null {
    const [x] = this.elements;
    if (this.state === "list") return call("extract", this.elements, at);
    return x === undefined ? null : extracted(this.unit, x, at);
  }
}

/** `date_part('unit', x)`. */
export function datePart(elements: readonly Expression[], at: Range): Expression | null {
  const [unit, x] = elements;
  if (elements.length !== 2 || x === undefined || unit?.kind !== "literal" || unit.value.type !== "string") return null;
  return extracted(unit.value.value, x, at);
}

/** `DATE_ADD(unit, 1, x)`, `DATE_DIFF(unit, a, b)`: a unit as a bare word may stand first. */
export class UnitFirstLayer extends ListLayer {
  override readonly close: number = Kind.CloseRound;
  private begun = false;
  private unit: IntervalKind | null = null;
  private readonly name: "plus" | "minus" | "dateDiff";
  constructor(start: number, name: "plus" | "minus" | "dateDiff") {
    super(start, true, true);
    this.name = name;
  }

  override step(c: Cursor, next: Next): Next | null {
    if (!this.begun) {
      this.begun = true;
      this.unit = intervalKind(c.word);
      if (this.unit !== null) {
        c.index++;
        if (!c.take(Kind.Comma, ",")) return null;
      }
    }
    return super.step(c, next);
  }

  override result(at: Range): Expression | null {
    if (this.unit === null) return call(this.name, this.elements, at);
    const [first, second] = this.elements;
    if (first === undefined || second === undefined) return null;
    if (this.name !== "dateDiff") return call(this.name, [second, call(`toInterval${this.unit}`, [first], first.at)], at);
    if (this.elements.length > 3) return null;
    return call("dateDiff", [text(this.unit.toLowerCase(), { start: at.start, end: at.start }), ...this.elements], at);
  }
}

const groups: readonly (readonly (readonly [IntervalKind, string, number])[])[] = [
  [
    ["Year", "", Infinity],
    ["Month", "-", 11],
  ],
  [
    ["Day", "", Infinity],
    ["Hour", " ", 23],
    ["Minute", ":", 59],
    ["Second", ":", 59],
  ],
];

/** `INTERVAL 1 DAY`, `INTERVAL '1 DAY 2 HOUR'`, `INTERVAL '1:30' HOUR TO MINUTE`. */
export class IntervalLayer extends Layer {
  private begun = false;
  constructor(start: number) {
    super(start, true, true);
  }

  override step(c: Cursor, next: Next): Next | null {
    if (!this.begun) {
      this.begun = true;
      if (c.kind !== Kind.String) return next;
      return this.readString(c) ? next : null;
    }
    if (next !== "operator") return next;
    const kind = readIntervalKind(c);
    if (kind === null) return next;
    const [value] = this.merge(c) ? this.elements : [];
    if (value === undefined || this.elements.length !== 1) return null;
    this.elements = [call(`toInterval${kind}`, [value], c.rangeFrom(this.start))];
    this.finished = true;
    return next;
  }

  private readString(c: Cursor): boolean {
    const token = c.text;
    const value = token.slice(1, -1).trim();
    const at = { start: c.start, end: c.start + token.length };
    if (/^[+-]?(\d[\d.]*)$/.test(value)) return true;
    const parts = value.split(/\s+/);
    const numbers = parts.filter((_, index) => index % 2 === 0);
    const units = parts.filter((_, index) => index % 2 === 1).map(intervalKind);
    if (parts.length % 2 === 0 && numbers.every((number) => /^[+-]?\d[\d.]*$/.test(number)) && units.every((unit) => unit !== null)) {
      c.index++;
      this.elements = units.map((unit, index) => {
        const amount = literal({ type: "number", text: numbers[index] ?? "" }, at);
        return call(`toInterval${unit}`, [amount], at);
      });
      this.finished = true;
      return true;
    }
    c.index++;
    return this.readCompound(c, token.slice(1, -1), at);
  }

  private readCompound(c: Cursor, value: string, at: Range): boolean {
    const from = readIntervalKind(c);
    if (from === null || !c.keyword("TO")) return false;
    const to = readIntervalKind(c);
    const group = groups.find((kinds) => kinds.some(([kind]) => kind === from) && kinds.some(([kind]) => kind === to));
    if (to === null || group === undefined) return false;
    const fields = group.slice(
      group.findIndex(([kind]) => kind === from),
      group.findIndex(([kind]) => kind === to) + 1,
    );
    if (fields.length < 2) return false;
    const pattern = fields.map(([, separator], index) => `${index === 0 ? "" : separator}(\\d+)`).join("");
    const match = new RegExp(`^([+-]?)${pattern}$`).exec(value);
    if (match === null || fields.some(([, , most], index) => index > 0 && Number(match[index + 2]) > most)) return false;
    this.elements = fields.map(([kind], index) => {
      const amount = literal({ type: "number", text: String(BigInt(match[index + 2] ?? "0")) }, at);
      const part = call(`toInterval${kind}`, [amount], at);
      return match[1] === "-" ? call("negate", [part], at) : part;
    });
    this.finished = true;
    return true;
  }

  override result(at: Range): Expression | null {
    const [only] = this.elements;
    return this.elements.length === 1 ? (only ?? null) : operation("tuple", "INTERVAL", this.elements, at);
  }
}
