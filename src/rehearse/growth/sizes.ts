import type { Environment, ScaleProfile, TableScale } from "../../model/environment.ts";
import type { Candidate } from "./candidates.ts";
import { rowsThere } from "./candidates.ts";

/** A table of which there are never this many rows costs nothing worth a forecast. */
const WORTH_IT = 5000;
/** Enough for references to point at. */
const OTHERS = 200;

/**
 * How many rows each table that drives a cost gets when the largest has `size`: no more than there are in the environment, and then
 * smaller steps up to that number, so that there are three different sizes to measure at.
 *
 * @param largest of the sizes that are measured at
 * @param parents tables of which every row is referenced once at most
 */
export function tablesAt(
  environment: Environment,
  candidates: readonly Candidate[],
  size: number,
  largest: number,
): ReadonlyMap<string, number> {
  const rows = new Map<string, number>();
  for (const { table } of candidates) {
    const there = rowsThere(environment, table);
    if (there >= 0 && there < WORTH_IT) continue;
    rows.set(table, Math.round(there < 0 ? size : Math.min(1, there / largest) * size));
  }
  for (const { table, others } of candidates) {
    const own = rows.get(table) ?? 0;
    const ownThere = rowsThere(environment, table);
    for (const other of others) {
      if (rows.has(other)) continue;
      const there = rowsThere(environment, other);
      const share = there > 0 && ownThere > 0 ? Math.min(1, there / ownThere) : 1;
      rows.set(other, Math.max(OTHERS, Math.round(own * share)));
    }
  }
  return rows;
}

/** The environment as it would be with so many rows: columns as wide and as varied as in its profile. */
export function environmentAt(environment: Environment, rows: ReadonlyMap<string, number>, all: readonly string[]): Environment {
  const known = new Map<string, TableScale>();
  for (const profile of environment.profiles) {
    if (profile.server.engine !== "postgres") continue;
    for (const table of profile.tables) if (!known.has(table.table)) known.set(table.table, table);
  }
  const tables = all.map((table): TableScale => ({
    table,
    rows: rows.get(table) ?? Math.min(OTHERS, known.get(table)?.rows ?? OTHERS),
    bytes: null,
    indexBytes: null,
    readsPerSecond: null,
    writesPerSecond: null,
    longestTransactionSeconds: null,
    columns: known.get(table)?.columns ?? [],
  }));
  const profile: ScaleProfile = {
    format: "tread.scale/1",
    collectedAt: "1970-01-01T00:00:00Z",
    server: { engine: "postgres", version: String(environment.postgres) },
    tables,
  };
  return { ...environment, profiles: [profile] };
}
