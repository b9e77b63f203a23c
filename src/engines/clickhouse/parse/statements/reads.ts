import type { BackupRestore, Query, Reads } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readEngine } from "../define/engine.ts";
import { Kind } from "../lexer.ts";
import { readName, readNameOrParameter, readObjectName, readObjectNameWithUuid, readOnCluster } from "../names.ts";
import { readTableFunction } from "../select/from.ts";
import { readSettingValue, readStrictList } from "../settings.ts";
import { readPart, readPartition } from "./partition.ts";
import { takeBalanced } from "./rest.ts";

const showable: ReadonlySet<string> = new Set(
  (
    "CREATE FULL DATABASES CLUSTERS MERGES FILESYSTEM CLUSTER CHANGED SETTINGS TEMPORARY TABLES DICTIONARIES EXTENDED COLUMNS FIELDS ENGINES " +
    "FUNCTIONS INDEX INDEXES INDICES KEYS SETTING DATABASE DICTIONARY VIEW TABLE PROCESSLIST ACCESS USERS ROLES PROFILES ROW POLICIES QUOTAS " +
    "MASKING CURRENT ENABLED QUOTA GRANTS PRIVILEGES"
  ).split(" "),
);

/** Behind SHOW: what is shown is of no concern, that nothing is changed is. */
export function readShow(c: Cursor): Reads | null {
  if (!showable.has(c.word)) {
    c.expect("what to show, such as TABLES");
    return null;
  }
  let table: Reads["table"] = null;
  if (c.keyword("CREATE")) {
    c.keyword("TEMPORARY");
    if (c.keyword("TABLE") || c.keyword("VIEW") || c.keyword("DICTIONARY") || c.kindAt(1) === Kind.End)
      table = c.attempt(() => readObjectName(c));
  }
  return takeBalanced(c) ? { kind: "show", table, query: null } : null;
}

/** Behind EXISTS. */
export function readExists(c: Cursor): Reads | null {
  if (c.keyword("DATABASE")) return readNameOrParameter(c) === null ? null : { kind: "exists", table: null, query: null };
  c.keyword("TEMPORARY");
  if (!c.keyword("VIEW") && !c.keyword("TABLE")) c.keyword("DICTIONARY");
  const table = readObjectName(c);
  return table === null ? null : { kind: "exists", table, query: null };
}

/** Behind DESCRIBE or DESC. */
export function readDescribe(c: Cursor): Reads | null {
  if (c.keyword("FILESYSTEM", "CACHE")) return takeBalanced(c) ? { kind: "describe", table: null, query: null } : null;
  if (c.word === "TABLE" && c.kindAt(1) !== Kind.End && c.kindAt(1) !== Kind.Dot) c.index++;
  if (c.word === "SELECT" || c.word === "WITH") {
    const query = c.grammar.query(c);
    return query === null ? null : { kind: "describe", table: null, query };
  }
  let query: Query | null = null;
  let table: Reads["table"] = null;
  if (c.kind === Kind.OpenRound) query = c.grammar.subquery(c);
  else if (c.attempt(() => readTableFunction(c)) === null) table = readObjectNameWithUuid(c)?.name ?? null;
  else return { kind: "describe", table: null, query: null };
  return query === null && table === null ? null : { kind: "describe", table, query };
}

/** Behind CHECK, but for CHECK GRANT. */
export function readCheck(c: Cursor): Reads | null {
  if (c.keyword("ALL", "TABLES")) return { kind: "check", table: null, query: null };
  if (c.keyword("DATABASE")) return readNameOrParameter(c) === null ? null : { kind: "check", table: null, query: null };
  if (!c.keyword("TABLE")) return null;
  const table = readObjectName(c);
  if (table === null) return null;
  if (c.keyword("PARTITION") && readPartition(c) === null) return null;
  if (c.keyword("PART") && readPart(c) === null) return null;
  return { kind: "check", table, query: null };
}

/** Behind WATCH. */
export function readWatch(c: Cursor): Reads | null {
  const table = readObjectName(c);
  if (table === null) return null;
  c.keyword("EVENTS");
  if (c.keyword("LIMIT") && c.grammar.expression(c) === null) return null;
  return { kind: "watch", table, query: null };
}

/** Behind BACKUP or RESTORE. */
export function readBackup(c: Cursor, kind: "backup" | "restore"): BackupRestore | null {
  const fromSnapshot = kind === "backup" && c.keyword("FROM", "SNAPSHOT");
  if (fromSnapshot ? readEngine(c) === null : readStrictList(c, readBackupElement) === null) return null;
  const onCluster = readOnCluster(c);
  if (onCluster === undefined || !c.keyword(kind === "backup" ? "TO" : "FROM") || readEngine(c) === null) return null;
  if (c.keyword("SETTINGS") && readStrictList(c, readBackupSetting) === null) return null;
  if (!c.keyword("ASYNC")) c.keyword("SYNC");
  return { kind, onCluster };
}

function readBackupSetting(c: Cursor): true | null {
  const name = readName(c);
  if (name === null || !c.take(Kind.Equals, "=")) return null;
  if (name.text.toUpperCase() === "BASE_BACKUP") return readEngine(c) === null ? null : true;
  return (c.kind === Kind.OpenSquare ? c.grammar.expression(c) : readSettingValue(c)) === null ? null : true;
}

function readBackupElement(c: Cursor): true | null {
  if (c.keyword("ALL")) return readExcept(c);
  if (c.keyword("DATABASE") || c.keyword("TEMPORARY", "TABLE")) {
    if (readName(c) === null || (c.keyword("AS") && readName(c) === null)) return null;
    return readExcept(c);
  }
  if (!c.keyword("TABLE") && !c.keyword("DICTIONARY") && !c.keyword("VIEW")) return null;
  if (readObjectName(c) === null || (c.keyword("AS") && readObjectName(c) === null)) return null;
  if (c.keyword("PARTITION") || c.keyword("PARTITIONS")) return readStrictList(c, readPartition) === null ? null : true;
  return true;
}

/** `EXCEPT TABLES a, b` and `EXCEPT DATABASES a, b` */
function readExcept(c: Cursor): true | null {
  while (c.word === "EXCEPT") {
    c.index++;
    if (!c.keyword("DATABASE") && !c.keyword("DATABASES") && !c.keyword("TABLE") && !c.keyword("TABLES")) return null;
    if (readStrictList(c, readObjectName) === null) return null;
  }
  return true;
}
