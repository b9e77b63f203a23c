import type { SelectStmt } from "libpg-query";
import { all, as, strings, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";

/** What a statement's conditions take from queries that return a constant number of rows by construction. */
export interface Batches {
  /** The column, as written (`id`, `a.id`), that this condition compares with the rows of such a query; else null. */
  keyOf(condition: Node): readonly string[] | null;
}

/** Whether a statement with this FROM and WHERE touches a constant number of rows of the table. Handed in: it asks about batches itself. */
type Bounds = (select: SelectStmt, table: string) => boolean;

/**
 * The ways in which people write a batch: `id IN (SELECT … LIMIT 1000)`, `id = ANY (ARRAY(SELECT … LIMIT 1000))`, and a join with a
 * common table expression, a subquery or a list of VALUES that is bounded itself.
 */
export function readBatches(select: SelectStmt | undefined, context: Context, bounds: Bounds): Batches {
  const bounded = new Set<string>();
  for (const cte of all(select?.withClause?.ctes, "CommonTableExpr")) {
    if (cte.ctename !== undefined && cte.ctequery !== undefined && isBounded(cte.ctequery, bounded, context, bounds))
      bounded.add(cte.ctename);
  }
  const aliases = new Set<string>();
  for (const from of select?.fromClause ?? []) boundedAliases(from, bounded, aliases, context, bounds);
  return {
    keyOf(condition): readonly string[] | null {
      const link = as(condition, "SubLink");
      if (link?.subLinkType === "ANY_SUBLINK") {
        return link.subselect !== undefined && isBounded(link.subselect, bounded, context, bounds) ? keyAt(link.testexpr) : null;
      }
      const test = as(condition, "A_Expr");
      if (test === undefined || strings(test.name).at(-1) !== "=") return null;
      if (test.kind === "AEXPR_OP_ANY") {
        const array = as(test.rexpr, "SubLink");
        const inner = array?.subLinkType === "ARRAY_SUBLINK" ? array.subselect : undefined;
        return inner !== undefined && isBounded(inner, bounded, context, bounds) ? columnAt(test.lexpr) : null;
      }
      if (test.kind !== "AEXPR_OP") return null;
      const [left, right] = [columnAt(test.lexpr), columnAt(test.rexpr)];
      if (left === null || right === null) return null;
      const [fromLeft, fromRight] = [aliases.has(left.at(-2) ?? ""), aliases.has(right.at(-2) ?? "")];
      return fromLeft === fromRight ? null : fromLeft ? right : left;
    },
  };
}

/** A column, or the first of `(a, b) IN (SELECT a, b … LIMIT 1000)`, the batch of a key of several. */
function keyAt(node: Node | undefined): readonly string[] | null {
  const row = as(node, "RowExpr")?.args;
  return row === undefined ? columnAt(node) : row.every((each) => columnAt(each) !== null) ? columnAt(row[0]) : null;
}

function columnAt(node: Node | undefined): readonly string[] | null {
  const parts = strings(as(node, "ColumnRef")?.fields);
  return parts.length === 0 ? null : parts;
}

function boundedAliases(from: Node, bounded: ReadonlySet<string>, into: Set<string>, context: Context, bounds: Bounds): void {
  const range = as(from, "RangeVar");
  if (range?.relname !== undefined && range.schemaname === undefined && bounded.has(range.relname)) {
    into.add(range.alias?.aliasname ?? range.relname);
  }
  const sub = as(from, "RangeSubselect");
  if (sub?.subquery !== undefined && sub.alias?.aliasname !== undefined && isBounded(sub.subquery, bounded, context, bounds)) {
    into.add(sub.alias.aliasname);
  }
}

/** `bounded`: names of the common table expressions in sight that are. */
function isBounded(query: Node, bounded: ReadonlySet<string>, context: Context, bounds: Bounds): boolean {
  const select = as(query, "SelectStmt");
  if (select !== undefined) {
    if (select.limitCount !== undefined) return as(select.limitCount, "A_Const")?.isnull !== true;
    if (select.valuesLists !== undefined) return true;
    if (select.larg !== undefined || (select.fromClause ?? []).length !== 1) return false;
    const source = as(select.fromClause?.[0], "RangeVar");
    return source?.relname !== undefined && source.schemaname === undefined && bounded.has(source.relname);
  }
  // DELETE … RETURNING in a batch hands on as many rows as it deletes.
  const update = as(query, "UpdateStmt");
  const remove = as(query, "DeleteStmt");
  const target = (update ?? remove)?.relation;
  if (target === undefined) return false;
  const from = [{ RangeVar: target }, ...(update?.fromClause ?? remove?.usingClause ?? [])];
  const inner = { fromClause: from, whereClause: (update ?? remove)?.whereClause } as SelectStmt;
  return bounds(inner, context.relation(target));
}
