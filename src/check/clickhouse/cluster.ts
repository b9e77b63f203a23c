import { relative, resolve } from "node:path";
import { loadClusterFile } from "../../config/cluster/load.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { CheckOptions } from "../options.ts";

/** The topology of each environment that names a cluster file. @throws ConfigError where one cannot be used */
export async function loadClusters(options: CheckOptions): Promise<ReadonlyMap<string, Cluster>> {
  const byPath = new Map<string, Cluster>();
  const clusters = new Map<string, Cluster>();
  for (const { name, cluster } of options.config.environments) {
    if (cluster === null) continue;
    const path = resolve(options.config.root, cluster);
    const read = byPath.get(path) ?? (await loadClusterFile(path, relative(options.cwd, path).replaceAll("\\", "/") || path));
    byPath.set(path, read);
    clusters.set(name, read);
  }
  return clusters;
}
