import type { Lab } from "../engine/lab.ts";
import type { TableDefinition } from "../table/definition.ts";
import type { WorkloadQuery } from "./workload.ts";

export async function fillPlaceholders(
  _lab: Lab,
  _definition: TableDefinition,
  queries: readonly WorkloadQuery[],
): Promise<{ queries: readonly WorkloadQuery[]; unmeasured: { query: string; reason: string; at: string }[] }> {
  return { queries, unmeasured: [] };
}
