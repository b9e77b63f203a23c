import { counted } from "../text/numbers.ts";
import type { Finding, FindingFix, Report } from "../model/report.ts";
import { keyOf, type ChangedFile, type FixRun } from "./project.ts";
import type { NotFixed } from "./proposal.ts";
import type { NotWritten } from "./write.ts";

/** The report with what fixes know of each of its findings. */
export function annotated(run: FixRun, report: Report): Report {
  const known = new Map<string, FindingFix>();
  for (const { finding, reason } of run.notFixed) known.set(keyOf({ finding }), { available: false, summary: null, reason });
  for (const { finding, summary: what } of run.fixed) known.set(keyOf({ finding }), { available: true, summary: what, reason: null });
  const findings = report.findings.map((finding) => {
    const fix = known.get(keyOf({ finding }));
    return fix === undefined ? finding : { ...finding, fix };
  });
  return { ...report, findings };
}

/** What was done, file by file, what was not and why, and how to undo it. */
export function summary(run: FixRun, written: { readonly dry: boolean; readonly failed: readonly NotWritten[] }): string {
  const lines: string[] = [];
  const failed = new Map(written.failed.map(({ file, reason }) => [file.path, reason]));
  for (const {
    finding: { rule },
    file,
    line,
    summary: what,
    notes,
    alsoWrites,
  } of run.fixed) {
    const reason = failed.get(file);
    lines.push(`${reason === undefined ? (written.dry ? "would fix" : "fixed") : "not written"} ${file}:${line} ${rule}`);
    lines.push(`  ${reason ?? what}`);
    for (const path of alsoWrites) lines.push(`  with ${path}${failed.has(path) ? ` (not written: ${failed.get(path)})` : ""}`);
    for (const note of notes) lines.push(`  note: ${note}`);
  }
  for (const [first, ...others] of alike(run.notFixed)) {
    if (first === undefined) continue;
    const { finding, reason, byHand } = first;
    const places = [first, ...others].slice(0, SHOWN).map((each) => placeOf(each.finding));
    if (others.length >= SHOWN) places.push(`and ${others.length + 1 - SHOWN} more`);
    lines.push(`not fixed ${places.join(", ")} ${finding.rule}`, `  ${reason}`, `  do this by hand: ${indented(byHand)}`);
  }
  const known = new Set(run.notFixed.map(({ finding }) => finding));
  const others = run.checked.report.findings.filter((finding) => finding.severity !== "info" && !known.has(finding)).length;
  if (others > 0) lines.push(`${counted(others, "finding")} without a fix that keeps the meaning: the help of each says what to do`);
  const done = run.files.filter(({ path }) => !failed.has(path));
  lines.push(done.length === 0 ? "no file was changed" : ending(done, written.dry));
  return `${lines.join("\n")}\n`;
}

function ending(files: readonly ChangedFile[], dry: boolean): string {
  const changed = files.filter(({ before }) => before !== null);
  const made = files.filter(({ before }) => before === null);
  const parts = [
    ...(changed.length === 0 ? [] : [`${counted(changed.length, "file")} ${dry ? "would be changed" : "changed"}`]),
    ...(made.length === 0 ? [] : [`${made.length} ${dry ? "would be made" : "made"}`]),
  ];
  if (dry) return `${parts.join(", ")}; nothing was written`;
  const undo = [
    ...(changed.length === 0 ? [] : [`git restore ${changed.map(({ path }) => path).join(" ")}`]),
    ...(made.length === 0 ? [] : [`rm ${made.map(({ path }) => path).join(" ")}`]),
  ];
  return `${parts.join(", ")}; what was in git before comes back with: ${undo.join(" && ")}`;
}

/** Findings that stay for the same reason and with the same advice are said once. */
function alike(left: readonly NotFixed[]): readonly (readonly NotFixed[])[] {
  const groups = new Map<string, NotFixed[]>();
  for (const each of left) {
    const key = `${each.finding.rule}\n${each.reason}\n${each.byHand}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

const SHOWN = 5;

function placeOf(finding: Finding): string {
  return finding.span === null ? (finding.migration ?? "") : `${finding.span.file}:${finding.span.line}`;
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
