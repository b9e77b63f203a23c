import type { Environment, TableScale } from "../../model/environment.ts";
import type { Catalogue, TableInfo } from "./catalogue.ts";

export interface TableTarget {
  readonly rows: number;
  /** Rows in the profile, null without one. */
  readonly scaledFrom: number | null;
  readonly scale: TableScale | null;
}

/** Without a profile: enough that a scan, a rewrite and a wait are told from nothing, little enough to seed hundreds of tables. */
const WITHOUT_PROFILE = 2000;
/** However small in proportion, a table keeps this many, or all it has. */
const LEAST = 200;
/** Even a table that is empty there gets some: a scan of nothing cannot be observed. */
const EMPTY_THERE = 20;

/** How many rows each root table and plain table is given: the profile's, scaled down so that the largest has `maxRows`. */
export function targets(catalogue: Catalogue, environment: Environment, maxRows: number): Map<number, TableTarget> {
  const scales = new Map<string, TableScale>();
  for (const profile of environment.profiles) {
    if (profile.server.engine !== "postgres") continue;
    for (const table of profile.tables) if (!scales.has(table.table)) scales.set(table.table, table);
  }
  const roots = catalogue.tables.filter((table) => table.parent === null);
  const there = new Map(roots.map((table) => [table.oid, rowsThere(catalogue, table, scales)]));
  const largest = Math.max(1, ...[...there.values()].map((rows) => rows ?? 0));
  const factor = Math.min(1, maxRows / largest);
  return new Map(
    roots.map((table): [number, TableTarget] => {
      const rows = there.get(table.oid) ?? null;
      const scale = scales.get(table.name) ?? null;
      if (rows === null) return [table.oid, { rows: Math.min(WITHOUT_PROFILE, maxRows), scaledFrom: null, scale }];
      const wanted = Math.max(Math.round(rows * factor), Math.min(LEAST, rows), EMPTY_THERE);
      return [table.oid, { rows: Math.min(wanted, maxRows), scaledFrom: rows, scale }];
    }),
  );
}

/** A partitioned table's rows stand at the parent, or at its partitions, depending on who collected them. */
function rowsThere(catalogue: Catalogue, table: TableInfo, scales: ReadonlyMap<string, TableScale>): number | null {
  const own = scales.get(table.name)?.rows ?? null;
  if (table.kind === "table" || (own !== null && own > 0)) return own;
  const parts = catalogue.tables.filter((t) => t.parent === table.oid).map((part) => rowsThere(catalogue, part, scales));
  const known = parts.filter((rows) => rows !== null);
  return known.length === 0 ? own : known.reduce((sum, rows) => sum + rows, 0);
}
