import type {
  ClusterFile,
  ClusterFileHost,
  HostReach,
  TopologyCluster,
  TopologyDifference,
  TopologyHost,
} from "../../../model/clickhouse/topology.ts";
import { listed } from "../../../text/listed.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../introspect/index.ts";
import type { LiveTopology } from "./live.ts";

/** A host of a cluster file, once, however many clusters it stands in. */
export interface FileHost extends ClusterFileHost {
  /** `TopologyHost.name`. */
  readonly name: string;
  /** `http://ch-1:8123/`. */
  readonly endpoint: string;
}

/** Hosts of a cluster file in its order. */
export function hostsOfFile(file: ClusterFile): readonly FileHost[] {
  const hosts = new Map<string, FileHost>();
  const names = new Map<string, Set<string>>();
  for (const host of file.clusters.flatMap(({ shards }) => shards.flatMap(({ replicas }) => replicas))) {
    const endpoint = endpointOf(host);
    hosts.set(endpoint, { ...host, name: "", endpoint });
    names.set(host.host, (names.get(host.host) ?? new Set()).add(endpoint));
  }
  return [...hosts.values()].map((host) => ({
    ...host,
    name: (names.get(host.host)?.size ?? 0) > 1 ? `${host.host}:${host.nativePort ?? new URL(host.endpoint).port}` : host.host,
  }));
}

function endpointOf({ host, httpPort, tls }: ClusterFileHost): string {
  return `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${httpPort ?? (tls ? 8443 : 8123)}/`;
}

function hostOfFile(host: FileHost, reach: HostReach): TopologyHost {
  return {
    name: host.name,
    host: host.host,
    httpPort: Number(new URL(host.endpoint).port) || (host.tls ? 443 : 80),
    nativePort: host.nativePort,
    tls: host.tls,
    roles: host.roles,
    macros: host.macros,
    identity: null,
    keeper: null,
    reach,
  };
}

function clustersOfFile(file: ClusterFile, hosts: readonly FileHost[]): TopologyCluster[] {
  const nameOf = (host: ClusterFileHost): string => hosts.find(({ endpoint }) => endpoint === endpointOf(host))?.name ?? host.host;
  return file.clusters.map(({ name, shards }) => ({
    name,
    shards: shards.map((shard) => ({
      name: shard.name,
      weight: shard.weight,
      internalReplication: shard.internalReplication,
      replicas: shard.replicas.map(nameOf),
    })),
  }));
}

/**
 * What the file says and what the hosts say, together: the file's names, roles and shards, the hosts' own identity and macros, and each
 * difference between the two. A host of the file that did not answer, or where another one answers, is unreachable with the reason.
 */
export function reconcile(file: ClusterFile, live: LiveTopology): LiveTopology {
  const differences: TopologyDifference[] = [];
  const hosts: TopologyHost[] = [];
  const servers = new Map<string, ReadOnlyClickHouse>();
  const targets = new Map<string, ClickHouseTarget>();
  const renamed = new Map<string, string>();
  const described = hostsOfFile(file);
  for (const host of described) {
    const found = live.topology.hosts.find(({ name }) => sameEndpoint(live.targets.get(name)?.endpoint, host.endpoint));
    if (found === undefined) {
      differences.push({
        host: host.name,
        kind: "identity",
        message: `at ${host.endpoint} another host of the file answers, not ${host.name} itself`,
      });
      const help = "two entries of the file lead to one server: correct host or port of one of them";
      hosts.push(hostOfFile(host, { state: "unreachable", reason: `another host answers at ${host.endpoint}`, help }));
      continue;
    }
    renamed.set(found.name, host.name);
    const target = live.targets.get(found.name);
    if (target !== undefined) targets.set(host.name, target);
    const disagreements = found.identity === null ? [] : compareHost(host, found);
    differences.push(...disagreements);
    const stranger = disagreements.find(({ kind }) => kind === "identity");
    const reach: HostReach =
      stranger === undefined
        ? found.reach
        : {
            state: "unreachable",
            reason: stranger.message,
            help: "if the server was replaced, `tread cluster adopt` records the new one; else correct host and port",
          };
    const server = live.servers.get(found.name);
    if (server !== undefined && stranger === undefined) servers.set(host.name, server);
    hosts.push({
      ...found,
      name: host.name,
      host: host.host,
      roles: host.roles,
      macros: found.identity === null ? host.macros : found.macros,
      nativePort: found.nativePort ?? host.nativePort,
      reach,
    });
  }
  for (const host of live.topology.hosts) {
    if (renamed.has(host.name)) continue;
    const name = hosts.some((other) => other.name === host.name) ? `${host.name} (not in the file)` : host.name;
    renamed.set(host.name, name);
    hosts.push({ ...host, name });
    const [target, server] = [live.targets.get(host.name), live.servers.get(host.name)];
    if (target !== undefined) targets.set(name, target);
    if (server !== undefined) servers.set(name, server);
    differences.push({ host: name, kind: "host-unknown", message: `${name} is a host of the cluster and not in ${file.file}` });
  }
  const named = (name: string): string => renamed.get(name) ?? name;
  const said = live.topology.clusters.map((cluster) => ({
    ...cluster,
    shards: cluster.shards.map((shard) => ({ ...shard, replicas: shard.replicas.map(named) })),
  }));
  const clusters = clustersOfFile(file, described);
  differences.push(...compareClusters(file, clusters, said, hosts), ...compareKeepers(file, clusters, hosts));
  return {
    topology: {
      // A cluster that the file leaves out exists all the same: Distributed tables may use it.
      clusters: [...clusters, ...said.filter(({ name }) => !clusters.some((own) => own.name === name))],
      hosts,
      declared: file.tables,
      probes: file.probes,
      from: "both",
      differences: [
        ...differences,
        ...live.topology.differences.map((each) => ({ ...each, host: each.host === null ? null : named(each.host) })),
      ],
    },
    servers,
    targets,
  };
}

function compareHost(file: FileHost, found: TopologyHost): TopologyDifference[] {
  const differences: TopologyDifference[] = [];
  const add = (kind: TopologyDifference["kind"], message: string): void => void differences.push({ host: file.name, kind, message });
  const uuid = found.identity?.serverUuid ?? null;
  if (file.serverUuid !== null && uuid !== null && uuid !== file.serverUuid)
    add("identity", `${file.name} answers as another server: its UUID is ${uuid}, and ${file.serverUuid} was adopted`);
  for (const [macro, value] of Object.entries(file.macros)) {
    const own = found.macros[macro];
    if (own === value) continue;
    // Without a UUID the macros are who it is.
    const kind = uuid === null && file.serverUuid === null && (macro === "shard" || macro === "replica") ? "identity" : "macros";
    add(
      kind,
      `macro ${macro} of ${file.name} is ${own === undefined ? "not set" : JSON.stringify(own)} on the host and ${JSON.stringify(value)} in the file`,
    );
  }
  if (file.nativePort !== null && found.nativePort !== null && file.nativePort !== found.nativePort)
    add("port", `the native port of ${file.name} is ${found.nativePort}, and ${file.nativePort} in the file`);
  return differences;
}

function compareClusters(
  file: ClusterFile,
  own: readonly TopologyCluster[],
  said: readonly TopologyCluster[],
  hosts: readonly TopologyHost[],
): TopologyDifference[] {
  const differences: TopologyDifference[] = [];
  const answered = new Set(hosts.filter(({ reach }) => reach.state === "reached").map(({ name }) => name));
  for (const { name, shards } of own) {
    const other = said.find((cluster) => cluster.name === name);
    if (other === undefined) {
      if (answered.size > 0)
        differences.push({ host: null, kind: "cluster", message: `${file.file} describes cluster ${name}, which no host knows` });
      continue;
    }
    const shardOf = (cluster: TopologyCluster, host: string): number => cluster.shards.findIndex(({ replicas }) => replicas.includes(host));
    for (const [index, shard] of shards.entries()) {
      for (const host of shard.replicas) {
        const at = shardOf(other, host);
        if (at < 0)
          differences.push({ host, kind: "host-missing", message: `${host} is in cluster ${name} of the file, and no host has it there` });
        else if (at !== index)
          differences.push({
            host,
            kind: "shard",
            message: `${host} is in shard ${index + 1} of ${name} in the file, and in shard ${at + 1} on the hosts`,
          });
      }
      const there = other.shards[index];
      if (there === undefined) continue;
      if (there.internalReplication !== null && there.internalReplication !== shard.internalReplication)
        differences.push({
          host: null,
          kind: "shard",
          message: `internal_replication of shard ${shard.name} of ${name} is ${there.internalReplication} on the hosts, and ${shard.internalReplication} in the file`,
        });
      if (there.weight !== shard.weight)
        differences.push({
          host: null,
          kind: "shard",
          message: `the weight of shard ${shard.name} of ${name} is ${there.weight} on the hosts, and ${shard.weight} in the file`,
        });
    }
    const missing = other.shards
      .flatMap(({ replicas }) => replicas)
      .filter((host) => !shards.some(({ replicas }) => replicas.includes(host)));
    if (missing.length > 0)
      differences.push({
        host: null,
        kind: "host-unknown",
        message: `cluster ${name} has ${listed(missing)} on the hosts, and not in the file`,
      });
  }
  return differences;
}

function compareKeepers(file: ClusterFile, clusters: readonly TopologyCluster[], hosts: readonly TopologyHost[]): TopologyDifference[] {
  const differences: TopologyDifference[] = [];
  const seen = new Map<string, { readonly node: string; readonly host: string }>();
  for (const { name, keeper } of file.clusters) {
    if (keeper === null) continue;
    const members = clusters.find((cluster) => cluster.name === name)?.shards.flatMap(({ replicas }) => replicas) ?? [];
    for (const host of members) {
      const node = hosts.find((each) => each.name === host)?.keeper ?? null;
      if (node === null) continue;
      if (keeper.oldestNode !== null && keeper.oldestNode !== node) {
        const message = `${host} talks to another Keeper than the ${keeper.id} that was adopted (its oldest node is ${node}, and was ${keeper.oldestNode})`;
        differences.push({ host, kind: "keeper", message });
        continue;
      }
      const before = seen.get(keeper.id);
      if (before === undefined) seen.set(keeper.id, { node, host });
      else if (before.node !== node)
        differences.push({
          host,
          kind: "keeper",
          message: `${host} and ${before.host} talk to different Keepers, and the file says ${keeper.id} of both`,
        });
    }
  }
  return differences;
}

function sameEndpoint(a: string | undefined, b: string): boolean {
  return a !== undefined && new URL(a).origin === new URL(b).origin;
}
