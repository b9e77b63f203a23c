import type { ObjectName, Rename } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readNameOrParameter, readObjectName, readOnCluster } from "../names.ts";
import { readStrictList } from "../settings.ts";

/** Behind RENAME or EXCHANGE. */
export function readRename(c: Cursor, exchange: boolean): Rename | null {
  if (!exchange && c.keyword("DATABASE")) return readRenameDatabase(c);
  const object = exchange
    ? c.keyword("TABLES")
      ? "table"
      : c.keyword("DICTIONARIES")
        ? "dictionary"
        : null
    : c.keyword("DICTIONARY")
      ? "dictionary"
      : "table";
  if (object === null) return null;
  if (!exchange && object === "table") c.keyword("TABLE");
  let ifExists = false;
  const pairs = readStrictList(c, (at) => {
    if (!exchange && at.keyword("IF", "EXISTS")) ifExists = true;
    return readPair(at, exchange ? "AND" : "TO");
  });
  const onCluster = pairs === null ? undefined : readOnCluster(c);
  if (pairs === null || onCluster === undefined) return null;
  return { kind: exchange ? "exchange" : "rename", object, ifExists, pairs, onCluster };
}

function readPair(c: Cursor, word: "AND" | "TO"): { readonly from: ObjectName; readonly to: ObjectName } | null {
  const from = readObjectName(c);
  const to = from !== null && c.keyword(word) ? readObjectName(c) : null;
  return from === null || to === null ? null : { from, to };
}

function readRenameDatabase(c: Cursor): Rename | null {
  const ifExists = c.keyword("IF", "EXISTS");
  const from = readNameOrParameter(c);
  const to = from !== null && c.keyword("TO") ? readNameOrParameter(c) : null;
  const onCluster = to === null ? undefined : readOnCluster(c);
  if (from === null || to === null || onCluster === undefined) return null;
  const name = (database: typeof from): ObjectName => ({ database: null, name: database, at: database.at });
  return { kind: "rename", object: "database", ifExists, pairs: [{ from: name(from), to: name(to) }], onCluster };
}
