import { ledgerSource, stepKey } from "../plan/ledger-names.ts";
import type { PhaseProgress, PlanProgress, StepProgress } from "../plan/running/progress.ts";
import { confirm, context, refusal, refuseUnadopted, rehearsed } from "./apply.ts";
import { refuseEdited } from "./apply-plan-progress.ts";
import type { PlanRun } from "./apply-plan-run.ts";
import { EXIT } from "./exit-codes.ts";
import { interrupts } from "./interrupts.ts";
import { createProgress } from "./progress.ts";
import { version } from "./version.ts";

/**
 * `tread apply plans/x.yaml --down`: back to the last boundary between two phases, or with `--to PHASE` to the end of that one. What
 * would be lost is counted and asked for before anything runs.
 */
export async function takeBack(run: PlanRun): Promise<number> {
  const { plan, file, options, flags } = run;
  const [{ openForApply }, { lasting }, { readLedger, endMigration }, { progressOf }, { planStepsBack }, { runUnits }, output] =
    await Promise.all([
      import("../apply/session.ts"),
      import("../apply/lasting.ts"),
      import("../ledger/postgres/ledger.ts"),
      import("../plan/running/progress.ts"),
      import("../check/apply-plan.ts"),
      import("../apply/run.ts"),
      import("./apply-output.ts"),
    ]);
  const progress = createProgress(process.stderr);
  const stopping = interrupts(progress);
  const session = lasting(await openForApply(options.target));
  try {
    await refuseUnadopted(session.current().runner, options, options.target, []);
    const entries = await readLedger(session.current().runner);
    const now = progressOf(plan, entries);
    await refuseEdited(run, now);
    const phases = await phasesBack(run, now);
    if (phases.length === 0) {
      process.stdout.write(`nothing of ${plan.name} is recorded that could be taken back\n`);
      return EXIT.ok;
    }
    const steps = phases.flatMap((phase) => phase.steps.filter(({ entry }) => entry !== null).map((one) => ({ ...one, phase })));
    await refuseWithoutBack(run, steps);
    const names = new Set(steps.map(({ phase, step }) => stepKey(phase.phase.name, step.name)));
    const only = run.migrations.filter(({ id, back }) => names.has(id) && back !== undefined).map(({ id }) => id);
    const accept = flags.accept.map((one) => ({ ...one, reason: (flags.reason ?? "").trim() }));
    let sent: ReadonlySet<string> = new Set();
    if (only.length > 0) {
      const back = await planStepsBack(run.migrations, only, entries, accept, options, version());
      const refused = (await refusal(back, flags)) ?? (await rehearsed(back, flags, (text) => progress.update(text)));
      progress.end();
      if (refused !== null) return refused;
      if (flags.dryRun) {
        const { lossesOf } = await import("../apply/losses.ts");
        const { limitsOf } = await import("./apply.ts");
        const losses = await lossesOf(session.current().runner, back.irreversible);
        process.stdout.write(output.planText(back, losses, limitsOf(flags)));
        return EXIT.ok;
      }
      const agreed = await confirm(back, session.current().runner, flags);
      if (agreed !== null) return agreed;
      const printer = output.createPrinter(process.stdout, progress);
      await runUnits(session.current(), back.units, context(back, flags, session.current().user), {
        ...printer.events,
        signal: stopping.signal,
      });
      progress.end();
      process.stdout.write(printer.summary());
      sent = new Set(back.units.flatMap(({ parts }) => parts.map(({ migration }) => migration.id)));
    } else if (flags.dryRun) return EXIT.ok;
    // What sent nothing, or leaves nothing to undo, is taken back by being said so.
    for (const { phase, step } of [...steps].reverse()) {
      const id = stepKey(phase.phase.name, step.name);
      if (!sent.has(id)) await endMigration(session.current().runner, { source: ledgerSource(plan.name), migration: id }, "undone");
    }
    const first = plan.phases.findIndex(({ name }) => name === phases[0]?.phase.name);
    const before = plan.phases[first - 1];
    process.stdout.write(
      `${plan.name} is taken back to ${before === undefined ? "where it began" : `the end of phase ${before.name}`}; to go on again: tread apply ${file}\n`,
    );
    return EXIT.ok;
  } catch (error) {
    progress.end();
    const told = output.failure(error);
    if (told === null) throw error;
    process.stderr.write(told.text);
    return told.exitCode;
  } finally {
    await session.close();
    stopping.done();
  }
}

/** Phases that have begun and are taken back, in the plan's order. @throws PlanTrouble */
async function phasesBack({ plan, flags }: PlanRun, { phases, at }: PlanProgress): Promise<readonly PhaseProgress[]> {
  const { to } = flags;
  const begun = phases.filter(({ steps }) => steps.some(({ entry }) => entry !== null));
  if (to === "nothing") return begun;
  if (to === undefined) {
    const current = phases[at]?.state === "begun" ? phases[at] : phases[at - 1];
    return current === undefined || !begun.includes(current) ? [] : [current];
  }
  const index = plan.phases.findIndex(({ name }, i) => name === to || String(i + 1) === to);
  if (index !== -1) return begun.filter((phase) => phases.indexOf(phase) > index);
  const { PlanTrouble } = await import("../plan/trouble.ts");
  throw new PlanTrouble(
    `--down --to ${to}: ${plan.name} has no such phase`,
    `--to PHASE takes back what comes after it, --to nothing everything; its phases: ${plan.phases.map(({ name }) => name).join(", ")}`,
  );
}

/** @throws PlanTrouble that names every step without a way back, and why */
async function refuseWithoutBack({ plan }: PlanRun, steps: readonly StepProgress[]): Promise<void> {
  const stuck = steps.flatMap(({ step }) =>
    (step.kind === "migrate" || step.kind === "backfill") && !step.down.possible ? [`${step.name}: ${step.down.why}`] : [],
  );
  if (stuck.length === 0) return;
  const { PlanTrouble } = await import("../plan/trouble.ts");
  throw new PlanTrouble(
    `${plan.name} cannot be taken back: ${stuck.join("; ")}`,
    "nothing was run; what is gone comes back from a backup, or by a new migration",
  );
}
