import type { FactReport, Report } from "../../model/report.ts";
import { Facts, normaliseQuery, type Fact } from "../../rules/clickhouse/facts.ts";
import { notYet } from "../analyse.ts";
import type { LoadedSources } from "../load-sources.ts";
import { NOTHING_EXAMINED } from "../nothing-examined.ts";
import type { CheckOptions } from "../options.ts";
import { readWrongly } from "../read-wrongly.ts";
import { analyseClickHouse, type ClickHouseAnalysis } from "./analyse.ts";
import { loadClusters } from "./cluster.ts";
import { readFactsFile } from "./facts/read.ts";
import { buildClickHouseReport, factProblems, type ClickHouseKnowledge, type RehearsedClickHouse } from "./report.ts";
import { clickHouseStagedDrops } from "./staged.ts";
import { loadWorkload } from "./workload.ts";

/**
 * The ClickHouse half of a check.
 * @throws ConfigError for a facts or cluster file that cannot be used
 */
export async function checkClickHouse(
  options: CheckOptions,
  version: string,
  sources: LoadedSources,
): Promise<{ readonly report: Report; readonly analysis: ClickHouseAnalysis }> {
  const analysis = withClickHouseProblems(await analyseClickHouse(options, sources), sources);
  return { report: clickHouseReport(analysis, version, await loadKnowledge(analysis), null), analysis };
}

/** What is known beside the migrations: servers' answers, topology, workload, releases on record. @throws ConfigError */
export async function loadKnowledge(analysis: ClickHouseAnalysis): Promise<ClickHouseKnowledge> {
  const { options } = analysis;
  const read: Fact[] = [];
  for (const path of options.facts ?? []) read.push(...(await readFactsFile(options.cwd, path)));
  const clusters = await loadClusters(options);
  return { facts: new Facts(read), clusters, workload: await loadWorkload(analysis), staged: await clickHouseStagedDrops(analysis) };
}

/** The report with what the answers were good for, which only the judging shows. */
export function clickHouseReport(
  analysis: ClickHouseAnalysis,
  version: string,
  knowledge: ClickHouseKnowledge,
  rehearsed: RehearsedClickHouse | null,
): Report {
  const report = buildClickHouseReport(analysis, version, knowledge, rehearsed);
  const { facts } = knowledge;
  if (facts.all().length === 0) return report;
  const problems = factProblems(facts, analysis.options.now ?? new Date());
  return { ...report, problems: [...report.problems, ...problems], facts: factReports(facts) };
}

function factReports(facts: Facts): readonly FactReport[] {
  const unused = new Set(facts.unused().map(({ query }) => normaliseQuery(query)));
  const queries = new Map(facts.all().map(({ query }) => [normaliseQuery(query), query]));
  return [...queries].flatMap(([key, query]): FactReport[] => {
    const isUnused = unused.has(key);
    const answer = facts.answer(query);
    if (answer === null) return [];
    const { rows, at, hosts, file } = answer;
    return [{ query, value: rows, at, hosts, file, use: isUnused ? "unused" : rows === 0 ? "silences" : "confirms" }];
  });
}

export function withClickHouseProblems(analysis: ClickHouseAnalysis, sources: LoadedSources): ClickHouseAnalysis {
  const released = analysis.options.onRecord?.problems ?? [];
  const problems = [...sources.problems, ...analysis.problems, ...released, ...notYet(analysis.options), ...readWrongly(analysis.views)];
  const examined = analysis.views.some(
    (view) => view.judged.flat().length > 0 || view.applied.some(({ statements }) => statements.length > 0) || view.held.length > 0,
  );
  if (!examined && !problems.some(({ fatal }) => fatal)) problems.push(NOTHING_EXAMINED);
  return { ...analysis, problems };
}
