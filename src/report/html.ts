import type { Finding, Report } from "../model/report.ts";
import { codeFrame } from "../text/code-frame.ts";
import { oneLine, visible } from "../text/visible.ts";
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
  VERDICT_MARK,
  witnessOf,
} from "./facts.ts";
import type { Format, RenderOptions } from "./format.ts";
import { helpBlocks } from "./help.ts";
import { PAGE_STYLE } from "./html-style.ts";
import { cellText, matrices } from "./matrix.ts";
import { docsUrl } from "./plain.ts";
import { calibrationText, growthLines, rehearsedRows, seededLine, trafficLines } from "./rehearsed.ts";
import { fileLines } from "./text/canvas.ts";
import { marksOf } from "./text/finding.ts";
import { spellCode } from "../model/report.ts";
import { clickhouseRows, factsOf, serversOf } from "./clickhouse.ts";

/** One page that needs nothing else: no script, no font, no request. The policy in its head forbids what escaping might miss. */
export const html: Format = {
  name: "html",
  summary: "one self-contained page",
  render(report: Report, options: RenderOptions): string {
    const lines = fileLines(options.readFile);
    const title = `tread ${report.mode}: ${report.verdict}`;
    const body = [
      `<header><h1>${escape(title)}</h1><p>${escape(findingsOf(report))} · ${escape(examinedOf(report))}</p></header>`,
      environments(report),
      ...[incompleteOf(report)].flatMap((line) => (line === null ? [] : [`<p class="unsafe"><b>${escape(line)}</b></p>`])),
      ...report.findings.map((finding) => findingPart(finding, report, lines)),
      ...matrixParts(report),
      rehearsalPart(report),
      clickhousePart(report),
      notesPart(report),
      footer(report),
    ];
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${body.filter((part) => part !== "").join("\n")}
</body>
</html>
`;
  },
};

function environments(report: Report): string {
  const rows = report.environments.map((e) => [
    `<span class="verdict ${e.verdict}">${VERDICT_MARK[e.verdict]} ${e.verdict}</span>`,
    `<b>${escape(e.name)}</b>`,
    escape(serversOf(report, e)),
    escape(e.reason),
  ]);
  return table(["verdict", "environment", "server", "why"], rows);
}

function findingPart(finding: Finding, report: Report, lines: (file: string) => readonly string[] | null): string {
  const frame = codeFrame(marksOf(finding), { width: 110, lines })
    .lines.map((line) => line.map((part) => `<span class="${part.role}">${escape(part.text, true)}</span>`).join(""))
    .join("\n");
  const where = environmentsOf(finding);
  const rows = [
    ...finding.evidence.map((e) => [escape(e.kind), prose(e.text), `<span class="witness">${escape(witnessOf(e, report))}</span>`]),
    ...(finding.liveVersions.length > 0 ? [["breaks", escape(finding.liveVersions.join(", ")), ""]] : []),
    ...(where === "" ? [] : [["where", escape(where), ""]]),
  ];
  const url = docsUrl(finding);
  const page = url === null ? "" : `<a href="${escape(url)}" rel="noreferrer noopener">${escape(url)}</a> or `;
  return `<section class="finding ${finding.severity}">
<h2><span class="severity">${finding.severity}</span> <code>${escape(finding.rule)}</code> ${prose(finding.message)}</h2>
${frame === "" ? `<p class="place">${escape(finding.migration ?? "")}</p>` : `<pre>${frame}</pre>`}
${finding.why === "" ? "" : `<p><b>why</b> ${prose(finding.why)}</p>`}
${rows.length === 0 ? "" : table(["", "evidence", "witness"], rows)}
${finding.help === "" ? "" : `<p><b>help</b></p>${helpPart(finding.help)}`}
<p class="docs">${page}<code>tread explain ${escape(finding.rule)}</code></p>
</section>`;
}

function helpPart(help: string): string {
  return helpBlocks(help)
    .map((block) =>
      block.kind === "code"
        ? `<pre>${escape(block.lines.join("\n"), true)}</pre>`
        : block.lines.map((line) => `<p>${prose(line)}</p>`).join(""),
    )
    .join("");
}

function matrixParts(report: Report): string[] {
  return matrices(report).map((view) => {
    const heads = ["after", ...view.versions.map((v) => `${v.name} (${v.queries} queries)`)];
    const rows = view.rows.map((row) => [
      `<code>${escape(row.step)}</code>`,
      ...row.cells.map(
        (c) =>
          `<span class="${c !== null && c.broken > 0 ? "unsafe" : c !== null && c.unknown + c.latent > 0 ? "unknown" : "safe"}">${escape(cellText(c))}</span>`,
      ),
    ]);
    const breaks = view.breaks.map(
      (b) =>
        `<li><b>${escape(b.version)}</b> ${b.baseline ? "already fails before the first step" : `breaks at <code>${escape(b.step)}</code>`}: ${escape(spellCode(b.broken.sqlstate))}, ${prose(b.broken.error)} <span class="witness">${escape(b.broken.from)}${b.broken.use === "latent" ? ", latent: nothing was seen to send it" : ""}</span><pre>${escape(b.broken.query, true)}</pre>${escape(b.broken.origin)}${b.more > 0 ? ` and ${b.more} more` : ""}</li>`,
    );
    return `<section><h2>Compatibility in ${escape(view.environments.join(", "))}</h2>
<p>Queries of each live version that fail, after each step${view.unchanged > 0 ? `; ${view.unchanged} steps at which nothing changes are left out` : ""}.</p>
${table(
  heads.map((head) => escape(head)),
  rows,
)}
${breaks.length === 0 ? "" : `<ul>${breaks.join("\n")}</ul>`}</section>`;
  });
}

function rehearsalPart(report: Report): string {
  const { rehearsal } = report;
  if (rehearsal === null) return "";
  const rows = rehearsedRows(report).map((row) => [
    `<code>${escape(row.migration)}#${row.index}</code>`,
    `<code>${escape(row.statement)}</code>`,
    escape(row.time),
    escape(row.stall),
    `<span class="${row.failed ? "unsafe" : ""}">${row.did.map((did) => escape(did)).join("<br>")}</span>`,
  ]);
  const growth = growthLines(report);
  const speed = calibrationText(rehearsal);
  return `<section><h2>Rehearsal on ${escape(rehearsal.server)} for ${escape(rehearsal.environment)}</h2>
<p>${escape(seededLine(rehearsal))}</p>
${table(["", "statement", "time", "longest stall", "what it did"], rows)}
${table(
  ["", ""],
  trafficLines(rehearsal).map(({ label, text }) => [escape(label), escape(text)]),
)}
${growth.length === 0 ? "" : `<p>Estimates at full size${speed === null ? "" : ` (this machine ${escape(speed)})`}:</p><ul>${growth.map((line) => `<li>${escape(line.statement)}: ${escape(line.text)}</li>`).join("")}</ul>`}${rehearsal.limits.length === 0 ? "" : `<p>Not rehearsed:</p><ul>${rehearsal.limits.map((limit) => `<li>${escape(limit)}</li>`).join("")}</ul>`}</section>`;
}

function clickhousePart(report: Report): string {
  const rows = clickhouseRows(report).map((row) => [
    `<code>${escape(row.migration)}#${row.index}</code>`,
    `<code>${escape(row.sql)}</code>`,
    `<b>${row.class}</b>`,
    `<span class="${row.grave ? "unsafe" : ""}">${row.did.map((did) => escape(did)).join("<br>")}</span>`,
  ]);
  return rows.length === 0
    ? ""
    : `<section><h2>What each ClickHouse statement does</h2>\n${table(["", "statement", "class", "what it does"], rows)}</section>`;
}

function notesPart(report: Report): string {
  const items = [
    ...report.problems.map(
      (p) =>
        `<li class="${p.fatal ? "unsafe" : "unknown"}"><b>${escape(p.code)}</b> ${prose(p.message)}${p.span === null ? "" : ` <code>${escape(placeOf(p.span))}</code>`}<br>${prose(p.help)}</li>`,
    ),
    ...missedOf(report).map(
      (m) =>
        `<li class="unknown">not understood: <code>${escape(placeOf(m.span))}</code> <code>${escape(m.sql)}</code><br>${prose(m.reason)}</li>`,
    ),
    ...report.suppressions.map(
      (s) => `<li>suppressed <code>${escape(s.rule)}</code> at <code>${escape(placeOf(s.span))}</code>: ${prose(suppressionNote(s))}</li>`,
    ),
    ...report.coverage.topology.map((unknown) => `<li>unknown: ${prose(unknown)}</li>`),
    ...[factsOf(report)].flatMap((line) => (line === null ? [] : [`<li>${prose(line)}</li>`])),
  ];
  return items.length === 0 ? "" : `<section><h2>Notes</h2><ul>${items.join("\n")}</ul></section>`;
}

function footer(report: Report): string {
  const next = nextCommand(report);
  const then = next === null ? "" : `<p>Next: <code>${escape(next.command)}</code> ${escape(next.why)}</p>`;
  return `<footer><p>${escape(coverageOf(report))}</p>${then}<p>tread ${escape(report.tread)}</p></footer>`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.every((h) => h === "") ? "" : `<thead><tr>${heads.map((h) => `<th>${h}</th>`).join("")}</tr></thead>`;
  return `<div class="table"><table>${head}<tbody>${rows.map((row) => `<tr>${row.map((c) => `<td>${c}</td>`).join("")}</tr>`).join("\n")}</tbody></table></div>`;
}

/** `backticks` mean code. */
function prose(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function escape(text: string, keepLines = false): string {
  return (keepLines ? visible(text, "lines") : oneLine(text))
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
