import { float, numberOf } from "../evaluate-operators.ts";
import { decimalText, temporal } from "../schema/defaults.ts";
import { literal } from "../schema/literals.ts";
import { NotRenderable } from "../schema/not-renderable.ts";
import { internalType, isKey } from "../schema/types.ts";
import type { FieldState, ProjectState } from "../state.ts";
import type { PyValue } from "../values.ts";
import { isKind } from "../values.ts";
import type { Compiled } from "./compile.ts";

/** What an expression yields, as far as that decides how Django writes it. */
export type SqlKind = "text" | "integer" | "decimal" | "float" | "boolean" | "date" | "json" | "other";

export function kindOfField(field: FieldState, _state: ProjectState): SqlKind {
  if (isKey(field)) return "integer";
  const internal = internalType(field);
  if (internal === "CharField" || internal === "TextField" || internal === "SlugField" || internal === "FileField") return "text";
  if (internal === "BooleanField") return "boolean";
  if (internal === "DecimalField") return "decimal";
  if (internal === "FloatField") return "float";
  if (internal === "JSONField") return "json";
  if (internal === "DateField" || internal === "DateTimeField" || internal === "TimeField") return "date";
  return /Integer|AutoField/.test(internal) ? "integer" : "other";
}

export function kindOfValue(value: PyValue): SqlKind {
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number" || typeof value === "bigint") return "integer";
  if (isKind(value, "float")) return "float";
  return "other";
}

/** A constant without a field to go by: `Value(1)` and the like. */
export function constant(value: PyValue): Compiled {
  const kind = kindOfValue(value);
  const compiled = (sql: string, as: SqlKind = kind): Compiled => ({ sql, form: "value", kind: as, field: null });
  if (value === null) return compiled("NULL");
  if (typeof value === "string") return compiled(literal({ kind: "text", value }));
  if (typeof value === "boolean") return compiled(literal({ kind: "bool", value }));
  if (typeof value === "number" || typeof value === "bigint") return compiled(literal({ kind: "int", value }));
  const number = numberOf(value);
  if (number !== null) return compiled(literal({ kind: "float", value: float(number).value }));
  if (isKind(value, "call")) {
    const decimal = value.callee === "decimal.Decimal" ? decimalText(value) : null;
    if (decimal !== null) return compiled(literal({ kind: "decimal", value: decimal }), "decimal");
    const name = value.callee.slice(value.callee.lastIndexOf(".") + 1);
    if (value.callee.startsWith("datetime.")) {
      const time = temporal(value, name === "date" ? "DateField" : name === "time" ? "TimeField" : "DateTimeField");
      if (time !== null) return compiled(literal(time), "date");
    }
    throw new NotRenderable(`the expression \`${name}\` is not known to tread`);
  }
  throw new NotRenderable("an expression that is only known when the code runs");
}
