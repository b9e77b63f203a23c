import type { ClickHouseState, ClickHouseTable } from "../../../../model/clickhouse/schema.ts";
import type { CatalogueTable, HostCatalogue, Topology, TopologyHost } from "../../../../model/clickhouse/topology.ts";
import type { HostState } from "../states.ts";

/** A host that was read, with what it holds. */
export interface HeldHost {
  readonly host: TopologyHost;
  readonly catalogue: HostCatalogue;
  readonly tables: ReadonlyMap<string, CatalogueTable>;
  readonly state: ClickHouseState;
}

/** Everything that drift is computed from. Hosts that were not read are in the topology and not in `hosts`. */
export interface Held {
  readonly topology: Topology;
  readonly hosts: readonly HeldHost[];
  /** Hosts that do the same work: what one of them holds, the others should. */
  readonly groups: readonly (readonly HeldHost[])[];
}

/** @param states by host, see `statesOf` */
export function held(topology: Topology, catalogues: ReadonlyMap<string, HostCatalogue>, states: ReadonlyMap<string, HostState>): Held {
  const hosts = topology.hosts.flatMap((host): HeldHost[] => {
    const catalogue = catalogues.get(host.name);
    const state = states.get(host.name)?.state;
    if (catalogue === undefined || state === undefined) return [];
    return [{ host, catalogue, tables: new Map(catalogue.tables.map((table) => [table.name, table])), state }];
  });
  return { topology, hosts, groups: groupsOf(topology, hosts) };
}

/**
 * Hosts with the same roles, where roles are known (the cluster file, or a macro that names one); else the hosts whose smallest cluster is
 * the same: ingestion hosts that are added to a cluster of everybody are no peers of the data hosts.
 */
function groupsOf(topology: Topology, hosts: readonly HeldHost[]): readonly (readonly HeldHost[])[] {
  const groups = new Map<string, HeldHost[]>();
  for (const one of hosts) {
    const roles = one.host.roles.length > 0 ? one.host.roles : roleMacro(one.host.macros);
    const smallest = topology.clusters
      .map(({ name, shards }) => ({ name, members: shards.flatMap(({ replicas }) => replicas) }))
      .filter(({ members }) => members.includes(one.host.name))
      .sort((a, b) => a.members.length - b.members.length)[0];
    const key = `${[...roles].sort().join(",")} in ${smallest?.name ?? one.host.name}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

/** `hostClusterRole`, `role`, `node_role`: what operators put into macros to tell hosts apart. */
export function roleMacro(macros: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(macros).flatMap(([name, value]) => (/role$/i.test(name) ? [value] : []));
}

/** Inner tables are their views' business, and are named by UUIDs that no two hosts share. */
export function isInner(name: string): boolean {
  return /^[^.]+\.\.inner/.test(name);
}

/** The shards of the smallest cluster that has several replicas of a host: its replicas. */
export function replicasOf(topology: Topology, host: string): readonly string[] {
  const shards = topology.clusters.flatMap(({ shards: own }) =>
    own.filter(({ replicas }) => replicas.includes(host) && replicas.length > 1),
  );
  return shards.sort((a, b) => a.replicas.length - b.replicas.length)[0]?.replicas ?? [host];
}

/** The object as the schema of one of the hosts has it. */
export function definitionOn(hosts: readonly HeldHost[], host: string, name: string): ClickHouseTable | null {
  return hosts.find((one) => one.host.name === host)?.state.tables.get(name) ?? null;
}
