import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { Expression, Range, SelectQuery } from "../../engines/clickhouse/parse/ast.ts";

/** The statement as the parser reads it, or null where it does not. Offsets are into `sql`. */
export function parsedQuery(sql: string): unknown {
  const [first, ...rest] = parseScript(sql);
  if (first === undefined || rest.length > 0) return null;
  const { kind } = first.statement;
  return kind === "syntax-error" || kind === "opaque" ? null : first.statement;
}

/** Every object of a syntax tree, parents first, with what stands above it. */
export function walkSyntax(node: unknown, visit: (node: object, above: readonly object[]) => void, above: readonly object[] = []): void {
  if (typeof node !== "object" || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) walkSyntax(item, visit, above);
    return;
  }
  visit(node, above);
  const path = [...above, node];
  for (const value of Object.values(node)) walkSyntax(value, visit, path);
}

export function isSelect(node: object): node is SelectQuery {
  return "kind" in node && node.kind === "select" && "columns" in node;
}

/** A number that is written as such. */
export function numberLiteral(node: unknown): { readonly value: number; readonly text: string; readonly at: Range } | null {
  if (typeof node !== "object" || node === null || !("kind" in node)) return null;
  const expression = node as Expression;
  if (expression.kind !== "literal" || expression.value.type !== "number") return null;
  return { value: Number(expression.value.text), text: expression.value.text, at: expression.at };
}

/** Replaces ranges of a text; they must not overlap. */
export function replaceRanges(text: string, edits: readonly { readonly at: Range; readonly by: string }[]): string {
  let result = text;
  for (const { at, by } of [...edits].sort((a, b) => b.at.start - a.at.start)) {
    result = result.slice(0, at.start) + by + result.slice(at.end);
  }
  return result;
}
