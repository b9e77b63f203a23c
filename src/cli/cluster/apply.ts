import type { ClusterPlan, PlanFinding } from "../../model/clickhouse/cluster-plan.ts";
import { EXIT } from "../exit-codes.ts";
import { createProgress } from "../progress.ts";
import { findingText, judgedWalk } from "./judged.ts";
import { changeOnCluster, usage, type ClusterChange, type WalkFlags } from "./walk-plan.ts";

export interface ClusterApplyFlags extends WalkFlags {
  readonly dryRun: boolean;
  readonly format: string;
  readonly yes: boolean;
  readonly accept: readonly { readonly rule: string; readonly migration: string }[];
  readonly reason?: string;
  /** Hash of a plan that was seen, where no review policy asks for more. */
  readonly approved?: string;
  readonly pause?: boolean;
  readonly abort?: boolean;
  readonly endUndoWindow?: boolean;
  readonly undo?: boolean;
  /** Milliseconds. */
  readonly maxInsert?: number;
}

/**
 * `tread apply` on a ClickHouse cluster.
 * @returns 0 done · 1 findings or no approval · 2 usage · 4 stopped, the same command goes on · 5 a person has to look
 */
export async function clusterApplyCommand(paths: readonly string[], flags: ClusterApplyFlags): Promise<number> {
  if (flags.accept.length > 0 && (flags.reason ?? "").trim() === "")
    throw usage("--accept", "what is accepted needs a reason", "--accept host-unreachable:ch-4 --reason 'ch-4 is being rebuilt'");
  const change = await changeOnCluster(paths, flags);
  const { plan, begun } = change;
  const { clusterPlanText } = await import("../../plan/cluster/text.ts");
  if (flags.pause === true || flags.abort === true) return await halt(change, flags);
  if (flags.undo === true) return await undoKeyChange(change);
  if (flags.endUndoWindow === true && begun === null)
    throw usage("--end-undo-window", "no plan is under way there", "tread plan --cluster shows what is pending");
  if (flags.dryRun) process.stdout.write(flags.format === "json" ? `${JSON.stringify(plan, null, 2)}\n` : clusterPlanText(plan));
  const left = plan.findings.filter((finding) => finding.severity === "error" && !isAccepted(finding, flags));
  if (left.length > 0 && begun === null) {
    for (const { rule, message, help } of left) process.stderr.write(`error ${rule}: ${message}\n  help: ${help}\n`);
    return left.some(({ rule }) => rule === "host-unreachable") ? EXIT.incomplete : EXIT.findings;
  }
  if (plan.steps.length === 0) {
    if (!flags.dryRun) {
      for (const { severity, rule, message } of plan.findings) process.stderr.write(`${severity} ${rule}: ${message}\n`);
      const trouble = plan.migrations.length > 0 ? await answered(() => recordNothing(change)) : null;
      if (trouble !== null) return trouble;
      process.stdout.write(
        plan.migrations.length === 0
          ? "nothing is pending\n"
          : `${plan.migrations.map(({ id }) => id).join(", ")}: the hosts are so already\n`,
      );
    }
    return EXIT.ok;
  }
  const unsafe = begun === null ? await judged(change, flags) : null;
  if (unsafe !== null) return unsafe;
  const refusal = begun === null ? await unapproved(change, flags) : null;
  if (refusal !== null) {
    process.stderr.write(refusal);
    return flags.dryRun ? EXIT.ok : EXIT.findings;
  }
  if (flags.dryRun) return EXIT.ok;
  // What stands behind an undo window goes when somebody says so.
  const window = plan.steps.find(({ action }) => action.kind === "undo-window")?.number ?? Number.POSITIVE_INFINITY;
  const taking = plan.steps.filter(
    ({ number, phase, role, undo }) => number < window && phase === "contract" && role === "local" && undo.kind !== "nothing",
  );
  if (taking.length > 0 && begun === null && !flags.yes) {
    process.stderr.write(
      `this cannot be taken back:\n${taking.map(({ number, object, effect }) => `  ${number}. ${object ?? ""}: ${effect}\n`).join("")}`,
    );
    process.stderr.write("  help: run it again with --yes when that is meant\n");
    return EXIT.usage;
  }
  return await walk(change, flags);
}

async function walk({ plan, hosts, begun, waiting }: ClusterChange, flags: ClusterApplyFlags): Promise<number> {
  const [{ walkCluster }, { asStop }, { WalkStopped }, { BUSY_LIMITS }] = await Promise.all([
    import("../../apply/cluster/walk.ts"),
    import("../../apply/cluster/stops.ts"),
    import("../../apply/cluster/trouble.ts"),
    import("../../apply/cluster/throttle.ts"),
  ]);
  const progress = createProgress(process.stderr);
  const abort = new AbortController();
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.stopped);
    progress.update("stopping before the next statement; once more to stop now (a statement that was sent goes on at its server)");
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const print = (line: string): void => {
    progress.end();
    process.stdout.write(`${line}\n`);
  };
  const acceptances = flags.accept.map(({ rule, migration }) => `${rule}:${migration}`);
  const by = `${process.env["USER"] ?? process.env["LOGNAME"] ?? "somebody"}${acceptances.length === 0 ? "" : ` (accepted ${acceptances.join(", ")}: ${flags.reason ?? ""})`}`;
  if (begun !== null) print(`going on with the plan ${plan.hash.slice(0, 12)}, begun ${begun.begunAt} by ${begun.by}`);
  try {
    const report = await walkCluster({
      plan,
      hosts,
      by,
      signal: abort.signal,
      ...(flags.endUndoWindow === true ? { endUndoWindow: true } : {}),
      ...(flags.maxInsert === undefined ? {} : { limits: { busy: { ...BUSY_LIMITS, insertMs: flags.maxInsert } } }),
      events: {
        step: (step, of) => progress.update(`${step.number} of ${of}: ${step.object ?? ""} ${step.effect}`),
        ran: (step, host, how, ms) =>
          print(
            `${step.number} ${how === "ran" ? "ran  " : "found"} ${host}  ${step.object ?? ""}: ${step.effect}  ${how === "ran" ? `${ms} ms` : ""}`.trimEnd(),
          ),
        say: (message) => progress.update(message),
        preflight: (results) => {
          for (const { host, check, severity, message, help } of results)
            if (severity !== "note") print(`${severity} ${host} ${check}: ${message}${help === "" ? "" : ` (${help})`}`);
        },
      },
    });
    progress.end();
    process.stdout.write(`done: ${report.ran} statements ran, ${report.found} were applied already (${report.lock})\n`);
    for (const { host, steps } of report.pending)
      process.stderr.write(`${host} is down and lacks step ${steps.join(", ")}: the same command brings it there\n`);
    if (waiting.length > 0)
      process.stderr.write(
        `that was ${plan.migrations.map(({ id }) => id).join(", ")}, which was under way; ${waiting.join(", ")} has not run: tread plan --cluster ${waiting.join(" ")} shows it now\n`,
      );
    return report.pending.length > 0 || waiting.length > 0 ? EXIT.stopped : EXIT.ok;
  } catch (error) {
    progress.end();
    const stopped = asStop(error);
    if (!(stopped instanceof WalkStopped)) throw error;
    process.stderr.write(`stopped: ${stopped.message}\n${stopped.help === "" ? "" : `  help: ${stopped.help}\n`}`);
    return stopped.exitCode;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

/** `tread apply --undo`: a key as it was before. */
async function undoKeyChange({ plan, begun, hosts }: ClusterChange): Promise<number> {
  if (begun === null) throw usage("--undo", "no plan is under way there", "tread plan --cluster shows what is pending");
  const [{ undoKeyWalk }, { asStop }, { WalkStopped }] = await Promise.all([
    import("../../apply/cluster/rekey/undo.ts"),
    import("../../apply/cluster/stops.ts"),
    import("../../apply/cluster/trouble.ts"),
  ]);
  const progress = createProgress(process.stderr);
  try {
    const report = await undoKeyWalk({
      plan,
      hosts,
      by: process.env["USER"] ?? process.env["LOGNAME"] ?? "somebody",
      say: (message) => progress.update(message),
    });
    progress.end();
    process.stdout.write(
      `undone: ${report.swapped} hosts have swapped back, the copy is dropped on every host${report.broughtToTable === 0 ? "" : `; ${report.broughtToTable} rows of inserts that met the swap were brought over`}\n`,
    );
    return EXIT.ok;
  } catch (error) {
    progress.end();
    const stopped = asStop(error);
    if (!(stopped instanceof WalkStopped)) throw error;
    process.stderr.write(`stopped: ${stopped.message}\n  help: ${stopped.help}\n`);
    return stopped.exitCode;
  }
}

function isAccepted({ rule, migration, message }: PlanFinding, { accept }: ClusterApplyFlags): boolean {
  // What cannot be planned is not there to be run.
  if (rule === "cannot-plan") return false;
  return accept.some((one) => one.rule === rule && ((migration ?? "").startsWith(one.migration) || message.includes(one.migration)));
}

/** What a check finds in the statements that will be sent. @returns an exit code when it must not run */
async function judged(change: ClusterChange, flags: ClusterApplyFlags): Promise<number | null> {
  const { findings, unknown } = await judgedWalk(change);
  const accepted = (rule: string, id: string | null): boolean =>
    flags.accept.some((one) => one.rule === rule && (id === null || id === one.migration || id.startsWith(`${one.migration}_`)));
  const left = findings.filter(({ rule, migration }) => !accepted(rule, migration));
  for (const finding of left) process.stderr.write(findingText(finding));
  if (left.length > 0) return EXIT.findings;
  if (unknown.length === 0 || accepted("unknown", null) || accepted("opaque-code", null)) return null;
  for (const reason of unknown) process.stderr.write(`unknown: ${reason}\n`);
  process.stderr.write(
    `  help: what is not understood is not run; --accept unknown:${change.plan.migrations[0]?.id ?? ""} --reason '…' where somebody has judged it\n`,
  );
  return EXIT.incomplete;
}

/** @returns why it must not run, or null */
async function unapproved({ plan, options, migrations, cluster }: ClusterChange, flags: ClusterApplyFlags): Promise<string | null> {
  const policy = cluster.config.policy.review;
  if (flags.approved !== undefined) {
    if (policy.length > 0)
      return `--approved counts only where no review policy stands: \`tread approve ID --cluster\` records who has seen this plan\n`;
    return plan.hash.startsWith(flags.approved) && flags.approved.length >= 12
      ? null
      : `the plan that was approved (${flags.approved.slice(0, 12)}) is not this one (${plan.hash.slice(0, 12)}): what the hosts hold, the topology, or the migration has changed since\n  help: tread plan --cluster shows it\n`;
  }
  const [{ planGate }, { readApprovals }, { pathBelow }] = await Promise.all([
    import("../../review/approvals/plan-gate.ts"),
    import("../../review/approvals/approval.ts"),
    import("../../review/approvals/gate.ts"),
  ]);
  const { approvals, bad } = await readApprovals(options.config.root);
  const input = { config: cluster.config, approvals, bad, forge: [] };
  const lines: string[] = [];
  for (const { id, path, hash } of plan.migrations) {
    const migration = migrations.find((one) => one.id === id);
    const gate = planGate(
      input,
      {
        id,
        path: pathBelow(options.config.root, options.cwd, path),
        database: "clickhouse",
        hash: migration?.hash ?? hash,
        kinds: new Set(["clickhouse"]),
        objects: [],
        isNew: true,
        environments: plan.environment === null ? [] : [plan.environment],
        span: null,
      },
      { hash: plan.hash, topology: plan.topology, environment: plan.environment },
    );
    if (gate.approved) continue;
    lines.push(
      `${id} has no approval of this plan (${plan.hash.slice(0, 12)})${gate.refused.length === 0 ? "" : `: ${gate.refused.join("; ")}`}`,
    );
  }
  if (lines.length === 0) return null;
  const environment = plan.environment === null ? "" : ` --environment ${plan.environment}`;
  return `${lines.join("\n")}\n  help: tread approve ${plan.migrations[0]?.id ?? "ID"} --cluster${environment}${policy.length === 0 ? `; or, without a review policy, --approved ${plan.hash.slice(0, 16)}` : ""}\n`;
}

/** The hosts are so already: the migrations count as applied from now on. */
async function recordNothing({ plan, hosts }: ClusterChange): Promise<void> {
  const { ensureWalkLedger, recordPlan } = await import("../../apply/cluster/ledger.ts");
  for (const host of hosts.values()) {
    await ensureWalkLedger(host);
    await recordPlan(host, plan, "begun", "tread");
    await recordPlan(host, plan, "done", "tread");
  }
}

/** @returns an exit code where a host did not do it, which is said; null where all did */
async function answered(work: () => Promise<void>): Promise<number | null> {
  try {
    await work();
    return null;
  } catch (error) {
    const { HostTrouble } = await import("../../apply/cluster/host.ts");
    if (!(error instanceof HostTrouble)) throw error;
    process.stderr.write(`stopped: ${error.host}: ${error.message}\n  help: tread cluster status shows how it is; then the same command\n`);
    return EXIT.stopped;
  }
}

/** `--pause` and `--abort`: the walker that is at work reads it before its next statement. */
async function halt({ plan, begun, hosts }: ClusterChange, flags: ClusterApplyFlags): Promise<number> {
  if (begun === null) {
    process.stdout.write("no plan is under way\n");
    return EXIT.ok;
  }
  const [{ recordPlan, readEvents }, { positionOf }, { undoText }] = await Promise.all([
    import("../../apply/cluster/ledger.ts"),
    import("../../apply/cluster/position.ts"),
    import("../../plan/cluster/text.ts"),
  ]);
  const state = flags.abort === true ? "aborted" : "paused";
  const trouble = await answered(async () => {
    for (const host of hosts.values()) await recordPlan(host, plan, state, process.env["USER"] ?? "somebody");
  });
  if (trouble !== null) return trouble;
  if (state === "paused") {
    process.stdout.write(
      `paused: a walker stops before its next statement; tread apply --cluster goes on with ${plan.hash.slice(0, 12)}\n`,
    );
    return EXIT.ok;
  }
  process.stdout.write(`aborted: a walker stops before its next statement. What was applied stays, and works as it stands:\n`);
  const reached = new Map<string, number>();
  const unread = await answered(async () => {
    for (const host of hosts.values()) reached.set(host.name, (await positionOf(host, plan, await readEvents(host, plan.hash))).step ?? 0);
  });
  process.stdout.write(undone(plan, reached, undoText));
  return unread ?? EXIT.ok;
}

/** Per step, last first, what takes it back. */
function undone(
  plan: ClusterPlan,
  reached: ReadonlyMap<string, number>,
  undoText: (undo: ClusterPlan["steps"][number]["undo"]) => string | null,
): string {
  const lines: string[] = [];
  for (const { number, action, object, effect, undo } of plan.steps.toReversed()) {
    if (action.kind !== "statement") continue;
    const on = action.runs.flatMap(({ seenOn }) => seenOn.filter((host) => (reached.get(host) ?? 0) >= number));
    lines.push(
      on.length === 0
        ? `  ${number}. ${object ?? ""}: ${effect}: nowhere applied`
        : `  ${number}. ${object ?? ""}: ${effect}: applied on ${[...new Set(on)].join(", ")}; undo: ${undoText(undo) ?? "nothing to undo"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
