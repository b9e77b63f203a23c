import type { Problem } from "../model/migration.ts";
import type { Report } from "../model/report.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { buildReport } from "./build-report.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { CheckOptions } from "./options.ts";
import { forDatabase, loadSources } from "./load-sources.ts";
import { mergeReports } from "./merge-reports.ts";
import { NOTHING_EXAMINED } from "./nothing-examined.ts";
import { readWrongly } from "./read-wrongly.ts";
import { allPaths } from "./upgrades.ts";

export type { CheckOptions } from "./options.ts";

export interface CheckResult {
  readonly report: Report;
  /** Design section 6. */
  readonly exitCode: number;
}

/**
 * Reads the migrations and the live versions, predicts every statement's effects, and judges them. Touches no database.
 * @param version of tread, for the report
 */
export async function check(options: CheckOptions, version: string): Promise<CheckResult> {
  const sources = await loadSources(options);
  const clickhouse = forDatabase(sources, "clickhouse").sources.length > 0;
  const postgres = !clickhouse || forDatabase(sources, "postgres").sources.length > 0;
  // Neither engine is loaded where nothing is for it: a grammar is a large part of a check's time.
  const [own, other] = await Promise.all([
    postgres ? analyse(options, sources).then((analysis) => buildReport(withProblems(analysis), version, null)) : null,
    clickhouse ? import("./clickhouse/index.ts").then(({ checkClickHouse }) => checkClickHouse(options, version, sources)) : null,
  ]);
  const report = own === null || other === null ? (own ?? other) : mergeReports(own, other, options.config.policy);
  if (report === null) throw new Error("a project without sources has a report all the same");
  return { report, exitCode: exitCodeOf(report, options.config.policy) };
}

/** Adds what only the whole shows: versions that were read wrongly, and that there was nothing to judge. */
export function withProblems(analysis: Analysis): Analysis {
  const problems: Problem[] = [...analysis.problems, ...readWrongly(allPaths(analysis.views))];
  const examined = analysis.views.some(
    (view) => view.judged.flat().length > 0 || view.applied.some((m) => m.statements.length > 0) || (view.held ?? []).length > 0,
  );
  if (!examined && !problems.some((problem) => problem.fatal)) problems.push(NOTHING_EXAMINED);
  return { ...analysis, problems };
}
