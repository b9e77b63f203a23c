import type { Topology, TopologyHost } from "../../model/clickhouse/topology.ts";
import { counted } from "../../text/numbers.ts";
import { displayWidth } from "../../text/width.ts";

/** A host where it stands in a cluster. */
export interface PlacedHost {
  readonly host: TopologyHost;
  /** `shard 01`, only with the first of its replicas. */
  readonly place: string;
}

/** Hosts under their cluster and shard. One that stands in several clusters is shown in the first only; single shards of hosts come last. */
export function hostsByShard(topology: Topology): readonly { readonly title: string; readonly hosts: readonly PlacedHost[] }[] {
  const shown = new Set<string>();
  const groups: { title: string; hosts: PlacedHost[] }[] = [];
  const byName = new Map(topology.hosts.map((host) => [host.name, host]));
  for (const { name, shards } of topology.clusters) {
    const count = shards.reduce((sum, { replicas }) => sum + replicas.length, 0);
    const hosts = shards.flatMap((shard) =>
      shard.replicas.flatMap((replica, index): PlacedHost[] => {
        const host = byName.get(replica);
        if (host === undefined || shown.has(replica)) return [];
        shown.add(replica);
        return [{ host, place: index === 0 ? `shard ${shard.name}` : "" }];
      }),
    );
    groups.push({
      title: `cluster ${name}: ${counted(shards.length, "shard")}, ${counted(count, "host")}${hosts.length === 0 ? " (listed above)" : ""}`,
      hosts,
    });
  }
  const others = topology.hosts.filter(({ name }) => !shown.has(name));
  if (others.length > 0)
    groups.push({
      title: topology.clusters.length === 0 ? "a single server" : "in no cluster",
      hosts: others.map((host) => ({ host, place: "" })),
    });
  return groups;
}

/** Rows with their cells under each other. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, displayWidth(cell));
  return rows.map((row) =>
    row
      .map((cell, index) => cell + " ".repeat((widths[index] ?? 0) - displayWidth(cell)))
      .join("  ")
      .trimEnd(),
  );
}
