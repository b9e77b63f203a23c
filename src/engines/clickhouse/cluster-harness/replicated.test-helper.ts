import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Nodes, remoteServers, type TestCluster } from "./cluster.test-helper.ts";
import { startKeeper } from "./keeper.test-helper.ts";
import { oldPackages } from "./packages.test-helper.ts";
import { freePort, Server, until } from "./processes.test-helper.ts";

export interface ReplicatedOptions {
  /** Default 4: two shards of two. */
  readonly hosts?: number;
  readonly replicas?: number;
  /** How long ZooKeeper waits for a host that is gone; default 3000. */
  readonly sessionMs?: number;
}

/**
 * Debian's ClickHouse 18.16.1 with ZooKeeper 3.8: real replication, ON CLUSTER, dead replicas. SQL of December 2018.
 *
 * `ON CLUSTER c` for what is replicated; Distributed tables and views are altered `ON CLUSTER flat` (371 otherwise).
 */
export async function startReplicatedCluster(options: ReplicatedOptions = {}): Promise<TestCluster> {
  const { packages, reason } = oldPackages();
  if (packages === null) throw new Error(reason);
  const cluster = await Nodes.make();
  try {
    const keeper = await startKeeper(packages.keeper);
    cluster.keeper = keeper;
    const replicas = options.replicas ?? 2;
    const plans = [];
    for (let index = 0; index < (options.hosts ?? 4); index++) {
      const ports = { nativePort: await freePort(), httpPort: await freePort(), fetchPort: await freePort() };
      plans.push({ index, shard: Math.floor(index / replicas) + 1, replica: (index % replicas) + 1, ...ports });
    }
    const remote = remoteServers(plans);
    const users = join(cluster.folder, "users.xml");
    writeFileSync(
      users,
      "<yandex><profiles><default><max_memory_usage>2000000000</max_memory_usage><load_balancing>in_order</load_balancing><distributed_ddl_task_timeout>20</distributed_ddl_task_timeout></default></profiles><users><default><password></password><networks><ip>127.0.0.0/8</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>",
    );
    for (const { index, shard, replica, nativePort, httpPort, fetchPort } of plans) {
      const folder = cluster.folderOf(index);
      for (const part of ["tmp", "user_files", "format_schemas", "flags"]) mkdirSync(join(folder, "data", part), { recursive: true });
      const paths = `<path>${folder}/data/</path><tmp_path>${folder}/data/tmp/</tmp_path><user_files_path>${folder}/data/user_files/</user_files_path><format_schema_path>${folder}/data/format_schemas/</format_schema_path>`;
      const ports = `<listen_host>127.0.0.1</listen_host><tcp_port>${nativePort}</tcp_port><http_port>${httpPort}</http_port><interserver_http_port>${fetchPort}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>`;
      const coordination = `<zookeeper><node index="1"><host>127.0.0.1</host><port>${keeper.port}</port></node><session_timeout_ms>${options.sessionMs ?? 3000}</session_timeout_ms></zookeeper><distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>`;
      writeFileSync(
        join(folder, "config.xml"),
        `<yandex><logger><level>warning</level><log>${folder}/log</log><errorlog>${folder}/errors</errorlog></logger><display_name>s${shard}r${replica}</display_name>${ports}<keep_alive_timeout>10</keep_alive_timeout><uncompressed_cache_size>0</uncompressed_cache_size><mark_cache_size>67108864</mark_cache_size>${paths}<users_config>${users}</users_config><default_profile>default</default_profile><default_database>default</default_database><timezone>UTC</timezone>${remote}${coordination}<macros><cluster>c</cluster><shard>${shard}</shard><replica>r${replica}</replica></macros></yandex>`,
      );
      cluster.nodes.push({
        index,
        name: `s${shard}r${replica}`,
        shard,
        replica,
        url: `http://127.0.0.1:${httpPort}`,
        httpPort,
        nativePort,
        folder,
        server: new Server([packages.server, `--config-file=${folder}/config.xml`], {
          folder: join(folder, "data"),
          log: join(folder, "out.log"),
          env: { LD_LIBRARY_PATH: packages.libraries },
          unexpected: cluster.unexpected(index),
        }),
        // Without it a kill near an insert, or more than two columns missed, loses the table silently. The server takes it away.
        prepare: () => writeFileSync(join(folder, "data", "flags", "force_restore_data"), ""),
        close: () => undefined,
      });
    }
    await Promise.all(cluster.nodes.map(({ index }) => cluster.start(index)));
    await until(async () => (await keeper.sessions()) > plans.length, "every host's session with ZooKeeper");
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
