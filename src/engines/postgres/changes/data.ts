import type { CopyStmt, DeleteStmt, InsertStmt, MergeStmt, RangeVar, SelectStmt, UpdateStmt, WithClause } from "libpg-query";
import type { Change, ChangeOf } from "../../../model/change.ts";
import type { EngineError } from "../../../model/effects.ts";
import type { Relation } from "../../../model/schema.ts";
import { all, as, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { columnsLeftToDefault, columnsWantedNull, copiesOfInsert, copiesOfUpdate } from "./copies.ts";
import { analyseFilter, fullReadsIn, type Filter } from "./filter.ts";
import { analyseQuery } from "./query.ts";
import { calls } from "./calls.ts";
import { refusedQuery } from "./refused.ts";

type Write = ChangeOf<"write">;

/** Tables that any part of the statement reads, its own target left out. */
export function readTables(parts: readonly unknown[], context: Context, except: string): string[] {
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
export function writesInWith(clause: WithClause | undefined, context: Context): Change[] {
  const written = all(clause?.ctes, "CommonTableExpr").flatMap((cte) =>
    cte.ctequery === undefined ? [] : dataStatement(cte.ctequery, context),
  );
  // By itself such a statement does not see the CTEs beside it: what is refused is told by the whole.
  return written.map((change) => withoutRefusal(change));
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

/** The statement as a node, and its target. */
interface Whole {
  readonly node: Node;
  readonly range: RangeVar | undefined;
}

function write(body: Omit<Write, "kind" | "span">, context: Context, parts: readonly unknown[] = [], whole?: Whole): Change {
  const literals = context.state.types.size === 0 ? [] : literalsIn(parts);
  const change = context.change({ kind: "write", ...body, ...(literals.length === 0 ? {} : { literals }) });
  if (whole === undefined) return change;
  const only = whole.range?.inh === true || whole.range === undefined ? {} : { only: true };
  return { ...change, ...only, ...refusedWrite(whole.node, context) };
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
        ...(isOneRow(select) ? { oneRow: true } : {}),
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
      { node: { InsertStmt: node }, range: node.relation },
    ),
    ...calls([node.selectStmt, node.onConflictClause, node.returningClause], context),
  ];
}

/** VALUES of one row, DEFAULT VALUES, or a SELECT from nothing. */
function isOneRow(select: SelectStmt | undefined): boolean {
  if (select === undefined) return true;
  return select.valuesLists === undefined ? select.fromClause === undefined && select.larg === undefined : select.valuesLists.length === 1;
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
      { node: { UpdateStmt: node }, range: node.relation },
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
      [node.whereClause],
      { node: { DeleteStmt: node }, range: node.relation },
    ),
    ...calls([node.whereClause, node.usingClause, node.returningClause], context),
  ];
}

export function readMerge(node: MergeStmt, context: Context): Change[] {
  const table = context.relation(node.relation);
  const reads = readTables([node.sourceRelation, node.joinCondition, node.mergeWhenClauses, node.withClause], context, table);
  const clauses = all(node.mergeWhenClauses, "MergeWhenClause");
  const set = clauses.map((clause) => ({ type: clause.commandType, names: all(clause.targetList, "ResTarget").map((t) => t.name ?? "") }));
  const columns = set.flatMap((clause) => clause.names);
  const updates = set.flatMap((clause) => (clause.type === "CMD_UPDATE" ? clause.names : []));
  const deletes = clauses.some((clause) => clause.commandType === "CMD_DELETE");
  return [
    ...writesInWith(node.withClause, context),
    write(
      {
        verb: "merge",
        table,
        columns,
        updates,
        ...(deletes ? { deletes } : {}),
        bounded: false,
        wholeTable: false,
        reads,
        fullReads: [table, ...reads],
      },
      context,
      [node.joinCondition, node.mergeWhenClauses],
      { node: { MergeStmt: node }, range: node.relation },
    ),
  ];
}

export function readCopy(node: CopyStmt, context: Context): Change[] {
  if (node.is_program === true) return [context.opaque("COPY … PROGRAM runs a shell command on the server")];
  if (node.relation === undefined) {
    if (as(node.query, "SelectStmt") === undefined && node.query !== undefined) return dataStatement(node.query, context);
    const facts = analyseQuery(node.query, context);
    const change = context.change({ kind: "read", tables: facts.tables, fullReads: fullReadsIn(node.query, context) });
    const refused = refusedQuery(node.query, context);
    return [refused === null ? change : { ...change, refused }];
  }
  const table = context.relation(node.relation);
  const refused = refusedCopy(context.state.relations.get(table), node.is_from === true);
  if (refused !== null) return [{ ...context.change({ kind: "maintenance", command: "COPY", table }), refused }];
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

/** What parse analysis refuses in a write. A NOT NULL that a value misses is certain only where rows are written for certain. */
function refusedWrite(node: Node, context: Context): Pick<Change, "refused"> {
  const refused = refusedQuery(node, context);
  if (refused === null) return {};
  if (refused.sqlstate !== "23502") return { refused };
  const insert = as(node, "InsertStmt");
  const values =
    as(insert?.selectStmt, "SelectStmt")?.valuesLists !== undefined || (insert !== undefined && insert.selectStmt === undefined);
  const triggers = insert === undefined ? [] : (context.state.relations.get(context.relation(insert.relation))?.triggers ?? []);
  return values && triggers.length === 0 ? { refused } : {};
}

/** COPY of a table reads the table itself, not what inherits from it; views are for COPY (SELECT …) (manual, COPY). */
function refusedCopy(relation: Relation | undefined, isFrom: boolean): EngineError | null {
  if (relation === undefined) return null;
  const name = relation.name.slice(relation.name.indexOf(".") + 1);
  const view = relation.kind === "view" || relation.kind === "materialized-view";
  if (isFrom) return view && relation.triggers.length === 0 ? { sqlstate: "42809", message: `cannot copy to view "${name}"` } : null;
  // From 18 on a materialized view can be copied.
  return relation.kind === "view" ? { sqlstate: "42809", message: `cannot copy from view "${name}"` } : null;
}

function withoutRefusal(change: Change): Change {
  if (change.refused === undefined) return change;
  const copy = { ...change };
  Reflect.deleteProperty(copy, "refused");
  return copy;
}
