import type { Report } from "../model/report.ts";
import type { Format, RenderOptions } from "./format.ts";
import { canvasFor } from "./text/canvas.ts";
import { findingText } from "./text/finding.ts";
import { matrixText } from "./text/matrix.ts";
import { missedText, policyText, problemsText, suppressionsText } from "./text/notes.ts";
import { rehearsalText } from "./text/rehearsal.ts";
import { quietText, summaryText } from "./text/summary.ts";
import { matrices } from "./matrix.ts";
import { clickhouseText } from "./text/clickhouse.ts";

/** For a person at a terminal. What matters most stands last, where the prompt is. */
export const text: Format = {
  name: "text",
  summary: "for people: code frames, evidence with its witness, what to do",
  render(report: Report, options: RenderOptions): string {
    const canvas = canvasFor(report, options);
    const quiet = report.findings.length === 0 && report.problems.length === 0 && report.verdict === "safe";
    // A matrix in which nothing fails is said in one line, and not at all where the whole report is two lines.
    const matrix =
      quiet && report.mode === "check" && !options.verbose && matrices(report).every((view) => !view.fails) ? [] : matrixText(canvas);
    const lines = [
      ...report.findings.flatMap((finding) => [...findingText(finding, canvas), ""]),
      ...(quiet && !options.verbose ? [] : clickhouseText(canvas)),
      ...matrix,
      ...rehearsalText(canvas),
      ...problemsText(canvas),
      ...missedText(canvas),
      ...suppressionsText(canvas),
      ...policyText(canvas),
      ...(quiet ? quietText(canvas) : summaryText(canvas)),
    ];
    return `${lines.join("\n")}\n`;
  },
};
