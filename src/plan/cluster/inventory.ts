import type { CatalogueTable, HostCatalogue, Topology } from "../../model/clickhouse/topology.ts";
import { viewQueryOf, type ViewQuery } from "../../engines/clickhouse/graph/view-query.ts";

/** A table on one host. */
export interface Placed {
  readonly host: string;
  readonly table: CatalogueTable;
}

/** What every host holds, ready to be asked. Hosts that were not read are not in it. */
export interface Inventory {
  readonly topology: Topology;
  /** Hosts whose catalogue was read, in the topology's order. */
  readonly hosts: readonly string[];
  /** Hosts that are part of the topology and could not be read. */
  readonly unread: readonly string[];
  at(host: string, name: string): CatalogueTable | null;
  /** Every host that holds a table of this name. */
  placed(name: string): readonly Placed[];
  /** Distributed tables over a table, on every host. */
  over(name: string): readonly Placed[];
  /** Materialized views that write into a table, on every host. */
  into(name: string): readonly Placed[];
  /** Views, dictionaries, Buffer and Merge tables of one host that read a table there; a view's own query is asked with `query`. */
  readers(host: string, name: string): readonly CatalogueTable[];
  query(table: CatalogueTable): ViewQuery | null;
  names(): readonly string[];
  databaseEngine(host: string, database: string): string | null;
  /** Name of the shard that a host belongs to in the clusters of the topology; null: it is in none. */
  shardOf(host: string): string | null;
  /** Hosts of the cluster that a Distributed table asks, as the topology knows it; null: the topology does not know the cluster. */
  clusterHosts(cluster: string): readonly string[] | null;
}

export function inventoryOf(topology: Topology, catalogues: readonly HostCatalogue[]): Inventory {
  const byHost = new Map(catalogues.map((catalogue) => [catalogue.host, catalogue]));
  const tables = new Map<string, Map<string, CatalogueTable>>();
  const byName = new Map<string, Placed[]>();
  const over = new Map<string, Placed[]>();
  const into = new Map<string, Placed[]>();
  const add = (map: Map<string, Placed[]>, key: string, placed: Placed): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [placed]);
    else known.push(placed);
  };
  const hosts = topology.hosts.map(({ name }) => name).filter((name) => byHost.has(name));
  for (const host of hosts) {
    const own = new Map<string, CatalogueTable>();
    tables.set(host, own);
    for (const table of byHost.get(host)?.tables ?? []) {
      own.set(table.name, table);
      add(byName, table.name, { host, table });
      if (table.distributed !== null) add(over, table.distributed.over, { host, table });
      if (table.target !== null) add(into, table.target, { host, table });
    }
  }
  const shards = new Map<string, string>();
  for (const cluster of topology.clusters)
    for (const shard of cluster.shards) for (const host of shard.replicas) if (!shards.has(host)) shards.set(host, shard.name);
  // Parsed once per text: the same view stands on many hosts.
  const queries = new Map<string, ViewQuery | null>();
  const query = (table: CatalogueTable): ViewQuery | null => {
    if (table.kind !== "view" && table.kind !== "materialized-view") return null;
    let known = queries.get(table.create);
    if (known === undefined) queries.set(table.create, (known = viewQueryOf(table.create, table.database)));
    return known;
  };
  const inventory: Inventory = {
    topology,
    hosts,
    unread: topology.hosts.map(({ name }) => name).filter((name) => !byHost.has(name)),
    at: (host, name) => tables.get(host)?.get(name) ?? null,
    placed: (name) => byName.get(name) ?? [],
    over: (name) => over.get(name) ?? [],
    into: (name) => into.get(name) ?? [],
    readers: (host, name) => {
      const bare = name.slice(name.indexOf(".") + 1);
      return [...(tables.get(host)?.values() ?? [])].filter((table) => {
        const { kind } = table;
        if (kind !== "view" && kind !== "materialized-view" && kind !== "dictionary" && kind !== "forwarding") return false;
        // Text first: parsing every view of a host to find one reader would cost seconds.
        if (table.name === name || !table.create.includes(bare)) return false;
        if (kind === "view" || kind === "materialized-view") return query(table)?.reads.some((read) => read.table === name) === true;
        return true;
      });
    },
    query,
    names: () => [...byName.keys()],
    databaseEngine: (host, database) => byHost.get(host)?.databases.find(({ name }) => name === database)?.engine ?? null,
    shardOf: (host) => shards.get(host) ?? null,
    clusterHosts: (cluster) => {
      const found = topology.clusters.find(({ name }) => name === cluster);
      return found === undefined ? null : found.shards.flatMap(({ replicas }) => replicas);
    },
  };
  return inventory;
}
