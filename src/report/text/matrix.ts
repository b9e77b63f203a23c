import { oneLine } from "../../text/visible.ts";
import { truncate, wrap } from "../../text/width.ts";
import { cellText, matrices, quietLine } from "../matrix.ts";
import type { MatrixView } from "../matrix.ts";
import { counted } from "../facts.ts";
import { table } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";
import { spellCode } from "../../model/report.ts";

/** Versions × steps: which live version's queries fail after which statement. Empty when no version was read. */
export function matrixText(canvas: Canvas): string[] {
  return matrices(canvas.report).flatMap((view) => [...one(view, canvas), ""]);
}

function one(view: MatrixView, canvas: Canvas): string[] {
  const { style, width, report } = canvas;
  const title = `${style.bold("compatibility")}   ${oneLine(view.environments.join(", "))}`;
  if (!view.fails) {
    const line = oneLine(quietLine(view, report.compatibility.steps.length));
    return [`${title}   ${style.verdict("safe", "✓")} ${line}`];
  }
  const steps = width - 4 - view.versions.length * 12;
  const rows = [
    { cells: ["after", ...view.versions.map((v) => `${oneLine(v.name)} (${v.queries})`)], style: style.dim },
    ...view.rows.map((row) => ({ cells: [truncate(oneLine(row.step), Math.max(24, steps)), ...row.cells.map(cellText)] })),
  ];
  const lines = [`${title}   queries of each live version that fail`, "", ...table(rows, width, "  ")];
  if (view.unchanged > 0) lines.push(style.dim(`  ${counted(view.unchanged, "step")} left out: nothing changes there`));
  for (const { version, step, broken, more, baseline } of view.breaks) {
    const when = baseline ? "already fails before the first step" : `breaks at ${oneLine(step)}`;
    const latent = broken.use === "latent" ? " · latent: nothing was seen to send it" : "";
    lines.push(
      "",
      `  ${style.verdict(baseline ? "unknown" : "unsafe", baseline ? "?" : "✗")} ${style.bold(oneLine(version))} ${when}   ${spellCode(oneLine(broken.sqlstate))} · ${broken.from}${latent}`,
    );
    lines.push(...wrap(oneLine(broken.error), width - 6).map((line) => `      ${line}`));
    const query = oneLine(broken.query);
    lines.push(`      ${canvas.verbose ? query : truncate(query, width - 6)}`);
    lines.push(style.dim(`      ${oneLine(broken.origin)}${more > 0 ? ` and ${counted(more, "more query", "more queries")}` : ""}`));
  }
  return lines;
}
