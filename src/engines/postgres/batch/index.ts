import type { SchemaState } from "../../../model/schema.ts";
import { columnsIn, expression } from "../changes/expression.ts";
import type { Grammar, Node } from "../parse/grammar.ts";
import { all, as, strings, walk } from "../parse/grammar.ts";
import { slicesOf, type Slices } from "./slices.ts";

/** A statement that can be run on one range of a table's key after the other, with the same result as at once. */
export interface Batchable {
  readonly kind: "batchable";
  readonly verb: "update" | "delete" | "insert";
  /** The table whose rows are walked: the one that is changed, or the one that an INSERT … SELECT reads. As written. */
  readonly table: { readonly schema: string | null; readonly name: string };
  /** What columns of it are called by: its alias, or its name. */
  readonly alias: string;
  /** Columns that an UPDATE assigns, with the text of what; null where they are assigned together (`(a, b) = (…)`). */
  readonly assigned: readonly { readonly column: string; readonly value: string }[] | null;
  /** Columns that an UPDATE assigns. */
  readonly columns: readonly string[];
  /** Running it twice on a row does what running it once does. */
  readonly idempotent: boolean;
  readonly slices: Slices;
}

export interface NotBatchable {
  readonly kind: "refused";
  readonly reason: string;
}

/** Names of aggregates in `pg_catalog` (manual, section 9.21): over the rows of a batch they say something else than over all. */
const AGGREGATES = new Set(
  "array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg jsonb_agg json_object_agg jsonb_object_agg max min range_agg range_intersect_agg string_agg sum xmlagg corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp variance var_pop var_samp mode percentile_cont percentile_disc rank dense_rank percent_rank cume_dist grouping".split(
    " ",
  ),
);
/**
 * Whether a statement may be run in batches of its table's key.
 */
export function readBatch(grammar: Grammar, sql: string, state: SchemaState): Batchable | NotBatchable {
  const parsed = grammar.parse(sql);
  const [node] = parsed.ok ? parsed.statements : [];
  if (node === undefined) return refused("it does not parse");
  const update = as(node, "UpdateStmt");
  const remove = as(node, "DeleteStmt");
  const insert = as(node, "InsertStmt");
  const body = update ?? remove ?? insert;
  if (body === undefined) return refused("it is no UPDATE, DELETE or INSERT … SELECT");
  if (body.withClause !== undefined) return refused("it has a WITH: what that reads, or changes, is not the same for each batch");
  if (insert !== undefined) return fromInsert(sql, node, insert);
  const target = (update ?? remove)?.relation;
  const name = target?.relname;
  if (name === undefined) return refused("it names no table");
  const others = update?.fromClause ?? remove?.usingClause ?? [];
  const reason =
    dependsOnOthers(node, name) ??
    (tablesIn(others).has(name) ? `it joins ${name} with itself: a row's result depends on rows of other batches` : null);
  if (reason !== null) return refused(reason);
  if (/\bRETURNING\b/i.test(slicesOf(sql, update === undefined ? "delete" : "update").tail))
    return refused("it has a RETURNING, and nobody reads what it returns");
  const slices = slicesOf(sql, update === undefined ? "delete" : "update");
  const targets = all(update?.targetList, "ResTarget");
  const columns = targets.map((one) => one.name ?? "");
  const together = targets.some((one) => as(one.val, "MultiAssignRef") !== undefined);
  return {
    kind: "batchable",
    verb: update === undefined ? "delete" : "update",
    table: { schema: target?.schemaname ?? null, name },
    alias: target?.alias?.aliasname ?? name,
    assigned:
      update === undefined || together || slices.set.length !== columns.length
        ? null
        : columns.map((column, i) => ({ column, value: (slices.set[i] ?? "").slice((slices.set[i] ?? "").indexOf("=") + 1).trim() })),
    columns,
    idempotent: update === undefined || !targets.some((one) => readsAny(one.val, columns) || isMoving(one.val, state)),
    slices,
  };
}

function fromInsert(sql: string, node: Node, insert: NonNullable<ReturnType<typeof as<"InsertStmt">>>): Batchable | NotBatchable {
  const select = as(insert.selectStmt, "SelectStmt");
  const sources = all(select?.fromClause, "RangeVar");
  const [first] = sources;
  if (select === undefined || select.valuesLists !== undefined || first?.relname === undefined)
    return refused("an INSERT that is walked takes its rows from a table: INSERT … SELECT … FROM table");
  if (select.op !== undefined && select.op !== "SETOP_NONE") return refused("it combines SELECTs (UNION and its like)");
  if (select.groupClause !== undefined || select.havingClause !== undefined)
    return refused("it groups rows: a group may be in several batches");
  if (select.distinctClause !== undefined) return refused("DISTINCT looks at the rows of other batches");
  const reason = dependsOnOthers(node, first.relname, select);
  if (reason !== null) return refused(reason);
  if (insert.relation?.relname === first.relname) return refused("it reads the table that it fills");
  return {
    kind: "batchable",
    verb: "insert",
    table: { schema: first.schemaname ?? null, name: first.relname },
    alias: first.alias?.aliasname ?? first.relname,
    assigned: null,
    columns: [],
    idempotent: insert.onConflictClause !== undefined,
    slices: slicesOf(sql, "insert"),
  };
}

/** Why the result for one row depends on which other rows are in its batch; null when it does not. */
function dependsOnOthers(node: Node, table: string, top?: unknown): string | null {
  let reason: string | null = null;
  const say = (text: string): void => void (reason ??= text);
  walk(node, (tag, body) => {
    if (tag === "SubLink") {
      if (tablesIn(body).has(table)) say(`a subquery reads ${table} itself: the result depends on rows of other batches`);
      walk(body, (inner, query) => {
        if (inner === "FuncCall" && query["over"] !== undefined) say("it has a window function");
      });
      return false;
    }
    if (tag === "FuncCall") {
      if (body["over"] !== undefined) say("it has a window function: its frame would end with the batch");
      const name = strings(body["funcname"] as readonly Node[] | undefined).at(-1) ?? "";
      if (AGGREGATES.has(name) || body["agg_star"] === true) say(`${name}() would see the rows of one batch only`);
    }
    if (tag === "SelectStmt" && (body["limitCount"] !== undefined || body["limitOffset"] !== undefined))
      say("a LIMIT or an OFFSET counts anew in each batch");
    return undefined;
  });
  if (top !== undefined && (top as Record<string, unknown>)["limitCount"] !== undefined) say("a LIMIT counts anew in each batch");
  return reason;
}

function tablesIn(root: unknown): ReadonlySet<string> {
  const tables = new Set<string>();
  const add = (body: Record<string, unknown>): void => void (typeof body["relname"] === "string" && tables.add(body["relname"]));
  walk(root, (tag, body) => {
    if (tag === "RangeVar") add(body);
  });
  return tables;
}

function readsAny(value: Node | undefined, columns: readonly string[]): boolean {
  return columnsIn([value]).some((name) => columns.includes(name));
}

/** It answers differently each time: a second run would write other values. */
function isMoving(value: Node | undefined, state: SchemaState): boolean {
  if (value === undefined) return false;
  const { volatility, readsClock } = expression(value, "", state);
  return volatility === "volatile" || readsClock === true;
}

function refused(reason: string): NotBatchable {
  return { kind: "refused", reason };
}

/** What stands before and behind a further condition of the statement. */
export interface AroundCondition {
  readonly before: string;
  readonly behind: string;
}

/**
 * Where one more condition goes. What the user wrote ends with a line break: a comment at its end would hide what follows, and a
 * condition that nobody sees lets every batch change the whole table.
 */
export function aroundCondition({ slices }: Pick<Batchable, "slices">): AroundCondition {
  return {
    before: `${slices.head}\nWHERE ${slices.where === null ? "" : `(${slices.where}\n) AND `}`,
    behind: `\n${slices.tail}`.trimEnd(),
  };
}

/** The statement with one more condition. */
export function withCondition(batch: Pick<Batchable, "slices">, condition: string): string {
  const { before, behind } = aroundCondition(batch);
  return `${before}${condition}${behind}`;
}
