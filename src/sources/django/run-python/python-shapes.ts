import type { PyNode } from "../python.ts";
import { plainLiteral } from "../string-literal.ts";

/** Small questions about Python syntax, shared by the readers of this folder. */

/** Positional arguments of a call, without `*x` and `**x`. */
export function positional(call: PyNode): readonly PyNode[] {
  const list = call.child("arguments");
  if (list === null) return [];
  if (list.type !== "argument_list") return [list];
  return list.namedChildren.filter((a) => a.type !== "keyword_argument" && a.type !== "list_splat" && a.type !== "dictionary_splat");
}

export function keyword(call: PyNode, name: string): PyNode | null {
  for (const argument of call.child("arguments")?.namedChildren ?? []) {
    if (argument.type === "keyword_argument" && argument.child("name")?.text === name) return argument.child("value");
  }
  return null;
}

export function keywords(call: PyNode): readonly PyNode[] {
  return (call.child("arguments")?.namedChildren ?? []).filter((a) => a.type === "keyword_argument");
}

/** `*fields` and `**filters` among the arguments. */
export function splats(call: PyNode): readonly PyNode[] {
  return (call.child("arguments")?.namedChildren ?? []).filter((a) => a.type === "list_splat" || a.type === "dictionary_splat");
}

/** Name of what is called: `filter` in `Person.objects.filter(…)`, `Person` in `Person(…)`. */
export function calleeName(call: PyNode): string {
  const callee = call.child("function");
  if (callee === null) return "";
  if (callee.type === "attribute") return callee.child("attribute")?.text ?? "";
  return callee.type === "identifier" ? callee.text : "";
}

/** `a.b.c` for names and attributes; null for anything that is computed. */
export function dottedName(node: PyNode | null): string | null {
  if (node === null) return null;
  if (node.type === "identifier") return node.text;
  if (node.type !== "attribute") return null;
  const object = dottedName(node.child("object"));
  const name = node.child("attribute")?.text;
  return object === null || name === undefined ? null : `${object}.${name}`;
}

/** Value of a string literal, implicit concatenation included; null when it is computed. */
export function stringValue(node: PyNode | null): string | null {
  if (node === null) return null;
  if (node.type === "parenthesized_expression" && node.namedChildren.length === 1) return stringValue(node.namedChildren[0] ?? null);
  if (node.type === "concatenated_string") {
    const parts = node.namedChildren.map(stringValue);
    return parts.every((p) => p !== null) ? parts.join("") : null;
  }
  if (node.type !== "string") return null;
  return plainLiteral(node)?.value ?? null;
}

/** The strings of a list, tuple or set literal; null when one of them is computed. */
export function stringList(node: PyNode | null): readonly string[] | null {
  if (node === null || !["list", "tuple", "set", "parenthesized_expression"].includes(node.type)) return null;
  const values = node.namedChildren.map(stringValue);
  return values.every((v) => v !== null) ? values : null;
}

/** Statements of a class body, with those under `if`, `try`, `with` and `else`, since any of them may have run. */
export function bodyStatements(body: PyNode | null): PyNode[] {
  const statements: PyNode[] = [];
  const visit = (block: PyNode): void => {
    for (const s of block.namedChildren) {
      if (["if_statement", "try_statement", "with_statement"].includes(s.type)) {
        for (const part of s.namedChildren) {
          if (part.type === "block") visit(part);
          else if (part.type.endsWith("_clause")) for (const inner of part.namedChildren) if (inner.type === "block") visit(inner);
        }
      } else statements.push(s);
    }
  };
  if (body !== null) visit(body);
  return statements;
}

/** `name = value` and `name: type = value`; null for anything else. */
export function assignment(statement: PyNode): { readonly name: string; readonly value: PyNode; readonly node: PyNode } | null {
  const node = statement.type === "expression_statement" ? (statement.namedChildren[0] ?? null) : statement;
  if (node?.type !== "assignment") return null;
  const left = node.child("left");
  const right = node.child("right");
  return left?.type === "identifier" && right !== null ? { name: left.text, value: right, node } : null;
}

/** The definition of `name` directly in a class body, decorated or not. */
export function methodOf(cls: PyNode, name: string): PyNode | null {
  for (const s of bodyStatements(cls.child("body"))) {
    const definition = s.type === "decorated_definition" ? s.child("definition") : s;
    if (definition?.type === "function_definition" && definition.child("name")?.text === name) return definition;
  }
  return null;
}

/** Every node below `node` of one of the types, in order. */
export function descendants(node: PyNode, ...types: readonly string[]): PyNode[] {
  const found: PyNode[] = [];
  const visit = (n: PyNode): void => {
    for (const child of n.children) {
      if (types.includes(child.type)) found.push(child);
      visit(child);
    }
  };
  visit(node);
  return found;
}

/** The nearest ancestor of one of the types. */
export function ancestor(node: PyNode, ...types: readonly string[]): PyNode | null {
  for (let n = node.parent; n !== null; n = n.parent) if (types.includes(n.type)) return n;
  return null;
}

/** Superclasses of a class as written, keywords (`metaclass=`) left out. */
export function superclasses(cls: PyNode): readonly PyNode[] {
  return (cls.child("superclasses")?.namedChildren ?? []).filter((n) => n.type !== "keyword_argument");
}
