import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { LastingSession } from "../apply/lasting.ts";
import type { ApplyEvents } from "../apply/run.ts";
import type { ApplyPlan } from "../check/apply.ts";
import type { Emitted } from "../check/plan-files.ts";
import type { Migration } from "../model/migration.ts";
import { ledgerSource, stepKey } from "../plan/ledger-names.ts";
import type { Judged } from "../plan/running/conditions.ts";
import type { PhaseProgress, PlanProgress, StepProgress } from "../plan/running/progress.ts";
import type { ApproveStep, Plan, VerifyStep, WaitStep } from "../plan/types.ts";
import { type ApplyFlags, applyOptions, confirm, context, limitsOf, type Options, refusal, refuseUnadopted, whoAmI } from "./apply.ts";
import { PHASE_NOT_OPEN, boundaryText, endText, planRunText } from "./apply-plan-output.ts";
import { EXIT } from "./exit-codes.ts";
import { createProgress, type Progress } from "./progress.ts";
import { version } from "./version.ts";

/** A plan with everything around it that does not change while it runs. */
export interface PlanRun {
  readonly plan: Plan;
  /** As people call it. */
  readonly file: string;
  readonly migrations: readonly Migration[];
  readonly options: Options;
  readonly flags: ApplyFlags;
}

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

/** @throws PlanTrouble, ConfigError */
async function planRun(file: string, flags: ApplyFlags): Promise<PlanRun> {
  const [{ readPlanFile }, { PlanTrouble }, { migrationsOf }, { withReleases }] = await Promise.all([
    import("../plan/format/file.ts"),
    import("../plan/trouble.ts"),
    import("../check/apply-plan.ts"),
    import("../check/releases.ts"),
  ]);
  const plan = await readPlanFile(file, file);
  if (plan.database !== "postgres")
    throw new PlanTrouble(
      `${file}: for ClickHouse, and tread apply runs plans on Postgres`,
      "its hosts are walked one by one: `tread cluster --help`",
    );
  if (flags.only !== undefined) throw new PlanTrouble("--only: a plan's steps run in their order", "--to PHASE stops after a phase");
  const asked = await applyOptions([], flags);
  const options: Options = { ...(await withReleases(asked)), target: asked.target };
  const migrations = await migrationsOf(plan, { shown: file, text: readFileSync(file, "utf8") }, options);
  return { plan, file, migrations, options, flags };
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

/** @throws PlanTrouble for a plan that was edited after it began */
async function progressNow(run: PlanRun, session: LastingSession): Promise<PlanProgress> {
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

/** @returns an exit code when it ended before the phase did */
async function runPhase(
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

/** @returns an exit code when it ended before the step did */
async function runOther(
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

/** Ctrl-C ends it after the step or batch that is running; a second one at once. */
export function interrupts(progress: Progress): { readonly signal: AbortSignal; readonly done: () => void } {
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) {
      process.stderr.write("stopped now; what was open is rolled back by the server. The same command goes on\n");
      process.exit(EXIT.stopped);
    }
    progress.update("stopping after this step (a backfill: after this batch); once more to stop now");
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: abort.signal,
    done: () => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
