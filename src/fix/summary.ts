import { counted } from "../text/numbers.ts";
import type { ChangedFile, FixRun } from "./project.ts";
import type { NotWritten } from "./write.ts";

/** What was done, file by file, what was not and why, and how to undo it. */
export function summary(run: FixRun, written: { readonly dry: boolean; readonly failed: readonly NotWritten[] }): string {
  const lines: string[] = [];
  const failed = new Map(written.failed.map(({ file, reason }) => [file.path, reason]));
  for (const { rule, file, line, summary: what, notes, alsoWrites } of run.fixed) {
    const reason = failed.get(file);
    lines.push(`${reason === undefined ? (written.dry ? "would fix" : "fixed") : "not written"} ${file}:${line} ${rule}`);
    lines.push(`  ${reason ?? what}`);
    for (const path of alsoWrites) lines.push(`  with ${path}${failed.has(path) ? ` (not written: ${failed.get(path)})` : ""}`);
    for (const note of notes) lines.push(`  note: ${note}`);
  }
  for (const { finding, reason, byHand } of run.notFixed) {
    const place = finding.span === null ? (finding.migration ?? "") : `${finding.span.file}:${finding.span.line}`;
    lines.push(`not fixed ${place} ${finding.rule}`, `  ${reason}`, `  do this by hand: ${indented(byHand)}`);
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

function indented(text: string): string {
  return text.replaceAll("\n", "\n    ");
}
