import type { Expression } from "../parse/ast.ts";
import { canonicalExpression } from "../changes/render.ts";

/** The name of an output column: its alias, the column's own name, or the expression with its functions by name: `plus(a, 1)`. */
export function columnName(e: Expression): string {
  if (e.alias !== null) return e.alias.text;
  if (e.kind === "identifier") return e.parts.at(-1)?.text ?? "";
  return functionForm(e);
}

function functionForm(e: Expression): string {
  switch (e.kind) {
    case "function": {
      const parameters = e.parameters === null ? "" : `(${e.parameters.map(functionForm).join(", ")})`;
      return `${e.name}${parameters}(${e.distinct ? "DISTINCT " : ""}${e.arguments.map(functionForm).join(", ")})`;
    }
    case "identifier":
      return e.parts.map((p) => p.text).join(".");
    case "cast":
      return `CAST(${functionForm(e.operand)}, '${e.type.name}')`;
    case "literal":
    case "lambda":
    case "subquery":
    case "asterisk":
    case "columns":
    case "parameter":
      return canonicalExpression(e);
    default:
      return e satisfies never;
  }
}
