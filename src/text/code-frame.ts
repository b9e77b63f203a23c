import type { Span } from "./span.ts";
import { visible } from "./visible.ts";
import { displayWidth, isPlain, splitGraphemes, wrap } from "./width.ts";

export interface Mark {
  readonly span: Span;
  /** Shown after the underline; empty for none. */
  readonly label: string;
  /** The place that the message is about; the others are where else to look. */
  readonly primary: boolean;
}

/** A piece of a frame with the part it plays, so that each format can give it its own look. */
interface FramePart {
  readonly role: "gutter" | "place" | "code" | "primary" | "secondary";
  readonly text: string;
}
export type FrameLine = readonly FramePart[];

export interface FrameOptions {
  /** Columns. */
  readonly width: number;
  /** Lines of a file, or null when it cannot be read: only the place is shown then. */
  readonly lines: (file: string) => readonly string[] | null;
}

const TAB = 4;
/** Of a span over many lines, so many are shown. */
const MOST_LINES = 6;
const LEAST_CODE_WIDTH = 20;

/**
 * The places of a finding, drawn:
 *
 * ```
 *   ╭▸ migrations/0045_fk.sql:1:20
 *   │
 * 1 │ ALTER TABLE orders ADD CONSTRAINT orders_customer_fk
 *   │                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ SHARE ROW EXCLUSIVE on public.orders
 * 2 │   FOREIGN KEY (customer_id) REFERENCES customers (id);
 *   │                             ───────────────────────── and on public.customers
 *   │
 * ```
 *
 * The first mark decides which file comes first. Tabs are expanded, wide characters counted, long lines cut around the mark,
 * control characters shown and not obeyed.
 */
export function codeFrame(marks: readonly Mark[], options: FrameOptions): { readonly lines: FrameLine[]; readonly gutter: number } {
  const files = [...new Set(marks.map((mark) => mark.span.file))];
  const blocks = files.map((file) => {
    const own = marks.filter((mark) => mark.span.file === file);
    const source = options.lines(file);
    return { file, own, source, shown: source === null ? [] : linesToShow(own, source) };
  });
  const last = Math.max(1, ...blocks.flatMap((block) => block.shown));
  const gutter = String(last).length;
  const codeWidth = Math.max(LEAST_CODE_WIDTH, options.width - gutter - 3);
  const bar: FramePart = { role: "gutter", text: `${" ".repeat(gutter)} │` };
  const lines: FrameLine[] = [];
  for (const [index, { file, own, source, shown }] of blocks.entries()) {
    const first = own[0]?.span;
    lines.push([
      { role: "gutter", text: `${" ".repeat(gutter)} ${index === 0 ? "╭" : "├"}▸ ` },
      { role: "place", text: first === undefined ? visible(file) : `${visible(file)}:${first.line}:${first.column}` },
    ]);
    if (source === null || shown.length === 0) {
      for (const mark of own) if (mark.label !== "") lines.push([bar, part(mark, ` ${oneLabel(mark)}`)]);
      continue;
    }
    lines.push([bar]);
    let previous = 0;
    for (const number of shown) {
      if (previous !== 0 && number !== previous + 1) lines.push([{ role: "gutter", text: `${" ".repeat(gutter)} ┆` }]);
      previous = number;
      const here = own.filter((mark) => mark.span.line <= number && number <= mark.span.endLine);
      const drawn = drawLine(source[number - 1] ?? "", number, here, codeWidth);
      const label: FramePart = { role: "gutter", text: `${String(number).padStart(gutter)} │` };
      lines.push(drawn.code === "" ? [label] : [label, { role: "code", text: ` ${drawn.code}` }]);
      for (const under of drawn.under) lines.push([bar, under]);
    }
    lines.push([bar]);
  }
  return { lines, gutter };
}

/** As plain text, for formats without colour. */
export function frameText(lines: readonly FrameLine[]): string[] {
  return lines.map((line) => line.map((p) => p.text).join(""));
}

function linesToShow(marks: readonly Mark[], source: readonly string[]): number[] {
  const numbers = new Set<number>();
  for (const { span, primary } of marks) {
    if (span.line > source.length) continue;
    // One line before shows what the place belongs to: `ALTER TABLE orders` above `ADD COLUMN …`.
    if (primary && span.line > 1 && (source[span.line - 2] ?? "").trim() !== "") numbers.add(span.line - 1);
    const end = Math.min(lastCoveredLine(span), source.length);
    const all = end - span.line + 1;
    for (let line = span.line; line <= end; line++) {
      if (all <= MOST_LINES || line < span.line + MOST_LINES - 2 || line === end) numbers.add(line);
    }
  }
  return [...numbers].sort((a, b) => a - b);
}

/** A span that ends at column 1 of the next line covers nothing there. */
function lastCoveredLine(span: Span): number {
  return span.endLine > span.line && span.endColumn <= 1 ? span.endLine - 1 : span.endLine;
}

interface Drawn {
  readonly code: string;
  readonly under: FramePart[];
}

function drawLine(raw: string, number: number, marks: readonly Mark[], width: number): Drawn {
  const ranges = marks
    .map((mark) => ({ mark, ...rangeOn(mark.span, raw, number) }))
    .filter((range) => range.to > range.from || range.mark.span.line === range.mark.span.endLine);
  const focus = ranges.find((range) => range.mark.primary) ?? ranges[0];
  // One line of five megabytes is a real thing: only what can be shown is looked at.
  const base = raw.length > width * 12 ? Math.max(0, (focus?.from ?? 0) - width * 4) : 0;
  const slice = raw.slice(base, base + width * 12);
  const columns: { readonly text: string; readonly width: number; readonly from: number; readonly offset: number }[] = [];
  let used = 0;
  const shown = slice.replace(/\r$/, "");
  const plain = isPlain(shown);
  for (const grapheme of plain ? [] : splitGraphemes(shown)) {
    const isTab = grapheme.text === "\t";
    const columnWidth = isTab ? TAB - (used % TAB) : grapheme.width;
    columns.push({
      text: isTab ? " ".repeat(columnWidth) : visible(grapheme.text),
      width: columnWidth,
      from: used,
      offset: grapheme.offset,
    });
    used += columnWidth;
  }
  if (plain) used = shown.length;
  const columnOf = (offset: number): number =>
    plain ? Math.min(Math.max(offset - base, 0), used) : (columnAt(columns, offset - base) ?? used);

  const window = windowAround(
    focus && { from: columnOf(focus.from), to: columnOf(focus.to) },
    used,
    width,
    base > 0 || base + slice.length < raw.length,
  );
  let code = plain
    ? shown.slice(window.from, window.to)
    : columns
        .filter((c) => c.from >= window.from && c.from + c.width <= window.to)
        .map((c) => c.text)
        .join("");
  if (window.from > 0 || base > 0) code = `…${code}`;
  if (window.to < used || base + slice.length < raw.length) code = `${code.trimEnd()}…`;
  const shift = window.from > 0 || base > 0 ? 1 : 0;

  const under = ranges.flatMap(({ mark, from, to }, index): FramePart[] => {
    const start = Math.min(Math.max(columnOf(from), window.from), window.to);
    const end = Math.min(Math.max(columnOf(to), start + 1), Math.max(window.to, start + 1));
    const indent = start - window.from + shift;
    const line = ` ${" ".repeat(indent)}${(mark.primary ? "━" : "─").repeat(end - start)}`;
    const label = lastCoveredLine(mark.span) === number ? oneLabel(mark) : "";
    const drawn = ranges.slice(0, index).some((other) => other.from === from && other.to === to);
    if (drawn)
      return label === ""
        ? []
        : wrap(label, Math.max(LEAST_CODE_WIDTH, width - indent)).map((text) => part(mark, ` ${" ".repeat(indent)}${text}`));
    if (label === "") return [part(mark, line)];
    if (indent + end - start + 1 + displayWidth(label) <= width) return [part(mark, `${line} ${label}`)];
    // No room beside the underline: below it, further left if that helps.
    const left = Math.max(0, Math.min(indent, width - Math.min(displayWidth(label), width)));
    return [part(mark, line), ...wrap(label, width - left).map((text) => part(mark, ` ${" ".repeat(left)}${text}`))];
  });
  return { code: code.trimEnd(), under };
}

function part(mark: Mark, text: string): FramePart {
  return { role: mark.primary ? "primary" : "secondary", text };
}

function oneLabel(mark: Mark): string {
  return visible(mark.label.replace(/\s+/g, " "));
}

/** The part of line `number` that a span covers, as UTF-16 offsets; indentation of its later lines is left out. */
function rangeOn(span: Span, raw: string, number: number): { from: number; to: number } {
  const end = raw.trimEnd().length;
  const indent = raw.length - raw.trimStart().length;
  const from = number === span.line ? Math.min(span.column - 1, end) : indent;
  const to = number === span.endLine ? Math.min(span.endColumn - 1, Math.max(end, from)) : end;
  return { from, to: Math.max(from, to) };
}

/** The column of the grapheme that starts at or after a UTF-16 offset; undefined past the end. */
function columnAt(columns: readonly { readonly offset: number; readonly from: number }[], offset: number): number | undefined {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((columns[middle]?.offset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return columns[low]?.from;
}

function windowAround(
  focus: { from: number; to: number } | undefined,
  used: number,
  width: number,
  cut: boolean,
): { from: number; to: number } {
  if (used <= width && !cut) return { from: 0, to: used };
  const room = width - 2;
  const at = focus ?? { from: 0, to: 0 };
  if (at.to <= room) return { from: 0, to: Math.min(used, room) };
  const length = Math.min(at.to - at.from, room);
  // A third of what is left stands before the mark: what a statement does is usually said before what it does it to.
  const from = Math.max(0, Math.min(at.from - Math.floor((room - length) / 3), used - room));
  return { from, to: Math.min(used, from + room) };
}

/** Lines of a text as `Span` counts them: `\n` ends a line, a `\r` before it belongs to the end. */
export function splitLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}
