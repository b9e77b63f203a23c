import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { clickhouseUrl } from "../../config/database-url.ts";
import { loadClusterFile } from "../../config/cluster/load.ts";
import { ConfigError } from "../../config/config-error.ts";
import { selectEnvironments } from "../../config/environments.ts";
import { loadConfig } from "../../config/load.ts";
import type { EnvironmentConfig, ParsedConfig } from "../../config/parsed-config.ts";
import type { ClickHouseTarget } from "../../engines/clickhouse/introspect/index.ts";
import type { LiveTopology } from "../../engines/clickhouse/topology/live.ts";
import type { Dialect } from "../../engines/clickhouse/topology/queries.ts";
import type { ClusterFile } from "../../model/clickhouse/topology.ts";
import { credentialsFrom, type CredentialsOf } from "./credentials.ts";

export interface ClusterFlags {
  readonly clickhouseUrl: readonly string[];
  readonly config?: string;
  readonly environment?: string;
  readonly clusterFile?: string;
  readonly cluster?: readonly string[];
  readonly timeout: number;
  readonly connections: number;
}

/** A cluster that was asked who it is. */
export interface OpenCluster {
  readonly config: ParsedConfig;
  readonly environment: EnvironmentConfig | null;
  readonly file: ClusterFile | null;
  readonly live: LiveTopology;
  readonly dialect: Dialect;
}

/**
 * Finds and asks the hosts that the flags, the cluster file or the environment name.
 * @param adopting the cluster file that the environment names may have to be written first
 * @throws ConfigError, DatabaseTrouble when no host answers
 */
export async function openCluster(flags: ClusterFlags, adopting = false): Promise<OpenCluster> {
  const config = await loadConfig({ cwd: process.cwd(), adopting, ...(flags.config === undefined ? {} : { file: flags.config }) });
  const environment = environmentOf(config, flags);
  const path = flags.clusterFile === undefined ? (environment?.cluster ?? null) : resolve(process.cwd(), flags.clusterFile);
  const unwritten = adopting && flags.clusterFile === undefined && path !== null && !existsSync(resolve(config.root, path));
  const file = path === null || unwritten ? null : await clusterFile(config, path);
  if (file !== null && file.environments !== null && environment !== null && !file.environments.includes(environment.name)) {
    const message = `${file.file} is for ${file.environments.join(", ")}, not for ${environment.name}`;
    throw wrong("--environment", message, "a cluster file that serves several environments lists them under `environments`");
  }
  const credentials = await credentialsFrom(process.env);
  const [{ readClickHouseTarget }, { readTopology }, { hostsOfFile, reconcile }] = await Promise.all([
    import("../../engines/clickhouse/introspect/index.ts"),
    import("../../engines/clickhouse/topology/read.ts"),
    import("../../engines/clickhouse/topology/file.ts"),
  ]);
  const target = (url: string): ClickHouseTarget => readClickHouseTarget(loggedIn(url, credentials), process.env);
  const given = flags.clickhouseUrl.map(target);
  const hosts = file === null ? [] : hostsOfFile(file);
  const described = hosts.map(({ endpoint }) => likeGiven(endpoint, given) ?? target(endpoint));
  const named = [...described, ...given.filter((one) => !described.includes(one))];
  // One variable may name several hosts: separated by blanks or commas.
  const entries =
    named.length > 0
      ? named
      : clickhouseUrl(null, environment, process.env)
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(target);
  // A server from before 20.1 is no server to run: tests of replication declare it.
  const dialect: Dialect = process.env["TREAD_TEST_CLICKHOUSE_DIALECT"] === "old" ? "old" : "current";
  const live = await readTopology(entries, {
    timeoutSeconds: flags.timeout,
    connections: flags.connections,
    clusters: flags.cluster ?? (file === null ? null : file.clusters.map(({ name }) => name)),
    dialect,
    // With a cluster file its hosts are the hosts: another one is a difference, and where to ask it stands nowhere.
    ...(file === null ? {} : { reach: () => null }),
    login: credentials,
    nativePort: (endpoint) => hosts.find((host) => host.endpoint === endpoint)?.nativePort ?? null,
  });
  return { config, environment, file, live: file === null ? live : reconcile(file, live), dialect };
}

function environmentOf(config: ParsedConfig, flags: ClusterFlags): EnvironmentConfig | null {
  if (flags.environment !== undefined) return selectEnvironments(config, [flags.environment])[0] ?? null;
  const withCluster = config.environments.filter(({ cluster }) => cluster !== null);
  if (flags.clusterFile !== undefined || flags.clickhouseUrl.length > 0 || withCluster.length === 0)
    return config.environments.length === 1 ? (config.environments[0] ?? null) : null;
  if (withCluster.length === 1) return withCluster[0] ?? null;
  const names = withCluster.map(({ name }) => name);
  throw wrong(
    "--environment",
    `${withCluster.length} environments have a cluster`,
    `say which one is meant: --environment ${names.join(" | ")}`,
  );
}

async function clusterFile(config: ParsedConfig, path: string): Promise<ClusterFile> {
  const absolute = resolve(config.root, path);
  return await loadClusterFile(absolute, relative(process.cwd(), absolute).replaceAll("\\", "/") || path);
}

/** A URL of the command line says user and password of a host that the file names too. */
function likeGiven(endpoint: string, given: readonly ClickHouseTarget[]): ClickHouseTarget | null {
  return given.find((one) => new URL(one.endpoint).origin === new URL(endpoint).origin) ?? null;
}

/** A URL without a user gets the one of the credentials file, if the file has its host. */
function loggedIn(url: string, credentials: CredentialsOf): string {
  const parts = /^([a-z][a-z0-9+]*:\/\/)(?:([^@/?#]*)@)?([^/?#]+)(.*)$/i.exec(url.trim());
  if (parts === null) return url;
  const [, scheme = "", user, host = "", rest = ""] = parts;
  const own = user === undefined || !user.includes(":") ? credentials(host) : null;
  if (own === null || (user !== undefined && decodeURIComponent(user) !== own.user)) return url;
  return `${scheme}${encodeURIComponent(own.user)}:${encodeURIComponent(own.password)}@${host}${rest}`;
}

function wrong(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
