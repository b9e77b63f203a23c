import type { ClusterPlan, ClusterStep, KeyMove, StepRun } from "../../../model/clickhouse/cluster-plan.ts";
import type { WalkHost } from "../host.ts";
import { WalkStopped } from "../trouble.ts";
import { hasSwapped } from "./differences.ts";

/** A shard of which some hosts have swapped and others have not: every row is in both tables of each, and which key a read meets varies. */
export interface HalfSwapped {
  readonly shard: string | null;
  readonly swapped: readonly string[];
  readonly left: readonly string[];
}

export function moveOf({ steps }: Pick<ClusterPlan, "steps">): KeyMove | null {
  for (const { action } of steps) if (action.kind === "copy-rows") return action.move;
  return null;
}

/** Runs of a step by shard; hosts without one stand alone. */
export function byShard(runs: readonly StepRun[]): readonly (readonly StepRun[])[] {
  const shards = new Map<string, StepRun[]>();
  for (const run of runs) {
    const key = run.shard ?? `host ${run.hosts[0] ?? ""}`;
    shards.set(key, [...(shards.get(key) ?? []), run]);
  }
  return [...shards.values()];
}

/** @throws HostTrouble, WalkStopped where a host of a shard that has begun does not answer */
export async function halfSwapped(
  step: ClusterStep,
  move: KeyMove,
  get: (name: string) => WalkHost | null,
): Promise<readonly HalfSwapped[]> {
  if (step.action.kind !== "statement") return [];
  const found: HalfSwapped[] = [];
  for (const runs of byShard(step.action.runs)) {
    const names = runs.flatMap(({ seenOn }) => seenOn);
    const [swapped, left, away]: [string[], string[], string[]] = [[], [], []];
    for (const name of names) {
      const host = get(name);
      if (host === null) away.push(name);
      else ((await hasSwapped(host, move)) ? swapped : left).push(name);
    }
    if (swapped.length > 0 && away.length > 0 && left.length === 0) {
      // Whether it has swapped is not known: it is asked when the step comes.
      continue;
    }
    if (swapped.length > 0 && left.length > 0) found.push({ shard: runs[0]?.shard ?? null, swapped, left });
  }
  return found;
}

export function half({ shard, swapped, left }: HalfSwapped): string {
  return `shard ${shard ?? ""} is half swapped: ${swapped.join(", ")} reads by the new key, ${left.join(", ")} by the old one; both have every row`;
}

/** None of a shard swaps before all of it answers. @throws WalkStopped */
export function allAnswer(runs: readonly StepRun[], step: ClusterStep, get: (name: string) => WalkHost | null): void {
  const away = runs.flatMap(({ seenOn }) => seenOn.filter((name) => get(name) === null));
  if (away.length === 0) return;
  throw new WalkStopped(
    `${away.join(", ")} does not answer, and the hosts of a shard swap back to back (step ${step.number})`,
    "nothing of this shard has swapped; bring it back, then run the same command",
    4,
  );
}
