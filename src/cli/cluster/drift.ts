import type { ExpectedSchema } from "../../check/clickhouse/expected.ts";
import type { DriftReport } from "../../engines/clickhouse/topology/drift/index.ts";
import type { Drift, DriftKind } from "../../model/clickhouse/drift.ts";
import type { Topology } from "../../model/clickhouse/topology.ts";
import { counted } from "../../text/numbers.ts";
import { visible } from "../../text/visible.ts";
import { EXIT } from "../exit-codes.ts";
import { openCluster, type ClusterFlags, type OpenCluster } from "./open.ts";

export interface DriftFlags extends ClusterFlags {
  readonly format: string;
  readonly repository: boolean;
  readonly appliedThrough?: string;
}

/**
 * `tread cluster drift`: what differs between hosts, from the cluster file and from the migrations, and what leads nowhere.
 * @returns 0, 1 on drift, 3 when a host could not be read
 * @throws ConfigError, DatabaseTrouble
 */
export async function clusterDriftCommand(paths: readonly string[], flags: DriftFlags): Promise<number> {
  const cluster = await openCluster(flags);
  const [{ loadClickHouse }, { readCatalogues }, { withLost }, { driftOf }] = await Promise.all([
    import("../../engines/clickhouse/index.ts"),
    import("../../engines/clickhouse/topology/read.ts"),
    import("../../engines/clickhouse/topology/live.ts"),
    import("../../engines/clickhouse/topology/drift/index.ts"),
  ]);
  const catalogues = await readCatalogues(cluster.live, { connections: flags.connections, dialect: cluster.dialect });
  const topology = withLost(cluster.live.topology, catalogues.lost);
  const expected = flags.repository ? await expectedSchema(paths, flags, cluster) : null;
  const live = { ...cluster.live, topology };
  const report = await driftOf(await loadClickHouse(), live, catalogues, expected?.state ?? null, cluster.dialect);
  const all = { ...report, notes: [...report.notes, ...(expected?.notes ?? [])] };
  const against = expected === null ? "no migrations: the hosts were compared with each other" : expected.because;
  process.stdout.write(flags.format === "json" ? json(cluster, topology, all, against) : text(topology, all, against));
  if (topology.hosts.some(({ reach }) => reach.state !== "reached")) return EXIT.incomplete;
  return report.drifts.length > 0 ? EXIT.findings : EXIT.ok;
}

async function expectedSchema(
  paths: readonly string[],
  flags: DriftFlags,
  { config, environment, live }: OpenCluster,
): Promise<ExpectedSchema | null> {
  if (paths.length === 0 && config.sources.length === 0) return null;
  const { expectedClickHouse } = await import("../../check/clickhouse/expected.ts");
  const [server] = live.servers.values();
  return await expectedClickHouse(
    {
      cwd: process.cwd(),
      config: environment === null ? config : { ...config, environments: [environment] },
      paths,
      base: null,
      appliedThrough: flags.appliedThrough ?? null,
      pathsDatabase: paths.length > 0 ? "clickhouse" : null,
      live: [],
    },
    server ?? null,
  );
}

function json({ environment, file }: OpenCluster, topology: Topology, report: DriftReport, against: string): string {
  const output = {
    format: "tread.cluster-drift/1",
    at: new Date().toISOString(),
    environment: environment?.name ?? null,
    clusterFile: file?.file ?? null,
    repository: against,
    hosts: topology.hosts.map(({ name, reach, roles }) => ({ name, roles, reach })),
    compared: report.compared,
    drift: report.drifts,
    notes: report.notes,
  };
  return `${JSON.stringify(output, null, 2)}\n`;
}

const TITLES: Readonly<Record<DriftKind, string>> = {
  topology: "hosts do not agree who is in the cluster",
  "cluster-file": "otherwise than the cluster file says",
  missing: "missing",
  definition: "defined in two ways",
  "replica-path": "paths in Keeper",
  dangling: "leads nowhere",
  "column-lost": "columns that are not passed on",
  repository: "otherwise than the migrations make it",
  "not-in-repository": "in no migration",
  "orphaned-path": "in Keeper and on no host",
};

function text(topology: Topology, { drifts, compared, notes }: DriftReport, against: string): string {
  const lines: string[] = [];
  const unreached = topology.hosts.filter(({ reach }) => reach.state !== "reached");
  for (const kind of Object.keys(TITLES) as DriftKind[]) {
    const own = drifts.filter((drift) => drift.kind === kind);
    if (own.length === 0) continue;
    lines.push(`${TITLES[kind]} (${own.length})`, ...own.flatMap(shown), "");
  }
  if (unreached.length > 0) {
    lines.push(`not read: ${counted(unreached.length, "host")} of ${topology.hosts.length}`);
    for (const { name, reach } of unreached) lines.push(`  ${name}: ${reach.state === "unreachable" ? reach.reason : "was not asked"}`);
    lines.push("");
  }
  for (const note of notes) lines.push(`note: ${note}`);
  lines.push(
    `${counted(topology.hosts.length - unreached.length, "host")}, ${counted(compared, "object")} compared: ${drifts.length === 0 ? "no drift" : counted(drifts.length, "difference")}`,
    against,
  );
  return `${lines.map((line) => visible(line)).join("\n")}\n`;
}

function shown({ message, details, help }: Drift): readonly string[] {
  return [`  ${message}`, ...details.map((detail) => `      ${detail}`), ...(help === "" ? [] : [`      → ${help}`])];
}
