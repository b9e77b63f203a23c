import type { Insert, Output, Setting, Statement, Transaction, WithElement } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readNameOrParameter, readName, readString } from "../names.ts";
import { readNumber } from "../numbers.ts";
import { readWith } from "../select/with.ts";
import { readSettingValue } from "../settings.ts";
import { readAccess, readAccessObject } from "./access.ts";
import { readAlter } from "./alter.ts";
import { readDelete, readKill, readOptimize, readUpdate } from "./change-rows.ts";
import { opaque, readAttach, readCreate, readDefined } from "./create.ts";
import { readAlterNamedCollection, readDropFunction, readDropIndex, readDropNamedCollection } from "./create-other.ts";
import { readDrop, readTruncate, readUndrop } from "./drop.ts";
import { readExplain } from "./explain.ts";
import { readInsert, withBefore } from "./insert.ts";
import { readBackup, readCheck, readDescribe, readExists, readShow, readWatch } from "./reads.ts";
import { readRename } from "./rename.ts";
import { readSystem } from "./system.ts";

const silent: Output = { format: null, intoOutfile: null, settings: [] };

/** One statement, or several with PARALLEL WITH between them, and how the answer is to be given. */
export function readStatement(c: Cursor, dataEnd: number): { readonly statement: Statement; readonly output: Output } | null {
  const first = readWithOutput(c, dataEnd);
  if (first === null || !c.sees("PARALLEL", "WITH")) return first;
  const statements = [first.statement];
  while (c.keyword("PARALLEL", "WITH")) {
    const next = readWithOutput(c, dataEnd);
    if (next === null) return null;
    statements.push(next.statement);
  }
  return { statement: { kind: "parallel", statements }, output: first.output };
}

function readWithOutput(c: Cursor, dataEnd: number): { readonly statement: Statement; readonly output: Output } | null {
  const statement = readOne(c, dataEnd);
  if (statement === null) return null;
  const output = answers(statement) ? readOutput(c) : silent;
  return output === null ? null : { statement, output };
}

/** Statements of these kinds take no FORMAT and no SETTINGS behind them. */
function answers(statement: Statement): boolean {
  switch (statement.kind) {
    case "insert":
    case "set":
    case "use":
    case "system":
    case "create-function":
    case "create-named-collection":
    case "alter-named-collection":
    case "drop-named-collection":
    case "drop-function":
    case "create-index":
    case "drop-index":
    case "access-control":
    case "transaction":
    case "delete":
    case "update":
      return false;
    default:
      return true;
  }
}

/** `INTO OUTFILE`, FORMAT and SETTINGS. */
function readOutput(c: Cursor): Output | null {
  let intoOutfile: string | null = null;
  let format: Output["format"] = null;
  let settings: readonly Setting[] | null = null;
  if (c.keyword("INTO", "OUTFILE")) {
    const file = readString(c);
    if (file === null) return null;
    intoOutfile = file.value;
    c.keyword("APPEND");
    c.keyword("TRUNCATE");
    c.keyword("AND", "STDOUT");
    if (c.keyword("COMPRESSION")) {
      if (readString(c) === null) return null;
      if (c.keyword("LEVEL") && readNumber(c) === null) return null;
    }
  }
  for (let i = 0; i < 2; i++) {
    if (format === null && c.keyword("FORMAT")) {
      format = readName(c);
      if (format === null) return null;
    } else if (settings === null && c.keyword("SETTINGS")) {
      settings = c.grammar.settings(c);
      if (settings === null) return null;
    }
  }
  return { format, intoOutfile, settings: settings ?? [] };
}

function readOne(c: Cursor, dataEnd: number): Statement | null {
  if (c.kind === Kind.OpenRound || c.word === "SELECT" || c.word === "FROM") return readSelectStatement(c);
  if (c.word === "WITH") return c.attempt(() => readSelectStatement(c)) ?? readInsertAfterWith(c, dataEnd);
  const reader = readers.get(c.word);
  if (reader === undefined) {
    c.expect("a statement, such as CREATE, ALTER or SELECT");
    return null;
  }
  c.index++;
  return reader(c, dataEnd);
}

function readSelectStatement(c: Cursor): Statement | null {
  const query = c.grammar.query(c);
  return query === null ? null : { kind: "select", query };
}

/** `WITH x AS (…) INSERT INTO t SELECT …` */
function readInsertAfterWith(c: Cursor, dataEnd: number): Insert | null {
  c.index++;
  const recursive = c.keyword("RECURSIVE");
  const elements: readonly WithElement[] | null = readWith(c);
  const insert = elements !== null && c.keyword("INSERT", "INTO") ? readInsert(c, dataEnd) : null;
  return elements === null || insert === null ? null : withBefore(insert, elements, recursive);
}

type Reader = (c: Cursor, dataEnd: number) => Statement | null;

const transaction =
  (action: Transaction["action"], word?: string): Reader =>
  (c) =>
    word === undefined || c.keyword(word) ? { kind: "transaction", action } : null;

/** By the first word, which has been taken. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["CREATE", readCreate],
  ["ATTACH", readAttach],
  ["REPLACE", (c) => readDefined(c, "replace") ?? null],
  ["ALTER", readAlterStatement],
  ["DROP", readDropStatement],
  ["DETACH", (c) => readDrop(c, "detach")],
  ["TRUNCATE", readTruncate],
  ["UNDROP", readUndrop],
  ["RENAME", (c) => readRename(c, false)],
  ["EXCHANGE", (c) => readRename(c, true)],
  ["INSERT", (c, dataEnd) => (c.keyword("INTO") ? readInsert(c, dataEnd) : null)],
  ["DELETE", (c) => (c.keyword("FROM") ? readDelete(c) : null)],
  ["UPDATE", readUpdate],
  ["OPTIMIZE", (c) => (c.keyword("TABLE") ? readOptimize(c) : null)],
  ["KILL", readKill],
  ["SYSTEM", readSystem],
  ["SET", readSet],
  ["USE", readUse],
  ["EXPLAIN", (c, dataEnd) => readExplain(c, { any: (at) => readOne(at, dataEnd), planned: (at) => readPlanned(at, dataEnd) })],
  ["DESCRIBE", readDescribe],
  ["DESC", readDescribe],
  ["SHOW", readShow],
  ["EXISTS", readExists],
  ["CHECK", (c) => (c.keyword("GRANT") ? readAccess(c, "check-grant", "privileges") : readCheck(c))],
  ["WATCH", readWatch],
  ["BACKUP", (c) => readBackup(c, "backup")],
  ["RESTORE", (c) => readBackup(c, "restore")],
  ["GRANT", (c) => readAccess(c, "grant", "privileges")],
  ["REVOKE", (c) => readAccess(c, "revoke", "privileges")],
  ["MOVE", readMove],
  ["EXECUTE", (c, dataEnd) => readExecuteAs(c, dataEnd)],
  ["BEGIN", transaction("begin", "TRANSACTION")],
  ["START", transaction("begin", "TRANSACTION")],
  ["COMMIT", transaction("commit")],
  ["ROLLBACK", transaction("rollback")],
  ["SNAPSHOT", (c) => opaque(c, "A snapshot is not modelled.")],
  ["COPY", (c) => opaque(c, "COPY moves data between the server and a file; it is not modelled.")],
]);

function readPlanned(c: Cursor, dataEnd: number): Statement | null {
  if (!["CREATE", "ATTACH", "REPLACE", "INSERT", "SYSTEM"].includes(c.word)) return null;
  return readOne(c, dataEnd);
}

function readAlterStatement(c: Cursor): Statement | null {
  if (c.keyword("NAMED", "COLLECTION")) return readAlterNamedCollection(c);
  const object = readAccessObject(c);
  return object === null ? readAlter(c) : readAccess(c, "alter", object);
}

function readDropStatement(c: Cursor): Statement | null {
  if (c.keyword("FUNCTION")) return readDropFunction(c);
  if (c.keyword("NAMED", "COLLECTION")) return readDropNamedCollection(c);
  if (c.keyword("INDEX")) return readDropIndex(c, false);
  if (c.keyword("HYPOTHETICAL", "INDEX")) return readDropIndex(c, true);
  if (c.keyword("WORKLOAD")) return opaque(c, "A workload is a matter of scheduling; it is not modelled.");
  if (c.keyword("RESOURCE")) return opaque(c, "A resource is a matter of scheduling; it is not modelled.");
  const object = readAccessObject(c);
  return object === null ? readDrop(c, "drop") : readAccess(c, "drop", object);
}

function readSet(c: Cursor): Statement | null {
  if (c.word === "ROLE" || (c.word === "DEFAULT" && c.wordAt(1) === "ROLE")) return readAccess(c, "set-role", "role");
  if (c.keyword("TRANSACTION", "SNAPSHOT")) return readNumber(c) === null ? null : { kind: "transaction", action: "set-snapshot" };
  if (c.word === "TRANSACTION") return null;
  const start = c.start;
  if (c.keyword("TIME", "ZONE")) {
    if (c.kind === Kind.Equals) c.index++;
    const value = readSettingValue(c);
    return value === null ? null : { kind: "set", settings: [{ name: "session_timezone", value, at: c.rangeFrom(start) }] };
  }
  const settings = c.grammar.settings(c);
  return settings === null ? null : { kind: "set", settings };
}

function readUse(c: Cursor): Statement | null {
  if (c.word === "DATABASE" && c.kindAt(1) !== Kind.End) c.index++;
  const database = readNameOrParameter(c);
  return database === null ? null : { kind: "use", database };
}

function readMove(c: Cursor): Statement | null {
  const object = readAccessObject(c);
  return object === null ? null : readAccess(c, "move", object);
}

/** `EXECUTE AS user [statement]` */
function readExecuteAs(c: Cursor, dataEnd: number): Statement | null {
  if (!c.keyword("AS") || readName(c) === null) return null;
  if (c.kind === Kind.End) return { kind: "access-control", action: "execute-as", object: "user", onCluster: null };
  c.enterQuery();
  const statement = readOne(c, dataEnd);
  c.leaveQuery();
  return statement === null ? null : { kind: "opaque", reason: "What runs as another user is not followed." };
}
