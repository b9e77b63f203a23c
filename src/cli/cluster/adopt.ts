import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { ConfigError } from "../../config/config-error.ts";
import { EXIT } from "../exit-codes.ts";
import { prepareOutput, writeOutput } from "../output-file.ts";
import { openCluster, type ClusterFlags } from "./open.ts";

export interface AdoptFlags extends ClusterFlags {
  readonly output?: string;
  /** True without the flag, false with --no-baseline. */
  readonly baseline: string | boolean;
  readonly force: boolean;
}

/**
 * `tread cluster adopt`: a cluster file and a baseline from what the hosts say. Overwrites nothing unless told to.
 * @returns 0, 3 when a host could not be read: nothing is written then
 * @throws ConfigError, DatabaseTrouble
 */
export async function clusterAdoptCommand(flags: AdoptFlags): Promise<number> {
  const { config, environment, file, live, dialect } = await openCluster(flags, true);
  const output = flags.output ?? relativeTo(config.root, environment?.cluster ?? join("clickhouse", "cluster.yaml"));
  const baseline =
    flags.baseline === false ? null : typeof flags.baseline === "string" ? flags.baseline : join(dirname(output), "baseline.sql");
  for (const path of [output, ...(baseline === null ? [] : [baseline])]) {
    if (existsSync(resolve(process.cwd(), path)) && !flags.force)
      throw new ConfigError("the command line", [
        {
          span: null,
          setting: "--output",
          message: `${path} is there already`,
          help: "--force overwrites it; --output and --baseline write elsewhere",
        },
      ]);
    prepareOutput(path);
  }
  const [{ readCatalogues }, { withLost }, { clusterFileOf }, { baselineOf }] = await Promise.all([
    import("../../engines/clickhouse/topology/read.ts"),
    import("../../engines/clickhouse/topology/live.ts"),
    import("../../engines/clickhouse/topology/adopt.ts"),
    import("../../engines/clickhouse/topology/baseline.ts"),
  ]);
  const { catalogues, lost } = await readCatalogues(live, { connections: flags.connections, dialect });
  const topology = withLost(live.topology, lost);
  const unreached = topology.hosts.filter(({ reach }) => reach.state !== "reached");
  for (const { name, reach } of unreached)
    process.stderr.write(`${name}: ${reach.state === "unreachable" ? `${reach.reason}\n  ${reach.help}` : "was not asked"}\n`);
  if (unreached.length > 0) {
    process.stderr.write("nothing was written: a host that was not read is not adopted\n");
    return EXIT.incomplete;
  }
  const { text, notes } = await clusterFileOf(topology, catalogues, environment?.name ?? null, file);
  writeOutput(output, text);
  process.stderr.write(`wrote ${output}: ${topology.hosts.length} hosts, ${topology.clusters.length} clusters\n`);
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
  if (baseline !== null) {
    const schema = baselineOf(topology, catalogues);
    writeOutput(baseline, schema.sql);
    process.stderr.write(
      `wrote ${baseline}: ${schema.objects} objects (\`schema: ${baseline}\` on a source, or \`base:\` where migrations begin after it)\n`,
    );
    for (const note of schema.notes) process.stderr.write(`note: ${note}\n`);
  }
  if (environment !== null && environment.cluster === null)
    process.stderr.write(`say it in the config: environments.${environment.name}.cluster: ${output}\n`);
  return EXIT.ok;
}

function relativeTo(root: string, path: string): string {
  const absolute = resolve(root, path);
  const cwd = process.cwd();
  return absolute.startsWith(`${cwd}/`) ? absolute.slice(cwd.length + 1) : absolute;
}
