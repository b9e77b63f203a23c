import type { Problem } from "../../model/migration.ts";
import type { Finding, MigrationReport, RehearsalReport, Report, StatementReport, TrafficReport } from "../../model/report.ts";
import { NO_FACTS, type Facts } from "../../rules/clickhouse/facts.ts";
import { judgeClickHouseEnvironments } from "../../rules/clickhouse/judge.ts";
import { policyNotes, withPolicy } from "../../rules/policy.ts";
import type { Judgement } from "../../rules/judge.ts";
import type { WorkloadQuery } from "../../rules/clickhouse/workload.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import { problemFindings } from "../build-report.ts";
import { verdictOf, doubtsAbout } from "../verdict.ts";
import type { ClickHouseAnalysis } from "./analyse.ts";
import { clickhouseStep } from "./compatibility.ts";
import { clickhouseDisagreements } from "./agreement.ts";
import { clickHouseStagedDoubts, type ClickHouseStagedDrops } from "./staged.ts";
import { takesAway } from "./touched.ts";
import { topologyUnknowns } from "./topology.ts";
import type { ClickHouseView } from "./view.ts";

/** What a rehearsal adds to a statement's report. */
export interface RehearsedClickHouseFacts {
  readonly durationMs: number | null;
  readonly notObserved: string | null;
  readonly traffic: TrafficReport | null;
  readonly growth?: StatementReport["growth"];
  /** Where pre-checks, asked on the rehearsal's own rows, and what then happened to these differ. */
  readonly disagreements?: readonly string[];
}

export interface RehearsedClickHouse {
  readonly report: RehearsalReport;
  /** By `<migration>#<index>`. */
  readonly facts: ReadonlyMap<string, RehearsedClickHouseFacts>;
  /** Cells that stand in for the predicted ones of the same version and step. */
  readonly cells: Report["compatibility"]["cells"];
}

/** What is known beside the migrations. */
export interface ClickHouseKnowledge {
  readonly facts: Facts;
  /** By environment. */
  readonly clusters: ReadonlyMap<string, Cluster>;
  /** By environment, then by table; null where no workload is known at all. */
  readonly workload: (view: ClickHouseView) => ReadonlyMap<string, readonly WorkloadQuery[]> | null;
  /** By environment, where releases are on record. */
  readonly staged: ReadonlyMap<string, ClickHouseStagedDrops>;
}

export const NOTHING_KNOWN: ClickHouseKnowledge = { facts: NO_FACTS, clusters: new Map(), workload: () => null, staged: new Map() };

/** The report about the ClickHouse migrations alone; `mergeReports` joins it with the one about Postgres. */
export function buildClickHouseReport(
  analysis: ClickHouseAnalysis,
  version: string,
  knowledge: ClickHouseKnowledge,
  rehearsed: RehearsedClickHouse | null,
): Report {
  const { views, options, problems } = analysis;
  const judgement = judgeClickHouseEnvironments(
    views.map((view) => ({
      environment: view.environment,
      version: view.version,
      versions: view.versions,
      releases: view.judged,
      baseline: [...view.compatibility.baseline].flatMap(([name, queries]) => queries.map((query) => ({ ...query, version: name }))),
      cluster: knowledge.clusters.get(view.environment.name) ?? null,
      workload: knowledge.workload(view),
      staged: knowledge.staged.get(view.environment.name),
      rehearsedOn: rehearsed?.report.environment === view.environment.name ? rehearsed.report.server : null,
      disagreements: (judged) =>
        judged.predicted === null || judged.observed === null
          ? []
          : [
              ...clickhouseDisagreements(judged.predicted, judged.observed),
              ...(rehearsed?.facts.get(clickhouseStep(judged))?.disagreements ?? []),
            ],
    })),
    options.config.thresholds,
    knowledge.facts,
    options.config.policy,
  );
  const migrations = migrationReports(views, rehearsed);
  const statements = migrations.flatMap((migration) => migration.statements);
  const findings = [
    ...withPolicy(
      problemFindings(
        problems,
        views.map(({ environment }) => environment.name),
      ),
      options.config.policy,
    ),
    ...judgement.findings,
  ];
  const byPerson = judgedByPerson(judgement, views);
  const cells = [
    ...views.flatMap((view) => view.compatibility.cells.filter((cell) => !isReplaced(cell, rehearsed))),
    ...(rehearsed?.cells ?? []),
  ];
  const judged = views.flatMap((view) => view.judged.flat());
  const environments = views.map((view) => ({
    name: view.environment.name,
    postgres: view.environment.postgres,
    clickhouse: view.version,
    ...verdictOf(
      view.environment.name,
      findings,
      options.config.policy,
      problems,
      () => doubtsOf(view, byPerson, knowledge.staged.get(view.environment.name)),
      view.releases.because,
    ),
  }));
  return {
    format: "tread.report/1",
    mode: rehearsed === null ? "check" : "rehearse",
    tread: version,
    verdict: worst(environments),
    environments,
    migrations,
    findings,
    compatibility: {
      versions: [...new Set(cells.map((cell) => cell.version))],
      steps: [...new Set(views.flatMap((view) => view.compatibility.steps))],
      cells,
    },
    coverage: {
      migrations: migrations.length,
      statements: statements.length,
      understood: statements.filter((statement) => statement.understood).length,
      opaque: statements.filter((statement) => statement.opaque !== null).length,
      unparsed: new Set(judged.filter(({ statement }) => statement.syntaxError !== null).map(clickhouseStep)).size,
      topology: topologyUnknowns(views, knowledge.clusters),
      ...policyNotes(options.config.policy),
      appliedMigrations: Math.max(0, ...views.map((view) => view.applied.length + view.held.length)),
      appliedOpaque: Math.max(0, ...views.map((view) => view.applied.flatMap((m) => m.statements.filter((s) => s.opaque !== null)).length)),
      schema: analysis.origin,
    },
    suppressions: judgement.suppressions,
    problems: problems.map(({ code, message, help, span, fatal }) => ({ code, message, help, span, fatal })),
    rehearsal: rehearsed?.report ?? null,
  };
}

export function worst(environments: readonly { readonly verdict: Report["verdict"] }[]): Report["verdict"] {
  const verdicts = environments.map(({ verdict }) => verdict);
  if (verdicts.includes("unsafe")) return "unsafe";
  return verdicts.length === 0 || verdicts.includes("unknown") ? "unknown" : "safe";
}

/** What was not understood and could hide a hazard. */
function doubtsOf(view: ClickHouseView, judgedByPerson: ReadonlySet<string>, staged: ClickHouseStagedDrops | undefined): readonly string[] {
  const judged = view.judged.flat();
  const doubts = doubtsAbout({
    live: view.environment.live,
    onRecord: view.environment.onRecord,
    opaque: judged.filter((one) => one.statement.opaque !== null && !judgedByPerson.has(clickhouseStep(one))).length,
    unparsed: judged.filter(({ statement }) => statement.syntaxError !== null).length,
    taken: new Set(judged.flatMap(({ statement }) => statement.changes.flatMap(takesAway))),
    unknown: view.compatibility.unknown,
    versions: view.versions,
  });
  return [...doubts, ...clickHouseStagedDoubts(view, staged)];
}

/** Opaque statements that a person has judged: `tread-ignore opaque-code: reason`. */
function judgedByPerson(judgement: Judgement, views: readonly ClickHouseView[]): ReadonlySet<string> {
  const place = ({ file, line, column }: Finding["also"][number]["span"]): string => `${file}:${line}:${column}`;
  const used = new Set(judgement.suppressions.filter((s) => s.used && s.rule === "opaque-code").map(({ span }) => place(span)));
  return new Set(
    views
      .flatMap((view) => view.judged.flat())
      .filter(({ statement }) => statement.suppressions.some((s) => s.rule === "opaque-code" && used.has(place(s.span))))
      .map(clickhouseStep),
  );
}

function migrationReports(views: readonly ClickHouseView[], rehearsed: RehearsedClickHouse | null): MigrationReport[] {
  const reports = new Map<string, { report: Omit<MigrationReport, "statements">; statements: Map<number, StatementReport> }>();
  // The environment that was rehearsed speaks first: its prediction is the one that stands beside the observation.
  const first = views.find(({ environment }) => environment.name === rehearsed?.report.environment);
  const ordered = first === undefined ? views : [first, ...views.filter((view) => view !== first)];
  for (const view of ordered) {
    for (const { id, path, source, database } of view.judgedMigrations) {
      if (reports.has(id)) continue;
      reports.set(id, { report: { id, path, source, database, transactional: false, judged: true }, statements: new Map() });
    }
    for (const judged of view.judged.flat()) {
      const known = reports.get(judged.migration.id)?.statements;
      if (known?.has(judged.statement.index) !== false) continue;
      const { index, sql, operation, span, opaque, syntaxError } = judged.statement;
      const facts = rehearsed?.facts.get(clickhouseStep(judged));
      known.set(index, {
        index,
        sql,
        operation,
        span,
        understood: opaque === null && syntaxError === null,
        opaque,
        predicted: judged.predicted,
        observed: judged.observed,
        held: [],
        durationMs: facts?.durationMs ?? null,
        notObserved: facts?.notObserved ?? null,
        traffic: facts?.traffic ?? null,
        ...(rehearsed === null ? {} : { growth: facts?.growth ?? null }),
      });
    }
  }
  const order = new Map(views.flatMap((view) => view.judgedMigrations).map(({ id }, at) => [id, at]));
  return [...reports.values()]
    .map(({ report, statements }) => ({ ...report, statements: [...statements.values()] }))
    .sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0));
}

function isReplaced(cell: Report["compatibility"]["cells"][number], rehearsed: RehearsedClickHouse | null): boolean {
  return (
    rehearsed !== null &&
    rehearsed.cells.some((other) => other.environment === cell.environment && other.version === cell.version && other.step === cell.step)
  );
}

/** Problems beside those of the analysis: answers that are old, or that nobody asked for. */
export function factProblems(facts: Facts, now: Date): readonly Problem[] {
  const old = facts.all().filter(({ at }) => at !== null && now.getTime() - Date.parse(at) > STALE_MS);
  const unused = facts.unused();
  const problems: Problem[] = [];
  const [oldest] = [...old].sort((a, b) => ((a.at ?? "") < (b.at ?? "") ? -1 : 1));
  if (oldest !== undefined) {
    const days = Math.round((now.getTime() - Date.parse(oldest.at ?? "")) / 86_400_000);
    problems.push({
      code: "stale-fact",
      message: `${old.length === 1 ? "an answer is" : `${old.length} answers are`} more than ${STALE_MS / 86_400_000} days old, the oldest ${days}: rows have been written since`,
      help: "they count, and the report says of when they are; ask again just before the migration runs",
      span: oldest.span,
      fatal: false,
    });
  }
  const [first] = unused;
  if (first !== undefined) {
    problems.push({
      code: "unused-fact",
      message: `${unused.length === 1 ? "an answer is" : `${unused.length} answers are`} to a question that nothing in this check asks: ${shorten(first.query)}`,
      help: "an answer counts only for the very query that tread printed: write them anew with --pre-checks where the migrations have changed since",
      span: first.span,
      fatal: false,
    });
  }
  return problems;
}

/** A week of writes can undo any count. */
const STALE_MS = 7 * 86_400_000;

function shorten(query: string): string {
  const line = query.replaceAll(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
