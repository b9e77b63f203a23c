import type { Finding } from "../../model/report.ts";
import { version } from "../version.ts";
import type { ClusterChange } from "./walk-plan.ts";

/** What `tread check` says of the statements that a walk sends, on the schema that the hosts hold now. */
export interface Judged {
  readonly findings: readonly Finding[];
  /** What was not understood, in words. */
  readonly unknown: readonly string[];
}

export async function judgedWalk({ plan, cluster, options, sources, migrations }: ClusterChange): Promise<Judged> {
  // A key that is said in words stands in no file, and the plan has judged it.
  if (!plan.migrations.some(({ id }) => migrations.some((one) => one.id === id))) return { findings: [], unknown: [] };
  // The old server stands for replication in tests only, and its catalogue cannot be judged.
  if (cluster.dialect === "old" || plan.steps.length === 0) return { findings: [], unknown: [] };
  const { judgeWalk } = await import("../../check/clickhouse/of-walk.ts");
  return await judgeWalk(plan, cluster.live.targets, options, sources, version());
}

export function findingText({ severity, rule, message, span, migration, help }: Finding): string {
  return `${severity} ${rule}: ${message}\n  at ${span === null ? (migration ?? "") : `${span.file}:${span.line}`}\n  help: ${help}\n  or, where it is meant: --accept ${rule}:${migration ?? ""} --reason '…'\n`;
}
