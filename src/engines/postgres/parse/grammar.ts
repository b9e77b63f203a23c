import type { Node, ParseResult } from "libpg-query";

/** A statement node of Postgres' grammar, places already in UTF-16 units. */
export type { Node } from "libpg-query";

export type Parsed =
  | { readonly ok: true; readonly statements: readonly Node[] }
  | { readonly ok: false; readonly message: string; /** UTF-16 offset. */ readonly at: number };

/** Postgres' own grammar (18), synchronous once loaded. */
export interface Grammar {
  /** All statements of `sql`. Never throws. */
  parse(sql: string): Parsed;
  /** As libpg-query returns it. @throws SqlError */
  parseResult(sql: string): ParseResult;
  /** The body of a PL/pgSQL routine, given its whole CREATE FUNCTION or DO statement. Null when it does not parse. */
  parsePlpgsql(sql: string): unknown;
}

type Tag = Node extends infer N ? (N extends object ? keyof N : never) : never;
type Body<K extends Tag> = Extract<Node, Record<K, unknown>>[K];

/** The node's body when it has this tag. */
export function as<K extends Tag>(node: Node | undefined, tag: K): Body<K> | undefined {
  return node !== undefined && tag in node ? (node as unknown as Record<K, Body<K>>)[tag] : undefined;
}

export function tagOf(node: Node): string {
  return Object.keys(node)[0] ?? "";
}

/** The bodies of those nodes that have this tag. */
export function all<K extends Tag>(nodes: readonly Node[] | undefined, tag: K): Body<K>[] {
  const found: Body<K>[] = [];
  for (const node of nodes ?? []) {
    const body = as(node, tag);
    if (body !== undefined) found.push(body);
  }
  return found;
}

export function strings(nodes: readonly Node[] | undefined): string[] {
  return all(nodes, "String").map((s) => s.sval ?? "");
}

/** Tags begin with a capital letter, fields with a small one. */
function isTag(key: string): boolean {
  const first = key.charCodeAt(0);
  return first >= 65 && first <= 90;
}

/** Calls `visit` for every tagged node below, outermost first; `false` keeps it from going deeper. */
export function walk(root: unknown, visit: (tag: string, body: Record<string, unknown>) => boolean | void): void {
  if (Array.isArray(root)) {
    for (const child of root) walk(child, visit);
    return;
  }
  if (typeof root !== "object" || root === null) return;
  const fields = root as Readonly<Record<string, unknown>>;
  for (const key in fields) {
    const value = fields[key];
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value) && isTag(key) && visit(key, value as Record<string, unknown>) === false) continue;
    walk(value, visit);
  }
}
