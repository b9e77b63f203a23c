import type { Calibration, GrowthSize, MeasuredGrowth } from "../../model/growth.ts";
import { counted, grouped } from "../../text/numbers.ts";
import type { Lab } from "../run/lab.ts";
import type { ObservedStatement, RehearseInput } from "../types.ts";
import { calibrate } from "./calibrate.ts";
import { type Candidate, candidatesOf } from "./candidates.ts";
import { GrowthRun, type Measured } from "./run.ts";
import { tablesAt } from "./sizes.ts";

export interface Growth {
  readonly measured: readonly MeasuredGrowth[];
  readonly calibration: Calibration | null;
  readonly limits: readonly string[];
}

/** Repetitions at each size: two, so that an ordinary rehearsal stays below 20 s (bench/example.mjs). */
const REPEAT = 2;

/**
 * Runs what did work in proportion to a table again on databases of several sizes, alone on the server: everything before it too, so that
 * it meets the same state, and several times on copies of the same database.
 *
 * @param budgetMs what it should take at most: where the first size shows that it would take longer, smaller sizes are measured instead of
 *   larger ones, and that is said. Null: as long as it takes.
 */
export async function measureGrowth(
  lab: Lab,
  input: RehearseInput,
  observed: readonly ObservedStatement[],
  budgetMs: number | null,
  progress: (message: string) => void,
): Promise<Growth> {
  const limits: string[] = [];
  const { environment } = input;
  const all = candidatesOf(input.judged, observed, environment);
  const worth = new Set(tablesAt(environment, all, 1, 1).keys());
  const candidates = all.filter(({ table }) => worth.has(table));
  const asked = [...new Set(input.growth?.sizes ?? [])].sort((a, b) => a - b);
  const sizes = budgetMs === null ? asked : shared(asked, new Set(candidates.map(({ table }) => table)).size, limits);
  const largest = sizes.at(-1);
  if (candidates.length === 0 || largest === undefined) return { measured: [], calibration: null, limits };
  progress("measuring how fast this server writes and reads");
  const calibration = await calibrate(lab.server, lab.database, true);
  const run = new GrowthRun(lab, input, candidates, largest);
  const queue = [...sizes];
  const done = new Map<number, ReadonlyMap<string, Measured>>();
  for (let size = queue.shift(); size !== undefined; size = queue.shift()) {
    input.signal.throwIfAborted();
    progress(
      `how the cost grows: ${counted(candidates.length, "statement")} at ${grouped(size)} rows (${done.size + 1} of ${done.size + 1 + queue.length})`,
    );
    const began = Date.now();
    done.set(size, await run.at(size, input.growth?.repeat ?? REPEAT));
    const predicted = ((Date.now() - began) / size) * queue.reduce((sum, other) => sum + other, size);
    if (done.size > 1 || budgetMs === null || queue.length === 0 || predicted <= budgetMs) continue;
    const smaller = [Math.round(size / 4), Math.round(size / 2)];
    limits.push(
      `growth was measured at ${[...smaller, size].map(grouped).join(", ")} rows, because ${sizes.map(grouped).join(", ")} would have taken about ${Math.ceil(predicted / 1000)} s: --sizes ${sizes.join(",")} takes the time it needs`,
    );
    queue.splice(0, queue.length, ...smaller.reverse());
  }
  return {
    measured: candidates.flatMap((candidate) =>
      measuredOf(
        candidate,
        [...done.values()].flatMap((at) => at.get(candidate.key) ?? []),
      ),
    ),
    calibration,
    limits: [...limits, ...run.limits],
  };
}

/** Rows that are seeded for the smallest size, over all tables: about two seconds. */
const AT_ONCE = 200_000;

/** Many tables share the time that one would take. */
function shared(sizes: readonly number[], tables: number, limits: string[]): readonly number[] {
  const share = Math.min(1, AT_ONCE / Math.max(1, tables * (sizes[0] ?? 1)));
  if (share === 1) return sizes;
  const smaller = sizes.map((size) => Math.max(1000, Math.round((size * share) / 1000) * 1000));
  limits.push(
    `growth was measured at ${smaller.map(grouped).join(", ")} rows or fewer, because ${counted(tables, "table")} share the time: --sizes ${sizes.join(",")} takes the time it needs`,
  );
  return [...new Set(smaller)];
}

function measuredOf({ key, table, work, others }: Candidate, found: readonly Measured[]): MeasuredGrowth[] {
  const ordered = [...found].sort((a, b) => (a.met.get(table)?.rows ?? 0) - (b.met.get(table)?.rows ?? 0));
  const sizes = ordered.flatMap(({ met, runs }): GrowthSize[] => {
    const size = met.get(table);
    if (size === undefined || runs.length === 0) return [];
    const rounded = runs.map((ms) => Math.round(ms * 100) / 100);
    return [{ ...size, ms: Math.min(...rounded), runs: rounded }];
  });
  const also = others.map((other) => ({ table: other, rows: ordered.map(({ met }) => met.get(other)?.rows ?? 0) }));
  return sizes.length < 2 ? [] : [{ key, table, work, sizes, others: also }];
}
