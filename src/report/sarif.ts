import { createHash } from "node:crypto";
import type { Finding, Report, Severity } from "../model/report.ts";
import type { Span } from "../text/span.ts";
import { coverageOf, missedOf, witnessOf } from "./facts.ts";
import type { Format, RenderOptions } from "./format.ts";
import { printable } from "./json.ts";
import { docsUrl, findingLines } from "./plain.ts";

const LEVELS = { error: "error", warning: "warning", info: "note" } satisfies Record<Severity, string>;

/** SARIF 2.1.0, for code scanning. */
export const sarif: Format = {
  name: "sarif",
  summary: "SARIF 2.1.0, for code scanning",
  render(report: Report, options: RenderOptions): string {
    const ids = [...new Set(report.findings.map((finding) => finding.rule))].sort();
    const fatal = report.problems.some((problem) => problem.fatal);
    const log = {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: {
            driver: {
              name: "tread",
              semanticVersion: report.tread,
              rules: ids.map((id) => ruleOf(id, report, options)),
            },
          },
          columnKind: "utf16CodeUnits",
          invocations: [
            {
              executionSuccessful: !fatal && report.verdict !== "unknown",
              toolExecutionNotifications: [
                ...report.problems.map((problem) => ({
                  level: problem.fatal ? "error" : "warning",
                  message: { text: `${problem.message}\n${problem.help}` },
                  descriptor: { id: problem.code },
                  ...(problem.span === null ? {} : { locations: [locationOf(problem.span)] }),
                })),
                ...missedOf(report).map((missed) => ({
                  level: "warning",
                  message: { text: `not understood: ${missed.reason}` },
                  descriptor: { id: "not-understood" },
                  locations: [locationOf(missed.span)],
                })),
              ],
            },
          ],
          results: results(report, ids),
          properties: {
            verdict: report.verdict,
            environments: report.environments,
            coverage: report.coverage,
            summary: coverageOf(report),
            compatibility: report.compatibility,
            suppressions: report.suppressions,
            rehearsal: report.rehearsal,
          },
        },
      ],
    };
    return `${printable(JSON.stringify(log, null, 2))}\n`;
  },
};

function ruleOf(id: string, report: Report, options: RenderOptions): object {
  const own = report.findings.filter((finding) => finding.rule === id);
  const [first] = own;
  const url = first && docsUrl(first);
  const summary = options.ruleSummary?.(id) ?? id.replaceAll("-", " ");
  return {
    id,
    name: id,
    shortDescription: { text: summary },
    fullDescription: { text: first?.why === undefined || first.why === "" ? summary : first.why },
    help: { text: `tread explain ${id}`, markdown: `\`tread explain ${id}\`` },
    ...(url === null || url === undefined ? {} : { helpUri: url }),
    defaultConfiguration: {
      level: own.some((f) => f.severity === "error") ? "error" : own.some((f) => f.severity === "warning") ? "warning" : "note",
    },
  };
}

function results(report: Report, ids: readonly string[]): object[] {
  const seen = new Map<string, number>();
  return report.findings.map((finding) => {
    const base = fingerprint(finding, report);
    const count = seen.get(base) ?? 0;
    seen.set(base, count + 1);
    return {
      ruleId: finding.rule,
      ruleIndex: ids.indexOf(finding.rule),
      level: LEVELS[finding.severity],
      message: { text: findingLines(finding, report).join("\n") },
      locations: finding.span === null ? [] : [locationOf(finding.span)],
      relatedLocations: finding.also.map(({ span, label }, id) => ({ id, ...locationOf(span), message: { text: label } })),
      partialFingerprints: { "treadFinding/v1": `${base}:${count}` },
      properties: {
        migration: finding.migration,
        statement: finding.statement,
        label: finding.label,
        environments: finding.environments,
        liveVersions: finding.liveVersions,
        evidence: finding.evidence.map((evidence) => ({
          ...evidence,
          value: evidence.value ?? null,
          witness: witnessOf(evidence, report),
        })),
      },
    };
  });
}

/** Stays the same when lines move: the rule, the migration and the statement's text, not where it stands. */
function fingerprint(finding: Finding, report: Report): string {
  const migration = report.migrations.find((m) => m.id === finding.migration);
  const sql = migration?.statements.find((s) => s.index === finding.statement)?.sql ?? finding.message;
  return createHash("sha256")
    .update(JSON.stringify([finding.rule, finding.migration, sql]))
    .digest("hex")
    .slice(0, 32);
}

function locationOf(span: Span): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(span.file) },
      region: { startLine: span.line, startColumn: span.column, endLine: span.endLine, endColumn: span.endColumn },
    },
  };
}

/** A relative reference, or a file URI for an absolute path; every segment percent-encoded. */
function uriOf(file: string): string {
  const encoded = file
    .split("/")
    .map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, "�")))
    .join("/");
  return file.startsWith("/") ? `file://${encoded}` : encoded;
}
