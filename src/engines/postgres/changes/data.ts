import type { CopyStmt, DeleteStmt, InsertStmt, MergeStmt, SelectStmt, UpdateStmt, WithClause } from "libpg-query";
import type { Change, ChangeOf } from "../../../model/change.ts";
import { all, as, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { columnsLeftToDefault, columnsWantedNull, copiesOfInsert, copiesOfUpdate } from "./copies.ts";
import { analyseFilter, fullReadsIn, type Filter } from "./filter.ts";
import { analyseQuery } from "./query.ts";
import { calls } from "./calls.ts";
import { readSetConfig } from "./session.ts";

type Write = ChangeOf<"write">;

/** Tables that any part of the statement reads, its own target left out. */
function readTables(parts: readonly unknown[], context: Context, except: string): string[] {
  const found = new Set<string>();
  const ctes = new Set<string>();
  walk(parts, (tag, body) => {
    if (tag === "CommonTableExpr") ctes.add((body as { ctename?: string }).ctename ?? "");
  });
  walk(parts, (tag, body) => {
    if (tag !== "RangeVar") return;
    const range = body as { relname?: string; schemaname?: string };
    if (range.schemaname === undefined && ctes.has(range.relname ?? "")) return;
    found.add(context.relation(range));
  });
  found.delete(except);
  return [...found];
}

/** Data-modifying CTEs are writes of their own. */
function writesInWith(clause: WithClause | undefined, context: Context): Change[] {
  return all(clause?.ctes, "CommonTableExpr").flatMap((cte) => (cte.ctequery === undefined ? [] : dataStatement(cte.ctequery, context)));
}

function dataStatement(node: Node, context: Context): Change[] {
  const insert = as(node, "InsertStmt");
  if (insert !== undefined) return readInsert(insert, context);
  const update = as(node, "UpdateStmt");
  if (update !== undefined) return readUpdate(update, context);
  const remove = as(node, "DeleteStmt");
  if (remove !== undefined) return readDelete(remove, context);
  const merge = as(node, "MergeStmt");
  return merge === undefined ? [] : readMerge(merge, context);
}

function write(body: Omit<Write, "kind" | "span">, context: Context, parts: readonly unknown[] = []): Change {
  const literals = context.state.types.size === 0 ? [] : literalsIn(parts);
  return context.change({ kind: "write", ...body, ...(literals.length === 0 ? {} : { literals }) });
}

function literalsIn(parts: readonly unknown[]): string[] {
  const found = new Set<string>();
  walk(parts, (tag, body) => {
    const text = tag === "A_Const" ? (body as { sval?: { sval?: string } }).sval?.sval : undefined;
    // Labels of an enum are at most 63 bytes long.
    if (text !== undefined && text.length <= 63) found.add(text);
  });
  return [...found];
}

function functionsIn(part: unknown): string[] {
  const found = new Set<string>();
  walk(part, (tag, body) => {
    const name = tag === "FuncCall" ? strings((body as { funcname?: Node[] }).funcname).at(-1) : undefined;
    if (name !== undefined) found.add(name);
  });
  return [...found];
}

/** The target and what is joined to it, by the statement's own conditions; and what its subqueries read. */
function fullReads(filter: Filter, parts: readonly unknown[], context: Context): string[] {
  if (filter.alwaysFalse) return [];
  const ctes = new Set<string>();
  walk(parts, (tag, body) => {
    if (tag === "CommonTableExpr") ctes.add((body as { ctename?: string }).ctename ?? "");
  });
  const own = filter.sources.filter((s) => !ctes.has(s.bare) && filter.helps(s.table) === "nothing").map((s) => s.table);
  return [...new Set([...own, ...fullReadsIn(parts, context)])];
}

export function readInsert(node: InsertStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const select = as(node.selectStmt, "SelectStmt");
  const values = select === undefined || select.valuesLists !== undefined;
  const reads = readTables([node.selectStmt, node.withClause, node.onConflictClause], context, "");
  const listed = all(node.cols, "ResTarget").map((c) => c.name ?? "");
  const columns = listed.length > 0 ? listed : (context.state.relations.get(table)?.columns.map((c) => c.name) ?? []);
  const copies = copiesOfInsert(node, columns, context);
  const leftToDefault = columnsLeftToDefault(node, columns);
  return [
    ...writesInWith(node.withClause, context),
    write(
      {
        verb: "insert",
        table,
        columns,
        ...(listed.length === 0 && node.selectStmt !== undefined ? { byPosition: true as const } : {}),
        ...(copies.length === 0 ? {} : { copies }),
        ...(leftToDefault.length === 0 ? {} : { leftToDefault }),
        bounded: values || select?.limitCount !== undefined || reads.length === 0,
        wholeTable: false,
        reads,
        fullReads: fullReadsIn([node.selectStmt, node.withClause], context),
      },
      context,
      [node.selectStmt, node.onConflictClause],
    ),
    ...calls([node.selectStmt, node.onConflictClause, node.returningClause], context),
  ];
}

export function readUpdate(node: UpdateStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const from = {
    withClause: node.withClause,
    fromClause: [{ RangeVar: node.relation }, ...(node.fromClause ?? [])],
    whereClause: node.whereClause,
  } as SelectStmt;
  const filter = analyseFilter(from, context);
  const reads = readTables([node.fromClause, node.whereClause, node.targetList, node.withClause], context, "");
  const copies = copiesOfUpdate(node, context);
  const whereNull = columnsWantedNull(node.whereClause, node.relation);
  return [
    ...writesInWith(node.withClause, context),
    write(
      {
        verb: "update",
        table,
        columns: all(node.targetList, "ResTarget").map((t) => t.name ?? ""),
        ...(copies.length === 0 ? {} : { copies }),
        ...(whereNull.length === 0 ? {} : { whereNull }),
        bounded: filter.bounds(table),
        wholeTable: filter.alwaysTrue && (node.fromClause ?? []).length === 0,
        reads,
        fullReads: fullReads(filter, [node.fromClause, node.whereClause, node.targetList, node.withClause], context),
      },
      context,
      [node.targetList, node.whereClause],
    ),
    ...calls([node.targetList, node.whereClause, node.fromClause, node.returningClause], context),
  ];
}

export function readDelete(node: DeleteStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const from = {
    withClause: node.withClause,
    fromClause: [{ RangeVar: node.relation }, ...(node.usingClause ?? [])],
    whereClause: node.whereClause,
  } as SelectStmt;
  const filter = analyseFilter(from, context);
  const reads = readTables([node.usingClause, node.whereClause, node.withClause], context, "");
  return [
    ...writesInWith(node.withClause, context),
    write(
      {
        verb: "delete",
        table,
        columns: [],
        bounded: filter.bounds(table),
        wholeTable: filter.alwaysTrue && (node.usingClause ?? []).length === 0,
        reads,
        fullReads: fullReads(filter, [node.usingClause, node.whereClause, node.withClause], context),
      },
      context,
    ),
    ...calls([node.whereClause, node.usingClause, node.returningClause], context),
  ];
}

export function readMerge(node: MergeStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const reads = readTables([node.sourceRelation, node.joinCondition, node.mergeWhenClauses, node.withClause], context, table);
  return [
    ...writesInWith(node.withClause, context),
    write({ verb: "merge", table, columns: [], bounded: false, wholeTable: false, reads, fullReads: [table, ...reads] }, context),
  ];
}

export function readCopy(node: CopyStmt, context: Context): Change[] {
  if (node.is_program === true) return [context.opaque("COPY … PROGRAM runs a shell command on the server")];
  if (node.relation === undefined) {
    const facts = analyseQuery(node.query, context);
    return [context.change({ kind: "read", tables: facts.tables, fullReads: facts.tables })];
  }
  const table = context.relation(node.relation);
  if (node.is_from !== true) return [context.change({ kind: "read", tables: [table], fullReads: [table] })];
  return [
    write(
      {
        verb: "copy",
        table,
        columns: all(node.attlist, "String").map((s) => s.sval ?? ""),
        bounded: false,
        wholeTable: false,
        reads: [],
        fullReads: [],
      },
      context,
    ),
  ];
}

/** A query by itself. It may write through a CTE, set the session through set_config, or call a function that does anything. */
export function readSelect(node: SelectStmt, context: Context): Change[] {
  const setting = readSetConfig(node, context);
  if (setting !== null) return setting;
  const wrapped = { SelectStmt: node } as Node;
  const tables = readTables([wrapped], context, "");
  const written = writesInWith(node.withClause, context);
  const changes: Change[] = [...written];
  const targets = new Set(written.flatMap((c) => (c.kind === "write" ? [c.table] : [])));
  const readOnly = tables.filter((t) => !targets.has(t));
  if (readOnly.length > 0 || written.length === 0) {
    const forUpdate = (node.lockingClause ?? []).length > 0;
    const fullReads = fullReadsIn(wrapped, context).filter((t) => !targets.has(t));
    const functions = functionsIn(wrapped);
    changes.push(
      context.change({
        kind: "read",
        tables: readOnly,
        fullReads,
        ...(forUpdate ? { forUpdate } : {}),
        ...(functions.length === 0 ? {} : { functions }),
      }),
    );
  }
  if (node.intoClause !== undefined) {
    changes.push(context.opaque("SELECT INTO makes a table whose columns tread does not follow", []));
  }
  return [...changes, ...calls([wrapped], context)];
}
