import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { Cell } from "../model/report.ts";
import type { Environment, Thresholds } from "../model/environment.ts";
import { type GrowthOptions, rehearse, type RehearseEvents, type RehearseResult } from "../rehearse/index.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { buildReport, type Rehearsed } from "./build-report.ts";
import { stepKey } from "./compatibility.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { growthOf } from "./growth.ts";
import { exitCodeOf } from "./exit-code.ts";
import { withProblems, type CheckResult } from "./index.ts";
import { forDatabase, loadSources, type LoadedSources } from "./load-sources.ts";
import { mergeReports } from "./merge-reports.ts";
import type { CheckOptions } from "./options.ts";

export interface RehearseOptions extends CheckOptions {
  readonly maxRows: number;
  readonly growth?: GrowthOptions | null;
  readonly offline: boolean;
  readonly signal: AbortSignal;
}

/**
 * `check`, and then the proof: the judged migrations run on a real server of the environment's major version while the live
 * versions' queries keep running. One environment is rehearsed, all are judged.
 * @throws EngineUnavailable when no server can be started
 */
export async function rehearseProject(options: RehearseOptions, version: string, events: RehearseEvents): Promise<CheckResult> {
  const sources = await loadSources(options);
  const clickhouse = forDatabase(sources, "clickhouse").sources.length > 0;
  const postgres = !clickhouse || forDatabase(sources, "postgres").sources.length > 0;
  const own = postgres ? await rehearsePostgres(options, version, events, sources) : null;
  if (!clickhouse && own !== null) return own;
  const { joinRehearsals, rehearseClickHouseSources } = await import("./clickhouse-rehearsal.ts");
  const other = await rehearseClickHouseSources(options, version, sources, events);
  const { policy } = options.config;
  const report =
    own === null ? other : { ...mergeReports(own.report, other, policy), rehearsal: joinRehearsals(own.report.rehearsal, other.rehearsal) };
  return { report, exitCode: exitCodeOf(report, policy) };
}

async function rehearsePostgres(
  options: RehearseOptions,
  version: string,
  events: RehearseEvents,
  sources: LoadedSources,
): Promise<CheckResult> {
  const analysis = withProblems(await analyse(options, sources));
  const view = chooseView(analysis.views);
  // With nothing to run a server would prove nothing; what is wrong is said by the check.
  if (view === null || view.judged.flat().length === 0) return finish(analysis, version, null);
  if (analysis.views.length > 1) {
    events.progress(`rehearsing ${view.environment.name} (PostgreSQL ${view.environment.postgres}); --environment NAME chooses another`);
  }
  const result = await rehearse(
    {
      environment: view.environment,
      thresholds: options.config.thresholds,
      applied: view.applied,
      before: view.start,
      judged: view.judged.flat(),
      releaseOf: view.releases.releaseOf,
      base: analysis.dumps,
      versions: [...view.versions],
      maxRows: options.maxRows,
      growth: options.growth ?? null,
      offline: options.offline,
      signal: options.signal,
    },
    events,
  );
  const seen = { ...view, judged: view.judged.map((release) => release.map((judged) => withObservation(judged, result))) };
  const merged = { ...analysis, views: analysis.views.map((candidate) => (candidate === view ? seen : candidate)) };
  const environments = analysis.views.map(({ environment }) => environment);
  return finish(merged, version, rehearsedOf(result, environments, options.config.thresholds));
}

export function finish(analysis: Analysis, version: string, rehearsed: Rehearsed | null): CheckResult {
  const report = buildReport(analysis, version, rehearsed);
  return { report, exitCode: exitCodeOf(report, analysis.options.config.policy) };
}

/** The environment with the most rows: what hurts anywhere hurts there. Without profiles, the last one that is not said to be small. */
export function chooseView(views: readonly EnvironmentView[]): EnvironmentView | null {
  const rows = (view: EnvironmentView): number =>
    view.environment.profiles.reduce((sum, profile) => sum + profile.tables.reduce((all, table) => all + (table.rows ?? 0), 0), 0);
  const weight = (view: EnvironmentView): number => rows(view) + (view.environment.assume === "small" ? 0 : 1);
  return views.reduce<EnvironmentView | null>((best, view) => (best === null || weight(view) >= weight(best) ? view : best), null);
}

export function withObservation(judged: JudgedStatement, result: Pick<RehearseResult, "statements" | "cells">): JudgedStatement {
  const key = stepKey(judged);
  const observed = result.statements.find((statement) => statement.key === key);
  const breaks = confirmed(judged.breaks, result.cells, key);
  return observed === undefined ? { ...judged, breaks } : { ...judged, observed: observed.observed, breaks };
}

/** A query that the rehearsal saw failing too has two witnesses; the stronger one is named. */
function confirmed(breaks: readonly VersionBreak[], cells: readonly Cell[], step: string): readonly VersionBreak[] {
  return breaks.map((broken) => {
    const seen = cells
      .find((cell) => cell.version === broken.version && cell.step === step)
      ?.broken.find((candidate) => candidate.query === broken.query && candidate.origin === broken.origin);
    return seen === undefined ? broken : { ...broken, ...seen, version: broken.version };
  });
}

export function rehearsedOf(
  result: Pick<RehearseResult, "statements" | "cells" | "report"> & Partial<RehearseResult>,
  environments: readonly Environment[] = [],
  thresholds: Thresholds | null = null,
): Rehearsed {
  const growth =
    thresholds === null ? new Map<string, never>() : growthOf(result.growth ?? [], result.report.calibration, environments, thresholds);
  const facts = new Map(
    result.statements.map(({ key, durationMs, notObserved, traffic }) => [
      key,
      { durationMs, notObserved, traffic, growth: growth.get(key) ?? null },
    ]),
  );
  return { report: result.report, facts, cells: result.cells };
}
