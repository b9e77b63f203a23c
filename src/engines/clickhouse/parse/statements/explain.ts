import type { Explain, Setting, Statement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readSettingsWithValues } from "../settings.ts";
import { takeBalanced } from "./rest.ts";

const kinds: readonly (readonly [string, string?])[] = [
  ["AST"],
  ["SYNTAX"],
  ["QUERY", "TREE"],
  ["PIPELINE"],
  ["PLAN"],
  ["ESTIMATE"],
  ["TABLE", "OVERRIDE"],
  ["CURRENT", "TRANSACTION"],
  ["ANALYZE"],
  ["WHATIF"],
];

export interface Explained {
  /** Any statement: `EXPLAIN AST …`. */
  readonly any: (c: Cursor) => Statement | null;
  /** What can be planned: a query, CREATE TABLE, INSERT, SYSTEM. */
  readonly planned: (c: Cursor) => Statement | null;
}

/** Behind EXPLAIN. */
export function readExplain(c: Cursor, read: Explained): Explain | null {
  const kind = kinds.find(([first, second]) => c.keyword(first, second));
  const what = kind === undefined ? null : kind.filter((word) => word !== undefined).join(" ");
  if (what === "TABLE OVERRIDE") return takeBalanced(c) ? { kind: "explain", what, settings: [], statement: null } : null;
  if (what === "CURRENT TRANSACTION") return { kind: "explain", what, settings: [], statement: null };
  const settings: readonly Setting[] = c.attempt(() => readSettingsWithValues(c)) ?? [];
  const statement = readStatement(c, what, read);
  return statement === null ? null : { kind: "explain", what, settings, statement };
}

function readStatement(c: Cursor, what: string | null, read: Explained): Statement | null {
  c.enterQuery();
  const statement = readExplained(c, what, read);
  c.leaveQuery();
  return statement;
}

function readExplained(c: Cursor, what: string | null, read: Explained): Statement | null {
  if (what === "AST") {
    const plain = c.attempt(() => read.any(c));
    if (plain !== null || c.kind !== Kind.OpenRound) return plain;
    c.index++;
    const inner = read.any(c);
    return inner !== null && c.take(Kind.CloseRound, ")") ? inner : null;
  }
  const query = c.attempt(() => c.grammar.query(c));
  if (query !== null) return { kind: "select", query };
  return what === "QUERY TREE" || what === "WHATIF" || what === "ANALYZE" ? null : read.planned(c);
}
