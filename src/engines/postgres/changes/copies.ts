import type { InsertStmt, RangeVar, UpdateStmt } from "libpg-query";
import type { Copy } from "../../../model/change.ts";
import { all, as, strings, walk, type Node } from "../parse/grammar.ts";
import type { Context } from "./context.ts";
import { analyseQuery } from "./query.ts";

/** Columns that an UPDATE fills from columns: `SET nickname = lower(name)`. Values that name no column are left out. */
export function copiesOfUpdate(node: UpdateStmt, context: Context): readonly Copy[] {
  const sources = [{ RangeVar: node.relation } as Node, ...(node.fromClause ?? [])];
  return all(node.targetList, "ResTarget").flatMap((target) => copy(target.name, target.val, sources, node, context));
}

/** Columns that INSERT … SELECT fills from columns of other tables. */
export function copiesOfInsert(node: InsertStmt, columns: readonly string[], context: Context): readonly Copy[] {
  const select = as(node.selectStmt, "SelectStmt");
  if (select === undefined || select.valuesLists !== undefined) return [];
  const targets = all(select.targetList, "ResTarget");
  const star = targets.some(({ val }) => as(val, "ColumnRef")?.fields?.some((field) => "A_Star" in field) === true);
  if (star) return [];
  return targets.flatMap((target, at) =>
    copy(columns[at], target.val, select.fromClause ?? [], { withClause: select.withClause }, context),
  );
}

interface With {
  readonly withClause?: UpdateStmt["withClause"];
}

function copy(
  column: string | undefined,
  value: Node | undefined,
  sources: readonly Node[],
  { withClause }: With,
  context: Context,
): Copy[] {
  if (column === undefined || column === "" || value === undefined || !namesColumn(value)) return [];
  // The conditions of a CTE or a join are no part of the value: only what the value itself names counts, resolved among the sources.
  const ctes = new Set(all(withClause?.ctes, "CommonTableExpr").map((cte) => cte.ctename));
  const tables = sources.flatMap(tablesIn).filter((range) => range.schemaname !== undefined || !ctes.has(range.relname));
  const read = readsOf(
    value,
    tables.map((range) => ({ RangeVar: range })),
    context,
  );
  const known = new Set(tables.map((range) => range.alias?.aliasname ?? range.relname));
  const derived = qualifiers(value).some((qualifier) => !known.has(qualifier)) || read.length === 0;
  const [only] = tables;
  const through = derived
    ? [...sources, ...all(withClause?.ctes, "CommonTableExpr").flatMap((cte) => cte.ctequery ?? [])].flatMap((source) =>
        outputsOf(source, context),
      )
    : [];
  // A table whose columns no migration shows: an unqualified name can only be its own where it stands alone.
  const unknown =
    read.length === 0 && through.length === 0 && tables.length === 1 && only !== undefined ? plainNames(value, context.relation(only)) : [];
  const from = [...read, ...through, ...unknown];
  return from.length === 0 ? [] : [{ column, from: unique(from) }];
}

type Source = Copy["from"][number];

function readsOf(value: Node, fromClause: readonly Node[], context: Context): Source[] {
  const select = { SelectStmt: { targetList: [{ ResTarget: { val: value } }], fromClause } } as unknown as Node;
  return analyseQuery(select, context).reads.flatMap(({ relation, column }) => (column === null ? [] : [{ relation, column }]));
}

/** What the output of a subquery in FROM, or of a CTE, is made of. */
function outputsOf(source: Node, context: Context): Source[] {
  const inner = as(source, "SelectStmt") ?? as(as(source, "RangeSubselect")?.subquery, "SelectStmt");
  if (inner === undefined) return [];
  const select = {
    SelectStmt: { targetList: inner.targetList, fromClause: inner.fromClause, withClause: inner.withClause },
  } as unknown as Node;
  return analyseQuery(select, context).reads.flatMap(({ relation, column }) => (column === null ? [] : [{ relation, column }]));
}

function tablesIn(source: Node): RangeVar[] {
  const range = as(source, "RangeVar");
  if (range !== undefined) return [range];
  const join = as(source, "JoinExpr");
  return [join?.larg, join?.rarg].flatMap((side) => (side === undefined ? [] : tablesIn(side)));
}

function namesColumn(value: Node): boolean {
  let found = false;
  walk(value, (tag) => {
    if (tag === "ColumnRef") found = true;
  });
  return found;
}

function qualifiers(value: Node): string[] {
  const found: string[] = [];
  walk(value, (tag, body) => {
    // A subquery has sources of its own.
    if (tag === "SelectStmt") return false;
    const parts = tag === "ColumnRef" ? strings((body as { fields?: Node[] }).fields) : [];
    const qualifier = parts.at(-2);
    if (qualifier !== undefined) found.push(qualifier);
    return undefined;
  });
  return found;
}

function plainNames(value: Node, relation: string): Source[] {
  const found: Source[] = [];
  walk(value, (tag, body) => {
    if (tag === "SelectStmt") return false;
    const name = tag === "ColumnRef" ? strings((body as { fields?: Node[] }).fields).at(-1) : undefined;
    if (name !== undefined) found.push({ relation, column: name });
    return undefined;
  });
  return found;
}

function unique(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.relation}.${source.column}`, source])).values()];
}

/** Columns of the target that a condition wants to be NULL in every row: `nickname IS NULL AND …`. */
export function columnsWantedNull(where: Node | undefined, target: RangeVar | undefined): readonly string[] {
  if (where === undefined) return [];
  const both = as(where, "BoolExpr");
  if (both?.boolop === "AND_EXPR") return (both.args ?? []).flatMap((part) => columnsWantedNull(part, target));
  const test = as(where, "NullTest");
  if (test?.nulltesttype !== "IS_NULL") return [];
  const parts = strings(as(test.arg, "ColumnRef")?.fields);
  const own = parts.length === 1 || parts.at(-2) === (target?.alias?.aliasname ?? target?.relname);
  const column = parts.at(-1);
  return own && column !== undefined ? [column] : [];
}

/** Columns to which every row of INSERT … VALUES gives DEFAULT. */
export function columnsLeftToDefault(node: InsertStmt, columns: readonly string[]): readonly string[] {
  const lists = (as(node.selectStmt, "SelectStmt")?.valuesLists ?? []).map((list) => as(list, "List")?.items ?? []);
  if (lists.length === 0) return [];
  return columns.filter((_, at) => lists.every((items) => items[at] !== undefined && "SetToDefault" in items[at]));
}
