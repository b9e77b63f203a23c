import type { Advice, Candidate } from "../advice.ts";
import { bytesText } from "./bytes.ts";
import { counted, grouped } from "../../text/numbers.ts";
import { oneLine } from "../../text/visible.ts";
import { displayWidth, padEnd, truncate, wrap } from "../../text/width.ts";

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
}

/** Of which first only so many are shown; JSON holds all. */
const SHOWN_CANDIDATES = 3;

/** Advice as people read it. @param width columns of the terminal */
export function adviceText(advice: Advice, width: number, paint: Paint): string {
  const { current, candidates } = advice;
  const [best] = candidates;
  const lines: string[] = [];
  lines.push(paint.bold(`${advice.table}: sorting key`), paint.dim(basis(advice)), "");
  if (best === undefined) lines.push("No key could be measured.");
  else {
    lines.push(...verdict(advice, best, paint), "", ...keyTable(candidates, current, width, paint), "");
    lines.push(...queryTable(advice, best, width, paint), "");
  }
  if (advice.unserved.length > 0) {
    lines.push(paint.bold("What this key does not serve, and what would"));
    for (const { query, remedy, sql } of advice.unserved) {
      lines.push(...bullet(`${oneLine(query)}: ${remedy}`, width));
      lines.push(...sql.map((statement) => paint.dim(`      ${statement}`)));
    }
    lines.push("");
  }
  if (advice.remarks.length > 0) {
    lines.push(paint.bold("Remarks"));
    for (const remark of advice.remarks) lines.push(...bullet(remark.text, width));
    lines.push("");
  }
  const { unmeasured, elsewhere } = advice.workload;
  if (unmeasured.length + elsewhere.length > 0) {
    lines.push(paint.bold("Not measured"));
    for (const { query, reason, at } of unmeasured)
      lines.push(...bullet(paint.warn(`${oneLine(query)} (${at}): ${oneLine(reason)}`), width));
    if (elsewhere.length > 0)
      lines.push(
        ...bullet(
          `${counted(elsewhere.length, "query reads", "queries read")} other tables: ${elsewhere.slice(0, 12).map(oneLine).join(", ")}`,
          width,
        ),
      );
    lines.push("");
  }
  if (advice.steps.length > 0) {
    lines.push(paint.bold("The way there"));
    for (const [index, step] of advice.steps.entries()) {
      lines.push(...wrap(`${index + 1}. ${step.title}. ${step.why}`, width - 2).map((line, i) => (i === 0 ? `  ${line}` : `     ${line}`)));
      lines.push(...step.sql.flatMap((statement) => statement.split("\n").map((line) => paint.dim(`       ${line}`))));
    }
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function basis({ sample, search, workload }: Advice): string {
  const of = sample.of === null ? `of a table taken as ${grouped(sample.assumed)} rows` : `of ${grouped(sample.of)}`;
  const kind = sample.from === "synthetic" ? "synthetic rows" : "sampled rows";
  const parts = sample.partsPerPartition === 1 ? "1 part" : `${sample.partsPerPartition} parts`;
  return `measured on ClickHouse ${search.engine} with ${grouped(sample.rows)} ${kind} ${of}, ${parts} per partition; ${counted(workload.measured, "query", "queries")}, ${counted(search.keys, "key")} built${search.complete ? "" : " (the search was cut short)"}`;
}

function verdict(advice: Advice, best: Candidate, paint: Paint): string[] {
  const { current } = advice;
  if (current === null) return [`Best key: ${paint.good(key(best))}`];
  if (current.orderBy.join() === best.orderBy.join()) return [`${paint.good("Keep the present key")}: no other reads less.`];
  const ratio = best.marks === 0 ? null : current.marks / best.marks;
  const times =
    ratio === null
      ? "everything"
      : ratio >= 10
        ? `${Math.round(ratio)} times less`
        : ratio >= 1.5
          ? `${ratio.toFixed(1)} times less`
          : `${Math.round((1 - 1 / ratio) * 100)} % less`;
  const size = best.bytesOnDisk - current.bytesOnDisk;
  const disk =
    Math.abs(size) < current.bytesOnDisk / 100
      ? "about the same size on disk"
      : `${bytesText(Math.abs(size))} ${size < 0 ? "less" : "more"} on disk`;
  return [`${paint.good(`ORDER BY ${key(best)}`)} reads ${times} than ORDER BY ${key(current)}, ${disk}.`];
}

function keyTable(candidates: readonly Candidate[], current: Candidate | null, width: number, paint: Paint): string[] {
  const shown = candidates.slice(0, SHOWN_CANDIDATES);
  const rows = current === null || shown.includes(current) ? [...shown] : [current, ...shown];
  rows.sort((a, b) => Number(b === current) - Number(a === current));
  const most = Math.max(...rows.map((row) => row.marks), 1e-9);
  const labels = rows.map((row) => (row === current ? "present" : `${candidates.indexOf(row) + 1}.`));
  const room = Math.max(20, Math.min(58, width - 46));
  const keys = rows.map((row) => truncate(key(row), room));
  const keyWidth = Math.max(...keys.map(displayWidth), 12);
  const marks = rows.map((row) => grouped(Math.round(row.marks)));
  const marksWidth = Math.max(...marks.map((text) => text.length), 5);
  const barWidth = Math.max(8, Math.min(24, width - keyWidth - marksWidth - 34));
  const head = `  ${" ".repeat(7)}  ${padEnd("ORDER BY", keyWidth)}  ${padEnd("", barWidth)}  ${"marks".padStart(marksWidth)}  ${"read".padStart(9)}  ${"on disk".padStart(9)}`;
  return [
    paint.dim(head),
    ...rows.flatMap((row, i) => {
      const line = `  ${padEnd(labels[i] ?? "", 7)}  ${padEnd(keys[i] ?? "", keyWidth)}  ${padEnd(bar(row.marks / most, barWidth), barWidth)}  ${(marks[i] ?? "").padStart(marksWidth)}  ${bytesText(row.bytesRead).padStart(9)}  ${bytesText(row.bytesOnDisk).padStart(9)}`;
      return [
        row === current ? line : candidates[0] === row ? paint.bold(line) : line,
        ...row.notes.map((note) => paint.dim(`           ${note}`)),
      ];
    }),
    paint.dim("  marks and read: frequency × what one run reads, summed over the queries, scaled to the whole table"),
  ];
}

function queryTable({ current }: Advice, best: Candidate, width: number, paint: Paint): string[] {
  const before = current ?? best;
  const most = Math.max(...before.queries.map((query) => query.marks), ...best.queries.map((query) => query.marks), 1e-9);
  const room = Math.max(12, Math.min(36, width - 56));
  const names = best.queries.map((query) => truncate(oneLine(query.name), room));
  const nameWidth = Math.max(...names.map(displayWidth), 5);
  const barWidth = Math.max(8, Math.min(24, width - nameWidth - 46));
  return [
    paint.dim(
      `  ${padEnd("query", nameWidth)}  ${"frequency".padStart(9)}  ${"before".padStart(9)}  ${"after".padStart(9)}  marks per run`,
    ),
    ...best.queries.flatMap((query, i) => {
      const was = before.queries[i]?.marks ?? 0;
      const same = current === null || was === query.marks;
      const line = `  ${padEnd(names[i] ?? "", nameWidth)}  ${shortNumber(query.frequency).padStart(9)}  ${grouped(Math.round(was)).padStart(9)}  ${grouped(Math.round(query.marks)).padStart(9)}`;
      const bars = same
        ? [bar(was / most, barWidth)]
        : [paint.dim(bar(was / most, barWidth)), paint.good(bar(query.marks / most, barWidth))];
      const indent = " ".repeat(displayWidth(line));
      return bars.map((text, at) => `${at === 0 ? line : indent}  ${text}`);
    }),
  ];
}

/** A bar in eighths of a column; never empty where there is something. */
function bar(share: number, width: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(Math.min(1, share) * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (eighths % 8 === 0 ? "" : ("▏▎▍▌▋▊▉"[(eighths % 8) - 1] ?? ""));
}

function key(candidate: Candidate): string {
  return candidate.orderBy.length === 0 ? "tuple()" : `(${candidate.orderBy.map(oneLine).join(", ")})`;
}

function bullet(text: string, width: number): string[] {
  return wrap(text, Math.max(40, width - 4)).map((line, i) => (i === 0 ? `  • ${line}` : `    ${line}`));
}

function shortNumber(value: number): string {
  return value >= 100 || Number.isInteger(value) ? grouped(Math.round(value)) : String(Number(value.toPrecision(3)));
}
