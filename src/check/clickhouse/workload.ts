import type { WorkloadQuery } from "../../rules/clickhouse/workload.ts";
import type { ClickHouseAnalysis } from "./analyse.ts";
import type { ClickHouseView } from "./view.ts";

/** What is asked of each table, from the files under `workload:` and the live versions. */
export async function loadWorkload(
  analysis: ClickHouseAnalysis,
): Promise<(view: ClickHouseView) => ReadonlyMap<string, readonly WorkloadQuery[]> | null> {
  void analysis;
  return () => null;
}
