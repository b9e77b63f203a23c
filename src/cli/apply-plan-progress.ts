import type { LastingSession } from "../apply/lasting.ts";
import type { Emitted } from "../check/plan-files.ts";
import { stepKey } from "../plan/ledger-names.ts";
import type { Judged } from "../plan/running/conditions.ts";
import type { PhaseProgress, PlanProgress } from "../plan/running/progress.ts";
import type { PlanRun } from "./apply-plan-run.ts";

/** @throws PlanTrouble for a plan that was edited after it began */
export async function progressNow(run: PlanRun, session: LastingSession): Promise<PlanProgress> {
  const [{ readLedger }, { progressOf }] = await Promise.all([
    import("../ledger/postgres/ledger.ts"),
    import("../plan/running/progress.ts"),
  ]);
  const { emittedSteps } = await import("../check/plan-files.ts");
  const entries = await readLedger(session.current().runner);
  const emitted = (await emittedSteps(run.options, entries)).get(run.plan.name) ?? new Map<string, Emitted>();
  const progress = progressOf(run.plan, entries, appliedOf(emitted));
  await refuseEdited(run, progress);
  await refuseEmitted(run, progress, emitted);
  return progress;
}

function appliedOf(emitted: ReadonlyMap<string, Emitted>): ReadonlyMap<string, string> {
  return new Map([...emitted].flatMap(([key, { applied, looks, migration }]) => (applied && !looks ? [[key, migration.id] as const] : [])));
}

/** What is written for another tool and has not run yet would run twice. @throws PlanTrouble */
async function refuseEmitted({ plan }: PlanRun, { phases, at }: PlanProgress, emitted: ReadonlyMap<string, Emitted>): Promise<void> {
  const phase = phases[at];
  if (phase === undefined) return;
  const waiting = phase.steps.flatMap(({ step, done }) => {
    const written = emitted.get(stepKey(phase.phase.name, step.name));
    return done || written === undefined || written.applied || written.looks ? [] : [written.migration];
  });
  const [first] = waiting;
  if (first === undefined) return;
  const { PlanTrouble } = await import("../plan/trouble.ts");
  const tool = first.source === "django" ? "Django" : (first.layout ?? first.source);
  throw new PlanTrouble(
    `phase ${phase.phase.name} of ${plan.name} is written as migrations: ${waiting.map(({ path }) => path).join(", ")}; run here as well, it would run twice`,
    `${first.source === "django" ? "run them: python manage.py migrate" : `run them with ${tool}, or with \`tread apply\` of their folder`}; or delete them where they have run nowhere, and run this again`,
  );
}

/** @throws PlanTrouble */
export async function refuseEdited({ plan, file }: PlanRun, { edited, unknown }: PlanProgress): Promise<void> {
  if (edited.length === 0 && unknown.length === 0) return;
  const { PlanTrouble } = await import("../plan/trouble.ts");
  throw new PlanTrouble(
    `${file}: ${plan.name} was edited after it began: ${[...edited, ...unknown].join(", ")} ran from another text of it`,
    `restore the file as it was (git log -- ${file}); or take back what ran, with the old text: tread apply ${file} --down; then plan anew under another name`,
    3,
  );
}

export async function judgePhase(run: PlanRun, progress: PlanProgress, { phase }: PhaseProgress): Promise<readonly Judged[]> {
  if (phase.opens.length === 0) return [];
  const [{ judgeConditions }, { unusedNow }, { carriersNow }] = await Promise.all([
    import("../plan/running/conditions.ts"),
    import("../check/apply-plan.ts"),
    import("../check/plan-files.ts"),
  ]);
  const { options, plan } = run;
  const [environment] = options.config.environments;
  return await judgeConditions(phase, {
    plan,
    progress,
    place: { name: environment?.name ?? "default", supports: environment?.supports ?? null },
    record: options.onRecord?.record ?? null,
    now: options.onRecord?.now ?? new Date(),
    carriers: async () => await carriersNow(options),
    unused: async (what) => await unusedNow(what, options),
  });
}
