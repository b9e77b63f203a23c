import { EngineUnavailable } from "../engines/embedded/unavailable.ts";
import type { ClickHouseJudged } from "../model/clickhouse/judged.ts";
import type { VersionBreak } from "../model/judged.ts";
import type { Cell, RehearsalReport, Report } from "../model/report.ts";
import { type ClickHouseRehearseResult, rehearseClickHouse } from "../rehearse/clickhouse/index.ts";
import type { RehearseEvents } from "../rehearse/index.ts";
import { analyseClickHouse, type ClickHouseAnalysis } from "./clickhouse/analyse.ts";
import { clickhouseStep } from "./clickhouse/compatibility.ts";
import { clickHouseReport, loadKnowledge, withClickHouseProblems } from "./clickhouse/index.ts";
import type { RehearsedClickHouse } from "./clickhouse/report.ts";
import type { ClickHouseView } from "./clickhouse/view.ts";
import { growthOf } from "./growth.ts";
import type { LoadedSources } from "./load-sources.ts";
import type { RehearseOptions } from "./rehearse.ts";

/**
 * The ClickHouse half of a rehearsal: the judged migrations run on the embedded ClickHouse. One environment is rehearsed, all are judged.
 * Where the embedded ClickHouse is not installed or cannot run, the check's report says so as a fatal problem, and how to get it.
 */
export async function rehearseClickHouseSources(
  options: RehearseOptions,
  version: string,
  sources: LoadedSources,
  events: RehearseEvents,
): Promise<Report> {
  const analysis = withClickHouseProblems(await analyseClickHouse(options, sources), sources);
  const knowledge = await loadKnowledge(analysis);
  const view = largest(analysis.views);
  // With nothing to run an engine would prove nothing; what is wrong is said by the check.
  if (view === null || view.judged.flat().length === 0) return clickHouseReport(analysis, version, knowledge, null);
  if (analysis.views.length > 1) events.progress(`rehearsing ClickHouse for ${view.environment.name}; --environment NAME chooses another`);
  const result = await rehearsed(view, analysis, options, events);
  if (result instanceof EngineUnavailable) {
    // What the check says, and what Postgres showed, is worth having all the same. Fatal: exit 3.
    const missing = { code: "engine-unavailable", message: result.message, help: result.help, span: null, fatal: true };
    return clickHouseReport({ ...analysis, problems: [...analysis.problems, missing] }, version, knowledge, null);
  }
  const seen = { ...view, judged: view.judged.map((release) => release.map((judged) => withObservation(judged, result))) };
  const environments = analysis.views.map(({ environment }) => environment);
  const growth = growthOf(result.growth, result.report.calibration, environments, options.config.thresholds);
  const facts: RehearsedClickHouse = {
    report: result.report,
    cells: result.cells,
    facts: new Map(
      result.statements.map(({ key, durationMs, notObserved, disagreements }) => [
        key,
        { durationMs, notObserved, traffic: null, growth: growth.get(key) ?? null, disagreements },
      ]),
    ),
  };
  const merged = {
    ...analysis,
    views: analysis.views.map((candidate) => (candidate === view ? seen : candidate)),
    problems: [...analysis.problems, ...crashed(result)],
  };
  return clickHouseReport(merged, version, knowledge, facts);
}

/** @returns the error where there is no engine to rehearse on */
async function rehearsed(
  view: ClickHouseView,
  analysis: ClickHouseAnalysis,
  options: RehearseOptions,
  events: RehearseEvents,
): Promise<ClickHouseRehearseResult | EngineUnavailable> {
  try {
    return await rehearseClickHouse(
      {
        environment: view.environment,
        database: analysis.database,
        base: analysis.dumps,
        applied: view.applied,
        judged: view.judged.flat(),
        versions: view.versions,
        releaseOf: view.releases.releaseOf,
        maxRows: options.maxRows,
        growth: options.growth ?? null,
        signal: options.signal,
      },
      events,
    );
  } catch (error) {
    if (error instanceof EngineUnavailable) return error;
    throw error;
  }
}

/** Two rehearsals of one run as one: what was not exercised names its engine by itself. */
export function joinRehearsals(postgres: RehearsalReport | null, clickhouse: RehearsalReport | null): RehearsalReport | null {
  if (postgres === null || clickhouse === null) return postgres ?? clickhouse;
  const sum = (a: RehearsalReport["traffic"], b: RehearsalReport["traffic"]): RehearsalReport["traffic"] => ({
    seconds: a.seconds + b.seconds,
    queries: a.queries + b.queries,
    longestStallMs: Math.max(a.longestStallMs, b.longestStallMs),
    failed: a.failed + b.failed,
  });
  return {
    ...postgres,
    server: `${postgres.server} and ${clickhouse.server}`,
    seeded: [...postgres.seeded, ...clickhouse.seeded],
    limits: [...postgres.limits, ...clickhouse.limits],
    baseline: sum(postgres.baseline, clickhouse.baseline),
    traffic: sum(postgres.traffic, clickhouse.traffic),
    seconds: postgres.seconds + clickhouse.seconds,
  };
}

/** The environment with the most rows: what hurts anywhere hurts there. Without profiles, the last one that is not said to be small. */
function largest(views: readonly ClickHouseView[]): ClickHouseView | null {
  const weight = ({ environment }: ClickHouseView): number =>
    environment.profiles
      .filter(({ server }) => server.engine === "clickhouse")
      .reduce((sum, profile) => sum + profile.tables.reduce((all, table) => all + (table.rows ?? 0), 0), 0) +
    (environment.assume === "small" ? 0 : 1);
  return views.reduce<ClickHouseView | null>((best, view) => (best === null || weight(view) >= weight(best) ? view : best), null);
}

function crashed({ crash }: ClickHouseRehearseResult): Report["problems"] {
  return crash === null ? [] : [{ code: "engine-crashed", message: crash.message, help: crash.help, span: null, fatal: true }];
}

function withObservation(judged: ClickHouseJudged, result: ClickHouseRehearseResult): ClickHouseJudged {
  const key = clickhouseStep(judged);
  const statement = result.statements.find((candidate) => candidate.key === key);
  if (statement === undefined) return judged;
  return { ...judged, observed: statement.observed, breaks: confirmed(judged.breaks, result.cells, key) };
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
