import { numberOf } from "../evaluate-operators.ts";
import { shortName } from "../fields.ts";
import { literal } from "../schema/literals.ts";
import { NotRenderable } from "../schema/not-renderable.ts";
import { isKey } from "../schema/types.ts";
import type { FieldState } from "../state.ts";
import type { PyValue } from "../values.ts";
import { isKind, isUnknown, itemsOf } from "../values.ts";
import type { Compiled, Compiler } from "./compile.ts";
import { FUNCTIONS } from "./functions.ts";

const LOOKUPS = new Set(
  "exact iexact gt gte lt lte in range isnull contains icontains startswith istartswith endswith iendswith regex iregex".split(" "),
);
/** Transforms that are registered on text fields or are registered by default, and the function behind them. */
const TRANSFORMS: Readonly<Record<string, string>> = { lower: "Lower", upper: "Upper", length: "Length", trim: "Trim", abs: "Abs" };
const PARTS: Readonly<Record<string, string>> = {
  month: "MONTH",
  day: "DAY",
  hour: "HOUR",
  minute: "MINUTE",
  week_day: "DOW",
  quarter: "QUARTER",
  week: "WEEK",
};
const OPERATORS: Readonly<Record<string, string>> = { gt: ">", gte: ">=", lt: "<", lte: "<=" };

/**
 * The parts of one lookup, joined by AND: the lookup itself and, under a negation, the `IS NOT NULL` that `build_filter` adds for a
 * column that may be null.
 */
export function lookupSql(compiler: Compiler, name: string, value: PyValue, negated: boolean): readonly string[] {
  if (isUnknown(value)) throw new NotRenderable(value.reason);
  const parts = name.split("__");
  let lookup = parts.length > 1 && LOOKUPS.has(parts.at(-1) ?? "") ? (parts.pop() ?? "exact") : "exact";
  const { lhs, field } = leftSide(compiler, parts);
  let rhs = value;
  if (lookup === "exact" && rhs === null) {
    lookup = "isnull";
    rhs = true;
  }
  const sql = compare(compiler, lhs, field, lookup, rhs);
  const extra: string[] = [];
  if (negated && (lookup !== "isnull" || rhs === false) && lookup !== "isnull") {
    if (field.null) extra.push(`${fieldColumn(compiler, field)} IS NOT NULL`);
    const other =
      isKind(rhs, "call") && /(?:^|\.)F$/.test(rhs.callee) && typeof rhs.args[0] === "string"
        ? compiler.field(rhs.args[0].split("__")[0] ?? "")
        : null;
    if (other?.null === true) extra.push(`${fieldColumn(compiler, other)} IS NOT NULL`);
  }
  return [sql, ...extra];
}

function fieldColumn(compiler: Compiler, field: FieldState): string {
  return compiler.column(field.name).sql;
}

function leftSide(compiler: Compiler, parts: readonly string[]): { readonly lhs: Compiled; readonly field: FieldState } {
  const [first = "", ...rest] = parts;
  const field = compiler.field(first);
  if (isKey(field) && rest.length === 1 && (rest[0] === "id" || rest[0] === "pk")) return { lhs: compiler.column(first), field };
  if (rest.length > 0 && shortName(field.className) === "JSONField") return { lhs: compiler.jsonPath(field, rest), field };
  let lhs = compiler.column(first);
  for (const part of rest) {
    const transform = TRANSFORMS[part];
    if (transform !== undefined && FUNCTIONS[transform] !== undefined) {
      lhs = {
        ...lhs,
        sql: `${transform === "Trim" ? "TRIM" : transform.toUpperCase()}(${lhs.sql})`,
        form: "other",
        kind: part === "length" ? "integer" : lhs.kind,
      };
      continue;
    }
    const extract = PARTS[part];
    if (extract !== undefined && lhs.kind === "date" && shortName(field.className) === "DateField") {
      lhs = { sql: `EXTRACT(${extract} FROM ${lhs.sql})`, form: "other", kind: "integer", field: null };
      continue;
    }
    throw new NotRenderable(`the lookup \`${part}\` in a condition is not known to tread`);
  }
  return { lhs, field };
}

function compare(compiler: Compiler, lhs: Compiled, field: FieldState, lookup: string, value: PyValue): string {
  const direct = lhs.form === "column";
  const isExpression = isKind(value, "operation") || (isKind(value, "call") && !isPlainCall(value.callee));
  if (isExpression) {
    const right = compiler.expression(value);
    const sql = right.form === "value" || right.sql.startsWith("(") ? right.sql : `(${right.sql})`;
    const operator = lookup === "exact" ? "=" : OPERATORS[lookup];
    if (operator !== undefined) return `${lhs.sql} ${operator} ${sql}`;
    throw new NotRenderable(`the lookup \`${lookup}\` with an expression is not known to tread`);
  }
  if (lhs.kind === "json" && lookup !== "isnull" && !direct)
    throw new NotRenderable("a comparison inside of a JSON field is not known to tread");
  const write = (v: PyValue): string => (direct ? compiler.literalFor(v, field) : compiler.expression(v).sql);
  switch (lookup) {
    case "exact":
      if (typeof value === "boolean" && lhs.kind === "boolean") return value ? lhs.sql : `NOT ${lhs.sql}`;
      return `${lhs.sql} = ${write(value)}`;
    case "isnull":
      if (typeof value !== "boolean") throw new NotRenderable("`isnull` needs True or False");
      return `${lhs.sql} IS ${value ? "NULL" : "NOT NULL"}`;
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return `${lhs.sql} ${OPERATORS[lookup] ?? ""} ${write(rounded(lhs, lookup, value))}`;
    case "in": {
      const items = itemsOf(value)?.filter((i) => i !== null);
      if (items === undefined || items.length === 0) throw new NotRenderable("`in` needs a list that is not empty");
      // Django makes a set of it that keeps the order.
      const written = [...new Set(items.map(write))];
      return `${lhs.sql} IN (${written.join(", ")})`;
    }
    case "range": {
      const [from, to] = itemsOf(value) ?? [];
      if (from === undefined || to === undefined) throw new NotRenderable("`range` needs two values");
      return `${lhs.sql} BETWEEN ${write(from)} AND ${write(to)}`;
    }
    default:
      return pattern(lhs, field, lookup, value);
  }
}

/** Calls that are values, not expressions. */
function isPlainCall(callee: string): boolean {
  return callee === "decimal.Decimal" || callee.startsWith("datetime.") || callee === "uuid.UUID";
}

/** Integer columns against a float: Django compares with the next whole number. */
function rounded(lhs: Compiled, lookup: string, value: PyValue): PyValue {
  if (lhs.kind !== "integer" || !isKind(value, "float")) return value;
  const number = numberOf(value) ?? 0;
  return lookup === "gte" || lookup === "lt" ? Math.ceil(number) : Math.floor(number);
}

function pattern(lhs: Compiled, field: FieldState, lookup: string, value: PyValue): string {
  const short = shortName(field.className);
  if (lhs.kind === "json" || short === "ArrayField" || /RangeField$|HStore/.test(short)) {
    throw new NotRenderable(`the lookup \`${lookup}\` on a ${short} is not known to tread`);
  }
  const text = typeof value === "string" ? value : numberOf(value) === null ? null : String(numberOf(value));
  if (text === null) throw new NotRenderable(`\`${lookup}\` with a value that is no text`);
  const cast = short === "GenericIPAddressField" ? `HOST(${lhs.sql})` : `${lhs.sql}::text`;
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("%", "\\%").replaceAll("_", "\\_");
  const write = (v: string): string => literal({ kind: "text", value: v });
  switch (lookup) {
    case "iexact":
      return `UPPER(${cast}) = UPPER(${write(text)})`;
    case "contains":
      return `${cast} LIKE ${write(`%${escaped}%`)}`;
    case "icontains":
      return `UPPER(${cast}) LIKE UPPER(${write(`%${escaped}%`)})`;
    case "startswith":
      return `${cast} LIKE ${write(`${escaped}%`)}`;
    case "istartswith":
      return `UPPER(${cast}) LIKE UPPER(${write(`${escaped}%`)})`;
    case "endswith":
      return `${cast} LIKE ${write(`%${escaped}`)}`;
    case "iendswith":
      return `UPPER(${cast}) LIKE UPPER(${write(`%${escaped}`)})`;
    case "regex":
      return `${cast} ~ ${write(text)}`;
    case "iregex":
      return `${cast} ~* ${write(text)}`;
    default:
      throw new NotRenderable(`the lookup \`${lookup}\` is not known to tread`);
  }
}
