import { literal } from "../schema/literals.ts";
import { quoteName } from "../schema/names.ts";
import { NotRenderable } from "../schema/not-renderable.ts";
import type { PyCall, PyValue } from "../values.ts";
import { isKind, pathOf } from "../values.ts";
import type { Compiled, Compiler } from "./compile.ts";
import type { SqlKind } from "./kinds.ts";

type Compile = (call: PyCall, compiler: Compiler) => Compiled;

function other(sql: string, kind: SqlKind = "other"): Compiled {
  return { sql, form: "other", kind, field: null };
}

/** `NAME(a, b)`. The kind is the first argument's unless given. */
function plain(name: string, kind?: SqlKind): Compile {
  return (call, compiler) => {
    const args = call.args.map((a) => compiler.source(a));
    return other(`${name}(${args.map((a) => a.sql).join(", ")})`, kind ?? args[0]?.kind ?? "other");
  };
}

function argument(call: PyCall, position: number, name: string): PyValue {
  const value = call.args[position] ?? call.kwargs[name];
  if (value === undefined) throw new NotRenderable(`an argument \`${name}\` is missing`);
  return value;
}

/** `Concat` makes pairs from the right; what is no text is cast; nulls count as empty. */
function concat(values: readonly PyValue[], compiler: Compiler): Compiled {
  const [first, ...rest] = values;
  if (first === undefined) throw new NotRenderable("`Concat` without arguments");
  const text = (c: Compiled): string => `COALESCE(${c.kind === "text" ? c.sql : `(${c.sql})::text`}, '')`;
  const left = compiler.source(first);
  if (rest.length === 0) return left;
  const right = concat(rest, compiler);
  return other(`(${text(left)} || ${text(right)})`, "text");
}

function datePart(name: string): Compile {
  return (call, compiler) => {
    const source = compiler.source(argument(call, 0, "expression"));
    if (source.field?.className !== "django.db.models.DateField")
      throw new NotRenderable("a part of a time depends on the time zone of the settings");
    return other(`EXTRACT(${name} FROM ${source.sql})`, "integer");
  };
}

/** Expression classes by name. Everything else makes its operation opaque. */
export const FUNCTIONS: Readonly<Record<string, Compile>> = {
  Value: (call, compiler) => {
    const value = argument(call, 0, "value");
    const output = call.kwargs["output_field"] ?? call.args[1];
    if (output === undefined) return { ...compiler.expression(value), form: "value" };
    const field = compiler.outputField(output);
    return { sql: value === null ? "NULL" : compiler.literalFor(value, field), form: "value", kind: compiler.kind(value), field: null };
  },
  ExpressionWrapper: (call, compiler) => compiler.expression(argument(call, 0, "expression")),
  Lower: plain("LOWER", "text"),
  Upper: plain("UPPER", "text"),
  Length: plain("LENGTH", "integer"),
  Trim: plain("TRIM", "text"),
  LTrim: plain("LTRIM", "text"),
  RTrim: plain("RTRIM", "text"),
  Reverse: plain("REVERSE", "text"),
  MD5: plain("MD5", "text"),
  Abs: plain("ABS"),
  Ceil: plain("CEILING"),
  Floor: plain("FLOOR"),
  Sqrt: plain("SQRT", "float"),
  Ln: plain("LN", "float"),
  Exp: plain("EXP", "float"),
  Sign: plain("SIGN"),
  Random: () => other("RANDOM()", "float"),
  Pi: () => other("PI()", "float"),
  Power: plain("POWER"),
  Greatest: plain("GREATEST"),
  Least: plain("LEAST"),
  Coalesce: plain("COALESCE"),
  Now: () => other("STATEMENT_TIMESTAMP()", "date"),
  TransactionNow: () => other("CURRENT_TIMESTAMP", "date"),
  RandomUUID: () => other("GEN_RANDOM_UUID()"),
  Concat: (call, compiler) => concat(call.args, compiler),
  NullIf: plain("NULLIF"),
  Replace: (call, compiler) => {
    const parts = [compiler.source(argument(call, 0, "expression")), compiler.expression(argument(call, 1, "text"))];
    parts.push(compiler.expression(call.args[2] ?? call.kwargs["replacement"] ?? ""));
    return other(`REPLACE(${parts.map((p) => p.sql).join(", ")})`, "text");
  },
  Substr: (call, compiler) => {
    const parts = [compiler.source(argument(call, 0, "expression")), compiler.expression(argument(call, 1, "pos"))];
    const length = call.args[2] ?? call.kwargs["length"];
    if (length !== undefined && length !== null) parts.push(compiler.expression(length));
    return other(`SUBSTRING(${parts.map((p) => p.sql).join(", ")})`, "text");
  },
  Left: (call, compiler) =>
    other(`LEFT(${compiler.source(argument(call, 0, "expression")).sql}, ${compiler.expression(argument(call, 1, "length")).sql})`, "text"),
  Right: (call, compiler) =>
    other(
      `RIGHT(${compiler.source(argument(call, 0, "expression")).sql}, ${compiler.expression(argument(call, 1, "length")).sql})`,
      "text",
    ),
  Mod: plain("MOD"),
  Round: (call, compiler) => {
    const source = compiler.source(argument(call, 0, "expression"));
    const precision = call.args[1] ?? call.kwargs["precision"];
    return other(`ROUND(${source.sql}, ${precision === undefined ? "0" : compiler.expression(precision).sql})`, source.kind);
  },
  Cast: (call, compiler) => {
    const source = compiler.source(argument(call, 0, "expression"));
    const output = argument(call, 1, "output_field");
    const field = compiler.outputField(output);
    return other(`(${source.sql})::${compiler.castType(output)}`, /Char|Text/.test(field.className) ? "text" : "other");
  },
  Collate: (call, compiler) => {
    const collation = argument(call, 1, "collation");
    if (typeof collation !== "string") throw new NotRenderable("a collation that is no plain string");
    return other(`${compiler.source(argument(call, 0, "expression")).sql} COLLATE ${quoteName(collation)}`, "text");
  },
  OpClass: (call, compiler) => {
    const name = argument(call, 1, "name");
    if (typeof name !== "string") throw new NotRenderable("an operator class that is no plain string");
    return other(`${compiler.source(argument(call, 0, "expression")).sql} ${name}`);
  },
  OrderBy: (call, compiler) =>
    compiler.ordered(compiler.source(argument(call, 0, "expression")), call.kwargs["descending"] === true, call.kwargs),
  Func: (call, compiler) => {
    const name = call.kwargs["function"];
    const template = call.kwargs["template"] ?? "%(function)s(%(expressions)s)";
    const joiner = call.kwargs["arg_joiner"] ?? ", ";
    if (typeof template !== "string" || typeof joiner !== "string") throw new NotRenderable("a `Func` whose template is no plain string");
    const args = call.args.map((a) => compiler.source(a).sql).join(joiner);
    const used: Readonly<Record<string, PyValue>> = { ...call.kwargs, function: name ?? null, expressions: args };
    const sql = template.replaceAll(/%\((\w+)\)s/g, (_whole, key: string) => {
      const value = used[key];
      if (typeof value !== "string" && typeof value !== "number") throw new NotRenderable(`a \`Func\` without \`${key}\``);
      return String(value);
    });
    return other(sql.replaceAll("%%", "%"));
  },
  Case: (call, compiler) => {
    const cases = call.args.map((a) => compiler.expression(a).sql);
    const fallback = call.kwargs["default"];
    const otherwise = fallback === undefined ? "NULL" : caseResult(fallback, compiler).sql;
    if (cases.length === 0) return other(otherwise);
    return other(`CASE ${cases.join(" ")} ELSE ${otherwise} END`);
  },
  When: (call, compiler) => {
    const { then: result, ...lookups } = call.kwargs;
    if (result === undefined) throw new NotRenderable("`When` without `then`");
    const positional = call.args[0];
    const q: PyCall = { ...call, callee: "django.db.models.Q", args: [], kwargs: lookups };
    const condition =
      positional === undefined
        ? compiler.where(q)
        : Object.keys(lookups).length === 0
          ? compiler.where(positional)
          : compiler.where({ kind: "operation", operator: "&", operands: [positional, q], node: call.node });
    // A condition that Django resolves a second time, as part of a WHERE, is written in parentheses even when it is a single one.
    const single = compiler.insideWhere && !condition.startsWith("(") && !condition.startsWith("NOT (");
    return other(`WHEN ${single ? `(${condition})` : condition} THEN ${caseResult(result, compiler).sql}`);
  },
  RawSQL: (call) => {
    const sql = call.args[0];
    const params = call.args[1];
    if (
      typeof sql !== "string" ||
      !(
        params === undefined ||
        (isKind(params, "list") && params.items.length === 0) ||
        (isKind(params, "tuple") && params.items.length === 0)
      )
    ) {
      throw new NotRenderable("`RawSQL` with parameters");
    }
    return other(`(${sql})`);
  },
  SearchVector: (call, compiler) => {
    const config = call.kwargs["config"];
    if (config !== undefined && typeof config !== "string") throw new NotRenderable("a search configuration that is no plain string");
    if (call.kwargs["weight"] !== undefined) throw new NotRenderable("a weighted `SearchVector`");
    const parts = call.args.map((a) => {
      const source = compiler.source(a);
      return `COALESCE(${source.kind === "text" ? source.sql : `(${source.sql})::text`}, '')`;
    });
    const joined = parts.length === 1 ? (parts[0] ?? "") : parts.join(" || ' ' || ");
    const configSql = config === undefined ? "" : `${literal({ kind: "text", value: config })}::regconfig, `;
    return other(`to_tsvector(${configSql}${joined})`);
  },
  ExtractYear: datePart("YEAR"),
  ExtractMonth: datePart("MONTH"),
  ExtractDay: datePart("DAY"),
};

/** Results of `Case` are values where they are no expressions. */
function caseResult(value: PyValue, compiler: Compiler): Compiled {
  if (typeof value === "string" || pathOf(value) !== null) return compiler.expression(value);
  return compiler.expression(value);
}
