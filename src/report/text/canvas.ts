import type { Report } from "../../model/report.ts";
import { splitLines } from "../../text/code-frame.ts";
import { displayWidth, padEnd, wrap } from "../../text/width.ts";
import type { RenderOptions } from "../format.ts";
import { styleFor } from "../style.ts";
import type { Style } from "../style.ts";
import { rememberedProse } from "./prose.ts";

/** What every part of the text format needs. */
export interface Canvas {
  readonly report: Report;
  readonly style: Style;
  /** Columns that are used: a line of two hundred is not read. */
  readonly width: number;
  readonly verbose: boolean;
  readonly lines: (file: string) => readonly string[] | null;
  readonly prose: (text: string, width: number) => readonly string[];
}

const WIDEST = 120;
const NARROWEST = 60;

export function canvasFor(report: Report, options: RenderOptions): Canvas {
  return {
    report,
    style: styleFor(options.color),
    width: Math.min(Math.max(options.width, NARROWEST), WIDEST),
    verbose: options.verbose,
    lines: fileLines(options.readFile),
    prose: rememberedProse(),
  };
}

/** Files as lines, each read and split once. */
export function fileLines(readFile: (path: string) => string | null): (file: string) => readonly string[] | null {
  const known = new Map<string, readonly string[] | null>();
  return (file) => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const text = readFile(file);
    const lines = text === null ? null : splitLines(text);
    known.set(file, lines);
    return lines;
  };
}

export interface TableRow {
  readonly cells: readonly string[];
  readonly style?: ((text: string) => string) | undefined;
}

/** Columns side by side, two spaces between, the last one wrapped to what is left of the width. Styled after it is measured. */
export function table(rows: readonly TableRow[], width: number, indent: string): string[] {
  return tableRows(rows, width, indent).flat();
}

/** The same, the lines of each row apart. */
export function tableRows(rows: readonly TableRow[], width: number, indent: string): string[][] {
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => displayWidth(row.cells[i] ?? ""))));
  const before = widths.slice(0, -1).reduce((sum, w) => sum + w + 2, indent.length);
  return rows.map((row) => {
    const head = row.cells.slice(0, columns - 1).map((cell, i) => padEnd(cell, widths[i] ?? 0));
    const [first = "", ...rest] = wrap(row.cells[columns - 1] ?? "", Math.max(20, width - before));
    const paint = row.style ?? ((text: string): string => text);
    return [paint(`${indent}${[...head, first].join("  ")}`.trimEnd()), ...rest.map((line) => paint(`${" ".repeat(before)}${line}`))];
  });
}
