import type { Evaluator, Names } from "./evaluate.ts";
import { bindTarget } from "./evaluate-containers.ts";
import { binaryOperation } from "./evaluate-operators.ts";
import { setAttribute, superMethod } from "./objects.ts";
import type { PyNode } from "./python.ts";
import { unknown } from "./unknown.ts";
import type { PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf, truthOf } from "./values.ts";

const NOT_STATIC: unique symbol = Symbol("not static");
const NO_RETURN: unique symbol = Symbol("no return");

type Result = PyValue | typeof NOT_STATIC | typeof NO_RETURN;

/** Rounds of a loop over static values. */
const MAX_ROUNDS = 10_000;

/**
 * The result of a function of the repository that is straight: assignments, decidable conditions, loops over values that are known,
 * and a return. Null where it is not.
 */
export function inlined(
  evaluator: Evaluator,
  definition: PyNode,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  call: PyNode,
): PyValue | null {
  const locals = parametersOf(evaluator, definition, args, kwargs, call);
  const names: Names = { module: definition.module, classBody: null, locals };
  const body = definition.child("body");
  const result = body === null || body.hasError ? NOT_STATIC : run(evaluator, body, names, locals);
  if (result === NOT_STATIC || result === NO_RETURN) return null;
  return result;
}

/** The value of a lambda of a module's top level. */
export function called(
  evaluator: Evaluator,
  lambda: PyNode,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  call: PyNode,
): PyValue {
  const body = lambda.child("body");
  // What is around it is not remembered with it: a lambda inside of a function or a class may use names that are not known here.
  for (let around = lambda.parent; around !== null; around = around.parent)
    if (around.type === "function_definition" || around.type === "class_definition")
      return unknown(call, "a lambda made when the code runs");
  if (body === null) return unknown(call, "a lambda that cannot be read");
  return evaluator.evaluate(body, { module: lambda.module, classBody: null, locals: parametersOf(evaluator, lambda, args, kwargs, call) });
}

/** Runs a method for what it does to its object. @returns false where it is not straight */
export function performed(
  evaluator: Evaluator,
  definition: PyNode,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  call: PyNode,
): boolean {
  const locals = parametersOf(evaluator, definition, args, kwargs, call);
  const body = definition.child("body");
  return (
    body !== null && !body.hasError && run(evaluator, body, { module: definition.module, classBody: null, locals }, locals) !== NOT_STATIC
  );
}

function parametersOf(
  evaluator: Evaluator,
  definition: PyNode,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  call: PyNode,
): Map<string, PyValue> {
  const locals = new Map<string, PyValue>();
  let position = 0;
  for (const parameter of definition.child("parameters")?.namedChildren ?? []) {
    if (parameter.type === "list_splat_pattern") {
      locals.set(parameter.namedChildren[0]?.text ?? "", { kind: "tuple", items: args.slice(position) });
      position = args.length;
      continue;
    }
    if (parameter.type === "dictionary_splat_pattern" || parameter.child("name")?.type === "dictionary_splat_pattern") {
      const rest = Object.entries(kwargs).filter(([key]) => !locals.has(key));
      locals.set((parameter.text.replace(/^\*+/, "").split(":")[0] ?? "").trim(), { kind: "dict", entries: rest });
      continue;
    }
    if (parameter.type === "keyword_separator" || parameter.type === "positional_separator" || parameter.type === "comment") continue;
    const name =
      parameter.child("name")?.text ?? (parameter.type === "identifier" ? parameter.text : (parameter.namedChildren[0]?.text ?? ""));
    const fallback = parameter.child("value");
    const given = position < args.length ? args[position] : kwargs[name];
    if (position < args.length) position++;
    locals.set(name, given ?? (fallback === null ? unknown(call, `argument \`${name}\` is missing`) : evaluator.evaluate(fallback)));
    if (given === null) locals.set(name, null);
  }
  return locals;
}

function run(evaluator: Evaluator, block: PyNode, names: Names, locals: Map<string, PyValue>): Result {
  for (const statement of block.namedChildren) {
    const result = runStatement(evaluator, statement, names, locals);
    if (result !== NO_RETURN) return result;
  }
  return NO_RETURN;
}

function runStatement(evaluator: Evaluator, statement: PyNode, names: Names, locals: Map<string, PyValue>): Result {
  switch (statement.type) {
    case "return_statement": {
      const value = statement.namedChildren[0];
      return value === undefined ? null : evaluator.evaluate(value, names);
    }
    case "if_statement":
      return runIf(evaluator, statement, names, locals);
    case "for_statement":
      return runFor(evaluator, statement, names, locals);
    case "pass_statement":
    case "comment":
    case "assert_statement":
      return NO_RETURN;
    case "import_statement":
    case "import_from_statement": {
      const block = statement.parent;
      if (block === null) return NOT_STATIC;
      for (const [name, value] of evaluator.importsOf(block)) if (!locals.has(name)) locals.set(name, value);
      return NO_RETURN;
    }
    case "expression_statement":
      return runExpression(evaluator, statement.namedChildren[0] ?? null, names, locals);
    default:
      return NOT_STATIC;
  }
}

function runIf(evaluator: Evaluator, statement: PyNode, names: Names, locals: Map<string, PyValue>): Result {
  const branches = [
    { condition: statement.child("condition"), body: statement.child("consequence") },
    ...statement.childrenOf("alternative").map((clause) => ({
      condition: clause.type === "elif_clause" ? clause.child("condition") : null,
      body: clause.child(clause.type === "elif_clause" ? "consequence" : "body"),
    })),
  ];
  for (const [index, { condition, body }] of branches.entries()) {
    const truth = condition === null ? index > 0 : truthOf(evaluator.evaluate(condition, names));
    if (truth === null) return NOT_STATIC;
    if (truth) return body === null ? NO_RETURN : run(evaluator, body, names, locals);
  }
  return NO_RETURN;
}

function runFor(evaluator: Evaluator, statement: PyNode, names: Names, locals: Map<string, PyValue>): Result {
  const left = statement.child("left");
  const right = statement.child("right");
  const body = statement.child("body");
  if (left === null || right === null || body === null || statement.child("alternative") !== null) return NOT_STATIC;
  const over = evaluator.evaluate(right, names);
  const values = isKind(over, "dict") ? over.entries.map(([key]) => key) : itemsOf(over);
  if (values === null || values.length > MAX_ROUNDS) return NOT_STATIC;
  for (const value of values) {
    if (!bindTarget(left, value, locals)) return NOT_STATIC;
    const result = run(evaluator, body, names, locals);
    if (result !== NO_RETURN) return result;
  }
  return NO_RETURN;
}

function runExpression(evaluator: Evaluator, inner: PyNode | null, names: Names, locals: Map<string, PyValue>): Result {
  if (inner === null || inner.type === "string") return NO_RETURN;
  const target = inner.child("left");
  const value = inner.child("right");
  if (inner.type === "assignment" && target !== null) {
    // `name: str` says a type and does nothing.
    if (value === null) return NO_RETURN;
    return assign(evaluator, target, evaluator.evaluate(value, names), locals) ? NO_RETURN : NOT_STATIC;
  }
  if (inner.type === "augmented_assignment" && target?.type === "identifier" && value !== null) {
    const before = locals.get(target.text);
    if (before === undefined) return NOT_STATIC;
    const operator = (inner.child("operator")?.text ?? inner.children[1]?.text ?? "").replace(/=$/, "");
    locals.set(target.text, binaryOperation(operator, before, evaluator.evaluate(value, names), inner));
    return NO_RETURN;
  }
  return inner.type === "call" ? runCall(evaluator, inner, names, locals) : NOT_STATIC;
}

function assign(evaluator: Evaluator, target: PyNode, value: PyValue, locals: Map<string, PyValue>): boolean {
  if (target.type === "attribute") {
    const object = locals.get(target.child("object")?.text ?? "");
    return isKind(object, "call") && setAttribute(evaluator, object, target.child("attribute")?.text ?? "", value);
  }
  return (
    (target.type === "identifier" || target.type === "pattern_list" || target.type === "tuple_pattern") && bindTarget(target, value, locals)
  );
}

/** A call whose result nobody takes: what it does to a list or an object of the function counts; a log line does nothing. */
function runCall(evaluator: Evaluator, node: PyNode, names: Names, locals: Map<string, PyValue>): Result {
  const callee = node.child("function");
  const argumentList = node.child("arguments");
  if (callee === null || argumentList === null) return NOT_STATIC;
  if (/^(?:print|(?:logger|logging|log|warnings)\.\w+)$/.test(callee.text)) return NO_RETURN;
  const object = callee.type === "attribute" ? (callee.child("object") ?? null) : null;
  if (object === null) return NOT_STATIC;
  const method = callee.child("attribute")?.text ?? "";
  const positional = (): PyValue[] =>
    argumentList.namedChildren.filter((each) => each.type !== "keyword_argument").map((each) => evaluator.evaluate(each, names));
  const keywords = (): Record<string, PyValue> =>
    Object.fromEntries(
      argumentList.namedChildren.flatMap((each) => {
        const value = each.type === "keyword_argument" ? each.child("value") : null;
        return value === null ? [] : [[each.child("name")?.text ?? "", evaluator.evaluate(value, names)]];
      }),
    );
  if (object.text === "super()") {
    const self = locals.get("self");
    const above = isKind(self, "call") ? superMethod(evaluator, node, method) : null;
    if (self === undefined || above === null) return NOT_STATIC;
    return performed(evaluator, above, [self, ...positional()], keywords(), node) ? NO_RETURN : NOT_STATIC;
  }
  const receiver = locals.get(object.text);
  if (isKind(receiver, "list") && (method === "append" || method === "extend")) {
    const [first] = positional();
    const more = first === undefined ? null : method === "append" ? [first] : itemsOf(first);
    if (more === null) return NOT_STATIC;
    locals.set(object.text, { kind: "list", items: [...receiver.items, ...more] });
    return NO_RETURN;
  }
  if (isKind(receiver, "call") && receiver.cls !== null && evaluator.modes.instances === true)
    return isUnknown(evaluator.evaluate(node, names)) ? NOT_STATIC : NO_RETURN;
  return NOT_STATIC;
}
