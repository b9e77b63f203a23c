import type { PyNode } from "../../sources/django/python.ts";
import { descendants } from "../../sources/django/run-python/python-shapes.ts";

/** True when every `return` of a helper gives back its first parameter: it marks a field, and the field stays one. */
export function returnsItsParameter(definition: PyNode): boolean {
  const first = definition.child("parameters")?.namedChildren[0];
  const name = first?.type === "identifier" ? first.text : (first?.child("name")?.text ?? first?.namedChildren[0]?.text);
  const returns = descendants(definition, "return_statement");
  return returns.length > 0 && returns.every((r) => r.namedChildren[0]?.text === name);
}
