import { setTimeout as sleep } from "node:timers/promises";
import type { LastingSession } from "../apply/lasting.ts";
import type { ApplyPlan } from "../check/apply.ts";
import { ledgerSource, stepKey } from "../plan/ledger-names.ts";
import type { PhaseProgress, StepProgress } from "../plan/running/progress.ts";
import type { ApproveStep, VerifyStep, WaitStep } from "../plan/types.ts";
import { confirm, limitsOf, whoAmI } from "./apply.ts";
import type { PlanRun } from "./apply-plan-run.ts";
import { EXIT } from "./exit-codes.ts";
import type { Progress } from "./progress.ts";
import { version } from "./version.ts";

/**
 * A step that sends no migration: a deploy, an approval, a question to the database, a wait.
 * @returns an exit code when it ended before the step did
 */
export async function runOther(
  run: PlanRun,
  { phase }: PhaseProgress,
  { step }: StepProgress,
  judged: ApplyPlan | null,
  session: LastingSession,
  progress: Progress,
  signal: AbortSignal,
  reasons: readonly string[],
): Promise<number | null> {
  if (step.kind === "migrate" || step.kind === "backfill") return null;
  const { plan, options } = run;
  const [{ beginMigration, endMigration }, { planHash }, { liveNow }] = await Promise.all([
    import("../ledger/postgres/ledger.ts"),
    import("../plan/hash.ts"),
    import("../plan/running/conditions.ts"),
  ]);
  const key = { source: ledgerSource(plan.name), migration: stepKey(phase.name, step.name) };
  const record = async (more: readonly string[]): Promise<void> => {
    const { runner, user } = session.current();
    await beginMigration(runner, key, { hash: planHash(plan), tool: version(), by: whoAmI(user), accepted: [...reasons, ...more] });
  };
  const done = async (): Promise<void> => await endMigration(session.current().runner, key, "done");
  switch (step.kind) {
    case "deploy": {
      const [environment] = options.config.environments;
      const place = { name: environment?.name ?? "default", supports: environment?.supports ?? null };
      await record(liveNow(options.onRecord?.record ?? null, place, new Date()));
      await done();
      process.stdout.write(`deploy: ${step.summary}\n${step.code.map((sentence) => `  - ${sentence}\n`).join("")}`);
      return null;
    }
    case "approve":
      return await approved(run, step, judged, session, async () => {
        await record([`approved: ${step.why}`]);
        await done();
      });
    case "verify":
      await record([]);
      await verified(step, run, session, async (error) => await endMigration(session.current().runner, key, "failed", error));
      await done();
      process.stdout.write(`✓ ${step.name}: ${step.summary}\n`);
      return null;
    case "wait":
      await record([]);
      await waited(step, run, session, progress, signal);
      await done();
      process.stdout.write(`✓ ${step.name}: ${step.summary}\n`);
      return null;
    default:
      return step satisfies never;
  }
}

async function approved(
  run: PlanRun,
  step: ApproveStep,
  judged: ApplyPlan | null,
  session: LastingSession,
  record: () => Promise<void>,
): Promise<number | null> {
  const { flags } = run;
  process.stderr.write(`${step.name}: ${step.summary}\n  ${step.why}\n`);
  if (judged !== null && judged.irreversible.length > 0) {
    const agreed = await confirm(judged, session.current().runner, flags);
    if (agreed !== null) return agreed;
  } else if (!flags.yes) {
    if (!process.stdin.isTTY || !process.stderr.isTTY) {
      process.stderr.write("  help: run it again with --yes when that is meant\n");
      return EXIT.usage;
    }
    const { createInterface } = await import("node:readline/promises");
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question("go on? (yes/no) ");
    terminal.close();
    if (!/^y(es)?$/i.test(answer.trim())) return EXIT.usage;
  }
  await record();
  return null;
}

/** @throws ApplyStopped (exit code 5) when a row came back, or the query fails */
async function verified(
  step: VerifyStep,
  { file }: PlanRun,
  session: LastingSession,
  failed: (error: string) => Promise<void>,
): Promise<void> {
  const { ApplyStopped } = await import("../apply/stopped.ts");
  const { runner } = session.current();
  let rows: number;
  try {
    await runner.query("BEGIN READ ONLY");
    rows = (await runner.query(step.sql)).rows.length;
  } catch (error) {
    await runner.query("ROLLBACK").catch(() => {});
    await failed(String(error));
    throw new ApplyStopped(
      `${step.name} could not be asked: ${error instanceof Error ? error.message : String(error)}`,
      `correct the plan's query in ${file}, or the database, and run the same command again`,
      5,
    );
  }
  await runner.query("ROLLBACK");
  if (rows === 0) return;
  await failed(step.otherwise);
  throw new ApplyStopped(`${step.name}: not so: ${step.summary}`, `${step.otherwise}; then run the same command again`, 5);
}

/** @throws ApplyStopped (exit code 4) when it has not come within `--lock-limit` */
async function waited(step: WaitStep, { flags }: PlanRun, session: LastingSession, progress: Progress, signal: AbortSignal): Promise<void> {
  const { ApplyStopped } = await import("../apply/stopped.ts");
  const until = Date.now() + limitsOf(flags).lockLimitMs;
  for (;;) {
    if ((await session.current().runner.query(step.until)).rows.length === 0) return;
    if (signal.aborted) throw new ApplyStopped(`stopped while waiting: ${step.summary}`, "run the same command again");
    if (Date.now() > until)
      throw new ApplyStopped(
        `still waiting after ${flags.lockLimit} s: ${step.summary}`,
        "run the same command again later, or with a longer --lock-limit",
      );
    progress.update(`waiting: ${step.summary}`);
    await sleep(500);
  }
}
