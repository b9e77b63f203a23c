import { isDeepStrictEqual } from "node:util";
import type { ParsedStatement } from "../../src/engines/clickhouse/parse/ast.ts";
import { parseScript } from "../../src/engines/clickhouse/parse/index.ts";
import type { Formatted } from "./engine.ts";
import { shape } from "./shape.ts";

export type Disagreement =
  /** The engine reads what we refuse, or refuses what we read. */
  | { readonly kind: "refused" | "accepted"; readonly sql: string; readonly detail: string }
  /** Both read it, but not as the same: the engine's own text of it means something else to us. */
  | { readonly kind: "misread"; readonly sql: string; readonly detail: string };

/** One statement, as the parser has it; null where it is refused, or more than one. */
function read(sql: string): ParsedStatement | null {
  const [only, ...more] = parseScript(sql);
  return only === undefined || more.length > 0 || only.statement.kind === "syntax-error" ? null : only;
}

/** Compares our reading with the engine's. 26.7 writes some columns and partitions in a way that it does not read again: those are not `stable`. */
export function compare(sql: string, { text: formatted, stable, same }: Formatted): Disagreement | null {
  const mine = read(sql);
  if (formatted === null) {
    return mine === null ? null : { kind: "accepted", sql, detail: `read as ${mine.statement.kind}, which the engine refuses` };
  }
  if (mine === null) {
    const statement = parseScript(sql)[0]?.statement;
    return { kind: "refused", sql, detail: statement?.kind === "syntax-error" ? statement.message : "not read as one statement" };
  }
  if (mine.statement.kind === "opaque" || mine.statement.kind === "access-control") return null;
  const again = read(formatted);
  if (!stable) return again === null ? null : { kind: "accepted", sql: formatted, detail: "read, which the engine refuses" };
  if (again === null) return { kind: "misread", sql, detail: `the engine's text is refused: ${formatted}` };
  const [left, right] = [
    shape({ ...mine.statement, output: mine.output }, sql),
    shape({ ...again.statement, output: again.output }, formatted),
  ];
  // What the engine itself reads as something else the second time says nothing about the first.
  if (isDeepStrictEqual(left, right) || !same) return null;
  return { kind: "misread", sql, detail: `${formatted}\n    ${difference(left, right)}` };
}

/** The first place where two shapes part. */
function difference(left: unknown, right: unknown, path = ""): string {
  if (typeof left === "object" && typeof right === "object" && left !== null && right !== null) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const [a, b] = [(left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]];
      if (!isDeepStrictEqual(a, b)) return difference(a, b, `${path}.${key}`);
    }
  }
  return `${path}: ${JSON.stringify(left)?.slice(0, 160)} against ${JSON.stringify(right)?.slice(0, 160)}`;
}
