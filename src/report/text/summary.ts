import { oneLine } from "../../text/visible.ts";
import { coverageOf, examinedOf, findingsOf, incompleteOf, nextCommand, severityCounts, VERDICT_MARK } from "../facts.ts";
import { table } from "./canvas.ts";
import type { Canvas } from "./canvas.ts";
import { factsOf, serversOf } from "../clickhouse.ts";

/** Verdict per environment, coverage, counts, and the command that leads on. */
export function summaryText(canvas: Canvas): string[] {
  const { report, style, width } = canvas;
  const verdicts = report.environments.map((e) => ({
    cells: [`${VERDICT_MARK[e.verdict]} ${oneLine(e.name)}`, e.verdict, serversOf(report, e), oneLine(e.reason)],
    style: (text: string): string => style.verdict(e.verdict, text),
  }));
  const counts = severityCounts(report);
  const worst = counts.error > 0 ? "error" : counts.warning > 0 ? "warning" : "info";
  const findings = findingsOf(report);
  const lines = [
    ...table(verdicts, width, ""),
    ...[incompleteOf(report)].flatMap((line) => (line === null ? [] : [style.severity("error", `✗ ${line}`)])),
    style.dim(`  ${coverageOf(report)}`),
    ...topologyText(canvas),
    `${report.findings.length > 0 ? style.severity(worst, findings) : findings}   ${examinedOf(report)}`,
  ];
  return [...lines, ...nextText(canvas)];
}

/** Quiet success: two or three lines. */
export function quietText(canvas: Canvas): string[] {
  const { report, style } = canvas;
  const names = report.environments.map((e) => e.name).join(", ");
  const where = names === "" || names === "default" ? "" : ` in ${oneLine(names)}`;
  return [
    `${style.verdict("safe", `✓ safe${where}`)}   0 findings   ${examinedOf(report)}`,
    style.dim(`  ${coverageOf(report)}`),
    ...topologyText(canvas),
    ...nextText(canvas),
  ];
}

function topologyText({ report, style }: Canvas): string[] {
  const facts = factsOf(report);
  return [
    ...report.coverage.topology.map((unknown) => style.dim(`  unknown: ${oneLine(unknown)}`)),
    ...(facts === null ? [] : [style.dim(`  facts: ${oneLine(facts)}`)]),
  ];
}

function nextText({ report, style }: Canvas): string[] {
  const next = nextCommand(report);
  return next === null ? [] : [`Next: ${style.bold(`\`${oneLine(next.command)}\``)} ${style.dim(next.why)}`];
}
