import type { LastingSession } from "../apply/lasting.ts";
import { stepKey } from "../plan/ledger-names.ts";
import type { Plan } from "../plan/types.ts";
import { type ApplyFlags, limitsOf, refusal, refuseUnadopted } from "./apply.ts";
import { PHASE_NOT_OPEN, boundaryText, endText, planRunText } from "./apply-plan-output.ts";
import { runPhase } from "./apply-plan-phase.ts";
import { judgePhase, progressNow, refuseEdited } from "./apply-plan-progress.ts";
import { planRun, type PlanRun } from "./apply-plan-run.ts";
import { EXIT } from "./exit-codes.ts";
import { interrupts } from "./interrupts.ts";
import { createProgress, type Progress } from "./progress.ts";
import { version } from "./version.ts";

/** `tread apply plans/x.yaml`: runs the phases that are open, and stops at the next deploy. */
export async function applyPlanCommand(file: string, flags: ApplyFlags): Promise<number> {
  const run = await planRun(file, flags);
  if (flags.down) return await (await import("./apply-plan-down.ts")).takeBack(run);
  const [{ openForApply }, { lasting }, { failure }] = await Promise.all([
    import("../apply/session.ts"),
    import("../apply/lasting.ts"),
    import("./apply-output.ts"),
  ]);
  if (flags.dryRun) return await dryRun(run);
  const progress = createProgress(process.stderr);
  const stopping = interrupts(progress);
  const session = lasting(await openForApply(run.options.target));
  try {
    await refuseUnadopted(session.current().runner, run.options, run.options.target, []);
    refuseMajor(run.plan, session.current().major, file);
    return await runPhases(run, session, progress, stopping.signal);
  } catch (error) {
    progress.end();
    const told = failure(error);
    if (told === null) throw error;
    process.stderr.write(told.text);
    return told.exitCode;
  } finally {
    await session.close();
    stopping.done();
  }
}

async function runPhases(run: PlanRun, session: LastingSession, progress: Progress, signal: AbortSignal): Promise<number> {
  const { plan, file, flags } = run;
  const last = await phaseAsked(run);
  let ran = 0;
  for (;;) {
    const at = await progressNow(run, session);
    const phase = at.phases[at.at];
    if (phase === undefined) {
      process.stdout.write(endText(plan, ran));
      return EXIT.ok;
    }
    if (last !== null && at.at > last) {
      process.stdout.write(
        `phase ${plan.phases[last]?.name ?? ""} of ${plan.name} is done; --to asks for no more. Go on with: tread apply ${file}\n`,
      );
      return EXIT.ok;
    }
    const judged = await judgePhase(run, at, phase);
    const closed = judged.filter(({ holds }) => !holds);
    const overruled = flags.accept.some(({ rule, migration }) => rule === PHASE_NOT_OPEN && migration === phase.phase.name);
    if (closed.length > 0 && !overruled) {
      const early = ran === 0 || last !== null;
      (early ? process.stderr : process.stdout).write(boundaryText(run, phase, closed, ran, early));
      return last !== null ? EXIT.findings : ran > 0 ? EXIT.ok : EXIT.stopped;
    }
    const code = await runPhase(run, phase, session, progress, signal, closed.length > 0);
    if (code !== null) return code;
    ran++;
  }
}

/** Index of the phase that `--to` names; null without. @throws PlanTrouble */
async function phaseAsked({ plan, flags }: PlanRun): Promise<number | null> {
  const { to } = flags;
  if (to === undefined) return null;
  const index = plan.phases.findIndex(({ name }, i) => name === to || String(i + 1) === to);
  if (index !== -1) return index;
  const { PlanTrouble } = await import("../plan/trouble.ts");
  throw new PlanTrouble(`--to ${to}: ${plan.name} has no such phase`, `its phases: ${plan.phases.map(({ name }) => name).join(", ")}`);
}

/** @throws PlanTrouble */
function refuseMajor(plan: Plan, major: number, file: string): void {
  if (plan.majors.length === 0 || plan.majors.includes(major)) return;
  const error = new Error(`${file} was made for PostgreSQL ${plan.majors.join(", ")}, and this server is ${major}`);
  throw Object.assign(error, {
    help: `plan it for this one too: tread plan ${plan.change} --postgres ${major}`,
    exitCode: EXIT.incomplete,
  });
}

/** What each phase would do, which are open, and why. Changes nothing. */
async function dryRun(run: PlanRun): Promise<number> {
  const [{ connectTo }, { readLedger }, { progressOf }, { judgeSteps }, { lossesOf }] = await Promise.all([
    import("../engines/postgres/introspect/connect.ts"),
    import("../ledger/postgres/ledger.ts"),
    import("../plan/running/progress.ts"),
    import("../check/apply-plan.ts"),
    import("../apply/losses.ts"),
  ]);
  const { options, plan, flags } = run;
  const client = await connectTo(options.target, { settings: { default_transaction_read_only: "on" }, connectTimeoutMs: 15_000 });
  try {
    await refuseUnadopted(client, options, options.target, []);
    const entries = await readLedger(client);
    const progress = progressOf(plan, entries);
    await refuseEdited(run, progress);
    const phase = progress.phases[progress.at];
    const conditions = phase === undefined ? [] : await judgePhase(run, progress, phase);
    const keys = new Set((phase?.steps ?? []).filter(({ done }) => !done).map(({ step }) => stepKey(phase?.phase.name ?? "", step.name)));
    const own = run.migrations.filter(({ id }) => keys.has(id));
    const accept = flags.accept.map((one) => ({ ...one, reason: (flags.reason ?? "").trim() }));
    const judged = own.length === 0 ? null : await judgeSteps(plan, own, entries, accept, options, version());
    const losses = judged === null ? [] : await lossesOf(client, judged.irreversible);
    process.stdout.write(await planRunText(run, progress, conditions, judged, losses, limitsOf(flags)));
    return judged === null ? EXIT.ok : ((await refusal(judged, flags)) ?? EXIT.ok);
  } finally {
    await client.end();
  }
}
