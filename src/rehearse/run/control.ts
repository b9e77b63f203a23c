import type { Statement } from "../../model/migration.ts";

/** What a statement does to the session rather than to the database. */
export type Control =
  | { readonly kind: "none" }
  /** BEGIN, COMMIT, SAVEPOINT, RELEASE: nothing to observe. */
  | { readonly kind: "transaction"; readonly undoes: boolean }
  | { readonly kind: "set"; readonly name: string | null; readonly local: boolean; readonly transaction: boolean }
  /** A command of psql, which no server knows. */
  | { readonly kind: "psql" };

const TRANSACTION = /^\s*(?:begin|start\s+transaction|commit|end|savepoint|release|rollback|abort|prepare\s+transaction)\b/i;
const SET = /^\s*(?:set|reset)\s+(?:(local|session)\s+)?([a-z_][a-z0-9_.]*|time\s+zone)/i;

/** Reads the words: it must also work for statements that tread did not parse. */
export function controlOf(sql: string): Control {
  const bare = withoutComments(sql);
  if (bare.startsWith("\\")) return { kind: "psql" };
  if (TRANSACTION.test(bare)) return { kind: "transaction", undoes: /^(?:rollback|abort)\b/i.test(bare) };
  const set = SET.exec(bare);
  if (set === null) return { kind: "none" };
  const name = (set[2] ?? "").toLowerCase();
  const transaction = ["transaction", "constraints", "characteristics"].includes(name);
  return {
    kind: "set",
    name: transaction ? null : name.startsWith("time") ? "timezone" : name,
    local: set[1]?.toLowerCase() === "local",
    transaction,
  };
}

/** `SET LOCAL x = 1` for a session whose transactions are shorter than those of the real one. */
export function setForSession(sql: string): string {
  return withoutComments(sql).replace(/^set\s+local\s+/i, "SET SESSION ");
}

/** Comments at the front say nothing about the command. */
export function withoutComments(sql: string): string {
  let rest = sql.trimStart();
  for (;;) {
    if (rest.startsWith("--")) rest = rest.slice(rest.indexOf("\n") === -1 ? rest.length : rest.indexOf("\n") + 1).trimStart();
    else if (rest.startsWith("/*")) rest = rest.slice(rest.indexOf("*/") === -1 ? rest.length : rest.indexOf("*/") + 2).trimStart();
    else return rest;
  }
}

/** Neighbours that share a transaction, in order. */
export function groupsOf<T extends { readonly statement: Statement }>(statements: readonly T[]): readonly (readonly T[])[] {
  const groups: T[][] = [];
  let last: number | null = null;
  for (const entry of statements) {
    const { transaction } = entry.statement;
    const group = groups.at(-1);
    if (group !== undefined && transaction !== null && transaction === last) group.push(entry);
    else groups.push([entry]);
    last = transaction;
  }
  return groups;
}
