import type { HostReach, Topology } from "../../../model/clickhouse/topology.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../introspect/index.ts";

/** A topology with the way to each host that answered. */
export interface LiveTopology {
  readonly topology: Topology;
  /** By `TopologyHost.name`. */
  readonly servers: ReadonlyMap<string, ReadOnlyClickHouse>;
  /** Where each of them is asked, by `TopologyHost.name`: also of hosts that did not answer. */
  readonly targets: ReadonlyMap<string, ClickHouseTarget>;
}

/** Hosts that answered before and stopped meanwhile. */
export type Lost = ReadonlyMap<string, Extract<HostReach, { readonly state: "unreachable" }>>;

/** The topology in which hosts that stopped answering are unreachable. */
export function withLost(topology: Topology, lost: Lost): Topology {
  if (lost.size === 0) return topology;
  return { ...topology, hosts: topology.hosts.map((host) => ({ ...host, reach: lost.get(host.name) ?? host.reach })) };
}
