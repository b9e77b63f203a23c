import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Nodes, remoteServers, type TestCluster } from "./cluster.test-helper.ts";
import { startKeeper } from "./keeper.test-helper.ts";
import { keeperPackages, modernPackages, repository } from "./packages.test-helper.ts";
import { freePort, Server } from "./processes.test-helper.ts";

export interface ModernOptions {
  /** Engines in all; default 4. */
  readonly hosts?: number;
  /** Replicas in a shard of cluster `c`; default 1: there is no replication here, every host is a shard. */
  readonly replicas?: number;
  /** A ZooKeeper for KeeperMap tables (`keeper_map_path_prefix` is `/keeper_map`). Needs the packages of the old cluster. */
  readonly keeper?: boolean;
  /** Further `<name><shard>…</shard></name>` of `remote_servers`, made of the native ports. */
  readonly remoteServers?: (nativePorts: readonly number[]) => string;
  /** Further `<name>…</name>` of users.xml. Users cannot be made with SQL: `clickhouse local` has nowhere to keep them. */
  readonly users?: string;
  /** Further elements of the configuration of a host. */
  readonly configuration?: (host: number) => string;
}

/**
 * Engines of the current ClickHouse with real HTTP and native ports and real Distributed tables. No ON CLUSTER, no replication.
 * The user `default` has no password.
 */
export async function startModernCluster(options: ModernOptions = {}): Promise<TestCluster> {
  const { packages, reason } = modernPackages();
  if (packages === null) throw new Error(reason);
  const cluster = await Nodes.make();
  try {
    if (options.keeper === true) {
      const found = keeperPackages();
      if (found.packages === null) throw new Error(found.reason);
      cluster.keeper = await startKeeper(found.packages);
    }
    const replicas = options.replicas ?? 1;
    const plans = [];
    for (let index = 0; index < (options.hosts ?? 4); index++) {
      const shard = Math.floor(index / replicas) + 1;
      plans.push({ index, shard, replica: (index % replicas) + 1, nativePort: await freePort(), httpPort: await freePort() });
    }
    const remote = remoteServers(plans, options.remoteServers?.(plans.map(({ nativePort }) => nativePort)) ?? "");
    const listen = join(cluster.folder, "listen.sql");
    writeFileSync(listen, "SYSTEM START LISTEN HTTP;\nSYSTEM START LISTEN TCP;\n");
    for (const plan of plans) {
      const folder = cluster.folderOf(plan.index);
      const keeper =
        cluster.keeper === null
          ? ""
          : // Every engine has the server UUID 0: without a path of its own each would end the others' sessions.
            `<zookeeper><node><host>127.0.0.1</host><port>${cluster.keeper.port}</port></node><session_timeout_ms>6000</session_timeout_ms><sessions_path>/clickhouse/sessions/n${plan.index}</sessions_path></zookeeper><keeper_map_path_prefix>/keeper_map</keeper_map_path_prefix>`;
      writeFileSync(
        join(folder, "users.xml"),
        `<clickhouse><profiles><default/></profiles><users><default><password></password><networks><ip>127.0.0.0/8</ip><ip>::1</ip></networks><profile>default</profile><quota>default</quota><access_management>1</access_management><named_collection_control>1</named_collection_control></default>${options.users ?? ""}</users><quotas><default/></quotas></clickhouse>`,
      );
      writeFileSync(
        join(folder, "config.xml"),
        `<clickhouse><logger><level>warning</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger><timezone>UTC</timezone><display_name>s${plan.shard}r${plan.replica}</display_name><users_config>users.xml</users_config>${remote}<macros><cluster>c</cluster><shard>${plan.shard}</shard><replica>r${plan.replica}</replica></macros><query_log><database>system</database><table>query_log</table><flush_interval_milliseconds>500</flush_interval_milliseconds></query_log>${keeper}${options.configuration?.(plan.index) ?? ""}</clickhouse>`,
      );
      const control = join(folder, "control");
      execFileSync("mkfifo", [control]);
      // The engine reads this after it has begun to listen, and serves until it is closed.
      const handle = openSync(control, "r+");
      const { ffi, library } = packages;
      const engine = [process.execPath, join(repository(), "src/engines/clickhouse/cluster-harness/engine.cjs"), ffi, library];
      const ports = [`--tcp_port=${plan.nativePort}`, `--http_port=${plan.httpPort}`];
      const command = [...engine, `--config-file=${folder}/config.xml`, `--path=${folder}/data`, "--listen_host=127.0.0.1", ...ports];
      cluster.nodes.push({
        ...plan,
        name: `s${plan.shard}r${plan.replica}`,
        url: `http://127.0.0.1:${plan.httpPort}`,
        folder,
        server: new Server([...command, "--queries-file", listen, control], {
          folder,
          log: join(folder, "out.log"),
          unexpected: cluster.unexpected(plan.index),
        }),
        // A lock of the data that a killed engine left.
        prepare: () => rmSync(join(folder, "data", "status"), { force: true }),
        close: () => closeSync(handle),
      });
    }
    await Promise.all(cluster.nodes.map(({ index }) => cluster.start(index)));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
