import { assess, type HostProblem } from "../../engines/clickhouse/topology/assess.ts";
import type { HostStatus } from "../../model/clickhouse/cluster-status.ts";
import type { HostReach, Topology } from "../../model/clickhouse/topology.ts";
import { counted } from "../../text/numbers.ts";
import { visible } from "../../text/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { openCluster, type ClusterFlags } from "./open.ts";
import { columns, hostsByShard, type PlacedHost } from "./shown.ts";

export interface StatusFlags extends ClusterFlags {
  readonly format: string;
}

/**
 * `tread cluster status`: every host by its own answer.
 * @returns 0, 1 when something is wrong, 3 when a host could not be read
 * @throws ConfigError, DatabaseTrouble
 */
export async function clusterStatusCommand(flags: StatusFlags): Promise<number> {
  const { environment, live, dialect } = await openCluster(flags);
  const [{ readStatuses }, { withLost }] = await Promise.all([
    import("../../engines/clickhouse/topology/read.ts"),
    import("../../engines/clickhouse/topology/live.ts"),
  ]);
  const { statuses, lost } = await readStatuses(live, { connections: flags.connections, dialect });
  const topology = withLost(live.topology, lost);
  const problems = assess(topology, statuses);
  process.stdout.write(
    flags.format === "json" ? json(environment?.name ?? null, topology, statuses, problems) : text(topology, statuses, problems),
  );
  if (topology.hosts.some(({ reach }) => reach.state !== "reached")) return EXIT.incomplete;
  return problems.some(({ severity }) => severity === "error") || topology.differences.length > 0 ? EXIT.findings : EXIT.ok;
}

function json(
  environment: string | null,
  topology: Topology,
  statuses: ReadonlyMap<string, HostStatus>,
  problems: readonly HostProblem[],
): string {
  const { clusters, hosts, differences } = topology;
  const report = {
    format: "tread.cluster-status/1",
    at: new Date().toISOString(),
    environment,
    clusters,
    hosts: hosts.map((host) => ({ ...host, status: statuses.get(host.name) ?? null })),
    differences,
    problems,
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function text(topology: Topology, statuses: ReadonlyMap<string, HostStatus>, problems: readonly HostProblem[]): string {
  const lines: string[] = [];
  for (const { title, hosts } of hostsByShard(topology)) {
    lines.push(title);
    lines.push(...columns(hosts.map((host) => row(host, statuses.get(host.host.name) ?? null, problems))).map((line) => `  ${line}`));
  }
  const unreached = topology.hosts.filter(({ reach }) => reach.state !== "reached");
  if (unreached.length > 0) {
    lines.push("", `not read: ${counted(unreached.length, "host")} of ${topology.hosts.length}`);
    for (const { name, reach } of unreached) lines.push(...unreachable(name, reach));
  }
  if (topology.differences.length > 0) {
    lines.push("", "what does not agree");
    for (const { message } of topology.differences) lines.push(`  ${message}`);
  }
  for (const severity of ["error", "warning"] as const) {
    const own = problems.filter((problem) => problem.severity === severity);
    if (own.length === 0) continue;
    lines.push("", severity === "error" ? counted(own.length, "error") : counted(own.length, "warning"));
    for (const { host, message, help } of own) lines.push(`  ${host}: ${message}`, `      ${help}`);
  }
  const notes = new Set([...statuses.values()].flatMap(({ notes: own }) => own));
  for (const note of notes) lines.push(`note: ${note}`);
  if (unreached.length === 0 && problems.length === 0 && topology.differences.length === 0)
    lines.push("", `${counted(topology.hosts.length, "host")}, nothing wrong`);
  return `${lines.map((line) => visible(line)).join("\n")}\n`;
}

function row({ host, place }: PlacedHost, status: HostStatus | null, problems: readonly HostProblem[]): readonly string[] {
  const { reach } = host;
  const own = problems.filter((problem) => problem.host === host.name && problem.severity === "error").length;
  const queue = status?.replicas.reduce((sum, replica) => sum + replica.queue, 0) ?? 0;
  return [
    place,
    host.name,
    reach.state === "reached" ? reach.version : "-",
    host.roles.join(","),
    reach.state !== "reached" ? "not read" : own > 0 ? counted(own, "error") : "ok",
    ...(status === null
      ? []
      : [
          status.keeper.state === "none" || status.keeper.state === "unknown" ? "" : `Keeper ${status.keeper.state}`,
          status.replicas.length === 0 ? "" : `${counted(status.replicas.length, "replicated table")}, ${queue} queued`,
          status.mutations.length === 0 ? "" : `${counted(status.mutations.length, "mutation")} under way`,
          status.distribution.length === 0
            ? ""
            : `${counted(
                status.distribution.reduce((sum, { files }) => sum + files, 0),
                "file",
              )} to distribute`,
        ].filter((cell) => cell !== "")),
  ];
}

function unreachable(name: string, reach: HostReach): readonly string[] {
  switch (reach.state) {
    case "unreachable":
      return [`  ${name}: ${reach.reason}`, `      ${reach.help}`];
    case "not-asked":
      return [`  ${name}: was not asked`];
    case "reached":
      return [];
    default:
      return reach satisfies never;
  }
}
