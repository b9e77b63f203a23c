import type { PlanContext } from "./context.ts";

/** Hosts of a cluster that were read; of the whole topology where none is named or the topology does not know it. */
export function hostsOfCluster(context: PlanContext, cluster: string | null): readonly string[] {
  const { inventory } = context;
  if (cluster === null) return inventory.hosts;
  const hosts = inventory.clusterHosts(resolved(context, cluster));
  return hosts === null ? inventory.hosts : inventory.hosts.filter((host) => hosts.includes(host));
}

/** `{cluster}` as the hosts' macros say it. */
export function resolved({ inventory }: PlanContext, cluster: string | null): string {
  if (cluster === null) return "";
  return cluster.replaceAll(
    /\{(\w+)\}/g,
    (all, macro: string) => inventory.topology.hosts.find(({ macros }) => macros[macro] !== undefined)?.macros[macro] ?? all,
  );
}
