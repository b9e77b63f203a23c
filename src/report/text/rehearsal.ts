import { oneLine } from "../../text/visible.ts";
import { truncate, wrap } from "../../text/width.ts";
import { duration } from "../facts.ts";
import { calibrationText, growthLines, rehearsedRows, seededLine, trafficLines } from "../rehearsed.ts";
import { table, tableRows } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";

/** What happened on the real server, statement by statement, with the same traffic without the migration beside it. */
export function rehearsalText(canvas: Canvas): string[] {
  const { report, style, width } = canvas;
  const { rehearsal } = report;
  if (rehearsal === null) return [];
  const facts = [rehearsal.server, `environment ${rehearsal.environment}`, seededLine(rehearsal), duration(rehearsal.seconds * 1000)];
  const lines = wrap(oneLine(facts.join(" · ")), width - 12).map((line, i) =>
    i === 0 ? `${style.bold("rehearsal")}   ${line}` : `            ${line}`,
  );
  const statement = Math.max(24, Math.floor(width * 0.4));
  const rows = rehearsedRows(report);
  const [heading = [], ...printed] = tableRows(
    [
      { cells: ["#", "statement", "time", "stall", "what it did"], style: style.dim },
      ...rows.map((row) => ({
        cells: [String(row.index), truncate(oneLine(row.statement), statement), row.time, row.stall, row.did.map(oneLine).join("; ")],
        style: row.failed ? (text: string): string => style.severity("error", text) : undefined,
      })),
    ],
    width,
    "  ",
  );
  lines.push("", ...heading);
  for (const [index, row] of rows.entries()) {
    if (row.migration !== rows[index - 1]?.migration) lines.push(`  ${style.bold(oneLine(row.migration))}`);
    lines.push(...(printed[index] ?? []));
  }
  const growth = growthLines(report);
  if (growth.length > 0) {
    lines.push("", `  ${style.bold("at full size")} ${style.dim("(estimates)")}`);
    lines.push(
      ...table(
        growth.map(({ statement: of, text }) => ({ cells: [of, oneLine(text)] })),
        width,
        "  ",
      ),
    );
  }
  const speed = calibrationText(rehearsal);
  const around = [
    ...(speed === null ? [] : [{ cells: ["this machine", speed] }]),
    ...trafficLines(rehearsal).map(({ label, text }) => ({ cells: [label, text] })),
    ...rehearsal.limits.map((limit, i) => ({ cells: [i === 0 ? "not rehearsed" : "", oneLine(limit)] })),
  ];
  lines.push("", ...table(around, width, "  "));
  return [...lines, ""];
}
