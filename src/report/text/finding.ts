import type { Finding } from "../../model/report.ts";
import { codeFrame } from "../../text/code-frame.ts";
import type { FrameLine, Mark } from "../../text/code-frame.ts";
import { oneLine } from "../../text/visible.ts";
import { displayWidth, padEnd, wrap } from "../../text/width.ts";
import { environmentsOf, witnessOf } from "../facts.ts";
import type { Canvas } from "./canvas.ts";

/** Label column: the longest is `rewrite`. */
const LABEL = 7;

/** A finding as the reader meets it first: message, place, frame, why, evidence with its witness, help. */
export function findingText(finding: Finding, canvas: Canvas): string[] {
  const { style, width } = canvas;
  const head = `${finding.severity}[${oneLine(finding.rule)}]`;
  const drawn = codeFrame(marksOf(finding), { width, lines: canvas.lines });
  const gutter = " ".repeat(drawn.gutter);
  const place =
    drawn.lines.length > 0
      ? drawn.lines.map((line) => paintFrame(line, finding, canvas))
      : finding.migration === null
        ? []
        : [`${style.dim(`${gutter} ╭▸ `)}${style.place(oneLine(finding.migration))}`, style.dim(`${gutter} │`)];
  const inner = width - drawn.gutter - 3 - LABEL - 2;
  const rows = rowsOf(finding, canvas, Math.max(inner, 30));
  const body = rows.flatMap((row, index) =>
    row.lines.map((line, i) => {
      const lastRow = index === rows.length - 1;
      const joint = i === 0 ? (lastRow ? "╰" : "├") : lastRow ? " " : "│";
      if (i > 0 && line === "") return style.dim(`${gutter} ${joint}`).trimEnd();
      const label = padEnd(i === 0 ? row.label : "", LABEL);
      return `${style.dim(`${gutter} ${joint} `)}${i === 0 ? style.bold(label) : label}  ${line}`;
    }),
  );
  return [`${style.severity(finding.severity, head)}: ${style.bold(oneLine(finding.message))}`, ...place, ...body];
}

/** The primary place with its label first, then the secondary ones. */
export function marksOf(finding: Finding): Mark[] {
  if (finding.span === null) return finding.also.map(({ span, label }) => ({ span, label, primary: false }));
  return [
    { span: finding.span, label: finding.label ?? "", primary: true },
    ...finding.also.map(({ span, label }) => ({ span, label, primary: false })),
  ];
}

function paintFrame(line: FrameLine, finding: Finding, { style }: Canvas): string {
  return line
    .map(({ role, text }) => {
      switch (role) {
        case "gutter":
          return style.dim(text);
        case "place":
          return style.place(text);
        case "primary":
          return style.severity(finding.severity, text);
        case "secondary":
          return style.secondary(text);
        case "code":
          return text;
        default:
          return role satisfies never;
      }
    })
    .join("");
}

interface Row {
  readonly label: string;
  readonly lines: readonly string[];
}

function rowsOf(finding: Finding, canvas: Canvas, width: number): Row[] {
  const rows: Row[] = [];
  if (finding.why !== "") rows.push({ label: "why", lines: canvas.prose(finding.why, width) });
  const kinds = [...new Set(finding.evidence.map((evidence) => evidence.kind))];
  for (const kind of kinds) {
    const lines = finding.evidence
      .filter((evidence) => evidence.kind === kind)
      .flatMap((evidence) => evidenceLines(oneLine(evidence.text), oneLine(witnessOf(evidence, canvas.report)), width, canvas));
    rows.push({ label: kind === "lock" ? "locks" : kind, lines });
  }
  if (finding.liveVersions.length > 0) rows.push({ label: "breaks", lines: wrap(oneLine(finding.liveVersions.join(", ")), width) });
  const where = environmentsOf(finding);
  if (where !== "") rows.push({ label: "where", lines: wrap(oneLine(where), width) });
  if (finding.help !== "") rows.push({ label: "help", lines: canvas.prose(finding.help, width) });
  rows.push({ label: "docs", lines: [docsOf(finding)] });
  return rows;
}

function docsOf(finding: Finding): string {
  const explain = `tread explain ${oneLine(finding.rule)}`;
  const docs = oneLine(finding.docs);
  return docs === "" || docs.includes(explain) ? `\`${explain}\`` : `${docs} or \`${explain}\``;
}

/** The witness stands at the right edge where there is room, else at the end of the last line. */
function evidenceLines(text: string, witness: string, width: number, { style }: Canvas): string[] {
  if (text.includes(witness)) return wrap(text, width);
  const room = Math.min(width, 100);
  if (displayWidth(text) + 2 + displayWidth(witness) <= room) {
    return [`${padEnd(text, room - displayWidth(witness))}${style.dim(witness)}`];
  }
  const lines = wrap(text, width);
  const last = lines.pop() ?? "";
  if (displayWidth(last) + 2 + displayWidth(witness) <= room) {
    return [...lines, `${padEnd(last, room - displayWidth(witness))}${style.dim(witness)}`];
  }
  return [...lines, last, `${" ".repeat(Math.max(0, room - displayWidth(witness)))}${style.dim(witness)}`];
}
