import type {
  CatalogueTable,
  ClusterFile,
  DeclaredKind,
  HostCatalogue,
  Topology,
  TopologyHost,
} from "../../../model/clickhouse/topology.ts";
import { listed } from "../../../text/listed.ts";
import { roleMacro } from "./drift/held.ts";
import { distributedKinds, familiesOf } from "./families.ts";

/** A cluster file (`tread.cluster/1`) that says what the hosts say. What an earlier file says that hosts cannot, is kept. */
export async function clusterFileOf(
  topology: Topology,
  catalogues: ReadonlyMap<string, HostCatalogue>,
  environment: string | null,
  earlier: ClusterFile | null,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const { Document } = await import("yaml");
  const notes: string[] = [];
  const roles = rolesOf(topology, catalogues);
  const keepers = [...new Set(topology.hosts.flatMap(({ keeper }) => (keeper === null ? [] : [keeper])))];
  const byName = new Map(topology.hosts.map((host) => [host.name, host]));
  const single = topology.clusters.length === 0;
  const clusters = single
    ? [{ name: "single", shards: [{ name: "1", weight: 1, internalReplication: true, replicas: topology.hosts.map(({ name }) => name) }] }]
    : topology.clusters;
  const value = {
    format: "tread.cluster/1",
    clusters: clusters.map(({ name, shards }) => {
      const [keeper] = shards.flatMap(({ replicas }) => replicas.flatMap((replica) => byName.get(replica)?.keeper ?? []));
      const id = earlier?.clusters.find((cluster) => cluster.name === name)?.keeper?.id;
      return {
        name,
        ...(keeper === undefined ? {} : { keeper: { id: id ?? `keeper-${keepers.indexOf(keeper) + 1}`, oldestNode: keeper } }),
        shards: shards.map((shard) => ({
          name: shard.name,
          ...(shard.weight === 1 ? {} : { weight: shard.weight }),
          internalReplication: shard.internalReplication ?? true,
          replicas: shard.replicas.flatMap((replica) => {
            const host = byName.get(replica);
            return host === undefined ? [] : [hostEntry(host, roles.get(host.name) ?? [])];
          }),
        })),
      };
    }),
    tables: tablesOf(topology, catalogues, roles, earlier, notes),
    probes: earlier?.probes ?? [],
    ...(earlier?.environments != null
      ? { environments: earlier.environments }
      : environment === null
        ? {}
        : { environments: [environment] }),
  };
  if (clusters.some(({ shards }) => shards.some(({ internalReplication }) => internalReplication === null)))
    notes.push("these servers do not tell internal_replication: it was taken as true");
  const document = new Document(value, { aliasDuplicateObjects: false });
  document.commentBefore =
    " Written by `tread cluster adopt` from what the hosts say. Roles, kinds and families are its guess: correct them.\n No users and no passwords stand here (docs/clickhouse.md, Clusters).";
  return { text: document.toString({ lineWidth: 160 }), notes };
}

function hostEntry(host: TopologyHost, roles: readonly string[]): unknown {
  return {
    host: host.host,
    ...(host.httpPort === null ? {} : { httpPort: host.httpPort }),
    ...(host.nativePort === null ? {} : { nativePort: host.nativePort }),
    ...(host.tls ? { tls: true } : {}),
    roles,
    ...(Object.keys(host.macros).length === 0 ? {} : { macros: host.macros }),
    ...(host.identity?.serverUuid == null ? {} : { serverUuid: host.identity.serverUuid }),
  };
}

/** As the earlier file or a macro says; else by what a host holds. */
function rolesOf(topology: Topology, catalogues: ReadonlyMap<string, HostCatalogue>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    topology.hosts.map(({ name, roles, macros }) => {
      if (roles.length > 0) return [name, roles];
      const said = roleMacro(macros);
      if (said.length > 0) return [name, said];
      const tables = catalogues.get(name)?.tables ?? [];
      const rows = tables.some(({ engine, table }) => engine.endsWith("MergeTree") && !table.startsWith(".inner"));
      const queue = tables.some(({ kind }) => kind === "queue");
      return [name, rows || tables.length === 0 ? ["data"] : queue ? ["ingestion"] : ["coordinator"]];
    }),
  );
}

function tablesOf(
  topology: Topology,
  catalogues: ReadonlyMap<string, HostCatalogue>,
  roles: ReadonlyMap<string, readonly string[]>,
  earlier: ClusterFile | null,
  notes: string[],
): readonly unknown[] {
  const tables = new Map<string, { readonly table: CatalogueTable; readonly hosts: string[] }>();
  for (const { name: host } of topology.hosts)
    for (const table of catalogues.get(host)?.tables ?? []) {
      if (table.table.startsWith(".inner")) continue;
      const known = tables.get(table.name);
      if (known === undefined) tables.set(table.name, { table, hosts: [host] });
      else known.hosts.push(host);
    }
  const all = [...tables.values()].map(({ table }) => table);
  const kinds = distributedKinds(all);
  const families = familiesOf(all);
  const left: string[] = [];
  const entries = [...tables.values()].flatMap(({ table, hosts }) => {
    const before = earlier?.tables.find(({ name }) => name === table.name);
    const kind = before?.kind ?? declaredKind(table, kinds);
    if (kind === null) {
      left.push(table.name);
      return [];
    }
    const own = rolesFor(hosts, topology, roles);
    if (own === null)
      notes.push(`${table.name} is on ${listed(hosts)} only, and no role tells these hosts from the others: its roles were left out`);
    const family = before?.family ?? families.get(table.name) ?? null;
    return [
      {
        name: table.name,
        kind,
        ...(own === null || own.length === 0 ? {} : { roles: own }),
        ...(family === null ? {} : { family }),
        ...((before?.columnsOnlyHere.length ?? 0) > 0 ? { columnsOnlyHere: before?.columnsOnlyHere } : {}),
      },
    ];
  });
  if (left.length > 0) notes.push(`${listed(left)}: tables of other kinds, which the cluster file does not describe`);
  return entries;
}

/** Roles whose hosts are exactly these; null where there are none. */
function rolesFor(hosts: readonly string[], topology: Topology, roles: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const wanted = new Set([...roles.values()].flat());
  const full = [...wanted].filter((role) =>
    topology.hosts.every(({ name }) => !(roles.get(name) ?? []).includes(role) || hosts.includes(name)),
  );
  const covered = hosts.every((host) => (roles.get(host) ?? []).some((role) => full.includes(role)));
  return covered ? full : null;
}

function declaredKind(table: CatalogueTable, distributed: ReadonlyMap<string, "read" | "write">): DeclaredKind | null {
  switch (table.kind) {
    case "local":
      return "local";
    case "distributed":
      return distributed.get(table.name) ?? "read";
    case "materialized-view":
    case "view":
      return "view";
    case "queue":
      return "kafka";
    case "dictionary":
      return "dictionary";
    case "forwarding":
      return table.engine === "Buffer" ? "write" : table.engine === "Merge" ? "read" : null;
    case "external":
      return null;
    default:
      return table.kind satisfies never;
  }
}
