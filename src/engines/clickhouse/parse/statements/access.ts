import type { AccessControl, Cluster } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { takeBalanced } from "./rest.ts";

type Thing = Exclude<AccessControl["object"], "privileges" | null>;

/** USER, ROLE, …: which kind of access entity is named here, taken. */
export function readAccessObject(c: Cursor): Thing | null {
  if (c.keyword("USER")) return "user";
  if (c.keyword("ROLE")) return "role";
  if (c.keyword("QUOTA")) return "quota";
  if (c.keyword("ROW", "POLICY") || c.keyword("POLICY")) return "row-policy";
  if (c.keyword("MASKING", "POLICY")) return "masking-policy";
  return c.keyword("SETTINGS", "PROFILE") || c.keyword("PROFILE") ? "settings-profile" : null;
}

/**
 * Users, roles, grants and their kin: recognised by what they concern. They change no table, so the rest is taken as it stands;
 * what would be refused there is not noticed here.
 */
export function readAccess(c: Cursor, action: AccessControl["action"], object: AccessControl["object"]): AccessControl | null {
  if (c.kind === Kind.End || ((action === "grant" || action === "revoke") && c.word === "ON" && c.wordAt(1) !== "CLUSTER")) {
    c.expect("a name");
    return null;
  }
  let onCluster: Cluster | null = null;
  for (let at = c.index; (c.tokens.kinds[at] ?? Kind.End) !== Kind.End; at++) {
    if (c.tokens.words[at] !== "ON" || c.tokens.words[at + 1] !== "CLUSTER") continue;
    const start = c.tokens.starts[at] ?? 0;
    const end = c.tokens.ends[at + 2] ?? start;
    onCluster = { name: c.source.slice(c.tokens.starts[at + 2], end).replaceAll(/^['"`]|['"`]$/g, ""), at: { start, end } };
    break;
  }
  if ((action === "grant" || action === "revoke") && !hasWord(c, action === "grant" ? "TO" : "FROM")) return null;
  return takeBalanced(c) ? { kind: "access-control", action, object, onCluster } : null;
}

function hasWord(c: Cursor, word: string): boolean {
  for (let at = c.index; (c.tokens.kinds[at] ?? Kind.End) !== Kind.End; at++) if (c.tokens.words[at] === word) return at > c.index;
  c.expect(word);
  return false;
}
