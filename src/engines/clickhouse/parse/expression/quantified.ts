import type { Expression, FunctionExpression, Query, Range, SelectQuery } from "../ast.ts";
import { call, operation } from "./nodes.ts";
import type { Operator } from "./operators.ts";

/** `x = ANY (SELECT …)`, `x > ALL (array)`: the engine turns them into IN, min, max, has and lambdas over arrays. */
export function quantified(
  op: Operator,
  left: Expression,
  word: "ANY" | "SOME" | "ALL",
  right: { readonly query: Query } | { readonly array: Expression },
  at: Range,
  rightAt: Range,
): Expression | null {
  const all = word === "ALL";
  if ("query" in right) return overQuery(op, left, all, right.query, at, rightAt);
  if (!all && op.name === "equals") return call("has", [right.array, left], at);
  if (all && op.name === "notEquals") return operation("not", "NOT", [call("has", [right.array, left], at)], at);
  const used = identifiers(left);
  let name = "_a";
  for (let suffix = 1; used.has(name); suffix++) name = `_a${suffix}`;
  const parameter = { text: name, at: rightAt, parameter: false };
  const body = operation(op.name, op.text, [left, { kind: "identifier", parts: [parameter], alias: null, at: rightAt }], at);
  const lambda: Expression = { kind: "lambda", parameters: [parameter], body, alias: null, at };
  return call(all ? "arrayAll" : "arrayExists", [lambda, right.array], at);
}

function overQuery(op: Operator, left: Expression, all: boolean, query: Query, at: Range, rightAt: Range): FunctionExpression | null {
  const subquery = (of: Query): Expression => ({ kind: "subquery", query: of, alias: null, at: rightAt });
  if (op.name === "equals" || op.name === "notEquals") {
    const name = op.name === "equals" ? "in" : "notIn";
    const operator = op.name === "equals" ? "IN" : "NOT IN";
    const direct = all === (op.name === "notEquals");
    return operation(name, operator, [left, subquery(direct ? query : aggregated("singleValueOrNull", query, rightAt))], at);
  }
  const greater = op.name === "greater" || op.name === "greaterOrEquals";
  if (!greater && op.name !== "less" && op.name !== "lessOrEquals") return null;
  return operation(op.name, op.text, [left, subquery(aggregated(greater === all ? "max" : "min", query, rightAt))], at);
}

function aggregated(name: string, query: Query, at: Range): SelectQuery {
  const asterisk: Expression = { kind: "asterisk", qualifier: [], expression: null, transformers: [], alias: null, at };
  return {
    kind: "select",
    with: [],
    recursive: false,
    distinct: false,
    distinctOn: [],
    columns: [call(name, [asterisk], at)],
    from: {
      first: { source: { kind: "subquery", query }, alias: null, columnAliases: [], final: false, sample: null, stream: false, at },
      joins: [],
    },
    prewhere: null,
    where: null,
    groupBy: null,
    withTotals: false,
    having: null,
    windows: [],
    qualify: null,
    orderBy: null,
    limitBy: null,
    limit: null,
    offset: null,
    withTies: false,
    settings: [],
    at,
  };
}

function identifiers(expression: Expression): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === "object" && node !== null) {
      if ("kind" in node && node.kind === "identifier" && "parts" in node && Array.isArray(node.parts)) {
        for (const part of node.parts as readonly { readonly text: string }[]) found.add(part.text);
        found.add((node.parts as readonly { readonly text: string }[]).map((part) => part.text).join("."));
      }
      Object.values(node).forEach(visit);
    }
  };
  visit(expression);
  return found;
}
