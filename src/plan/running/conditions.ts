import type { ReleaseRecord, StagedDrop } from "../../model/release.ts";
import { liveIn, type ServingPlace, wasDeployed } from "../../review/releases/live.ts";
import { longDate } from "../../text/date.ts";
import type { Condition, DeployStep, Phase, Plan } from "../types.ts";
import type { PhaseProgress, PlanProgress } from "./progress.ts";

/** Whether a condition holds in one environment, and what is missing where it does not. */
export interface Judged {
  readonly condition: Condition;
  readonly holds: boolean;
  /** Why it holds, or what is still to be done, a sentence each. */
  readonly because: readonly string[];
}

export interface ConditionContext {
  readonly plan: Plan;
  readonly progress: PlanProgress;
  readonly place: ServingPlace;
  /** Null: nothing is on record. */
  readonly record: ReleaseRecord | null;
  readonly now: Date;
  /** The releases that serve, with the migrations that each of them carries (null: not known); null: nothing is known of them. */
  readonly carriers: (() => Promise<ReadonlyMap<string, ReadonlySet<string> | null> | null>) | null;
  /** `public.person.email`: whether nothing that serves uses it; null where nothing tells. */
  readonly unused: (what: string) => Promise<StagedDrop | null>;
}

/** What was live when a deploy was reached is remembered with it: `live: v1.42`. */
const LIVE = "live: ";

/** For the ledger: the releases that serve at this moment. */
export function liveNow(record: ReleaseRecord | null, place: ServingPlace, now: Date): readonly string[] {
  if (record === null) return [];
  return liveIn(record, place, now)
    .releases.filter((release) => place.supports !== null || wasDeployed(release.environments.get(place.name), now))
    .map(({ name }) => `${LIVE}${name}`);
}

/** The conditions of a phase, each judged. */
export async function judgeConditions(phase: Phase, context: ConditionContext): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  for (const condition of phase.opens) judged.push({ condition, ...(await judge(condition, phase, context)) });
  return judged;
}

async function judge(condition: Condition, phase: Phase, context: ConditionContext): Promise<Omit<Judged, "condition">> {
  switch (condition.when) {
    case "released":
      return await released(condition.step, context);
    case "unused": {
      const drop = await context.unused(condition.what);
      if (drop === null)
        return missing(
          `nothing is on record as live in ${context.place.name}, so nobody can tell what still uses ${condition.what}: \`tread release add NAME --environment ${context.place.name}\``,
        );
      return {
        holds: drop.verdict === "droppable",
        because: drop.verdict === "droppable" ? [drop.sentence] : [drop.sentence, ...drop.missing],
      };
    }
    case "waited":
      return waited(condition.hours, phase, context);
    default:
      return condition satisfies never;
  }
}

function missing(...because: readonly string[]): Omit<Judged, "condition"> {
  return { holds: false, because };
}

async function released(step: string, context: ConditionContext): Promise<Omit<Judged, "condition">> {
  const { plan, progress, place, record, now } = context;
  const phase = progress.phases.find(({ steps }) => steps.some((one) => one.step.name === step));
  const at = phase?.steps.find((one) => one.step.name === step);
  if (at?.entry == null) return await carried(step, phase, context);
  const does = deployOf(plan, step)?.code.join("; ") ?? step;
  if (record === null || record.releases.length === 0)
    return missing(
      `no release is on record: record the one that does this (${does}): \`tread release add NAME --environment ${place.name}\``,
    );
  const since = at.entry.startedAt;
  const before = new Set(at.entry.accepted.filter((text) => text.startsWith(LIVE)).map((text) => text.slice(LIVE.length)));
  const live = liveIn(record, place, now).releases;
  const old = live.filter(({ name }) => before.has(name));
  const fresh = live.filter(({ name, environments }) => {
    if (before.has(name)) return false;
    const deployment = environments.get(place.name);
    if (place.supports === null && !wasDeployed(deployment, now)) return false;
    // A day has no hour: one that is recorded as of the day of the deploy counts.
    return deployment === undefined || deployment.live.slice(0, 10) >= since.toISOString().slice(0, 10);
  });
  const stale = live.filter(
    (release) => !old.includes(release) && !fresh.includes(release) && wasDeployed(release.environments.get(place.name), now),
  );
  const because = [
    ...(fresh.length > 0
      ? []
      : [
          `no release has gone live in ${place.name} since ${longDate(since.toISOString().slice(0, 10))}: release one that does this (${does}), then \`tread release add NAME --environment ${place.name}\``,
        ]),
    ...[...old, ...stale].map(({ name }) =>
      place.supports === null
        ? `${name} still serves: \`tread release retire ${name} --environment ${place.name}\` when its last server is gone`
        : `${name} is still supported: raise \`supports\` above it`,
    ),
  ];
  if (because.length > 0) return missing(...because);
  return { holds: true, because: [`${fresh.map(({ name }) => name).join(", ")} went live after it, and what served before is retired`] };
}

/** Where the project's own tool ran the phase, the releases that serve show it: they carry the migrations that belong to the deploy. */
async function carried(
  step: string,
  phase: PhaseProgress | undefined,
  { progress, carriers }: ConditionContext,
): Promise<Omit<Judged, "condition">> {
  const reached = phase !== undefined && (phase.state === "done" || progress.phases.indexOf(phase) < progress.at);
  if (!reached) return missing(`the deploy ${step} has not been reached yet`);
  const ids = phase.steps.flatMap(({ through }) => through ?? []);
  const live = ids.length === 0 || carriers === null ? null : await carriers();
  if (live === null || live.size === 0)
    return missing(
      `nothing shows when the deploy ${step} was reached, so nobody can tell what was released after it: \`tread apply\` of the plan writes it down`,
    );
  const without = [...live].filter(([, has]) => !ids.every((id) => has?.has(id) === true)).map(([name]) => name);
  if (without.length > 0)
    return missing(...without.map((name) => `${name} still serves, and does not carry ${ids.at(-1) ?? ""}: it was made before`));
  return { holds: true, because: [`${[...live.keys()].join(", ")} carry ${ids.at(-1) ?? ""}`] };
}

function deployOf(plan: Plan, name: string): DeployStep | null {
  for (const { steps } of plan.phases) for (const step of steps) if (step.kind === "deploy" && step.name === name) return step;
  return null;
}

function waited(hours: number, phase: Phase, { progress, now }: ConditionContext): Omit<Judged, "condition"> {
  const index = progress.phases.findIndex((one) => one.phase === phase);
  const ended = progress.phases[index - 1]?.endedAt ?? null;
  if (ended === null) return missing("the phase before it has not ended yet");
  const opens = ended.getTime() + hours * 3_600_000;
  if (opens <= now.getTime())
    return { holds: true, because: [`the phase before it ended ${ended.toISOString().slice(0, 16).replace("T", " ")} UTC`] };
  return missing(
    `${hours} h after the phase before it ended: not before ${new Date(opens).toISOString().slice(0, 16).replace("T", " ")} UTC`,
  );
}
