import type { Evaluator } from "./evaluate.ts";
import { memberOf } from "./evaluate-classes.ts";
import { inlined, performed } from "./evaluate-functions.ts";
import { methodOf, objects } from "./objects.ts";
import type { PyNode } from "./python.ts";
import { short, unknown } from "./unknown.ts";
import type { PyCall, PyClass, PyValue } from "./values.ts";
import { isUnknown } from "./values.ts";

/**
 * `object.name` for an object of a class of the repository: what `__init__` gave it, a property, or what its class says.
 * Classes that write a table engine as text (`str(ReplacingMergeTree("hits", ver="version"))`) are what this is for.
 */
export function instanceAttribute(evaluator: Evaluator, object: PyCall, name: string, node: PyNode): PyValue {
  const own = attributesOf(evaluator, object);
  if (own === null) return unknown(node, `the object of \`${short(node)}\` only exists when the code runs`);
  const value = own.get(name);
  if (value !== undefined) return value;
  const method = object.cls === null ? null : methodOf(evaluator, object.cls, name);
  if (method !== null) {
    if (!/@(?:cached_)?property\b/.test(decorators(method))) return unknown(node, `\`${name}\` of an object that is not called`);
    return inlined(evaluator, method, [object], {}, node) ?? unknown(node, `the property \`${name}\` is only known when the code runs`);
  }
  return object.cls === null ? unknown(node, `attribute \`${name}\``) : memberOf(evaluator, object.cls, name, node);
}

/** Undefined where the class has no such method, so that the call is kept as data. */
export function instanceMethod(
  evaluator: Evaluator,
  object: PyCall,
  method: string,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  node: PyNode,
): PyValue | undefined {
  const definition = object.cls === null ? null : methodOf(evaluator, object.cls, method);
  if (definition === null || attributesOf(evaluator, object) === null) return undefined;
  const given = /@staticmethod\b/.test(decorators(definition)) ? args : [object, ...args];
  const result = inlined(evaluator, definition, given, kwargs, node);
  if (result !== null) return result;
  // A method that returns nothing: it was run for what it does to the object.
  return performed(evaluator, definition, given, kwargs, node)
    ? null
    : unknown(node, `\`${short(node)}\` is only known when the code runs`);
}

/** What `str()` gives for an object whose class says so; null where it does not. */
export function instanceText(evaluator: Evaluator, object: PyCall, node: PyNode): PyValue | null {
  const definition = object.cls === null ? null : methodOf(evaluator, object.cls, "__str__");
  if (definition === null) return null;
  if (attributesOf(evaluator, object) === null) return unknown(node, `\`${short(object.node)}\` only exists when the code runs`);
  const text = inlined(evaluator, definition, [object], {}, node);
  if (isUnknown(text)) return text;
  return typeof text === "string" ? text : unknown(node, `the text of \`${short(object.node)}\` is only known when the code runs`);
}

function attributesOf(evaluator: Evaluator, object: PyCall): ReadonlyMap<string, PyValue> | null {
  const known = objects.get(object);
  if (known !== undefined) return known;
  const own = new Map<string, PyValue>();
  objects.set(object, own);
  if (object.cls === null) return own;
  const init = methodOf(evaluator, object.cls, "__init__");
  if (init === null) fillFields(evaluator, object.cls, object, own);
  else if (!performed(evaluator, init, [object, ...object.args], object.kwargs, object.node)) {
    objects.set(object, null);
    return null;
  }
  return own;
}

/** A dataclass: `table: str` and `cluster: str = "main"` in the body of the class are its parameters, in order. */
function fillFields(evaluator: Evaluator, cls: PyClass, object: PyCall, own: Map<string, PyValue>): void {
  let position = 0;
  for (const statement of cls.node.child("body")?.namedChildren ?? []) {
    const field = statement.namedChildren[0];
    const name = field?.child("left");
    if (field?.type !== "assignment" || name?.type !== "identifier" || field.child("type") === null) continue;
    const value = field.child("right");
    const given = position < object.args.length ? object.args[position] : object.kwargs[name.text];
    position++;
    if (given !== undefined) own.set(name.text, given);
    else if (value !== null) own.set(name.text, evaluator.evaluate(value));
  }
}

function decorators(definition: PyNode): string {
  const { parent } = definition;
  return parent?.type === "decorated_definition" ? parent.text.slice(0, definition.start - parent.start) : "";
}
