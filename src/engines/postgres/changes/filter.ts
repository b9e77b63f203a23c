import type { A_Expr, SelectStmt } from "libpg-query";
import type { Relation } from "../../../model/schema.ts";
import { as, strings, walk, type Node } from "../parse/grammar.ts";
import { readBatches } from "./batches.ts";
import type { Context } from "./context.ts";
import { isShortRange } from "./key-range.ts";

/**
 * What the conditions of a statement let an index do for a table.
 * - `key`: at most a constant number of rows: every column of a unique key is compared with constants.
 * - `index`: some index can be entered with a constant; how many rows come back is data.
 * - `nothing`: every row must be looked at.
 */
type Help = "key" | "index" | "nothing";

export interface Filter {
  helps(table: string): Help;
  /** At most a constant number of rows of the table by construction. */
  bounds(table: string): boolean;
  readonly sources: readonly Source[];
  readonly alwaysTrue: boolean;
  readonly alwaysFalse: boolean;
}

interface Source {
  readonly alias: string;
  readonly table: string;
  /** As written, for common table expressions; empty when it was qualified. */
  readonly bare: string;
}

/**
 * Reads the ANDed conditions of FROM and WHERE. A join on an indexed column is no help: with tables of like size the planner hashes
 * both (measured on 18.4 with 1,000 rows each), so such a statement is taken as reading every row.
 */
export function analyseFilter(select: SelectStmt | undefined, context: Context): Filter {
  const sources: Source[] = [];
  const conditions: Node[] = [];
  for (const from of select?.fromClause ?? []) collect(from, sources, conditions, context);
  if (select?.whereClause !== undefined) conjuncts(select.whereClause, conditions);
  const alwaysTrue = conditions.every(isTrue);
  const alwaysFalse = conditions.some(isFalse);
  const batches = readBatches(select, context, (inner, table) => analyseFilter(inner, context).bounds(table));
  const atCursor = conditions.some((c) => "CurrentOfExpr" in c);
  const helps = (table: string): Help => {
    if (atCursor) return "key";
    const source = sources.filter((s) => s.table === table);
    const named = context.state.relations.get(table);
    // Conditions on a simple view reach its one table.
    const under = named?.kind === "view" ? [...new Set(named.reads?.map((r) => r.relation))] : [];
    const relation = under.length === 1 ? context.state.relations.get(under[0] ?? "") : named;
    if (relation === undefined || source.length === 0) return "nothing";
    // In a function body a name that no source has is a variable or a parameter: known when the statement starts.
    const isVariable = (parts: readonly string[]): boolean =>
      context.depth > 0 &&
      (parts.length > 1
        ? !sources.some((s) => s.alias === parts.at(-2))
        : !sources.some((s) => context.state.relations.get(s.table)?.columns.some((c) => c.name === parts[0]) !== false));
    const help = source.map((s) => helpFor(relation, { alias: s.alias, only: sources.length === 1, relation, isVariable }, conditions));
    return help.includes("nothing") ? "nothing" : help.includes("index") ? "index" : "key";
  };
  const bounds = (table: string): boolean => {
    if (alwaysFalse || helps(table) === "key") return true;
    const aliases = sources.filter((s) => s.table === table).map((s) => s.alias);
    const relation = context.state.relations.get(table);
    const [alias = ""] = aliases;
    const side = relation && { alias, only: sources.length === 1, relation, isVariable: () => false };
    if (side !== undefined && aliases.length === 1 && isShortRange(side.relation, conditions, (node) => columnOf(node, side))) return true;
    return conditions.some((c) => {
      const column = batches.keyOf(c);
      return column !== null && (column.length === 1 || aliases.includes(column.at(-2) ?? ""));
    });
  };
  return { helps, bounds, sources, alwaysTrue, alwaysFalse };
}

/** Tables that the queries inside `root` read in full, each by its own conditions. A LIMIT may end a query early, so it counts for none. */
export function fullReadsIn(root: unknown, context: Context): string[] {
  // The queries of WITH come after the one that reads them.
  const found = new Map<string, string>();
  const ctes = new Set<string>();
  walk([root], (tag, body) => {
    if (tag === "CommonTableExpr") ctes.add((body as { ctename?: string }).ctename ?? "");
    if (tag !== "SelectStmt") return;
    const select = body as SelectStmt;
    const filter = analyseFilter(select, context);
    if (select.limitCount !== undefined || filter.alwaysFalse || isFirstOrLast(select, filter, context)) return;
    for (const { table, bare } of filter.sources) if (filter.helps(table) === "nothing") found.set(table, bare);
  });
  return [...found].flatMap(([table, bare]) => (ctes.has(bare) ? [] : [table]));
}

/** `SELECT max(id) FROM t`: one row at an end of an index on the column. */
function isFirstOrLast(select: SelectStmt, filter: Filter, context: Context): boolean {
  const [target, ...others] = select.targetList ?? [];
  const call = as(as(target, "ResTarget")?.val, "FuncCall");
  const name = strings(call?.funcname).at(-1);
  if (others.length > 0 || (name !== "min" && name !== "max") || select.whereClause !== undefined || select.groupClause !== undefined)
    return false;
  const [source, ...more] = filter.sources;
  const column = strings(as(call?.args?.[0], "ColumnRef")?.fields).at(-1);
  if (source === undefined || more.length > 0 || column === undefined) return false;
  const relation = context.state.relations.get(source.table);
  return relation?.indexes.some((i) => i.valid && i.method === "btree" && i.predicate === null && i.columns[0] === column) === true;
}

function collect(node: Node, sources: Source[], conditions: Node[], context: Context): void {
  const range = as(node, "RangeVar");
  if (range !== undefined) {
    sources.push({
      alias: range.alias?.aliasname ?? range.relname ?? "",
      table: context.relation(range),
      bare: range.schemaname === undefined ? (range.relname ?? "") : "",
    });
    return;
  }
  const join = as(node, "JoinExpr");
  if (join === undefined) return;
  if (join.larg !== undefined) collect(join.larg, sources, conditions, context);
  if (join.rarg !== undefined) collect(join.rarg, sources, conditions, context);
  if (join.quals !== undefined && join.jointype === "JOIN_INNER") conjuncts(join.quals, conditions);
}

function conjuncts(node: Node, into: Node[]): void {
  const bool = as(node, "BoolExpr");
  if (bool?.boolop === "AND_EXPR") for (const arg of bool.args ?? []) conjuncts(arg, into);
  else into.push(node);
}

/** True whatever the row: TRUE, `1 = 1`. */
function isTrue(node: Node): boolean {
  const constant = as(node, "A_Const");
  if (constant?.boolval !== undefined) return constant.boolval.boolval === true;
  const comparison = as(node, "A_Expr");
  return comparison !== undefined && operatorOf(comparison) === "=" && sameConstant(comparison.lexpr, comparison.rexpr) === true;
}

function isFalse(node: Node): boolean {
  const constant = as(node, "A_Const");
  if (constant?.boolval !== undefined) return constant.boolval.boolval !== true;
  const comparison = as(node, "A_Expr");
  return comparison !== undefined && operatorOf(comparison) === "=" && sameConstant(comparison.lexpr, comparison.rexpr) === false;
}

function sameConstant(left: Node | undefined, right: Node | undefined): boolean | null {
  const a = as(left, "A_Const");
  const b = as(right, "A_Const");
  if (a === undefined || b === undefined) return null;
  return JSON.stringify({ ...a, location: 0 }) === JSON.stringify({ ...b, location: 0 });
}

function operatorOf(node: A_Expr): string {
  return strings(node.name).at(-1) ?? "";
}

interface Test {
  readonly column: string;
  readonly equality: boolean;
}

interface Side {
  readonly alias: string;
  /** It is the only source: its columns need no qualifier. */
  readonly only: boolean;
  readonly relation: Relation;
  readonly isVariable: (parts: readonly string[]) => boolean;
}

function helpFor(relation: Relation, side: Side, conditions: readonly Node[]): Help {
  const tests = conditions.flatMap((c) => testOf(c, side) ?? []);
  const columns = new Set(tests.map((t) => t.column));
  const equal = new Set(tests.filter((t) => t.equality).map((t) => t.column));
  let best: Help = "nothing";
  for (const index of relation.indexes) {
    const first = index.columns[0];
    if (!index.valid || index.predicate !== null || first === null || first === undefined) continue;
    if (index.unique && index.columns.every((c) => c !== null && equal.has(c))) return "key";
    if (index.method === "btree" ? columns.has(first) : index.method === "hash" && equal.has(first)) best = "index";
  }
  return best;
}

/** `column op constant`, `column IN (constants)`, `column IS NULL`, `BETWEEN`: what a b-tree can be entered with. */
function testOf(node: Node, side: Side): Test | null {
  const nullTest = as(node, "NullTest");
  if (nullTest !== undefined) {
    const column = columnOf(nullTest.arg, side);
    // IS NOT NULL is most rows as a rule: the planner does not use an index for it.
    return column === null || nullTest.nulltesttype !== "IS_NULL" ? null : { column, equality: false };
  }
  const link = as(node, "SubLink");
  if (link?.subLinkType === "ANY_SUBLINK") {
    const column = columnOf(link.testexpr, side);
    return column === null || as(link.subselect, "SelectStmt")?.limitCount === undefined ? null : { column, equality: false };
  }
  const test = as(node, "A_Expr");
  if (test === undefined) return null;
  const operator = operatorOf(test);
  if (test.kind === "AEXPR_BETWEEN" || test.kind === "AEXPR_IN" || test.kind === "AEXPR_OP_ANY") {
    const column = columnOf(test.lexpr, side);
    if (column === null || !isConstant(test.rexpr, side) || operator === "<>") return null;
    return { column, equality: test.kind !== "AEXPR_BETWEEN" && operator === "=" };
  }
  if (test.kind !== "AEXPR_OP" || !["=", "<", ">", "<=", ">="].includes(operator)) return null;
  const left = columnOf(test.lexpr, side);
  if (left !== null && isConstant(test.rexpr, side)) return { column: left, equality: operator === "=" };
  const right = columnOf(test.rexpr, side);
  return right !== null && isConstant(test.lexpr, side) ? { column: right, equality: operator === "=" } : null;
}

function columnOf(node: Node | undefined, { alias, only, relation }: Side): string | null {
  const parts = strings(as(node, "ColumnRef")?.fields);
  const name = parts.at(-1);
  if (name === undefined || !relation.columns.some((c) => c.name === name)) return null;
  if (parts.length === 1) return only ? name : null;
  return parts.at(-2) === alias ? name : null;
}

/** No column and no subquery in it: its value is known when the statement starts. */
function isConstant(node: unknown, side: Side): boolean {
  let constant = node !== undefined;
  walk([node], (tag, body) => {
    if (tag === "SubLink") constant = false;
    else if (tag === "ColumnRef" && !side.isVariable(strings((body as { fields?: Node[] }).fields))) constant = false;
  });
  return constant;
}
