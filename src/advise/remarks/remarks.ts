import type { Candidate, Remark } from "../advice.ts";
import type { Analysed } from "../analyse/read-queries.ts";
import type { Lab } from "../engine/lab.ts";
import type { MeasuredQuery } from "../measure/bench.ts";
import type { ReadMeter } from "../measure/reads.ts";
import type { TableDefinition } from "../table/definition.ts";
import { columnRemarks } from "./columns.ts";
import { identityRemarks } from "./identity.ts";
import { partitionRemarks } from "./partition.ts";

export interface RemarksContext {
  readonly lab: Lab;
  readonly meter: ReadMeter;
  readonly definition: TableDefinition;
  readonly analysed: readonly Analysed[];
  readonly queries: readonly MeasuredQuery[];
  readonly best: Candidate;
  readonly candidates: readonly Candidate[];
  readonly free: { readonly orderBy: readonly string[]; readonly marks: number; readonly against: number } | null;
  readonly rows: number;
  readonly total: number;
  /** Somebody said how many rows the table has. */
  readonly known: boolean;
  readonly synthetic: boolean;
  readonly events: { readonly progress: (message: string) => void };
}

/** Everything besides the key itself. @throws EngineCrashed */
export async function remarksOn(context: RemarksContext): Promise<Remark[]> {
  const { lab, definition, best, queries, rows, total, events } = context;
  const remarks: Remark[] = [...(await identityRemarks(lab, definition, best, context.free))];
  const nothing = queries.filter((_, index) => context.candidates.every((candidate) => (candidate.queries[index]?.marks ?? 0) === 0));
  if (nothing.length > 0)
    remarks.push({
      kind: "workload",
      text: `${nothing.map(({ name }) => name).join(", ")}: nothing is read under any key. The conditions lie outside of the sampled rows (a sample that is older than the query's now()?), or the query is answered without reading.`,
      from: "sample",
    });
  if (definition.projections.length > 0)
    remarks.push({
      kind: "key",
      text: `The table's projections (${definition.projections.join(", ")}) were not built: queries that use them read less today than is shown.`,
      from: "schema",
    });
  events.progress("measuring partitions");
  remarks.push(...(await partitionRemarks(context)));
  // Sizes of made-up values say nothing.
  if (!context.synthetic) {
    events.progress("weighing types and codecs");
    remarks.push(...(await columnRemarks(lab, definition, best.orderBy, rows, total)));
  }
  return remarks;
}
