import { counted, grouped as digits } from "../text/numbers.ts";
import type { Evidence, Finding, Report, Severity, Verdict } from "../model/report.ts";
import type { Span } from "../text/span.ts";

/** What all formats say, said once: sentences about a report that are not yet laid out. */

/** Whole numbers: `2,004,118,230`. */
export function grouped(value: number): string {
  return digits(Math.round(value));
}

/** Milliseconds as people say them: `0.4 ms`, `340 ms`, `4.2 s`, `4 min 02 s`, `3 h 48 min`. */
export function duration(ms: number): string {
  if (ms < 9.95) return `${(Math.round(ms * 10) / 10).toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${grouped(Math.floor(minutes / 60))} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function placeOf(span: Span): string {
  return `${span.file}:${span.line}:${span.column}`;
}

/** `static`, `rehearsed on PostgreSQL 18.4 with 200,000 rows`, `scale profile of 21 November 2026`, `estimate`. */
export function witnessOf(evidence: Evidence, report: Report): string {
  if (evidence.witness !== undefined && evidence.witness !== "") return evidence.witness;
  switch (evidence.from) {
    case "static":
      return "static";
    case "estimate":
      return "estimate";
    case "scale-profile":
      return "scale profile";
    case "fact":
      return "a server's answer";
    case "rehearsed": {
      const { rehearsal } = report;
      if (rehearsal === null) return "rehearsed";
      if (rehearsal.fullSize !== null && rehearsal.fullSize !== undefined) return `rehearsed on your clone: ${rehearsal.server}`;
      const named = rehearsal.seeded.filter(({ table }) => evidence.text.includes(table) || evidence.text.includes(bare(table)));
      const rows = Math.max(0, ...(named.length > 0 ? named : rehearsal.seeded).map((seeded) => seeded.rows));
      return `rehearsed on ${rehearsal.server}${rows > 0 ? ` with ${grouped(rows)} rows` : ""}`;
    }
    default:
      return evidence.from satisfies never;
  }
}

function bare(table: string): string {
  return table.slice(table.indexOf(".") + 1);
}

/** `local info · cloud error`; empty when there is one environment and it says nothing new. */
export function environmentsOf(finding: Finding): string {
  const entries = Object.entries(finding.environments);
  const [only] = entries;
  if (only !== undefined && entries.length === 1 && only[0] === "default" && only[1] === finding.severity) return "";
  return entries.map(([name, severity]) => `${name} ${severity}`).join(" · ");
}

/** `31 statements in 9 migrations: 31 understood, 0 opaque, 0 unparsed`. */
export function coverageOf(report: Report): string {
  const { migrations, statements, understood, opaque, unparsed, appliedMigrations = 0, appliedOpaque = 0 } = report.coverage;
  const parts = `${grouped(understood)} understood, ${grouped(opaque)} opaque, ${grouped(unparsed)} unparsed`;
  const missed = appliedOpaque > 0 ? `, ${counted(appliedOpaque, "statement")} of them not understood` : "";
  const applied = appliedMigrations > 0 ? `; ${counted(appliedMigrations, "migration")} applied already${missed}` : "";
  return `${counted(statements, "statement")} in ${counted(migrations, "migration")}: ${parts}${applied}${schemaOf(report)}`;
}

/** Where the schema comes from, when it is more than the migrations. */
function schemaOf({ coverage: { schema } }: Report): string {
  if (schema === undefined || schema.from === "migrations" || schema.name === null) return "";
  const from = { base: "starting from", file: "schema from", database: "schema from the live database" }[schema.from];
  return `; ${from} ${schema.name}${schema.applied === null ? "" : ` (${schema.applied})`}`;
}

export function severityCounts(report: Report): Readonly<Record<Severity, number>> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const finding of report.findings) counts[finding.severity]++;
  return counts;
}

/** `3 findings in 2 files: 1 error, 2 warnings`. */
export function findingsOf(report: Report): string {
  if (report.findings.length === 0) return "0 findings";
  const files = new Set(report.findings.flatMap((finding) => (finding.span === null ? [] : [finding.span.file])));
  const { error, warning, info } = severityCounts(report);
  const parts = [
    error > 0 ? counted(error, "error") : "",
    warning > 0 ? counted(warning, "warning") : "",
    info > 0 ? `${grouped(info)} info` : "",
  ].filter((part) => part !== "");
  const where = files.size > 0 ? ` in ${counted(files.size, "file")}` : "";
  return `${counted(report.findings.length, "finding")}${where}: ${parts.join(", ")}`;
}

/** `31 statements checked`, `31 statements checked, 9 rehearsed`. */
export function examinedOf(report: Report): string {
  const judged = report.migrations.filter((migration) => migration.judged).flatMap((migration) => migration.statements);
  const rehearsed = judged.filter((statement) => statement.observed !== null).length;
  const seen = counted(judged.length, "statement");
  return report.mode === "rehearse" ? `${seen} judged, ${grouped(rehearsed)} rehearsed` : `${seen} judged`;
}

/** Said beside every verdict when something could not be read: what was not looked at has not passed. */
export function incompleteOf(report: Report): string | null {
  const fatal = report.problems.filter((problem) => problem.fatal).length;
  return fatal === 0 ? null : `not a complete check: ${counted(fatal, "error")} listed here kept tread from seeing everything`;
}

export interface Missed {
  readonly span: Span;
  readonly migration: string;
  readonly sql: string;
  readonly reason: string;
}

/** Statements that were not understood, each with why. */
export function missedOf(report: Report): Missed[] {
  return report.migrations.flatMap((migration) =>
    migration.statements
      .filter((statement) => !statement.understood || statement.opaque !== null)
      .map((s) => ({ span: s.span, migration: migration.id, sql: nameOf(s), reason: s.opaque ?? "does not parse" })),
  );
}

/** The command that leads on from here, or null when nothing is left to do. */
export function nextCommand(report: Report): { readonly command: string; readonly why: string } | null {
  if (report.problems.some((problem) => problem.fatal)) {
    return { command: `tread ${report.mode}`, why: "again, once what could not be read is repaired" };
  }
  const first = report.findings.find((finding) => finding.severity === "error") ?? report.findings[0];
  if (first !== undefined && report.mode === "check" && first.severity === "error") {
    return { command: "tread rehearse", why: `runs it on ${realServer(report)} under the live versions' traffic` };
  }
  if (first !== undefined) return { command: `tread explain ${first.rule}`, why: "the whole story of the first finding" };
  if (report.verdict === "unknown") return null;
  if (report.mode === "check") return { command: "tread rehearse", why: `proves it on ${realServer(report)}` };
  return null;
}

function realServer({ migrations }: Report): string {
  const clickhouse = migrations.some(({ database }) => database === "clickhouse");
  if (!clickhouse) return "a real Postgres";
  return migrations.some(({ database }) => database === "postgres") ? "a real Postgres and a real ClickHouse" : "a real ClickHouse";
}

export const VERDICT_MARK: Readonly<Record<Verdict, string>> = { safe: "✓", unsafe: "✗", unknown: "?" };

/** What a suppression did, in words. */
export function suppressionNote(suppression: Report["suppressions"][number]): string {
  if (suppression.reason === null || suppression.reason.trim() === "") return "no reason given, so it suppresses nothing";
  return suppression.used ? suppression.reason : `${suppression.reason} (unused: nothing to suppress here)`;
}

export { counted };

/** What a reader knows the statement by: the operation as written, but for SQL that was written as such (`RunSQL`) the SQL. */
export function nameOf(statement: { readonly operation: string | null; readonly sql: string }): string {
  return statement.operation === null || statement.operation === "RunSQL" ? statement.sql : statement.operation;
}
