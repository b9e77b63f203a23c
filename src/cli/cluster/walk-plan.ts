import { existsSync, statSync } from "node:fs";
import type { LoadedSources } from "../../check/load-sources.ts";
import type { CheckOptions } from "../../check/options.ts";
import { ConfigError } from "../../config/config-error.ts";
import type { WalkHost } from "../../apply/cluster/host.ts";
import type { RecordedPlan } from "../../apply/cluster/ledger.ts";
import type { ClusterPlan } from "../../model/clickhouse/cluster-plan.ts";
import type { HostReach } from "../../model/clickhouse/topology.ts";
import type { Lost } from "../../engines/clickhouse/topology/live.ts";
import type { Migration } from "../../model/migration.ts";
import { checkOptions } from "../options.ts";
import type { LiveFlag } from "../arguments.ts";
import { openCluster, type OpenCluster } from "./open.ts";
import { keyInWords } from "./key-words.ts";

/** What `plan --cluster`, `apply --cluster` and `approve --cluster` have in common. */
export interface WalkFlags {
  readonly clickhouseUrl?: string | true | readonly string[];
  readonly config?: string;
  readonly environment?: string;
  readonly clusterFile?: string;
  readonly clusterName?: readonly string[];
  readonly clusterTimeout?: number;
  readonly appliedThrough?: string;
  readonly base?: string;
  readonly to?: string;
  readonly only?: readonly string[];
  /** Drop and create a Kafka table instead of a second one. */
  readonly queueGap?: boolean;
  readonly live?: readonly LiveFlag[];
  readonly database?: "postgres" | "clickhouse";
}

export interface ClusterChange {
  readonly cluster: OpenCluster;
  readonly options: CheckOptions;
  readonly plan: ClusterPlan;
  /** The plan was begun, and is not done: it is gone on with as it was approved. */
  readonly begun: RecordedPlan | null;
  /** Migrations that were named, and have to wait until the plan that is under way is done. */
  readonly waiting: readonly string[];
  /** Hosts that can be walked, by name. */
  readonly hosts: ReadonlyMap<string, WalkHost>;
  readonly migrations: readonly Migration[];
  readonly sources: LoadedSources;
}

/**
 * The plan of what is pending on a cluster, or the one that is under way there.
 * @throws ConfigError, DatabaseTrouble when no host answers
 */
export async function changeOnCluster(paths: readonly string[], flags: WalkFlags): Promise<ClusterChange> {
  const cluster = await openWalkedCluster(flags);
  const { clickhouseUrl: _, clusterFile: __, clusterName: ___, ...rest } = flags;
  const key = keyInWords(paths, databaseOf(cluster));
  // What is no file is an id.
  const files = key === null ? paths.filter((path) => existsSync(path)) : [];
  const ids = key === null ? paths.filter((path) => !existsSync(path)) : [];
  const asked: WalkFlags = ids.length === 0 ? flags : { ...flags, only: [...(flags.only ?? []), ...ids] };
  const database = files.length > 0 ? "clickhouse" : rest.database;
  const checked = await checkOptions(files, {
    ...rest,
    format: "text",
    color: false,
    live: flags.live ?? [],
    ...(database === undefined ? {} : { database }),
  });
  const options: CheckOptions =
    cluster.environment === null ? checked : { ...checked, config: { ...checked.config, environments: [cluster.environment] } };
  const [
    { loadClickHouse },
    { readCatalogues },
    { withLost },
    { planCluster },
    { topologyHash },
    { walkHost },
    { readPlans },
    { forDatabase, loadSources },
  ] = await Promise.all([
    import("../../engines/clickhouse/index.ts"),
    import("../../engines/clickhouse/topology/read.ts"),
    import("../../engines/clickhouse/topology/live.ts"),
    import("../../plan/cluster/plan.ts"),
    import("../../plan/cluster/hash.ts"),
    import("../../apply/cluster/host.ts"),
    import("../../apply/cluster/ledger.ts"),
    import("../../check/load-sources.ts"),
  ]);
  const { catalogues, lost } = await readCatalogues(cluster.live, { dialect: cluster.dialect });
  const read = withLost(cluster.live.topology, lost);
  const answering = new Map<string, WalkHost>();
  // In the topology's order: the first one has the lock where there is no Keeper.
  for (const { name, reach } of read.hosts) {
    const target = cluster.live.targets.get(name);
    if (target !== undefined && reach.state === "reached") answering.set(name, walkHost(name, target, cluster.dialect));
  }
  const records = await recordsOf(answering.values(), readPlans);
  // A host that stops answering meanwhile is one that does not answer.
  const topology = withLost(read, records.lost);
  const hosts = new Map([...answering].filter(([name]) => !records.lost.has(name)));
  if (hosts.size === 0 && records.first !== null) throw records.first;
  const { recorded } = records;
  const begun = newestBegun(recorded);
  const environment = cluster.environment?.name ?? null;
  const loaded = forDatabase(await loadSources(options), "clickhouse");
  if (begun?.plan != null) {
    if (begun.plan.topology !== topologyHash(topology))
      throw usage(
        "--cluster",
        `the plan ${begun.hash.slice(0, 12)} is under way there, and was made for another topology than the hosts and the cluster file say now`,
        "put the cluster file back as it was and finish it, or end it: tread apply --cluster --abort",
      );
    const own = begun.plan.migrations;
    const waiting = [...ids, ...(loaded.only ?? [])].filter((one) => !own.some(({ id }) => names(one, id)));
    return { cluster, options, plan: begun.plan, begun, waiting, hosts, migrations: loaded.migrations, sources: loaded };
  }
  const fatal = loaded.problems.find((problem) => problem.fatal);
  if (fatal !== undefined) throw usage("[path...]", fatal.message, fatal.help);
  if (key === null) mustExist(ids, loaded, paths);
  const unread = files.filter((path) => statSync(path).isFile());
  if (unread.length > 0 && loaded.only === null)
    throw usage(
      "[migration...]",
      `${unread.join(", ")} is no migration of a source that was found there, and nothing else is planned instead`,
      "put it into the folder of the migrations, or into one of its own, and name it there",
    );
  const pending =
    key !== null
      ? [key.migration]
      : await pendingOf(
          loaded.migrations,
          loaded.only,
          asked,
          options,
          cluster,
          recorded,
          catalogues.size > 0 && [...catalogues.values()].every(({ tables }) => tables.every(({ database }) => database === "tread")),
        );
  const tables = [...catalogues]
    .filter(([name]) => hosts.has(name))
    .map(([, one]) => ({ ...one, tables: one.tables.filter(({ database }) => database !== "tread") }));
  const plan = planCluster({
    engine: await loadClickHouse(),
    migrations: pending,
    topology,
    catalogues: tables,
    environment,
    database: databaseOf(cluster),
    queues: flags.queueGap === true ? "gap" : "second",
    ...(key === null ? {} : { key: key.key }),
  });
  return { cluster, options, plan, begun: null, waiting: [], hosts, migrations: loaded.migrations, sources: loaded };
}

interface Records {
  readonly recorded: readonly RecordedPlan[];
  readonly lost: Lost;
  readonly first: Error | null;
}

/** What the hosts have on record. A host that refuses to say it is as little use as one that does not answer. */
async function recordsOf(hosts: Iterable<WalkHost>, read: (host: WalkHost) => Promise<readonly RecordedPlan[]>): Promise<Records> {
  const recorded: RecordedPlan[] = [];
  const lost = new Map<string, HostReach & { readonly state: "unreachable" }>();
  let first: Error | null = null;
  await Promise.all(
    [...hosts].map(async (host) => {
      try {
        recorded.push(...(await read(host)));
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        lost.set(host.name, {
          state: "unreachable",
          reason: `it did not say what is on record there: ${error.message}`,
          help: "tread cluster status shows how it is",
        });
        first ??= usage("--cluster", `${host.name}: ${error.message}`, "tread cluster status shows how the hosts are");
      }
    }),
  );
  return { recorded, lost, first };
}

export async function openWalkedCluster(flags: WalkFlags): Promise<OpenCluster> {
  const given = flags.clickhouseUrl;
  const urls = typeof given === "string" ? given.split(/[\s,]+/).filter(Boolean) : Array.isArray(given) ? (given as readonly string[]) : [];
  return await openCluster({
    clickhouseUrl: urls,
    timeout: flags.clusterTimeout ?? 5,
    connections: 8,
    ...(flags.config === undefined ? {} : { config: flags.config }),
    ...(flags.environment === undefined ? {} : { environment: flags.environment }),
    ...(flags.clusterFile === undefined ? {} : { clusterFile: flags.clusterFile }),
    ...(flags.clusterName === undefined ? {} : { cluster: flags.clusterName }),
  });
}

/** The database that the URL names, where all URLs name one. */
function databaseOf({ live }: OpenCluster): string {
  const names = new Set([...live.targets.values()].map(({ database }) => database));
  const [name] = names;
  return names.size === 1 && name != null ? name : "default";
}

function newestBegun(recorded: readonly RecordedPlan[]): RecordedPlan | null {
  const ended = new Set(recorded.flatMap(({ hash, state }) => (state === "aborted" || state === "done" ? [hash] : [])));
  const open = recorded.filter(({ hash, state, plan }) => (state === "begun" || state === "paused") && plan !== null && !ended.has(hash));
  return open.toSorted((a, b) => (a.begunAt < b.begunAt ? 1 : -1))[0] ?? null;
}

/** A name that is misspelt, or a folder without migrations for ClickHouse, is no "nothing to do". */
function mustExist(ids: readonly string[], { migrations, sources, problems }: LoadedSources, paths: readonly string[]): void {
  const known = migrations.map(({ id }) => id);
  const strange = ids.find((id) => !known.some((one) => names(id, one)));
  if (strange !== undefined)
    throw usage(
      "[migration...]",
      `there is no file ${strange}, and no migration for ClickHouse of that name`,
      known.length === 0
        ? "name the file, or its source in the config (type: sql-dir, database: clickhouse)"
        : `the last ones are: ${known.slice(-5).join(", ")}`,
    );
  if (known.length > 0) return;
  const [first] = problems;
  throw usage(
    "[migration...]",
    sources.length > 0 || first === undefined
      ? `there is no migration for ClickHouse in ${paths.length === 0 ? "the sources of the config" : paths.join(", ")}`
      : first.message,
    "name the file or folder (tread plan --cluster path/to/0042_x.sql), or say `database: clickhouse` on its source in the config",
  );
}

/** What is applied is what the ledger of the hosts says, or the flags, or the migration tool's own record; it is never guessed. */
async function pendingOf(
  migrations: readonly Migration[],
  named: ReadonlySet<string> | null,
  flags: WalkFlags,
  options: CheckOptions,
  { live, environment }: OpenCluster,
  recorded: readonly RecordedPlan[],
  empty: boolean,
): Promise<readonly Migration[]> {
  const done = new Map(
    recorded.flatMap(({ state, plan }) =>
      state === "done" && plan !== null ? plan.migrations.map(({ id, hash }) => [id, hash] as const) : [],
    ),
  );
  for (const { id, hash, path } of migrations) {
    const ran = done.get(id);
    if (ran !== undefined && ran !== hash)
      throw usage(
        "[path...]",
        `${path} was changed after it ran on the cluster`,
        "put it back as it was, and write what is new as another migration",
      );
  }
  let pending = migrations.filter(({ id }) => !done.has(id));
  const through =
    flags.appliedThrough ??
    environment?.appliedThrough ??
    options.config.sources.find(({ appliedThrough }) => appliedThrough !== null)?.appliedThrough ??
    null;
  let told = done.size > 0 || empty;
  if (through !== null) {
    const last = migrations.findIndex(({ id }) => names(through, id));
    if (last === -1)
      throw usage(
        "--applied-through",
        `no migration is called ${through}`,
        `there are: ${migrations
          .map(({ id }) => id)
          .slice(-5)
          .join(", ")}`,
      );
    const applied = new Set(migrations.slice(0, last + 1).map(({ id }) => id));
    pending = pending.filter(({ id }) => !applied.has(id));
    told = true;
  }
  if (!told) {
    const [server] = live.servers.values();
    const { readClickHouseRecords } = await import("../../check/clickhouse/records.ts");
    const records = server === undefined ? null : (await readClickHouseRecords(server, migrations)).ids;
    if (records !== null) {
      pending = pending.filter(({ id }) => !records.has(id));
      told = true;
    }
  }
  if (named !== null) {
    pending = pending.filter(({ id }) => named.has(id));
    told = true;
  }
  if (flags.only !== undefined && flags.only.length > 0) {
    pending = pending.filter(({ id }) => flags.only?.some((one) => names(one, id)));
    told = true;
  }
  if (flags.to !== undefined) {
    const { to } = flags;
    const last = pending.findIndex(({ id }) => names(to, id));
    pending = pending.slice(0, last + 1);
  }
  if (!told && pending.length > 1)
    throw usage(
      "--applied-through",
      `nothing says which of the ${pending.length} migrations are applied on the cluster`,
      "--applied-through ID says it once; or name the file that is meant",
    );
  return pending;
}

/** `0007` names `0007_drop_email`. */
function names(asked: string, id: string): boolean {
  return asked === id || id.startsWith(`${asked}_`);
}

export function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
