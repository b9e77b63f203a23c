import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { ConfigError, type ConfigProblem } from "../../config/config-error.ts";
import type { Cluster } from "../../model/clickhouse/cluster.ts";
import type { CheckOptions } from "../options.ts";

/** The topology of each environment that names a cluster file. @throws ConfigError where one cannot be used */
export async function loadClusters(options: CheckOptions): Promise<ReadonlyMap<string, Cluster>> {
  const byPath = new Map<string, Cluster>();
  const clusters = new Map<string, Cluster>();
  for (const { name, cluster } of options.config.environments) {
    if (cluster === null) continue;
    const path = resolve(options.config.root, cluster);
    const read = byPath.get(path) ?? (await readCluster(path, relative(options.cwd, path).replaceAll("\\", "/") || path));
    byPath.set(path, read);
    clusters.set(name, read);
  }
  return clusters;
}

async function readCluster(path: string, shown: string): Promise<Cluster> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw wrong(shown, [
      { span: null, setting: "", message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`, help: "" },
    ]);
  }
  const { readYaml } = await import("../../config/read-yaml.ts");
  const read = readYaml(shown, text, /^\s*\{/.test(text) ? "json" : "yaml");
  if ("errors" in read)
    throw wrong(
      shown,
      read.errors.map((error) => ({ ...error, setting: "" })),
    );
  // The reader of shapes is loaded by whoever has a cluster file: it is a fifth of a check's time.
  const { clusterFile } = await import("./cluster-schema.ts");
  const result = clusterFile.safeParse(read.value);
  if (!result.success) {
    throw wrong(
      shown,
      result.error.issues.map((issue) => ({
        span: read.span(issue.path, "value"),
        setting: issue.path.map(String).join("."),
        message: issue.message.charAt(0).toLowerCase() + issue.message.slice(1),
        help: "docs/formats.md shows a cluster file",
      })),
    );
  }
  return { file: shown, ...result.data };
}

function wrong(shown: string, problems: readonly ConfigProblem[]): ConfigError {
  return new ConfigError(`the cluster file ${shown}`, problems.slice(0, 10));
}
