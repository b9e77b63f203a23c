import type { ClusterPlan, ClusterStep, StepRun, Undo } from "../../model/clickhouse/cluster-plan.ts";

/** Steps × hosts × statements, with what each does, why it stands there, how long it may take, and what undoes it. */
export function clusterPlanText(plan: ClusterPlan): string {
  const lines: string[] = [];
  const statements = plan.steps.reduce((sum, { action }) => sum + (action.kind === "statement" ? action.runs.length : 0), 0);
  const where = plan.environment === null ? "" : ` for ${plan.environment}`;
  lines.push(
    `${plan.migrations.map(({ id }) => id).join(", ") || "nothing is pending"}${where}: ${counted(plan.steps.length, "step")}, ${counted(statements, "statement")} on ${counted(plan.hosts.filter(({ reached }) => reached).length, "host")}`,
  );
  for (const step of plan.steps) lines.push("", ...stepText(step));
  const known = plan.steps.flatMap(({ work, action }) =>
    work.milliseconds === null ? [] : [work.milliseconds * (action.kind === "statement" ? action.runs.length : 1)],
  );
  if (known.length > 0)
    lines.push("", `all together about ${duration(known.reduce((a, b) => a + b, 0))} (an estimate), one host after the other`);
  if (plan.findings.length > 0) lines.push("");
  for (const { severity, rule, message, help } of plan.findings)
    lines.push(`${severity} ${rule}: ${message}`, ...(help === "" ? [] : [`  help: ${help}`]));
  lines.push("", `plan ${plan.hash}`, `topology ${plan.topology}`);
  return `${lines.join("\n")}\n`;
}

function stepText(step: ClusterStep): readonly string[] {
  const { number, phase, role, object, action, effect, why, work, undo, from, recovery } = step;
  const lines = [`${number}. ${phase} ${role}${object === null ? "" : ` ${object}`}: ${effect}`];
  switch (action.kind) {
    case "statement":
      for (const [sql, runs] of bySql(action.runs)) lines.push(`   ${sql}`, `     ${runs.map(placeOf).join("; ")}`);
      break;
    case "flush":
      for (const table of new Set(action.queues.map((queue) => queue.table)))
        lines.push(
          `   SYSTEM FLUSH DISTRIBUTED ${table}`,
          `     on ${action.queues.flatMap((queue) => (queue.table === table ? [queue.host] : [])).join(", ")}`,
        );
      break;
    case "wait-for-queries":
    case "parts-hold":
    case "copy-rows":
    case "compare-rows":
    case "undo-window":
    case "send-probe":
      lines.push(`     on ${action.hosts.join(", ")}`);
      break;
    default:
      action satisfies never;
  }
  lines.push(`   why: ${why}`);
  for (const one of step.requires) lines.push(`   only if: ${requirement(one)}`);
  const cost = work.milliseconds === null ? null : `about ${duration(work.milliseconds)} a host (an estimate)`;
  const bytes = work.bytes === null ? null : `${size(work.bytes)} read and written again on the largest replica`;
  if (work.kind !== "none")
    lines.push(`   takes: ${[cost, bytes].filter((part) => part !== null).join(", ") || "as long as its parts need: no size is known"}`);
  const back = undoText(undo);
  if (back !== null) lines.push(`   undo: ${back}`);
  if (recovery.length > 0) lines.push(`   if rows turn out to be stuck: ${recovery.join("; ")}`);
  lines.push(from === null ? "   derived by tread" : `   from ${from.file}:${from.line}`);
  return lines;
}

function bySql(runs: readonly StepRun[]): ReadonlyMap<string, readonly StepRun[]> {
  const map = new Map<string, StepRun[]>();
  for (const run of runs) map.set(run.sql, [...(map.get(run.sql) ?? []), run]);
  return map;
}

function placeOf({ hosts, replicated, shard }: StepRun): string {
  if (!replicated) return `on ${hosts.join(", ")}`;
  return `${shard === null ? "once" : `shard ${shard}, once`}: on ${hosts.join(" or ")}`;
}

function requirement(one: ClusterStep["requires"][number]): string {
  switch (one.kind) {
    case "column-on":
      return `${one.table} has ${one.columns.join(", ")} on ${one.hosts.join(", ")}`;
    case "no-column-on":
      return `${one.table} has no ${one.columns.join(", ")} any more on ${one.hosts.join(", ")}`;
    case "table-on":
      return `${one.table} exists on ${one.hosts.join(", ")}`;
    case "no-view-names":
      return `${one.view} sends no ${one.columns.join(", ")} any more on ${one.hosts.join(", ")}`;
    case "queue-empty":
      return `${one.arriving === true ? "what is queued can be sent" : "nothing is queued, and nothing failed"}: ${one.queues.map(({ host, table }) => `${table} on ${host}`).join(", ")}`;
    default:
      return one satisfies never;
  }
}

export function undoText(undo: Undo): string | null {
  switch (undo.kind) {
    case "statement":
      return `${undo.sql}${undo.note === null ? "" : ` (${undo.note})`}`;
    case "forward-only":
      return `none, forward only: ${undo.why}`;
    case "kill-mutation":
      return `KILL MUTATION on ${undo.table}; parts that are rewritten stay so`;
    case "nothing":
      return null;
    default:
      return undo satisfies never;
  }
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function duration(ms: number): string {
  if (ms < 1000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}
