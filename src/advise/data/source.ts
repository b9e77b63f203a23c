import type { Analysed } from "../analyse/read-queries.ts";
import type { Lab } from "../engine/lab.ts";
import type { Schema } from "../table/definition.ts";
import { type FileSample, loadFile } from "./load-file.ts";
import { type ColumnStatistics, synthesise } from "./synthetic.ts";

/** Where the rows come from that keys are measured on. */
export type DataSource =
  | { readonly kind: "file"; readonly sample: FileSample }
  /** Already downloaded from a server, as Native. `seen`: rows that the server holds. */
  | {
      readonly kind: "server";
      readonly sample: FileSample;
      readonly seen: number;
      readonly parts: number | null;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: "synthetic";
      readonly rows: number;
      readonly statistics: readonly ColumnStatistics[];
      readonly notes: readonly string[];
    };

export interface LoadedData {
  readonly rows: number;
  /** Rows of the whole table, where the source knows. */
  readonly total: number | null;
  readonly parts: number | null;
  readonly from: "file" | "server" | "synthetic";
  readonly notes: readonly string[];
}

/** @throws AdviseError */
export async function loadData(
  lab: Lab,
  { definition }: Schema,
  source: DataSource,
  analysed: readonly Analysed[],
  total: number | null,
  signal: AbortSignal | null,
  onProgress: (message: string) => void,
): Promise<LoadedData> {
  switch (source.kind) {
    case "file":
    case "server": {
      const loaded = await loadFile(lab, definition, source.sample, signal, onProgress);
      const notes = [
        ...(source.kind === "server" ? source.notes : []),
        ...(loaded.rows < loaded.inFile
          ? [
              `${loaded.rows} of the ${loaded.inFile} rows of ${source.sample.shown} were kept, ${source.sample.by === null ? "at random" : `by ${source.sample.by}`}.`,
            ]
          : []),
        ...(loaded.missing.length === 0
          ? []
          : [`${source.sample.shown} has no ${loaded.missing.join(", ")}: these columns hold defaults, and sizes are too small.`]),
      ];
      if (source.kind === "server") return { rows: loaded.rows, total: source.seen, parts: source.parts, from: "server", notes };
      // A file that was thinned holds at least as many rows as the table is known to have.
      const known = total ?? (loaded.rows < loaded.inFile ? loaded.inFile : null);
      return { rows: loaded.rows, total: known, parts: null, from: "file", notes };
    }
    case "synthetic": {
      onProgress(`making ${source.rows} rows from column statistics`);
      const notes = await synthesise(lab, definition, source.rows, source.statistics, analysed);
      return { rows: source.rows, total: null, parts: null, from: "synthetic", notes: [...source.notes, ...notes] };
    }
    default:
      return source satisfies never;
  }
}
