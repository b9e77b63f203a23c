import type { ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import type { Query } from "../parse/ast.ts";
import { analyseQuery, type QueryAnalysis } from "./query.ts";
import { problem, unclear, type Findings } from "./scope.ts";
import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";

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
  const analysis =
    tree === null || tree === undefined
      ? null
      : analyseQuery(tree, { state, database: view.select?.database ?? view.database }, [...following, view.name]);
  ofState.set(view.name, analysis);
  return analysis;
}

/** Reading a plain view runs its query: what that fails with, the reader fails with. */
export function followView(view: ClickHouseTable, findings: Findings): void {
  if (view.kind !== "view" || findings.following.includes(view.name)) return;
  const analysis = viewAnalysis(view, findings.state, findings.following);
  const first = analysis?.problems[0];
  if (first !== undefined) problem(findings, first.code, `${first.message}: in the view ${view.name}`);
  else if (analysis === null) unclear(findings, `the query of the view ${view.name} is not known`);
  else if (analysis.unclear !== null) unclear(findings, `in the view ${view.name}, ${analysis.unclear}`);
}
