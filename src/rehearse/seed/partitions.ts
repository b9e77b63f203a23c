import { splitTop } from "./checks.ts";
import type { Catalogue, TableInfo } from "./catalogue.ts";

/** What rows of one leaf must hold: per key column either one of some values or a half-open range. */
export interface LeafDemand {
  readonly column: string;
  readonly choices: readonly string[] | null;
  /** SQL literals; null: unbounded. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Leaf {
  readonly table: TableInfo;
  readonly demands: readonly LeafDemand[];
  /** Null, or why no row can be made to fit. */
  readonly trouble: string | null;
}

/** The leaves of a partitioned table with what their bounds, and those of the partitions above them, ask of a row. */
export function leavesOf(catalogue: Catalogue, root: TableInfo): Leaf[] {
  return below(catalogue, root, []);
}

function below(catalogue: Catalogue, parent: TableInfo, demands: readonly LeafDemand[]): Leaf[] {
  return catalogue.tables
    .filter((table) => table.parent === parent.oid)
    .flatMap((table) => {
      const own = boundDemands(parent, table.bound ?? "");
      const all = typeof own === "string" ? demands : [...demands, ...own];
      if (table.kind === "partitioned-table") return below(catalogue, table, all);
      return [{ table, demands: all, trouble: typeof own === "string" ? own : null }];
    });
}

/** @returns the demands, or why they cannot be told */
export function boundDemands(parent: TableInfo, bound: string): LeafDemand[] | string {
  const key = parent.partitionKey;
  if (key === null || bound === "DEFAULT" || key.strategy === "hash") return [];
  if (key.columns.some((column) => column === null)) return `the partition key of ${parent.name} is an expression`;
  const columns = key.columns.filter((column) => column !== null);
  if (key.strategy === "list") {
    const values = /^FOR VALUES IN \((.*)\)$/s.exec(bound)?.[1];
    const column = columns[0];
    if (values === undefined || column === undefined) return `the bound ${bound} is not understood`;
    return [{ column, choices: splitTop(values, ","), from: null, to: null }];
  }
  const range = /^FOR VALUES FROM \((.*)\) TO \((.*)\)$/s.exec(bound);
  if (range === null) return `the bound ${bound} is not understood`;
  const from = splitTop(range[1] ?? "", ",");
  const to = splitTop(range[2] ?? "", ",");
  // Rows compare as tuples: with an equal first column the next decides, otherwise the first alone may be strictly between.
  const first = columns.findIndex((_, i) => from[i] !== to[i]);
  return columns.slice(0, first + 1).map((column, i): LeafDemand => {
    const low = from[i] ?? "MINVALUE";
    const high = to[i] ?? "MAXVALUE";
    if (i < first) return { column, choices: [low], from: null, to: null };
    return { column, choices: null, from: low === "MINVALUE" ? null : low, to: high === "MAXVALUE" ? null : high };
  });
}
