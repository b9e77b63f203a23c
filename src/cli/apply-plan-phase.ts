import type { LastingSession } from "../apply/lasting.ts";
import type { ApplyEvents } from "../apply/run.ts";
import type { ApplyPlan } from "../check/apply.ts";
import { ledgerSource, stepKey } from "../plan/ledger-names.ts";
import type { PhaseProgress, StepProgress } from "../plan/running/progress.ts";
import { confirm, context, refusal, whoAmI } from "./apply.ts";
import { PHASE_NOT_OPEN } from "./apply-plan-output.ts";
import type { PlanRun } from "./apply-plan-run.ts";
import { runOther } from "./apply-plan-steps.ts";
import type { Progress } from "./progress.ts";
import { version } from "./version.ts";

/** @returns an exit code when it ended before the phase did */
export async function runPhase(
  run: PlanRun,
  phase: PhaseProgress,
  session: LastingSession,
  progress: Progress,
  signal: AbortSignal,
  overruled: boolean,
): Promise<number | null> {
  const { plan, flags, options } = run;
  const [{ readLedger }, { ensureLedger }, { judgeSteps }, { createPrinter }] = await Promise.all([
    import("../ledger/postgres/ledger.ts"),
    import("../ledger/postgres/schema.ts"),
    import("../check/apply-plan.ts"),
    import("./apply-output.ts"),
  ]);
  const left = phase.steps.filter(({ done }) => !done);
  const keys = new Set(left.map(({ step }) => stepKey(phase.phase.name, step.name)));
  const own = run.migrations.filter(({ id }) => keys.has(id));
  const entries = await readLedger(session.current().runner);
  const accept = flags.accept.map((one) => ({ ...one, reason: (flags.reason ?? "").trim() }));
  const judged = own.length === 0 ? null : await judgeSteps(plan, own, entries, accept, options, version());
  if (judged !== null) {
    const refused = await refusal(judged, flags);
    if (refused !== null) return refused;
    const asksLater = left.some(({ step }) => step.kind === "approve");
    const agreed = asksLater ? null : await confirm(judged, session.current().runner, flags);
    if (agreed !== null) return agreed;
  }
  await ensureLedger(session.current().runner);
  process.stdout.write(`phase ${phase.phase.name}: ${phase.phase.summary}\n`);
  const printer = createPrinter(process.stdout, progress);
  const reasons = overruled ? [`${PHASE_NOT_OPEN}: ${(flags.reason ?? "").trim()}`] : [];
  for (let at = 0; at < left.length;) {
    const group = sqlGroup(left, at);
    if (group.length > 0) {
      await runSql(run, phase, group, judged, session, reasons, { ...printer.events, signal });
      at += group.length;
      continue;
    }
    const one = left[at];
    if (one === undefined) break;
    const code = await runOther(run, phase, one, judged, session, progress, signal, reasons);
    if (code !== null) return code;
    at++;
  }
  progress.end();
  if (own.length > 0) process.stdout.write(printer.summary());
  return null;
}

/** Steps that send SQL, one after the other. */
function sqlGroup(steps: readonly StepProgress[], from: number): readonly StepProgress[] {
  let to = from;
  while (steps[to]?.step.kind === "migrate" || steps[to]?.step.kind === "backfill") to++;
  return steps.slice(from, to);
}

async function runSql(
  run: PlanRun,
  { phase }: PhaseProgress,
  group: readonly StepProgress[],
  judged: ApplyPlan | null,
  session: LastingSession,
  reasons: readonly string[],
  events: ApplyEvents,
): Promise<void> {
  if (judged === null) return;
  const [{ runUnits }, { beginMigration, endMigration }, { planHash }] = await Promise.all([
    import("../apply/run.ts"),
    import("../ledger/postgres/ledger.ts"),
    import("../plan/hash.ts"),
  ]);
  const ids = new Set(group.map(({ step }) => stepKey(phase.name, step.name)));
  const units = judged.units.filter(({ parts }) => parts.some(({ migration }) => ids.has(migration.id)));
  const base = context(judged, run.flags, session.current().user);
  await runUnits(session.current(), units, { ...base, acceptedOf: (id) => [...base.acceptedOf(id), ...reasons] }, events);
  // All of its statements ran before, and it was killed before that was written down.
  const withUnits = new Set(units.flatMap(({ parts }) => parts.map(({ migration }) => migration.id)));
  for (const id of ids) {
    if (withUnits.has(id)) continue;
    const key = { source: ledgerSource(run.plan.name), migration: id };
    const { runner, user } = session.current();
    await beginMigration(runner, key, { hash: planHash(run.plan), tool: version(), by: whoAmI(user), accepted: reasons });
    await endMigration(runner, key, "done");
  }
}
