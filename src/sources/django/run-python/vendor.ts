import { compareValues } from "../evaluate-operators.ts";
import type { PyNode } from "../python.ts";
import { isKind } from "../values.ts";
import type { Abstract, Scope } from "./abstract-values.ts";
import type { Interpreter } from "./interpreter.ts";

/** `schema_editor.connection.vendor`: what is written for another database does not run on the one that is judged. */
export const VENDOR: Abstract = { kind: "constant", value: "postgresql" };

/** Whether a condition holds, as far as it asks for the vendor; null where it asks for something else. */
export function decidedByVendor(node: PyNode | null, scope: Scope, interpreter: Interpreter): boolean | null {
  if (node === null) return null;
  switch (node.type) {
    case "parenthesized_expression":
      return decidedByVendor(node.namedChildren[0] ?? null, scope, interpreter);
    case "not_operator": {
      const inner = decidedByVendor(node.child("argument"), scope, interpreter);
      return inner === null ? null : !inner;
    }
    case "boolean_operator": {
      const sides = [node.child("left"), node.child("right")].map((side) => decidedByVendor(side, scope, interpreter));
      const settles = node.child("operator")?.text === "or";
      if (sides.includes(settles)) return settles;
      return sides.includes(null) ? null : !settles;
    }
    case "comparison_operator": {
      const operands = node.namedChildren;
      const isVendor = operands.map((operand) => asksVendor(operand, scope, interpreter));
      if (!isVendor.includes(true)) return null;
      const values = operands.map((operand, i) => (isVendor[i] === true ? "postgresql" : interpreter.input.evaluate(operand)));
      const operators = node.children.filter((child) => !operands.includes(child)).map(({ text }) => text);
      const value = compareValues(values, joinWords(operators), node);
      return typeof value === "boolean" ? value : null;
    }
    case "call": {
      const method = node.child("function");
      const object = method?.type === "attribute" ? method.child("object") : null;
      const [argument, ...more] = node.child("arguments")?.namedChildren ?? [];
      if (object === null || object === undefined || argument === undefined || more.length > 0) return null;
      if (!asksVendor(object, scope, interpreter)) return null;
      const value = interpreter.input.evaluate(argument);
      const starts = isKind(value, "tuple") ? value.items : [value];
      if (!starts.every((start) => typeof start === "string")) return null;
      const name = method?.child("attribute")?.text;
      if (name === "startswith") return starts.some((start) => "postgresql".startsWith(start));
      return name === "endswith" ? starts.some((start) => "postgresql".endsWith(start)) : null;
    }
    default:
      return null;
  }
}

function asksVendor(node: PyNode, scope: Scope, interpreter: Interpreter): boolean {
  return /^(?:identifier|attribute|parenthesized_expression)$/.test(node.type) && interpreter.expression(node, scope) === VENDOR;
}

/** The grammar gives `not in` and `is not` as one token or as two. */
function joinWords(operators: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const operator of operators) {
    const last = joined.at(-1);
    if ((operator === "in" && last === "not") || (operator === "not" && last === "is")) joined[joined.length - 1] = `${last} ${operator}`;
    else joined.push(operator);
  }
  return joined;
}
