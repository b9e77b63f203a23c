import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { migrationsKey } from "./ledger.ts";

/** Two plans that touch a table of a host in common, or are for the same migrations. */
export function overlaps(one: ClusterPlan, other: ClusterPlan): boolean {
  if (migrationsKey(one) === migrationsKey(other)) return true;
  const mine = new Set(one.before.map(({ host, object }) => `${host}\0${object}`));
  return other.before.some(({ host, object }) => mine.has(`${host}\0${object}`));
}
