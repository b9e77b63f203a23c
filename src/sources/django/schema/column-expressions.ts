import { Compiler } from "../expressions/compile.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import type { PyValue } from "../values.ts";
import { isKind } from "../values.ts";
import { prepare } from "./defaults.ts";
import { literal } from "./literals.ts";
import { NotRenderable } from "./not-renderable.ts";

/** `db_default_sql`: a value as it is, an expression in parentheses. */
export function dbDefaultSql(field: FieldState, model: ModelState, state: ProjectState): string {
  const value = field.options["db_default"] ?? null;
  if (isExpression(value)) {
    if (isKind(value, "call") && /(?:^|\.)Value$/.test(value.callee)) {
      const inner = value.args[0] ?? value.kwargs["value"] ?? null;
      if (value.kwargs["output_field"] === undefined && !isExpression(inner)) return plain(inner, field, state);
      return new Compiler(model, state).expression(value).sql;
    }
    return `(${new Compiler(model, state).expression(value).sql})`;
  }
  return plain(value, field, state);
}

function plain(value: PyValue, field: FieldState, state: ProjectState): string {
  const prepared = prepare(value, field, state);
  if (prepared === null) throw new NotRenderable("the database default is only known when the code runs");
  return literal(prepared);
}

/** A call or operation that is an expression of Django, not a plain value such as `Decimal("1")`. */
export function isExpression(value: PyValue): boolean {
  if (isKind(value, "operation")) return true;
  if (!isKind(value, "call")) return false;
  return value.callee !== "decimal.Decimal" && !value.callee.startsWith("datetime.") && value.callee !== "uuid.UUID";
}

/** `_column_generated_sql`. */
export function generatedSql(field: FieldState, model: ModelState, state: ProjectState): string {
  const expression = field.options["expression"];
  if (expression === undefined) throw new NotRenderable(`\`${field.name}\` has no expression`);
  const compiler = new Compiler(model, state);
  const sql = typeof expression === "string" ? compiler.column(expression).sql : compiler.expression(expression).sql;
  return `GENERATED ALWAYS AS (${sql}) ${field.options["db_persist"] === false ? "VIRTUAL" : "STORED"}`;
}
