import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseState, ClickHouseTable, ClickHouseType, SelectOutput } from "../../../model/clickhouse/schema.ts";
import { bareType, UNKNOWN_TYPE } from "../changes/types.ts";
import type { Context } from "../changes/context.ts";
import type { Expression, Query, SelectQuery } from "../parse/ast.ts";
import { aggregationProblem } from "./aggregation.ts";
import { Analyser } from "./analyser.ts";
import { columnName } from "./column-name.ts";
import { sourcesOf } from "./sources.ts";
import { unclear, type Findings, type QueryAnalysis, type Scope, type Source, type SourceColumn } from "./scope.ts";
import { checkForwards } from "./forwards.ts";

type AnalysisContext = Pick<Context, "state" | "database">;

interface Remembered {
  readonly state: ClickHouseState;
  readonly database: string;
  readonly analysis: QueryAnalysis;
}

const remembered = new WeakMap<Query, Remembered>();

/**
 * What a query reads and gives, and what it fails with, in a schema. A view's query is asked for before and after every statement
 * near it: an answer holds on while the tables that it read are the same.
 */
export function analyseQuery(query: Query, context: AnalysisContext, following: readonly string[] = []): QueryAnalysis {
  const last = remembered.get(query);
  if (last !== undefined && last.database === context.database && holds(last, context.state)) return last.analysis;
  const analysis = analyseAnew(query, context, following);
  remembered.set(query, { state: context.state, database: context.database, analysis });
  return analysis;
}

function holds({ state, analysis }: Remembered, now: ClickHouseState): boolean {
  if (state === now) return true;
  if (analysis.problems.length > 0 || analysis.unclear !== null || state.functions !== now.functions || state.session !== now.session)
    return false;
  return analysis.reads.every(({ table }) => {
    const then = state.tables.get(table);
    return then !== undefined && then === now.tables.get(table) && then.kind === "table" && then.forwards === null;
  });
}

function analyseAnew(query: Query, context: AnalysisContext, following: readonly string[]): QueryAnalysis {
  const findings: Findings = {
    state: context.state,
    database: context.database,
    reads: new Map(),
    problems: [],
    star: false,
    unclear: null,
    following,
    viewAnalysis: (view) => viewAnalysis(view, context.state, following),
  };
  const source = analyse(query, null, findings);
  checkForwards(findings);
  return {
    reads: [...findings.reads].map(([table, read]) => ({ table, columns: [...read.columns], star: read.star })),
    outputs:
      source.columns === null
        ? null
        : (source.given ?? [...source.columns]).map(([name, c]): SelectOutput => ({ name, type: c.type, from: c.from })),
    star: findings.star,
    unclear: findings.unclear,
    problems: findings.problems,
  };
}

/** The columns that a query gives, as something to select from. */
function analyse(query: Query, outer: Scope | null, findings: Findings): Source {
  switch (query.kind) {
    case "explain":
      return { names: [], table: null, columns: null };
    case "set-operation": {
      const [first, ...rest] = query.queries.map((q) => analyse(q, outer, findings));
      void rest;
      return first ?? { names: [], table: null, columns: null };
    }
    case "select":
      return analyseSelect(query, outer, findings);
    default:
      return query satisfies never;
  }
}

function analyseSelect(select: SelectQuery, outer: Scope | null, findings: Findings): Source {
  const ctes = new Map(outer?.ctes);
  for (const element of select.with) {
    if (element.kind !== "query") continue;
    let known: Source | null = null;
    const before = new Map(ctes);
    const recursive = select.recursive;
    ctes.set(element.name.text, () => {
      if (known !== null) return known;
      // A recursive one that meets itself while it is analysed.
      known = { names: [], table: null, columns: null };
      const inside: Scope = { sources: [], aliases: new Set(), aliasTypes: new Map(), ctes: recursive ? ctes : before, outer };
      const source = analyse(element.query, inside, findings);
      const renamed =
        element.columns.length === 0 || source.columns === null
          ? source.columns
          : new Map([...source.columns.values()].map((c, i) => [element.columns[i]?.text ?? "", c]));
      known = { names: [], table: null, columns: renamed };
      return known;
    });
  }
  const withExpressions = select.with.flatMap((w) => (w.kind === "expression" ? [w.expression] : []));
  const aliases = new Set<string>();
  const scopeForFrom: Scope = { sources: [], aliases: new Set(), aliasTypes: new Map(), ctes, outer };
  const sources: Source[] = [];
  const sub = (q: Query, o: Scope | null): Source => analyse(q, o, findings);
  const arrayJoined: Expression[] = [];
  const conditions: Expression[] = [];
  if (select.from !== null) sourcesOf(select.from, scopeForFrom, findings, sub, { sources, arrayJoined, conditions });
  const analyser = new Analyser(findings, sub);
  const everywhere = [
    ...withExpressions,
    ...arrayJoined,
    ...select.columns,
    ...select.distinctOn,
    ...present(select.prewhere),
    ...present(select.where),
    ...(select.groupBy?.expressions ?? []),
    ...(select.groupBy?.groupingSets.flat() ?? []),
    ...present(select.having),
    ...present(select.qualify),
    ...(select.orderBy?.elements.map((e) => e.expression) ?? []),
    ...(select.limitBy === null || select.limitBy.by === "all" ? [] : select.limitBy.by),
    ...select.windows.flatMap((w) => [...w.definition.partitionBy, ...w.definition.orderBy.map((o) => o.expression)]),
  ];
  for (const e of everywhere) analyser.collectAliases(e, aliases);
  const scope: Scope = { sources, aliases, aliasTypes: new Map(), ctes, outer };
  for (const e of [...conditions, ...everywhere]) if (e.kind !== "asterisk" && e.kind !== "columns") analyser.visit(e, scope);
  const aggregation =
    aggregationProblem(select, (e) => analyser.columnOf(e, scope)) ?? filterProblem(select, (e) => analyser.typeOf(e, scope));
  if (aggregation !== null) findings.problems.push(aggregation);
  const given = outputsOf(select, scope, analyser, findings);
  return { names: [], table: null, ...(given === null ? { columns: null } : { columns: new Map(given), given }) };
}

/** A filter must be a number: text, dates and arrays are 59. */
function filterProblem(select: SelectQuery, typeOf: (e: Expression) => ClickHouseType | null): ClickHouseError | null {
  for (const [clause, e] of [
    ["PREWHERE", select.prewhere],
    ["WHERE", select.where],
    ["HAVING", select.having],
  ] as const) {
    const type = e === null ? null : typeOf(e);
    if (type !== null && NO_FILTER.test(bareType(type).name))
      return { code: 59, message: `Invalid type for filter in ${clause}: ${type.text}` };
  }
  return null;
}

const NO_FILTER = /^(?:String|FixedString|Date|Date32|DateTime|DateTime64|UUID|IPv4|IPv6|Array|Map|Tuple|Enum8|Enum16|Decimal)$/;

const present = (e: Expression | null): Expression[] => (e === null ? [] : [e]);

function outputsOf(
  select: SelectQuery,
  scope: Scope,
  analyser: Analyser,
  findings: Findings,
): readonly (readonly [string, SourceColumn])[] | null {
  const columns: (readonly [string, SourceColumn])[] = [];
  let known = true;
  for (const e of select.columns) {
    if (e.kind === "asterisk" || e.kind === "columns") {
      findings.star = true;
      const expanded = analyser.expand(e, scope);
      if (expanded === null) known = false;
      else columns.push(...expanded);
      continue;
    }
    const type = analyser.typeOf(e, scope);
    columns.push([columnName(e), { type: type === UNKNOWN_TYPE ? null : type, from: analyser.originsOf(e, scope), inStar: true }]);
  }
  if (!known && findings.unclear === null && scope.sources.some((s) => s.columns === null && !(s.table ?? "").startsWith("system."))) {
    unclear(findings, "the columns behind * could not be told");
  }
  return known ? columns : null;
}

const known = new WeakMap<ClickHouseState, Map<string, QueryAnalysis | null>>();

/** The analysis of a view's own query in a schema, once per schema. Null where its query is not known. */
export function viewAnalysis(view: ClickHouseTable, state: ClickHouseState, following: readonly string[] = []): QueryAnalysis | null {
  let ofState = known.get(state);
  if (ofState === undefined) {
    ofState = new Map();
    known.set(state, ofState);
  }
  const before = ofState.get(view.name);
  if (before !== undefined) return before;
  const tree = view.select?.tree as Query | null | undefined;
  const database = view.select?.database ?? view.database;
  const analysis = tree === null || tree === undefined ? null : analyseQuery(tree, { state, database }, [...following, view.name]);
  ofState.set(view.name, analysis);
  return analysis;
}
