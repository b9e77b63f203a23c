import { readFileSync } from "node:fs";
import type { ClusterFile, ClusterFileHost } from "../../model/clickhouse/topology.ts";
import { fits, publishedSchema } from "../../scale/fits.ts";
import { ConfigError, type ConfigProblem } from "../config-error.ts";
import { isUnreadable } from "../located.ts";
import { problemsOf } from "../problems.ts";
import { contradictions } from "./contradictions.ts";
import type { RawCluster, RawHost } from "./schema.ts";

/**
 * Reads a cluster file (`tread.cluster/1`, YAML or JSON).
 * @param path absolute
 * @param shown the path as the reader knows it
 * @throws ConfigError with every problem and its line
 */
export async function loadClusterFile(path: string, shown: string): Promise<ClusterFile> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    throw wrong(shown, [{ span: null, setting: "", message, help: "`tread cluster adopt` writes one from a live cluster" }]);
  }
  return await readClusterFile(text, shown);
}

/** @throws ConfigError */
export async function readClusterFile(text: string, shown: string): Promise<ClusterFile> {
  const { readYaml } = await import("../read-yaml.ts");
  const read = readYaml(shown, text, /^\s*\{/.test(text) ? "json" : "yaml");
  if (isUnreadable(read))
    throw wrong(
      shown,
      read.errors.map((error) => ({ ...error, setting: "" })),
    );
  const schema = publishedSchema("cluster");
  if (!fits(schema, read.value)) {
    const issues = (await import("./schema.ts")).clusterIssues(read.value);
    if (issues.length > 0) throw wrong(shown, problemsOf(issues, read, () => schema).map(withoutCredentials));
  }
  const raw = read.value as RawCluster;
  const problems = contradictions(raw, read, text.split(/\r?\n/));
  if (problems.length > 0) throw wrong(shown, problems);
  return {
    file: shown,
    clusters: raw.clusters.map(({ name, keeper, shards }) => ({
      name,
      keeper: keeper == null ? null : { id: keeper.id, oldestNode: keeper.oldestNode ?? null },
      shards: shards.map((shard) => ({
        name: String(shard.name),
        weight: shard.weight ?? 1,
        internalReplication: shard.internalReplication ?? true,
        replicas: shard.replicas.map(hostOf),
      })),
    })),
    tables: (raw.tables ?? []).map((table) => ({
      name: table.name,
      kind: table.kind,
      roles: table.roles ?? [],
      family: table.family ?? null,
      columnsOnlyHere: table.columnsOnlyHere ?? [],
    })),
    probes: (raw.probes ?? []).map((probe) => ({ ...probe, cleanUp: probe.cleanUp ?? [] })),
    environments: raw.environments ?? null,
  };
}

function hostOf(raw: RawHost): ClusterFileHost {
  return {
    host: raw.host,
    httpPort: raw.httpPort ?? null,
    nativePort: raw.nativePort ?? null,
    tls: raw.tls ?? false,
    roles: raw.roles ?? [],
    macros: Object.fromEntries(Object.entries(raw.macros ?? {}).map(([macro, value]) => [macro, String(value)])),
    serverUuid: raw.serverUuid ?? null,
  };
}

/** A user or a password in the file is the one mistake that must not be answered with a list of known keys. */
function withoutCredentials(problem: ConfigProblem): ConfigProblem {
  return /\.(?:user|username|password|secret|url)$/i.test(problem.setting)
    ? {
        ...problem,
        message: "credentials do not stand in a cluster file",
        help: "they come from CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or per host from the file that TREAD_CLICKHOUSE_CREDENTIALS names",
      }
    : problem;
}

function wrong(shown: string, problems: readonly ConfigProblem[]): ConfigError {
  const more = problems.length - 10;
  const rest: ConfigProblem[] = more > 0 ? [{ span: null, setting: shown, message: `and ${more} more like these`, help: "" }] : [];
  return new ConfigError(`the cluster file ${shown}`, [...problems.slice(0, 10), ...rest]);
}
