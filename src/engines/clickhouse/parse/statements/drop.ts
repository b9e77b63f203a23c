import type { Drop, DropDatabase, Truncate, Undrop } from "../ast.ts";
import { type Cursor, Refused } from "../cursor.ts";
import { readList, readNameOrParameter, readObjectName, readObjectNameWithUuid, readOnCluster, readString } from "../names.ts";

type Verb = "drop" | "detach";

interface Tail {
  readonly onCluster: Drop["onCluster"];
  readonly permanently: boolean;
  readonly sync: boolean;
}

/** `[ON CLUSTER c] [PERMANENTLY] [SYNC]` */
function readTail(c: Cursor, verb: Verb | "truncate"): Tail | null {
  const onCluster = readOnCluster(c);
  if (onCluster === undefined) return null;
  const permanently = verb === "detach" && c.keyword("PERMANENTLY");
  const sync = c.keyword("NO", "DELAY") || c.keyword("SYNC");
  return { onCluster, permanently, sync };
}

/** Behind DROP or DETACH, of tables, views, dictionaries, databases. */
export function readDrop(c: Cursor, verb: Verb): Drop | DropDatabase | null {
  if (c.keyword("DATABASE")) {
    const ifExists = c.keyword("IF", "EXISTS");
    const ifEmpty = c.keyword("IF", "EMPTY");
    const name = readNameOrParameter(c);
    const tail = name === null ? null : readTail(c, verb);
    return name === null || tail === null ? null : { kind: `${verb}-database`, ifExists, ifEmpty, name, ...tail };
  }
  const temporary = c.keyword("TEMPORARY");
  const object = c.keyword("VIEW") ? "view" : c.keyword("DICTIONARY") ? "dictionary" : c.keyword("TABLE") ? "table" : null;
  if (object === null) return null;
  const ifExists = c.keyword("IF", "EXISTS");
  const ifEmpty = c.keyword("IF", "EMPTY");
  const start = c.start;
  const names = readList(c, (at) => readObjectNameWithUuid(at)?.name ?? null);
  if (names === null) return null;
  if (names.length > 1 && verb === "detach") throw new Refused("Only DROP takes several tables.", start);
  const tail = readTail(c, verb);
  return tail === null ? null : { kind: verb, object, temporary, ifExists, ifEmpty, names, ...tail };
}

/** Behind TRUNCATE. */
export function readTruncate(c: Cursor): Truncate | null {
  if (c.keyword("DATABASE")) {
    const ifExists = c.keyword("IF", "EXISTS");
    c.keyword("IF", "EMPTY");
    const name = readNameOrParameter(c);
    return name === null ? null : finish(c, { kind: "database", name }, ifExists);
  }
  if (c.keyword("TABLES") || c.keyword("ALL", "TABLES")) return readTruncateAll(c);
  const temporary = c.keyword("TEMPORARY");
  if (!c.keyword("VIEW") && !c.keyword("DICTIONARY")) c.keyword("TABLE");
  const ifExists = c.keyword("IF", "EXISTS");
  c.keyword("IF", "EMPTY");
  const start = c.start;
  const names = readList(c, (at) => readObjectNameWithUuid(at)?.name ?? null);
  const [name] = names ?? [];
  if (names === null || name === undefined) return null;
  if (names.length > 1) throw new Refused("Only DROP takes several tables.", start);
  return finish(c, { kind: "table", name, temporary }, ifExists);
}

function finish(c: Cursor, target: Truncate["target"], ifExists: boolean): Truncate | null {
  const tail = readTail(c, "truncate");
  return tail === null ? null : { kind: "truncate", target, ifExists, onCluster: tail.onCluster, sync: tail.sync };
}

function readTruncateAll(c: Cursor): Truncate | null {
  if (!c.keyword("FROM")) return null;
  const ifExists = c.keyword("IF", "EXISTS");
  const database = readNameOrParameter(c);
  if (database === null) return null;
  const not = c.keyword("NOT");
  const caseInsensitive = c.word === "ILIKE";
  if (!c.keyword("LIKE") && !c.keyword("ILIKE")) return finish(c, { kind: "all-tables", database, like: null }, ifExists);
  const pattern = readString(c);
  if (pattern === null) return null;
  return finish(c, { kind: "all-tables", database, like: { pattern: pattern.value, not, caseInsensitive } }, ifExists);
}

/** Behind UNDROP. */
export function readUndrop(c: Cursor): Undrop | null {
  if (!c.keyword("TABLE")) return null;
  const name = readObjectName(c);
  if (name === null) return null;
  let uuid: string | null = null;
  if (c.keyword("UUID")) {
    const text = readString(c);
    if (text === null) return null;
    uuid = text.value;
  }
  const onCluster = readOnCluster(c);
  return onCluster === undefined ? null : { kind: "undrop", name, uuid, onCluster };
}
