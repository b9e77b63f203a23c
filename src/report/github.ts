import type { Report, Severity } from "../model/report.ts";
import type { Span } from "../text/span.ts";
import { oneLine, visible } from "../text/visible.ts";
import {
  coverageOf,
  examinedOf,
  findingsOf,
  incompleteOf,
  missedOf,
  nextCommand,
  placeOf,
  suppressionNote,
  VERDICT_MARK,
} from "./facts.ts";
import type { Format } from "./format.ts";
import { cellText, matrices, quietLine } from "./matrix.ts";
import { findingLines } from "./plain.ts";
import { rehearsedRows, seededLine, trafficLines } from "./rehearsed.ts";
import { spellCode } from "../model/report.ts";
import { serversOf } from "./clickhouse.ts";

const COMMANDS = { error: "error", warning: "warning", info: "notice" } satisfies Record<Severity, string>;

/**
 * GitHub Actions annotations. Every line is a workflow command: a line of plain text could be one that somebody else wrote.
 * GitHub shows ten annotations of each kind per step; what is beyond stays in the log.
 */
export const github: Format = {
  name: "github",
  summary: "annotations on a pull request in GitHub Actions",
  render(report: Report): string {
    const lines = report.findings.map((finding) =>
      command(COMMANDS[finding.severity], finding.rule, finding.span, findingLines(finding, report).join("\n")),
    );
    for (const problem of report.problems) {
      lines.push(
        command(
          problem.fatal ? "error" : "warning",
          problem.code,
          problem.span,
          `${oneLine(problem.message)}\n${visible(problem.help, "lines")}`,
        ),
      );
    }
    for (const missed of missedOf(report)) {
      lines.push(command("warning", "not understood", missed.span, `${oneLine(missed.sql)}\n${oneLine(missed.reason)}`));
    }
    lines.push(command("notice", "tread", null, summary(report).join("\n")));
    return `${lines.join("\n")}\n`;
  },
};

function summary(report: Report): string[] {
  const { rehearsal } = report;
  return [
    ...report.environments.map((e) => oneLine(`${VERDICT_MARK[e.verdict]} ${e.name}: ${e.verdict}, ${serversOf(report, e)}, ${e.reason}`)),
    ...[incompleteOf(report)].flatMap((line) => (line === null ? [] : [line])),
    ...matrices(report).flatMap((view) => [
      oneLine(`compatibility in ${view.environments.join(", ")}: ${view.fails ? "" : quietLine(view, report.compatibility.steps.length)}`),
      ...(view.fails
        ? view.rows.map((row) =>
            oneLine(`${row.step}: ${row.cells.map((c, i) => `${view.versions[i]?.name ?? ""} ${cellText(c)}`).join(", ")}`),
          )
        : []),
      ...view.breaks.map((b) =>
        oneLine(
          `${b.version} at ${b.step}: ${spellCode(b.broken.sqlstate)} ${b.broken.error}: ${b.broken.query} (${b.broken.origin}, ${b.broken.from})`,
        ),
      ),
    ]),
    ...(rehearsal === null
      ? []
      : [
          oneLine(`rehearsed on ${rehearsal.server} for ${rehearsal.environment}: ${seededLine(rehearsal)}`),
          ...rehearsedRows(report).map((row) =>
            oneLine(`${row.migration}#${row.index} ${row.time}, stall ${row.stall}: ${row.did.join("; ")}`),
          ),
          ...trafficLines(rehearsal).map(({ label, text }) => `${label}: ${text}`),
          ...rehearsal.limits.map((limit) => oneLine(`not rehearsed: ${limit}`)),
        ]),
    ...report.suppressions.map((s) => oneLine(`suppressed ${s.rule} at ${placeOf(s.span)}: ${suppressionNote(s)}`)),
    ...report.coverage.topology.map((unknown) => oneLine(`unknown: ${unknown}`)),
    coverageOf(report),
    `${findingsOf(report)}; ${examinedOf(report)}`,
    ...[nextCommand(report)].flatMap((next) => (next === null ? [] : [oneLine(`next: ${next.command} ${next.why}`)])),
  ];
}

function command(name: string, title: string, span: Span | null, message: string): string {
  const properties: string[] = [];
  if (span !== null) {
    properties.push(`file=${property(span.file)}`, `line=${span.line}`, `endLine=${span.endLine}`);
    // GitHub refuses columns on an annotation over several lines.
    if (span.line === span.endLine) properties.push(`col=${span.column}`, `endColumn=${Math.max(span.column, span.endColumn - 1)}`);
  }
  properties.push(`title=${property(oneLine(title))}`);
  return `::${name} ${properties.join(",")}::${data(message)}`;
}

/** As actions/toolkit escapes them; the runner undoes exactly these. */
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
