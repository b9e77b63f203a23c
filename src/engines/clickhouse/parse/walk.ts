import type { ColumnTransformer, Expression, OrderByElement, WindowDefinition } from "./ast.ts";

/** The expressions right within an expression. Those of a query in it are none of them: names mean something else there. */
export function children(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "literal":
    case "identifier":
    case "parameter":
    case "subquery":
      return [];
    case "function":
      return [
        ...(expression.parameters ?? []),
        ...expression.arguments,
        ...(expression.filter === null ? [] : [expression.filter]),
        ...(expression.over === null || "text" in expression.over ? [] : ofWindow(expression.over)),
      ];
    case "lambda":
      return [expression.body];
    case "cast":
      return [expression.operand];
    case "asterisk":
      return [...(expression.expression === null ? [] : [expression.expression]), ...expression.transformers.flatMap(ofTransformer)];
    case "columns":
      return [
        ...(expression.expression === null ? [] : [expression.expression]),
        ...expression.columns,
        ...expression.transformers.flatMap(ofTransformer),
      ];
    default:
      return expression satisfies never;
  }
}

export function ofWindow(window: WindowDefinition): readonly Expression[] {
  return [...window.partitionBy, ...window.orderBy.flatMap(ofOrder)];
}

export function ofOrder(element: OrderByElement): readonly Expression[] {
  const { expression, fill } = element;
  const parts = fill === null ? [] : [fill.from, fill.to, fill.step, fill.staleness];
  return [expression, ...parts.filter((part) => part !== null)];
}

function ofTransformer(transformer: ColumnTransformer): readonly Expression[] {
  switch (transformer.kind) {
    case "except":
      return [];
    case "replace":
      return transformer.replacements.map((replacement) => replacement.expression);
    case "apply":
      return [...("kind" in transformer.function ? [transformer.function] : []), ...transformer.parameters];
    default:
      return transformer satisfies never;
  }
}
