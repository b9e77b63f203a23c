import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { GrowthReport } from "../model/growth.ts";
import type { Problem } from "../model/migration.ts";
import type { Finding, MigrationReport, RehearsalReport, Report, StatementReport, TrafficReport, Verdict } from "../model/report.ts";
import { judge, type Judgement } from "../rules/judge.ts";
import { policyNotes, withPolicy } from "../rules/policy.ts";
import { disagreements } from "./agreement.ts";
import type { Analysis } from "./analyse.ts";
import { stepKey } from "./compatibility.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { withTimes } from "./growth.ts";
import { allPaths } from "./upgrades.ts";
import { decideVerdict } from "./verdict.ts";
import { versionFacts } from "./version-facts.ts";

/** What a rehearsal adds to a statement's report. */
export interface RehearsedFacts {
  readonly durationMs: number | null;
  readonly notObserved: string | null;
  readonly traffic: TrafficReport | null;
  readonly growth?: GrowthReport | null;
}

export interface Rehearsed {
  readonly report: RehearsalReport;
  /** By `<migration>#<index>`. */
  readonly facts: ReadonlyMap<string, RehearsedFacts>;
  readonly cells: Report["compatibility"]["cells"];
}

export function buildReport(analysis: Analysis, version: string, rehearsed: Rehearsed | null): Report {
  const { views, options, problems } = analysis;
  const judgement = judgeViews(analysis, rehearsed);
  const migrations = migrationReports(views, rehearsed);
  const byKey = new Map<string, StatementReport>(
    migrations.flatMap(({ id, statements }) => statements.map((one) => [`${id}#${one.index}`, one] as const)),
  );
  const findings = [
    ...withPolicy(
      problemFindings(
        problems,
        views.map(({ environment }) => environment.name),
      ),
      options.config.policy,
    ),
    ...withTimes(judgement.findings, (key) => byKey.get(key), rehearsed?.report ?? null),
  ];
  const byPerson = judgedByPerson(judgement, views);
  const environments = views.map((view) => ({
    name: view.environment.name,
    postgres: view.environment.postgres,
    ...decideVerdict(view, findings, options.config.policy, byPerson, problems, stagedDoubts(analysis, view)),
  }));
  const statements = migrations.flatMap((migration) => migration.statements);
  const unparsed = new Set(
    views.flatMap((view) =>
      view.judged
        .flat()
        .filter(({ statement }) => statement.syntaxError !== null)
        .map(stepKey),
    ),
  );
  const cells = [
    ...allPaths(views).flatMap((view) => view.compatibility.cells.filter((cell) => !isReplaced(cell, rehearsed))),
    ...(rehearsed?.cells ?? []),
  ];
  return {
    format: "tread.report/1",
    mode: rehearsed === null ? "check" : "rehearse",
    tread: version,
    verdict: worst(environments.map((environment) => environment.verdict)),
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
      unparsed: unparsed.size,
      topology: [],
      ...policyNotes(options.config.policy),
      appliedMigrations: Math.max(0, ...views.map((view) => view.applied.length + (view.held?.length ?? 0))),
      appliedOpaque: Math.max(0, ...views.map((view) => view.applied.flatMap((m) => m.statements.filter((s) => s.opaque !== null)).length)),
      schema: analysis.origin,
    },
    suppressions: judgement.suppressions,
    problems: problems.map(({ code, message, help, span, fatal }) => ({ code, message, help, span, fatal })),
    rehearsal: rehearsed?.report ?? null,
  };
}

const DROP_RULES: ReadonlySet<string> = new Set(["drop-column", "drop-table", "drop-m2m-table"]);

/** Things taken away of which the releases on record cannot say that nothing uses them. */
function stagedDoubts({ staged }: Analysis, view: EnvironmentView): () => readonly string[] {
  return () => {
    const ask = staged?.get(view.environment.name);
    if (ask === undefined || view.environment.onRecord?.doubt != null) return [];
    // What a person has judged and signed with a reason is no doubt any more.
    const open = view.judged
      .flat()
      .filter(({ statement }) => !statement.suppressions.some((s) => s.reason !== null && DROP_RULES.has(s.rule)));
    const doubts = open.flatMap((judged) =>
      judged.statement.changes.flatMap((change): string[] => {
        const going =
          change.kind === "drop-column"
            ? { tables: [change.table], columns: [change.column] }
            : change.kind === "drop-relation"
              ? { tables: [change.name], columns: [] }
              : null;
        const decided = going === null ? null : ask(judged, going);
        return decided?.verdict === "unknown" ? [decided.sentence] : [];
      }),
    );
    return [...new Set(doubts)];
  };
}

function judgeViews(analysis: Analysis, rehearsed: Rehearsed | null): Judgement {
  const { options } = analysis;
  return judge(
    allPaths(analysis.views).map((view) => ({
      environment: view.environment,
      versions: view.versions,
      releases: view.judged,
      ...versionFacts(analysis.engine, view),
      baseline: [...view.compatibility.baseline].flatMap(([version, queries]) =>
        queries.map((query): VersionBreak => ({ ...query, version })),
      ),
      unfit: view.compatibility.unfit,
      staged: analysis.staged?.get(view.environment.name),
      schemaInDoubt: [...view.applied, ...view.judgedMigrations].some((migration) =>
        migration.statements.some(({ kind, opaque, syntaxError, changes }) =>
          kind === "code" ? false : syntaxError !== null || (opaque !== null && changes.length === 0),
        ),
      ),
      rehearsedOn: rehearsed?.report.environment === view.environment.name ? rehearsed.report.server : null,
      disagreements: ({ predicted, observed }: JudgedStatement) =>
        predicted === null || observed === null ? [] : disagreements(predicted, observed),
    })),
    options.config.thresholds,
    options.config.policy,
  );
}

/** Problems that a reader would look for among the findings: they are about migrations, not about reading them. */
const AS_FINDINGS: Readonly<Record<string, { readonly severity: Finding["severity"]; readonly why: string }>> = {
  "two-leaves": { severity: "error", why: "the tool refuses to migrate while it cannot tell which of the two comes last" },
  "duplicate-number": {
    severity: "warning",
    why: "two people took the same number: which of the two runs first depends on their names, or the tool refuses",
  },
  "edited-migration": { severity: "warning", why: "what ran on the databases that have it is not what stands in the file" },
};

/** @param environments their names */
export function problemFindings(problems: readonly Problem[], environments: readonly string[]): Finding[] {
  return problems.flatMap((problem): Finding[] => {
    const known = AS_FINDINGS[problem.code];
    if (known === undefined) return [];
    return [
      {
        rule: problem.code,
        severity: problem.refused === true ? "error" : known.severity,
        migration: null,
        statement: null,
        span: problem.span,
        message: problem.message,
        label: null,
        why: known.why,
        help: problem.help,
        evidence: [],
        environments: Object.fromEntries(environments.map((name) => [name, known.severity])),
        liveVersions: [],
        also: [],
        docs: `tread explain ${problem.code}`,
      },
    ];
  });
}

/** Opaque statements that a person has judged: `tread-ignore opaque-code: reason`. */
function judgedByPerson(judgement: Judgement, views: readonly EnvironmentView[]): ReadonlySet<string> {
  const used = new Set(
    judgement.suppressions.filter((s) => s.used && s.rule === "opaque-code").map((s) => `${s.span.file}:${s.span.line}:${s.span.column}`),
  );
  const keys = new Set<string>();
  for (const judged of views.flatMap((view) => view.judged.flat())) {
    const covered = judged.statement.suppressions.some(
      (s) => s.rule === "opaque-code" && used.has(`${s.span.file}:${s.span.line}:${s.span.column}`),
    );
    if (covered) keys.add(stepKey(judged));
  }
  return keys;
}

function migrationReports(views: readonly EnvironmentView[], rehearsed: Rehearsed | null): MigrationReport[] {
  const reports = new Map<string, { report: Omit<MigrationReport, "statements">; statements: Map<number, StatementReport> }>();
  // The environment that was rehearsed speaks first: its prediction is the one that stands beside the observation.
  const ordered = [...views].sort((a, b) => rank(a, rehearsed) - rank(b, rehearsed));
  for (const view of ordered) {
    // Also those that send nothing: a change of Django's state only was judged too.
    for (const { id, path, source, database, statements } of view.judgedMigrations) {
      if (reports.has(id)) continue;
      const transactional = isTransactional(statements);
      reports.set(id, { report: { id, path, source, database, transactional, judged: true }, statements: new Map() });
    }
    for (const judged of view.judged.flat()) {
      const known = reports.get(judged.migration.id)?.statements;
      if (known?.has(judged.statement.index) === false) known.set(judged.statement.index, statementReport(judged, rehearsed));
    }
  }
  const order = new Map<string, number>();
  for (const { id } of views.flatMap((view) => view.judgedMigrations)) if (!order.has(id)) order.set(id, order.size);
  const place = ({ id }: { readonly id: string }): number => order.get(id) ?? -1;
  return [...reports.values()]
    .map(({ report, statements }) => ({ ...report, statements: [...statements.values()] }))
    .sort((a, b) => place(a) - place(b));
}

function rank(view: EnvironmentView, rehearsed: Rehearsed | null): number {
  return view.environment.name === rehearsed?.report.environment ? 0 : 1;
}

function isTransactional(statements: readonly { readonly transaction: number | null }[]): boolean {
  return statements.length > 0 && statements.every((statement) => statement.transaction !== null);
}

function statementReport(judged: JudgedStatement, rehearsed: Rehearsed | null): StatementReport {
  const { statement } = judged;
  const facts = rehearsed?.facts.get(stepKey(judged));
  return {
    index: statement.index,
    sql: statement.sql,
    operation: statement.operation,
    span: statement.span,
    understood: statement.opaque === null && statement.syntaxError === null,
    opaque: statement.opaque,
    predicted: judged.predicted,
    observed: judged.observed,
    held: judged.heldAfter,
    durationMs: facts?.durationMs ?? null,
    notObserved: facts?.notObserved ?? null,
    traffic: facts?.traffic ?? null,
    ...(rehearsed === null ? {} : { growth: facts?.growth ?? null }),
  };
}

function isReplaced(cell: Report["compatibility"]["cells"][number], rehearsed: Rehearsed | null): boolean {
  return (
    rehearsed !== null &&
    rehearsed.cells.some((other) => other.environment === cell.environment && other.version === cell.version && other.step === cell.step)
  );
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes("unsafe")) return "unsafe";
  return verdicts.length === 0 || verdicts.includes("unknown") ? "unknown" : "safe";
}
