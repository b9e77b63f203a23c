import { grouped } from "../../text/numbers.ts";
import { profileWitness, type Environment } from "../../model/environment.ts";
import type { Thing } from "../drops/dependents.ts";

export interface Cost {
  readonly bytes: number;
  readonly from: string;
}

/** What it takes on disk where it is largest: of a table with its indexes, of a column its values. Null where no profile tells. */
export function costOf(environments: readonly Environment[], { table, column }: Thing): Cost | null {
  let largest: Cost | null = null;
  for (const { name, profiles } of environments) {
    for (const profile of profiles) {
      if (profile.server.engine !== "postgres") continue;
      const entry = profile.tables.find((one) => one.table === table);
      if (entry === undefined) continue;
      const witness = `${profileWitness(profile)}, ${name}`;
      let cost: Cost | null = null;
      if (column === null) {
        if (entry.bytes !== null) {
          const indexes = entry.indexBytes ?? 0;
          cost = { bytes: entry.bytes + indexes, from: `the table${indexes > 0 ? " and its indexes" : ""} (${witness})` };
        }
      } else {
        const { averageBytes = null, nullFraction = null } = entry.columns.find((one) => one.column === column) ?? {};
        if (averageBytes !== null && entry.rows !== null) {
          // avg_width is that of the values that are not NULL (manual, pg_stats): with NULLs it is less.
          const most = nullFraction !== null && nullFraction > 0 ? `, at most: ${Math.round(nullFraction * 100)}% of them are NULL` : "";
          cost = {
            bytes: Math.round(averageBytes * entry.rows),
            from: `${averageBytes} bytes × ${grouped(entry.rows)} rows${most} (${witness})`,
          };
        }
      }
      if (cost !== null && (largest === null || cost.bytes > largest.bytes)) largest = cost;
    }
  }
  return largest;
}
