import type { Report } from "../../model/report.ts";
import { forDatabase, loadSources } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";

/**
 * A rehearsal on a Postgres clone (`--on`) or of a command (`-- …`) runs nothing on ClickHouse: its report says so where the project has ClickHouse
 * migrations, and how they are rehearsed.
 * @param how what the rehearsal ran: `--on` or the command
 */
export async function withUnrehearsedClickHouse(report: Report, options: CheckOptions, how: string): Promise<Report> {
  const { migrations } = forDatabase(await loadSources(options), "clickhouse");
  if (report.rehearsal === null || migrations.length === 0) return report;
  const several = migrations.length !== 1;
  const limit = `${migrations.length} ClickHouse ${several ? "migrations were" : "migration was"} not rehearsed: ${how} is about Postgres alone; \`tread rehearse\` without it runs ${several ? "them" : "it"} on the embedded ClickHouse`;
  return { ...report, rehearsal: { ...report.rehearsal, limits: [...report.rehearsal.limits, limit] } };
}
