import type { SchemaState, UserFunction } from "../../../model/schema.ts";
import { columnsIn, expression } from "../changes/expression.ts";
import type { Grammar, Node } from "../parse/grammar.ts";
import { all, as, strings, walk } from "../parse/grammar.ts";
import { nextToken } from "../parse/lexer.ts";
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
  /** Columns that what is assigned is made of. */
  readonly reads: readonly string[];
  /** Columns of which the condition demands that they are NULL. */
  readonly whereNull: readonly string[];
  /** `UPDATE ONLY`: without the tables that inherit from it. */
  readonly only: boolean;
  /**
   * For `ON CONFLICT … DO UPDATE`: the columns of the walked table by which rows of the other are met, null where that cannot be read.
   * Absent for everything else.
   */
  readonly conflictBy?: readonly string[] | null;
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
  if (insert !== undefined) return fromInsert(grammar, sql, node, insert, state);
  const target = (update ?? remove)?.relation;
  const name = target?.relname;
  if (name === undefined) return refused("it names no table");
  const others = update?.fromClause ?? remove?.usingClause ?? [];
  const reason =
    dependsOnOthers(node, name) ??
    (tablesIn(others).has(name) ? `it joins ${name} with itself: a row's result depends on rows of other batches` : null);
  if (reason !== null) return refused(reason);
  if ((update ?? remove)?.returningClause !== undefined) return refused("it has a RETURNING, and nobody reads what it returns");
  const condition = update?.whereClause ?? remove?.whereClause;
  if (isMoving(condition, state)) return refused(MOVING);
  const slices = slicesOf(sql, update === undefined ? "delete" : "update");
  const unproved = whyNoRange(grammar, node, slices);
  if (unproved !== null) return refused(unproved);
  const through = throughFunctions(node, name, state);
  if (through !== null) return refused(through);
  const alias = target?.alias?.aliasname ?? name;
  const targets = all(update?.targetList, "ResTarget");
  const columns = targets.map((one) => one.name ?? "");
  const together = targets.some((one) => as(one.val, "MultiAssignRef") !== undefined);
  return {
    kind: "batchable",
    verb: update === undefined ? "delete" : "update",
    table: { schema: target?.schemaname ?? null, name },
    alias,
    assigned:
      update === undefined ||
      together ||
      slices.set.length !== columns.length ||
      targets.some(({ indirection, val }) => indirection !== undefined || as(val, "SetToDefault") !== undefined)
        ? null
        : columns.map((column, i) => ({ column, value: valueOf(slices.set[i] ?? "") })),
    columns,
    reads: [...new Set(targets.flatMap((one) => columnsIn([one.val])))],
    whereNull: nullTests(condition),
    only: target?.inh !== true,
    idempotent: update === undefined || !targets.some((one) => readsAny(one.val, [...columns, alias, name]) || isMoving(one.val, state)),
    slices,
  };
}

function fromInsert(
  grammar: Grammar,
  sql: string,
  node: Node,
  insert: NonNullable<ReturnType<typeof as<"InsertStmt">>>,
  state: SchemaState,
): Batchable | NotBatchable {
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
  if (insert.returningClause !== undefined) return refused("it has a RETURNING, and nobody reads what it returns");
  if (isMoving(select.whereClause, state)) return refused(MOVING);
  const slices = slicesOf(sql, "insert");
  const unproved = whyNoRange(grammar, node, slices);
  if (unproved !== null) return refused(unproved);
  const through = throughFunctions(node, first.relname, state);
  if (through !== null) return refused(through);
  const conflict = insert.onConflictClause;
  const updates = conflict?.action === "ONCONFLICT_UPDATE";
  const targets = all(select.targetList, "ResTarget");
  return {
    kind: "batchable",
    verb: "insert",
    table: { schema: first.schemaname ?? null, name: first.relname },
    alias: first.alias?.aliasname ?? first.relname,
    assigned: null,
    columns: [],
    reads: [],
    whereNull: [],
    only: first.inh !== true,
    idempotent:
      conflict !== undefined &&
      (!updates || !all(conflict.targetList, "ResTarget").some((one) => readsWhatIsThere(one.val) || isMoving(one.val, state))) &&
      (!updates || !targets.some((one) => isMoving(one.val, state))),
    slices,
    ...(updates ? { conflictBy: conflictBy(insert, targets) } : {}),
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

/** `person` and `person.*` stand for all columns of the row. */
function readsAny(value: Node | undefined, names: readonly string[]): boolean {
  let star = false;
  walk([value], (tag) => void (star ||= tag === "A_Star"));
  return star || columnsIn([value]).some((name) => names.includes(name));
}

/** Something else than `excluded`: the row that is there already. */
function readsWhatIsThere(value: Node | undefined): boolean {
  let found = false;
  walk([value], (tag, body) => {
    if (tag === "ColumnRef") found ||= strings((body as { fields?: Node[] }).fields)[0] !== "excluded";
  });
  return found;
}

/** The columns of the walked table that become those by which ON CONFLICT finds its row. */
function conflictBy(
  insert: NonNullable<ReturnType<typeof as<"InsertStmt">>>,
  targets: readonly NonNullable<ReturnType<typeof as<"ResTarget">>>[],
): readonly string[] | null {
  const elements = all(insert.onConflictClause?.infer?.indexElems, "IndexElem").map(({ name }) => name);
  const into = all(insert.cols, "ResTarget").map(({ name }) => name);
  if (elements.length === 0 || into.length !== targets.length) return null;
  const from = elements.map((element) => strings(as(targets[into.indexOf(element)]?.val, "ColumnRef")?.fields).at(-1));
  return from.every((one): one is string => one !== undefined) ? from : null;
}

/** The value of an item of SET. */
function valueOf(item: string): string {
  for (let token = nextToken(item, 0); token !== null; token = nextToken(item, token.end))
    if (token.kind === "punct" && token.text === "=") return item.slice(token.end).trim();
  return item;
}

/** `x IS NULL` where all of the condition must hold. */
function nullTests(condition: Node | undefined): readonly string[] {
  const both = as(condition, "BoolExpr");
  if (both?.boolop === "AND_EXPR") return (both.args ?? []).flatMap(nullTests);
  const test = as(condition, "NullTest");
  return test?.nulltesttype === "IS_NULL" && as(test.arg, "ColumnRef") !== undefined ? columnsIn([test.arg]) : [];
}

/** It answers differently each time: a second run would write other values. */
function isMoving(value: Node | undefined, state: SchemaState): boolean {
  if (value === undefined) return false;
  const { volatility, readsClock } = expression(value, "", state);
  return volatility === "volatile" || readsClock === true;
}

const MOVING =
  "its condition answers differently each time it is asked (a clock, or chance): which rows it means would depend on when their batch comes. Write the moment as a constant";

/**
 * A function's own query may read the table, and would see what earlier batches did to it.
 * @returns why, or null
 */
function throughFunctions(node: Node, table: string, state: SchemaState): string | null {
  let reason: string | null = null;
  walk(node, (tag, body) => {
    if (tag !== "FuncCall") return;
    if (["agg_within_group", "agg_distinct", "agg_filter", "agg_order"].some((flag) => body[flag] !== undefined && body[flag] !== false))
      reason ??= "an aggregate would see the rows of one batch only";
    const parts = strings(body["funcname"] as readonly Node[] | undefined);
    for (const routine of routinesOf(parts, state)) {
      if (routine.routine === "aggregate") reason ??= `${parts.join(".")}() would see the rows of one batch only`;
      if (mentions(routine, table, state, new Set()))
        reason ??= `${parts.join(".")}() reads ${table} itself: the result depends on rows of other batches`;
    }
  });
  return reason;
}

function routinesOf(parts: readonly string[], state: SchemaState): readonly UserFunction[] {
  const name = parts.at(-1) ?? "";
  const schemas = parts.length > 1 ? parts.slice(0, 1) : state.session.searchPath;
  return schemas.flatMap((schema) => state.functions.get(`${schema}.${name}`) ?? []);
}

/** Itself, or by what it calls. */
function mentions(routine: UserFunction, table: string, state: SchemaState, seen: Set<string>): boolean {
  if (seen.has(routine.name) || routine.volatility === "immutable") return false;
  seen.add(routine.name);
  const names = routine.names ?? new Set<string>();
  if ([...names].some((name) => name === table || name.startsWith(`${table}.`) || name.endsWith(`.${table}`))) return true;
  return [...names].some((name) => routinesOf(name.split("."), state).some((inner) => mentions(inner, table, state, seen)));
}

/** What stands for the range in the proof below; nobody calls a column that. */
const RANGE = "__tread_range__";

/**
 * Shows by the grammar itself that the range, put where `aroundCondition` puts it, is one of the things that all must hold, and that the
 * rest of the statement is what it was: whatever the text is like (comments, quoting, parentheses).
 * @returns why not, or null
 */
function whyNoRange(grammar: Grammar, node: Node, slices: Slices): string | null {
  const parsed = grammar.parse(withCondition({ slices }, RANGE));
  const [limited, more] = parsed.ok ? parsed.statements : [];
  const why = "where a batch's range belongs in its text cannot be told: write it plainly, with its WHERE, if any, at the end";
  if (limited === undefined || more !== undefined) return why;
  const copy = structuredClone(limited);
  const holder = as(copy, "UpdateStmt") ?? as(copy, "DeleteStmt") ?? as(as(copy, "InsertStmt")?.selectStmt, "SelectStmt");
  if (holder === undefined) return why;
  const isRange = (one: Node | undefined): boolean => strings(as(one, "ColumnRef")?.fields)[0] === RANGE;
  const where = holder.whereClause;
  const both = as(where, "BoolExpr");
  if (isRange(where)) delete holder.whereClause;
  else if (both?.boolop === "AND_EXPR" && both.args?.filter(isRange).length === 1) {
    const rest = both.args.filter((one) => !isRange(one));
    const [single] = rest;
    if (rest.length === 1 && single !== undefined) holder.whereClause = single;
    else both.args = rest;
  } else return why;
  return shape(copy) === shape(node) ? null : why;
}

/** A statement without the places at which its parts stand. */
function shape(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) =>
    /^(?:location|list_start|list_end|rexpr_list_start|rexpr_list_end|name_location)$/.test(key) ? undefined : value,
  );
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
