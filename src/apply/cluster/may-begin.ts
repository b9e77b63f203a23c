import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import { isReplicated, keeperAnswers, preflight, type PreflightResult } from "./preflight.ts";
import type { Reach } from "./reach.ts";
import { onHost } from "./stops.ts";
import { WalkStopped } from "./trouble.ts";

/** Asks every host whether the plan may begin or go on there. @throws WalkStopped with everything that forbids it */
export async function mayBegin(
  plan: ClusterPlan,
  reach: Reach,
  walk: { readonly begun: boolean; readonly say: (results: readonly PreflightResult[]) => void },
): Promise<void> {
  const results = (await Promise.all(reach.present().map((host) => onHost(host, reach, () => preflight(host, plan))))).flatMap(
    (one) => one ?? [],
  );
  // Rows that cannot be sent are what a flush, or the recovery of the plan, is for: it looks at them itself.
  const flushes = plan.steps.some(({ action }) => action.kind === "flush");
  const settled = results.map((one) =>
    one.severity === "stop" && one.check === "distribution queue" && flushes && walk.begun ? { ...one, severity: "warning" as const } : one,
  );
  const replicated: PreflightResult[] = [];
  for (const host of reach.present()) {
    const tables = new Set(plan.steps.flatMap(({ role, object }) => (role === "local" && object !== null ? [object] : [])));
    for (const table of tables) {
      if (!(await isReplicated(host, table)) || (await keeperAnswers(host))) continue;
      replicated.push({
        host: host.name,
        check: "keeper",
        severity: "stop",
        message: `Keeper does not answer, and ${table} is replicated`,
        help: "an ALTER would fail with 242 or 999: bring Keeper back",
      });
      break;
    }
  }
  const all = [...settled, ...replicated];
  walk.say(all);
  const stops = all.filter(({ severity }) => severity === "stop");
  if (stops.length > 0)
    throw new WalkStopped(
      `${stops.length === 1 ? "one thing forbids" : `${stops.length} things forbid`} to begin: ${stops.map(({ host, message }) => `${host}: ${message}`).join("; ")}`,
      [...new Set(stops.map(({ help }) => help).filter((help) => help !== ""))].join("; "),
      4,
    );
}
