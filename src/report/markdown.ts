import type { Finding, Report, Severity, Verdict } from "../model/report.ts";
import { codeFrame, frameText } from "../text/code-frame.ts";
import { oneLine } from "../text/visible.ts";
import {
  coverageOf,
  environmentsOf,
  examinedOf,
  findingsOf,
  incompleteOf,
  missedOf,
  nextCommand,
  placeOf,
  suppressionNote,
  witnessOf,
} from "./facts.ts";
import type { Format, RenderOptions } from "./format.ts";
import { cellText, matrices, quietLine } from "./matrix.ts";
import type { MatrixView } from "./matrix.ts";
import { helpBlocks } from "./help.ts";
import { docsUrl } from "./plain.ts";
import { calibrationText, growthLines, rehearsedRows, seededLine, trafficLines } from "./rehearsed.ts";
import { fileLines } from "./text/canvas.ts";
import { marksOf } from "./text/finding.ts";
import { spellCode } from "../model/report.ts";
import { clickhouseRows, factsOf, serversOf } from "./clickhouse.ts";

const VERDICTS = { safe: "✅ safe", unsafe: "❌ unsafe", unknown: "❔ unknown" } satisfies Record<Verdict, string>;
const MARKS = { error: "❌", warning: "⚠️", info: "ℹ️" } satisfies Record<Severity, string>;

/** A comment on GitHub may have 65,536 characters; findings that would go beyond are counted instead. */
const LONGEST = 60_000;

/** A comment on a pull request: what matters on top, the rest folded. */
export const markdown: Format = {
  name: "markdown",
  summary: "a comment for a pull request",
  render(report: Report, options: RenderOptions): string {
    const foot = [
      ...clickhousePart(report),
      ...matrixPart(report),
      ...rehearsalPart(report),
      ...notesPart(report),
      ...summaryPart(report),
    ].join("\n");
    let body = head(report).join("\n");
    const lines = fileLines(options.readFile);
    let left = report.findings.length;
    for (const finding of report.findings) {
      const part = `\n${findingPart(finding, report, lines).join("\n")}\n`;
      if (body.length + part.length + foot.length > LONGEST) break;
      body += part;
      left--;
    }
    if (left > 0) body += `\n*${left} more of ${findingsOf(report)}: \`tread ${report.mode}\` shows them all.*\n`;
    return `${body}\n${foot}\n`;
  },
};

function head(report: Report): string[] {
  const onlyPostgres = report.environments.every(({ clickhouse }) => clickhouse === undefined);
  return [
    `## tread ${report.mode}: ${VERDICTS[report.verdict]}`,
    "",
    `| environment | verdict | ${onlyPostgres ? "Postgres" : "server"} | why |`,
    "|---|---|---|---|",
    ...report.environments.map(
      (e) => `| ${cell(e.name)} | ${VERDICTS[e.verdict]} | ${onlyPostgres ? e.postgres : cell(serversOf(report, e))} | ${cell(e.reason)} |`,
    ),
    "",
    ...[incompleteOf(report)].flatMap((line) => (line === null ? [] : [`❌ **${line}**`, ""])),
    findingsOf(report),
    ...(report.findings.length === 0 ? [] : [""]),
  ];
}

function findingPart(finding: Finding, report: Report, lines: (file: string) => readonly string[] | null): string[] {
  const place = finding.span === null ? (finding.migration ?? "") : placeOf(finding.span);
  const rows = [
    ...finding.evidence.map((e) => [e.kind, oneLine(e.text), oneLine(witnessOf(e, report))] as const),
    ...(finding.liveVersions.length > 0 ? [["breaks", finding.liveVersions.join(", "), ""] as const] : []),
    ...(environmentsOf(finding) === "" ? [] : [["where", environmentsOf(finding), ""] as const]),
  ];
  const frame = frameText(codeFrame(marksOf(finding), { width: 110, lines }).lines);
  const url = docsUrl(finding);
  return [
    `<details${finding.severity === "error" ? " open" : ""}>`,
    `<summary>${MARKS[finding.severity]} <b>${html(finding.rule)}</b> ${htmlProse(finding.message)} <code>${html(place)}</code></summary>`,
    "",
    ...(frame.length === 0 ? [] : [fenced(frame.join("\n"), "text"), ""]),
    ...(finding.why === "" ? [] : [`**why** ${prose(finding.why)}`, ""]),
    ...(rows.length === 0
      ? []
      : ["| | evidence | witness |", "|---|---|---|", ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`), ""]),
    ...(finding.help === "" ? [] : ["**help**", "", ...helpPart(finding.help), ""]),
    `${url === null ? "" : `<${url}> or `}\`tread explain ${oneLine(finding.rule).replaceAll("`", "")}\``,
    "</details>",
  ];
}

function helpPart(help: string): string[] {
  return helpBlocks(help).flatMap((block) =>
    block.kind === "code" ? ["", fenced(block.lines.join("\n"), ""), ""] : block.lines.map(prose),
  );
}

function matrixPart(report: Report): string[] {
  return matrices(report).flatMap((view) => {
    const title = `**Compatibility** in ${view.environments.map(prose).join(", ")}`;
    return view.fails ? failing(title, view) : [`${title}: ${prose(quietLine(view, report.compatibility.steps.length))}`, ""];
  });
}

function failing(title: string, view: MatrixView): string[] {
  const names = view.versions.map((v) => cell(`${v.name} (${v.queries})`));
  return [
    `${title}: queries of each live version that fail`,
    "",
    `| after | ${names.join(" | ")} |`,
    `|---|${names.map(() => "---|").join("")}`,
    ...view.rows.map((row) => `| ${cell(row.step)} | ${row.cells.map((c) => cell(cellText(c))).join(" | ")} |`),
    "",
    ...view.breaks.flatMap((b) => [
      `- **${prose(b.version)}** ${b.baseline ? "already fails before the first step" : `breaks at ${code(b.step)}`}: ${prose(spellCode(b.broken.sqlstate))} ${prose(b.broken.error)} (${b.broken.from}${b.broken.use === "latent" ? ", latent: nothing was seen to send it" : ""})`,
      `  ${code(b.broken.query)} ${prose(b.broken.origin)}${b.more > 0 ? ` and ${b.more} more` : ""}`,
    ]),
    "",
  ];
}

/** Rows of a folded table: more than that nobody scrolls through in a comment. */
const FEW = 30;

function clickhousePart(report: Report): string[] {
  const rows = clickhouseRows(report);
  if (rows.length === 0) return [];
  const shown = rows.length <= FEW ? rows : rows.filter((row) => row.grave || row.class !== "metadata").slice(0, FEW);
  return [
    "",
    "<details>",
    "<summary>What each ClickHouse statement does</summary>",
    "",
    "| | statement | class | what it does |",
    "|---|---|---|---|",
    ...shown.map(
      (row) =>
        `| ${cell(row.migration)}#${row.index} | ${code(cutTo(row.sql))} | ${row.class} | ${row.did.map((did) => cell(did)).join("<br>")} |`,
    ),
    ...(shown.length < rows.length ? ["", `and ${rows.length - shown.length} more`] : []),
    "",
    "</details>",
  ];
}

function cutTo(sql: string): string {
  const line = oneLine(sql);
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}

function rehearsalPart(report: Report): string[] {
  const { rehearsal } = report;
  if (rehearsal === null) return [];
  return [
    `<details><summary>Rehearsed on ${html(rehearsal.server)} for ${html(rehearsal.environment)}: ${html(seededLine(rehearsal))}</summary>`,
    "",
    "| statement | time | longest stall | what it did |",
    "|---|---|---|---|",
    ...rehearsedRows(report).map(
      (row) =>
        `| ${cell(`${row.migration}#${row.index}`)} ${code(row.statement, 80).replaceAll("|", "\\|")} | ${row.time} | ${row.stall} | ${cell(row.did.join("; "))} |`,
    ),
    "",
    ...trafficLines(rehearsal).map(({ label, text }) => `- ${label}: ${text}`),
    ...growthLines(report).map((line) => `- estimate, ${prose(line.statement)}: ${prose(line.text)}`),
    ...[calibrationText(rehearsal)].flatMap((text) => (text === null ? [] : [`- this machine: ${text}`])),
    ...rehearsal.limits.map((limit) => `- not rehearsed: ${prose(limit)}`),
    "</details>",
    "",
  ];
}

function notesPart(report: Report): string[] {
  const missed = missedOf(report);
  return [
    ...report.problems.flatMap((p) => [
      `- ${p.fatal ? "❌" : "⚠️"} **${prose(p.code)}** ${prose(p.message)}${p.span === null ? "" : ` ${code(placeOf(p.span))}`}. ${prose(oneLine(p.help))}`,
    ]),
    ...missed.slice(0, 50).map((m) => `- ❔ not understood: ${code(placeOf(m.span))} ${code(m.sql, 80)}: ${prose(m.reason)}`),
    ...(missed.length > 50 ? [`- ❔ and ${missed.length - 50} more statements not understood`] : []),
    ...report.suppressions.map(
      (s) => `- ${s.used ? "🔇" : "⚠️"} suppressed ${code(s.rule)} at ${code(placeOf(s.span))}: ${prose(suppressionNote(s))}`,
    ),
    ...report.coverage.topology.map((unknown) => `- unknown: ${prose(unknown)}`),
    ...[factsOf(report)].flatMap((line) => (line === null ? [] : [`- ${prose(line)}`])),
    "",
  ];
}

function summaryPart(report: Report): string[] {
  const next = nextCommand(report);
  return [
    `<sub>${coverageOf(report)} · ${examinedOf(report)}${next === null ? "" : ` · next: <code>${html(next.command)}</code> ${html(next.why)}`}</sub>`,
  ];
}

function html(text: string): string {
  return unlinked(entities(oneLine(text)))
    .replaceAll('"', "&quot;")
    .replaceAll("[", "&#91;");
}

function entities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Nobody is mentioned and nothing becomes a link: a zero-width space stands where GitHub would see one. */
function unlinked(text: string): string {
  return text
    .replaceAll("@", "@\u200b")
    .replace(/(?<=:)\/\//g, "\u200b//")
    .replace(/\bwww\./gi, "www\u200b.");
}

/** Text in which `backticks` mean code, as HTML. */
function htmlProse(text: string): string {
  return html(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** Text in which `backticks` mean code, as Markdown in which nothing else means anything and nobody is mentioned. */
function prose(text: string): string {
  return pieces(text, (inCode) => inCode);
}

function cell(text: string): string {
  // A bar ends a cell even inside code.
  return pieces(text, (inCode) => inCode.replaceAll("|", "\\|"));
}

function pieces(text: string, code: (inCode: string) => string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((piece, index) => (index % 2 === 1 ? code(piece) : unlinked(entities(piece.replace(/[\\`*_{}[\]()#+!|~$-]/g, "\\$&")))))
    .join("");
}

function code(text: string, longest = 300): string {
  const line = oneLine(text);
  const short = line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
  const fence = "`".repeat(longestRun(short) + 1);
  const pad = short.startsWith("`") || short.endsWith("`") ? " " : "";
  return `${fence}${pad}${short}${pad}${fence}`;
}

function fenced(text: string, language: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map((match) => match[0].length));
}
