import type { Problem } from "../model/migration.ts";
import type { Report } from "../model/report.ts";
import type { Forge } from "../review/approvals/forge.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { buildReport } from "./build-report.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { ClickHouseAnalysis } from "./clickhouse/analyse.ts";
import type { CheckOptions } from "./options.ts";
import { forDatabase, loadSources } from "./load-sources.ts";
import { mergeReports } from "./merge-reports.ts";
import { NOTHING_EXAMINED } from "./nothing-examined.ts";
import { readWrongly } from "./read-wrongly.ts";
import { withReleases } from "./releases.ts";
import { withReview, type ReviewedView } from "./review.ts";
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
 * @param forge where reviews of a pull request are asked for; null: nowhere
 */
export async function check(asked: CheckOptions, version: string, forge: Forge | null = null): Promise<CheckResult> {
  const { report, options, views } = await checked(asked, version);
  const reviewed = await withReview(report, options, views, forge);
  return { report: reviewed, exitCode: exitCodeOf(reviewed, options.config.policy) };
}

/** The report before anybody asks who has reviewed what, with what it was made of. */
export async function checked(
  asked: CheckOptions,
  version: string,
): Promise<{
  readonly report: Report;
  readonly options: CheckOptions;
  readonly views: readonly ReviewedView[];
  readonly analyses: Analyses;
}> {
  const options = await withReleases(asked);
  const sources = await loadSources(options);
  const clickhouse = forDatabase(sources, "clickhouse").sources.length > 0;
  const postgres = !clickhouse || forDatabase(sources, "postgres").sources.length > 0;
  // Neither engine is loaded where nothing is for it: a grammar is a large part of a check's time.
  const [own, other] = await Promise.all([
    postgres ? analyse(options, sources).then(withProblems) : null,
    clickhouse ? import("./clickhouse/index.ts").then(({ checkClickHouse }) => checkClickHouse(options, version, sources)) : null,
  ]);
  const mine = own === null ? null : buildReport(own, version, null);
  const theirs = other?.report ?? null;
  const report = mine === null || theirs === null ? (mine ?? theirs) : mergeReports(mine, theirs, options.config.policy);
  if (report === null) throw new Error("a project without sources has a report all the same");
  const views = [...(own?.views ?? []), ...(other?.analysis.views ?? [])];
  return { report, options, views, analyses: { postgres: own, clickhouse: other?.analysis ?? null } };
}

/** What each engine's half found; null where nothing is for it. */
export interface Analyses {
  readonly postgres: Analysis | null;
  readonly clickhouse: ClickHouseAnalysis | null;
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
