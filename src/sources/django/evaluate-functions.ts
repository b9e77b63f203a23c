import type { Evaluator, Names } from "./evaluate.ts";
import type { PyNode } from "./python.ts";
import { unknown } from "./unknown.ts";
import type { PyValue } from "./values.ts";
import { truthOf } from "./values.ts";

const NOT_STATIC: unique symbol = Symbol("not static");
const NO_RETURN: unique symbol = Symbol("no return");

/** The result of a function of the repository that is straight: assignments, decidable conditions and one return. */
export function inlined(
  evaluator: Evaluator,
  definition: PyNode,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  call: PyNode,
): PyValue | null {
  const locals = new Map<string, PyValue>();
  let position = 0;
  for (const parameter of definition.child("parameters")?.namedChildren ?? []) {
    if (parameter.type === "list_splat_pattern") {
      locals.set(parameter.namedChildren[0]?.text ?? "", { kind: "tuple", items: args.slice(position) });
      position = args.length;
      continue;
    }
    if (parameter.type === "dictionary_splat_pattern" || parameter.type === "keyword_separator") continue;
    const name =
      parameter.child("name")?.text ?? (parameter.type === "identifier" ? parameter.text : (parameter.namedChildren[0]?.text ?? ""));
    const fallback = parameter.child("value");
    const given = position < args.length ? args[position] : kwargs[name];
    if (position < args.length) position++;
    locals.set(name, given ?? (fallback === null ? unknown(call, `argument \`${name}\` is missing`) : evaluator.evaluate(fallback)));
    if (given === null) locals.set(name, null);
  }
  const names: Names = { module: definition.module, classBody: null, locals };
  const body = definition.child("body");
  const result = body === null || body.hasError ? NOT_STATIC : run(evaluator, body, names, locals);
  if (result === NOT_STATIC || result === NO_RETURN) return null;
  return result;
}

function run(
  evaluator: Evaluator,
  block: PyNode,
  names: Names,
  locals: Map<string, PyValue>,
): PyValue | typeof NOT_STATIC | typeof NO_RETURN {
  for (const statement of block.namedChildren) {
    if (statement.type === "return_statement") {
      const value = statement.namedChildren[0];
      return value === undefined ? null : evaluator.evaluate(value, names);
    }
    if (statement.type === "if_statement") {
      const condition = statement.child("condition");
      const truth = condition === null ? null : truthOf(evaluator.evaluate(condition, names));
      if (truth === null || statement.childrenOf("alternative").length > 1) return NOT_STATIC;
      const otherwise = statement.child("alternative");
      const branch = truth ? statement.child("consequence") : (otherwise?.child("body") ?? null);
      if (!truth && otherwise?.type === "elif_clause") return NOT_STATIC;
      if (branch === null) continue;
      const result = run(evaluator, branch, names, locals);
      if (result !== NO_RETURN) return result;
      continue;
    }
    if (statement.type === "pass_statement") continue;
    if (statement.type !== "expression_statement") return NOT_STATIC;
    const inner = statement.namedChildren[0];
    if (inner?.type === "string") continue;
    const target = inner?.child("left");
    const value = inner?.child("right");
    if (inner?.type !== "assignment" || target?.type !== "identifier" || value === null || value === undefined) return NOT_STATIC;
    locals.set(target.text, evaluator.evaluate(value, names));
  }
  return NO_RETURN;
}
