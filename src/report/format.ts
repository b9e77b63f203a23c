import type { Report } from "../model/report.ts";

/** One output format: one file, registered by one line in `report/index.ts`. Pure: the report in, text out. */
export interface Format {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Ends with a newline. Nothing that stands in the report or in a file can act on the terminal, page or CI that shows it. */
  render(report: Report, options: RenderOptions): string;
}

export interface RenderOptions {
  /** Escape codes for colour. Decided by the caller (terminal, `NO_COLOR`, `--no-color`), so that output is reproducible. */
  readonly color: boolean;
  /** Columns of the terminal; 80 is a good value for a pipe. */
  readonly width: number;
  /** For code frames: the text of a file as named in spans, or null when it cannot be read. */
  readonly readFile: (path: string) => string | null;
  /** Lists everything that is otherwise counted. */
  readonly verbose: boolean;
  /** What a rule is about, in one line; for formats that carry rule metadata. */
  readonly ruleSummary?: ((rule: string) => string | null) | undefined;
}
