import type { Topology } from "../../../model/clickhouse/topology.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../introspect/index.ts";

/** A topology with the way to each host that answered. */
export interface LiveTopology {
  readonly topology: Topology;
  /** By `TopologyHost.name`. */
  readonly servers: ReadonlyMap<string, ReadOnlyClickHouse>;
  /** Where each of them is asked, by `TopologyHost.name`: also of hosts that did not answer. */
  readonly targets: ReadonlyMap<string, ClickHouseTarget>;
}
