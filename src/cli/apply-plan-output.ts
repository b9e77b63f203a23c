import type { Loss } from "../apply/losses.ts";
import type { ApplyLimits } from "../apply/types.ts";
import type { ApplyPlan } from "../check/apply.ts";
import type { Judged } from "../plan/running/conditions.ts";
import type { PhaseProgress, PlanProgress } from "../plan/running/progress.ts";
import type { Plan } from "../plan/types.ts";
import type { PlanRun } from "./apply-plan-run.ts";

/** `--accept phase-not-open:contract --reason '…'`: a person knows that it may begin. */
export const PHASE_NOT_OPEN = "phase-not-open";

/** Where a run ends before the plan does. */
export function boundaryText(
  { plan, file, options, flags }: PlanRun,
  { phase }: PhaseProgress,
  closed: readonly Judged[],
  ran: number,
  early: boolean,
): string {
  const environment = flags.environment ?? options.config.environments[0]?.name ?? "";
  const lines = [
    early && ran === 0
      ? `phase ${phase.name} of ${plan.name} is not open yet${environment === "" ? "" : ` in ${environment}`}; nothing was run`
      : `stopped before phase ${phase.name} of ${plan.name}: it opens later${environment === "" ? "" : ` in ${environment}`}`,
    ...conditionLines(closed),
    `then: tread apply ${file}${flags.environment === undefined ? "" : ` --environment ${flags.environment}`}`,
  ];
  if (early) lines.push(`whoever knows better takes responsibility: --accept ${PHASE_NOT_OPEN}:${phase.name} --reason '…'`);
  return `${lines.join("\n")}\n`;
}

function conditionLines(conditions: readonly Judged[]): readonly string[] {
  return conditions.flatMap(({ condition, holds, because }) => [
    `  ${holds ? "✓" : "·"} ${condition.sentence}`,
    ...because.map((text) => `      ${holds ? "" : "missing: "}${text}`),
  ]);
}

export function endText(plan: Plan, ran: number): string {
  return ran === 0 ? `nothing is left to do: every phase of ${plan.name} is done\n` : `${plan.name} is done\n`;
}

/** What is done, what is open and what it would send, and what waits. */
export async function planRunText(
  { plan, options, flags }: PlanRun,
  progress: PlanProgress,
  conditions: readonly Judged[],
  judged: ApplyPlan | null,
  losses: readonly Loss[],
  limits: ApplyLimits,
): Promise<string> {
  const { planJson, planText } = await import("./apply-output.ts");
  if (flags.format === "json")
    return `${JSON.stringify(
      {
        format: "tread.plan-run/1",
        plan: plan.name,
        environment: options.config.environments[0]?.name ?? null,
        phases: progress.phases.map(({ phase, state, beganAt, endedAt }, i) => ({
          name: phase.name,
          state: i === progress.at ? (conditions.every(({ holds }) => holds) ? "open" : "closed") : state,
          beganAt,
          endedAt,
        })),
        conditions: conditions.map(({ condition, holds, because }) => ({ ...condition, holds, because })),
        next: judged === null ? null : (JSON.parse(planJson(judged, losses)) as unknown),
      },
      null,
      2,
    )}\n`;
  const lines: string[] = [];
  for (const [i, { phase, state, steps, endedAt }] of progress.phases.entries()) {
    const closed = i === progress.at && conditions.some(({ holds }) => !holds);
    const how =
      state === "done"
        ? `done${endedAt === null ? "" : ` ${endedAt.toISOString().slice(0, 16).replace("T", " ")}`}`
        : i > progress.at
          ? "waits for the one before it"
          : closed
            ? "not open"
            : state === "begun"
              ? "open, begun"
              : "open";
    lines.push(`${phase.name}: ${how}`);
    if (i === progress.at) {
      lines.push(...conditionLines(conditions));
      for (const { step, done } of steps) lines.push(`  ${done ? "✓" : "·"} ${step.kind} ${step.name}: ${step.summary}`);
    }
  }
  if (judged !== null) lines.push("", planText(judged, losses, limits).trimEnd());
  return `${lines.join("\n")}\n`;
}
