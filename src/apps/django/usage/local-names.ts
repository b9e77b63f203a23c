import type { PyNode } from "../../../sources/django/python.ts";

/** Where a name inside a function gets what it holds: an expression, or the annotation of a parameter or variable. */
export interface Assigned {
  readonly kind: "value" | "annotation";
  readonly node: PyNode;
}

const FUNCTIONS = new Set(["function_definition", "lambda"]);
const cache = new WeakMap<PyNode, Map<string, Assigned[]>>();

/**
 * Everything that is assigned to a name in the function around a node, in any order: enough to tell a receiver's model, and wrong
 * only where one name holds two models, which then count both. Empty at module level (see `CodeIndex.resolve`).
 */
export function assignmentsOf(node: PyNode, name: string): readonly Assigned[] {
  for (let n: PyNode | null = node.parent; n !== null; n = n.parent) {
    if (["list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension"].includes(n.type)) {
      for (const clause of n.children) {
        if (clause.type === "for_in_clause" && clause.child("left")?.text === name) {
          const right = clause.child("right");
          if (right !== null) return [{ kind: "value", node: right }];
        }
      }
    }
    if (!FUNCTIONS.has(n.type)) continue;
    const found = namesIn(n).get(name);
    if (found !== undefined) return found;
  }
  return [];
}

function namesIn(fn: PyNode): Map<string, Assigned[]> {
  const known = cache.get(fn);
  if (known !== undefined) return known;
  const names = new Map<string, Assigned[]>();
  const put = (name: string, assigned: Assigned): void => {
    const list = names.get(name);
    if (list === undefined) names.set(name, [assigned]);
    else list.push(assigned);
  };
  for (const parameter of fn.child("parameters")?.namedChildren ?? []) {
    const type = parameter.child("type");
    const name = parameter.child("name")?.text ?? parameter.namedChildren[0]?.text;
    if (type !== null && name !== undefined) put(name, { kind: "annotation", node: type });
  }
  const visit = (node: PyNode): void => {
    for (const child of node.children) {
      if (FUNCTIONS.has(child.type) || child.type === "class_definition") continue;
      readStatement(child, put);
      visit(child);
    }
  };
  const body = fn.child("body");
  if (body !== null) visit(body);
  cache.set(fn, names);
  return names;
}

function readStatement(node: PyNode, put: (name: string, assigned: Assigned) => void): void {
  if (
    node.type === "assignment" ||
    node.type === "named_expression" ||
    node.type === "for_statement" ||
    node.type === "augmented_assignment"
  ) {
    const left = node.child("left") ?? node.child("name");
    const right = node.child("right") ?? node.child("value");
    const type = node.type === "assignment" ? node.child("type") : null;
    if (left === null) return;
    if (type !== null && left.type === "identifier") put(left.text, { kind: "annotation", node: type });
    if (right === null) return;
    if (left.type === "identifier") put(left.text, { kind: "value", node: right });
    else if (left.type === "pattern_list" || left.type === "tuple_pattern") {
      // `team, created = Team.objects.get_or_create(…)`, `for i, row in enumerate(rows)`, `a, b = x, y`.
      const values = ["expression_list", "tuple"].includes(right.type) ? right.namedChildren : null;
      left.namedChildren.forEach((target, i) => {
        if (target.type !== "identifier") return;
        const value = values === null ? right : values[i];
        if (value !== undefined) put(target.text, { kind: "value", node: value });
      });
    }
  } else if (node.type === "as_pattern") {
    const alias = node.child("alias");
    const value = node.namedChildren[0];
    if (alias !== null && value !== undefined) put(alias.text, { kind: "value", node: value });
  }
}
