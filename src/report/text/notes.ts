import { codeFrame, frameText } from "../../text/code-frame.ts";
import { oneLine } from "../../text/visible.ts";
import { truncate, wrap } from "../../text/width.ts";
import { counted, missedOf, placeOf, suppressionNote } from "../facts.ts";
import { table } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";
import { proseLines } from "./prose.ts";

/** What could not be read at all: file and line, why, what to do. */
export function problemsText(canvas: Canvas): string[] {
  const { report, style, width } = canvas;
  return report.problems.flatMap((problem) => {
    const severity = problem.fatal ? "error" : "warning";
    const head = `${style.severity(severity, `${severity}[${oneLine(problem.code)}]`)}: ${style.bold(oneLine(problem.message))}`;
    const frame =
      problem.span === null
        ? []
        : frameText(codeFrame([{ span: problem.span, label: "", primary: true }], { width, lines: canvas.lines }).lines);
    const help =
      problem.help === ""
        ? []
        : proseLines(problem.help, width - 13).map((line, i) => (i === 0 ? `  ╰ help     ${line}` : `             ${line}`));
    return [head, ...frame, ...help, ""];
  });
}

const FEW = 10;

/** Statements that were not understood: counted, and named. */
export function missedText(canvas: Canvas): string[] {
  const { report, style, width, verbose } = canvas;
  const missed = missedOf(report);
  if (missed.length === 0) return [];
  const shown = verbose ? missed : missed.slice(0, FEW);
  const lines = shown.flatMap((m) => [
    `  ${style.place(oneLine(placeOf(m.span)))}  ${truncate(oneLine(m.sql), Math.max(20, width - 40))}`,
    ...wrap(oneLine(m.reason), width - 6).map((line) => style.dim(`      ${line}`)),
  ]);
  if (missed.length > shown.length) lines.push(style.dim(`  and ${missed.length - shown.length} more (listed with --verbose)`));
  return [
    `${style.severity("warning", "not understood")}   ${counted(missed.length, "statement")}: a hazard in them would not be seen`,
    ...lines,
    "",
  ];
}

/** Rules that a config takes out of the run or judges otherwise. */
export function policyText(canvas: Canvas): string[] {
  const { coverage } = canvas.report;
  const severities = Object.entries(coverage.severities ?? {}).map(([rule, severity]) => `${rule} (${severity})`);
  const parts = [
    ...((coverage.switchedOff ?? []).length === 0 ? [] : [`switched off by policy.rules: ${(coverage.switchedOff ?? []).join(", ")}`]),
    ...(severities.length === 0 ? [] : [`severity set by policy.rules: ${severities.join(", ")}`]),
  ];
  return parts.length === 0
    ? []
    : [...parts.flatMap((part) => wrap(oneLine(part), canvas.width).map((line) => canvas.style.dim(line))), ""];
}

/** Every suppression, used or not, with its reason. */
export function suppressionsText(canvas: Canvas): string[] {
  const { report, style, width } = canvas;
  if (report.suppressions.length === 0) return [];
  const rows = report.suppressions.map((s) => ({
    cells: [oneLine(s.rule), oneLine(placeOf(s.span)), oneLine(suppressionNote(s))],
    style: s.used && s.reason !== null ? undefined : (text: string): string => style.severity("warning", text),
  }));
  return [
    `${style.bold("suppressed by tread-ignore")}   ${counted(report.suppressions.length, "comment")}`,
    ...table(rows, width, "  "),
    "",
  ];
}
