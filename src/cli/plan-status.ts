import type { CheckOptions } from "../check/options.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Judged } from "../plan/running/conditions.ts";

/** Where a plan stands in one environment. */
export interface PlanStatus {
  readonly plan: string;
  readonly file: string;
  readonly environment: string;
  readonly phases: readonly {
    readonly name: string;
    readonly state: "waiting" | "open" | "closed" | "begun" | "done";
    readonly endedAt: Date | null;
    /** Ids of the migrations that were written for it, with whether they ran. */
    readonly migrations: readonly { readonly id: string; readonly applied: boolean }[];
  }[];
  /** Name of the phase that is next; null: the plan is done. */
  readonly phase: string | null;
  /** What opens it. */
  readonly opens: readonly Judged[];
  /** Why the plan cannot go on at all: edited after it began, unreadable. */
  readonly trouble: string | null;
}

/** Every plan of the project, as the ledger and the migrations that were written for it have it. */
export async function planStatuses(options: CheckOptions, entries: readonly LedgerEntry[]): Promise<readonly PlanStatus[]> {
  const { carriersNow, emittedSteps, planFiles } = await import("../check/plan-files.ts");
  const files = await planFiles(options);
  if (files.length === 0) return [];
  const [{ readPlanFile }, { progressOf }, { judgeConditions }, { unusedNow }, { withReleases }, { stepKey }] = await Promise.all([
    import("../plan/format/file.ts"),
    import("../plan/running/progress.ts"),
    import("../plan/running/conditions.ts"),
    import("../check/apply-plan.ts"),
    import("../check/releases.ts"),
    import("../plan/ledger-names.ts"),
  ]);
  const known = await withReleases(options);
  const emitted = await emittedSteps(known, entries);
  const [environment] = known.config.environments;
  const place = { name: environment?.name ?? "default", supports: environment?.supports ?? null };
  const statuses: PlanStatus[] = [];
  for (const file of files) {
    let plan;
    try {
      plan = await readPlanFile(file, file);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      statuses.push({ plan: file, file, environment: place.name, phases: [], phase: null, opens: [], trouble: message });
      continue;
    }
    if (plan.database !== "postgres") continue;
    const own = emitted.get(plan.name) ?? new Map();
    const applied = new Map([...own].flatMap(([key, one]) => (one.applied && !one.looks ? [[key, one.migration.id] as const] : [])));
    const progress = progressOf(plan, entries, applied);
    const phase = progress.phases[progress.at] ?? null;
    const edited = [...progress.edited, ...progress.unknown];
    const opens =
      phase === null
        ? []
        : await judgeConditions(phase.phase, {
            plan,
            progress,
            place,
            record: known.onRecord?.record ?? null,
            now: known.onRecord?.now ?? new Date(),
            carriers: async () => await carriersNow(known),
            unused: async (what) => await unusedNow(what, known),
          });
    const closed = opens.some(({ holds }) => !holds);
    statuses.push({
      plan: plan.name,
      file,
      environment: place.name,
      phases: progress.phases.map((one, i) => ({
        name: one.phase.name,
        state: i < progress.at ? "done" : i > progress.at ? "waiting" : closed ? "closed" : one.state === "begun" ? "begun" : "open",
        endedAt: one.endedAt,
        migrations: one.phase.steps.flatMap(({ name }) => {
          const written = own.get(stepKey(one.phase.name, name));
          return written === undefined ? [] : [{ id: written.migration.id, applied: written.applied }];
        }),
      })),
      phase: phase?.phase.name ?? null,
      opens,
      trouble: edited.length === 0 ? null : `edited after it began: ${edited.join(", ")} ran from another text of it`,
    });
  }
  return statuses;
}

/** For people, a few lines each. */
export function planLines(statuses: readonly PlanStatus[]): readonly string[] {
  return statuses.flatMap(({ plan, file, environment, phases, phase, opens, trouble }) => {
    if (trouble !== null) return [`plan ${plan}: ${trouble}`];
    if (phase === null) return [`✓ plan ${plan}: done in ${environment}`];
    const at = phases.findIndex(({ name }) => name === phase);
    const state = phases[at]?.state ?? "waiting";
    const written = phases[at]?.migrations ?? [];
    const waiting = written.filter(({ applied }) => !applied).map(({ id }) => id);
    return [
      `… plan ${plan}: phase ${at + 1} of ${phases.length}, ${phase}: ${state === "closed" ? "not open" : state} in ${environment}`,
      ...opens.flatMap(({ condition, holds, because }) => [
        `    ${holds ? "✓" : "·"} ${condition.sentence}`,
        ...(holds ? [] : because.map((text) => `        missing: ${text}`)),
      ]),
      waiting.length === 0
        ? `    next: tread apply ${file}`
        : `    next: its migrations are written and have not run here: ${waiting.join(", ")}`,
    ];
  });
}
