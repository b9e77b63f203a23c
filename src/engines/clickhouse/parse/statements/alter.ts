import type { AlterAction, AlterCommand, AlterDatabase, AlterTable, Setting } from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { readEngine } from "../define/engine.ts";
import { keyElements } from "../define/keys.ts";
import { readRefresh } from "../define/refresh.ts";
import { readSecurity } from "../define/security.ts";
import { readAssignment, readTtlList } from "../define/ttl.ts";
import { Kind } from "../lexer.ts";
import { readColumnName, readList, readName, readNameOrParameter, readObjectName, readOnCluster, readString } from "../names.ts";
import { readStrictList } from "../settings.ts";
import { readAddColumn, readClearColumn, readCommentColumn, readModifyColumn, readRenameColumn } from "./alter-columns.ts";
import { readPartitionAction } from "./alter-partitions.ts";
import { readPartOfTable } from "./alter-parts.ts";
import { readInPartition } from "./partition.ts";

/** Behind ALTER. */
export function readAlter(c: Cursor): AlterTable | AlterDatabase | null {
  if (c.keyword("DATABASE")) return readAlterDatabase(c);
  const temporary = c.keyword("TEMPORARY", "TABLE");
  if (!temporary && !c.keyword("TABLE")) return null;
  const name = readObjectName(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined) return null;
  const brackets = c.kind === Kind.OpenRound;
  const commands = readStrictList(c, (at) => readCommand(at, brackets));
  return commands === null ? null : { kind: "alter-table", temporary, name, onCluster, commands };
}

/** One action; in brackets, if the first of the list was. */
function readCommand(c: Cursor, brackets: boolean): AlterCommand | null {
  if (brackets && !c.take(Kind.OpenRound, "(")) return null;
  const start = c.start;
  const action = readAction(c);
  if (action === null || action === undefined) {
    if (action === null) c.expect("an action of ALTER, such as ADD COLUMN");
    return null;
  }
  const at = c.rangeFrom(start);
  if (brackets && !c.take(Kind.CloseRound, ")")) return null;
  return { ...action, at };
}

type Read = AlterAction | null | undefined;

function readAction(c: Cursor): Read {
  for (const read of [readColumnAction, readPartitionAction, readPartOfTable, readModify, readOther]) {
    const action = read(c);
    if (action !== null) return action;
  }
  return null;
}

function readColumnAction(c: Cursor): Read {
  if (c.wordAt(1) !== "COLUMN") return null;
  const verb = c.word;
  const read = columnActions.get(verb);
  if (read === undefined) return null;
  c.index += 2;
  return read(c) ?? undefined;
}

const columnActions: ReadonlyMap<string, (c: Cursor) => AlterAction | null> = new Map<string, (c: Cursor) => AlterAction | null>([
  ["ADD", readAddColumn],
  ["RENAME", readRenameColumn],
  ["CLEAR", readClearColumn],
  ["COMMENT", readCommentColumn],
  ["MODIFY", (c) => readModifyColumn(c, false)],
  ["ALTER", (c) => readModifyColumn(c, true)],
  [
    "DROP",
    (c) => {
      const ifExists = c.keyword("IF", "EXISTS");
      const column = readColumnName(c);
      return column === null ? null : { kind: "drop-column", ifExists, column };
    },
  ],
  [
    "MATERIALIZE",
    (c) => {
      const column = readColumnName(c);
      const partition = column === null ? undefined : readInPartition(c);
      return column === null || partition === undefined ? null : { kind: "materialize-column", column, partition };
    },
  ],
]);

/** MODIFY of what belongs to the table as a whole. */
function readModify(c: Cursor): Read {
  if (c.word !== "MODIFY") return null;
  if (c.keyword("MODIFY", "ORDER", "BY")) {
    const start = c.start;
    const expression = c.grammar.expression(c, { alias: true });
    if (expression === null) return undefined;
    return { kind: "modify-order-by", orderBy: { elements: keyElements(expression), at: c.rangeFrom(start) } };
  }
  if (c.keyword("MODIFY", "SAMPLE", "BY")) {
    const expression = c.grammar.expression(c, { alias: true });
    return expression === null ? undefined : { kind: "modify-sample-by", expression };
  }
  if (c.keyword("MODIFY", "TTL")) {
    // These belong before TTL: `REMOVE TTL`.
    if (["MATERIALIZE", "REMOVE", "MODIFY"].includes(c.word)) return undefined;
    const ttl = readTtlList(c);
    return ttl === null ? undefined : { kind: "modify-ttl", ttl };
  }
  if (c.keyword("MODIFY", "SETTING")) {
    const settings = c.grammar.settings(c);
    return settings === null ? undefined : { kind: "modify-setting", settings };
  }
  if (c.keyword("MODIFY", "QUERY")) {
    const query = c.grammar.query(c);
    return query === null ? undefined : { kind: "modify-query", query };
  }
  if (c.keyword("MODIFY", "REFRESH")) {
    const refresh = readRefresh(c);
    return refresh === null ? undefined : { kind: "modify-refresh", refresh };
  }
  if (c.keyword("MODIFY", "COMMENT")) {
    const comment = readString(c);
    return comment === null ? undefined : { kind: "modify-comment", comment };
  }
  if (!c.sees("MODIFY", "SQL", "SECURITY") && !c.sees("MODIFY", "DEFINER")) return null;
  c.index++;
  const security = readSecurity(c);
  return security === null || security === undefined ? undefined : { kind: "modify-sql-security", security };
}

function readOther(c: Cursor): Read {
  if (c.keyword("REMOVE", "SAMPLE", "BY")) return { kind: "remove-sample-by" };
  if (c.keyword("REMOVE", "TTL")) return { kind: "remove-ttl" };
  if (c.keyword("MATERIALIZE", "TTL")) return inPartition(c, "materialize-ttl");
  if (c.keyword("REWRITE", "PARTS")) return inPartition(c, "rewrite-parts");
  if (c.keyword("APPLY", "DELETED", "MASK")) return inPartition(c, "apply-deleted-mask");
  if (c.keyword("APPLY", "PATCHES")) return inPartition(c, "apply-patches");
  if (c.keyword("RESET", "SETTING")) {
    const settings = readList(c, readName);
    return settings === null ? undefined : { kind: "reset-setting", settings };
  }
  if (c.keyword("UNLOCK", "SNAPSHOT")) {
    const name = readString(c);
    const from = name !== null && c.keyword("FROM") ? readEngine(c) : undefined;
    return name === null || from === null ? undefined : { kind: "unlock-snapshot", name: name.value, from: from ?? null };
  }
  if (c.keyword("DELETE")) return readDelete(c);
  if (c.keyword("UPDATE")) return readUpdate(c);
  return c.keyword("EXECUTE") ? readExecute(c) : null;
}

function inPartition(c: Cursor, kind: "materialize-ttl" | "rewrite-parts" | "apply-deleted-mask" | "apply-patches"): Read {
  const partition = readInPartition(c);
  return partition === undefined ? undefined : { kind, partition };
}

function readDelete(c: Cursor): Read {
  const partition = readInPartition(c);
  const where = partition !== undefined && c.keyword("WHERE") ? c.grammar.expression(c, { alias: true }) : null;
  return partition === undefined || where === null || where.alias !== null ? undefined : { kind: "delete", partition, where };
}

function readUpdate(c: Cursor): Read {
  const assignments = readList(c, readAssignment);
  const partition = assignments === null ? undefined : readInPartition(c);
  const where = partition !== undefined && c.keyword("WHERE") ? c.grammar.expression(c, { alias: true }) : null;
  if (assignments === null || partition === undefined || where === null || where.alias !== null) return undefined;
  return { kind: "update", assignments, partition, where };
}

function readExecute(c: Cursor): Read {
  const name = readName(c);
  if (name === null || !c.take(Kind.OpenRound, "(")) return undefined;
  const args = c.kind === Kind.CloseRound ? [] : readList(c, (at) => at.grammar.expression(at, { alias: true }));
  return args === null || !c.take(Kind.CloseRound, ")") ? undefined : { kind: "execute", name: name.text, arguments: args };
}

function readAlterDatabase(c: Cursor): AlterDatabase | null {
  const name = readNameOrParameter(c);
  const onCluster = name === null ? undefined : readOnCluster(c);
  if (name === null || onCluster === undefined) return null;
  const settings: Setting[] = [];
  let comment: string | null = null;
  const brackets = c.kind === Kind.OpenRound;
  const commands = readStrictList(c, (at) => {
    if (brackets && !at.take(Kind.OpenRound, "(")) return null;
    if (at.keyword("MODIFY", "SETTING")) {
      const list = at.grammar.settings(at);
      if (list === null) return null;
      settings.push(...list);
    } else if (at.keyword("MODIFY", "COMMENT")) {
      const text = readString(at);
      if (text === null) return null;
      comment = text.value;
    } else return null;
    return brackets && !at.take(Kind.CloseRound, ")") ? null : true;
  });
  return commands === null ? null : { kind: "alter-database", name, onCluster, settings, comment };
}
