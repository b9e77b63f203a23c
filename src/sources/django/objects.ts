import type { Evaluator } from "./evaluate.ts";
import type { PyNode } from "./python.ts";
import type { PyCall, PyClass, PyValue } from "./values.ts";
import { isKind } from "./values.ts";

/** Attributes of the objects that were made, per object; null where `__init__` could not be followed. */
export const objects: WeakMap<PyCall, Map<string, PyValue> | null> = new WeakMap();

/** @returns false where the object is not one whose attributes are followed */
export function setAttribute(evaluator: Evaluator, object: PyCall, name: string, value: PyValue): boolean {
  if (evaluator.modes.instances !== true) return false;
  const own = objects.get(object);
  own?.set(name, value);
  return own !== undefined && own !== null;
}

/** The method that `super().name` calls, seen from a call inside of a class. */
export function superMethod(evaluator: Evaluator, call: PyNode, name: string): PyNode | null {
  let around: PyNode | null = call.parent;
  while (around !== null && around.type !== "class_definition") around = around.parent;
  if (around === null) return null;
  for (const base of evaluator.bases({ kind: "class", path: around.child("name")?.text ?? "", node: around })) {
    const found = isKind(base, "class") ? methodOf(evaluator, base, name) : null;
    if (found !== null) return found;
  }
  return null;
}

/** The definition of a method, inherited ones included; null where the repository has none. */
export function methodOf(evaluator: Evaluator, cls: PyClass, name: string, depth = 0): PyNode | null {
  const own = evaluator.classAttribute(cls, name);
  if (isKind(own, "function")) return own.node;
  if (depth > 10) return null;
  for (const base of evaluator.bases(cls)) {
    const found = isKind(base, "class") ? methodOf(evaluator, base, name, depth + 1) : null;
    if (found !== null) return found;
  }
  return null;
}
