import { found, list, type PlanContext } from "./context.ts";
import { familyOf } from "./family.ts";

/** What the topology itself says against a plan: hosts that did not answer, tables that stand on one host and not on its peers. */
export function warnings(context: PlanContext): void {
  const { inventory } = context;
  const { topology } = inventory;
  for (const { name, reach } of topology.hosts) {
    if (inventory.hosts.includes(name)) continue;
    const why = reach.state === "unreachable" ? reach.reason : "nobody asked it";
    found(
      context,
      {
        rule: "host-unreachable",
        severity: "error",
        message: `${name} was not asked (${why}): what it holds is not known, and nothing is planned for it`,
        help: `bring it back and plan again; or go on without it (--accept host-unreachable:${name}), and plan again when it is back`,
      },
      null,
    );
  }
  for (const difference of topology.differences)
    found(
      context,
      {
        rule: "topology-differs",
        severity: difference.kind === "table" || difference.kind === "host-unknown" ? "warning" : "error",
        message: `${difference.host === null ? "" : `${difference.host}: `}${difference.message}`,
        help: "tread cluster adopt writes the cluster file anew from what the hosts say",
      },
      null,
    );
  const bases = new Set<string>();
  for (const intent of context.intents) {
    const name = intent.kind === "column" ? intent.change.table : intent.kind === "local" ? intent.table : null;
    if (name === null) continue;
    const resolved = familyOf(name, inventory, context.state, intent.cluster);
    if ("refused" in resolved || bases.has(resolved.family.base)) continue;
    const { family } = resolved;
    bases.add(family.base);
    absentLocals(
      context,
      family.base,
      [...family.read, ...family.write].map(({ table }) => table.distributed?.clusterResolved ?? ""),
      intent.from,
    );
    const names = new Set([...family.read, ...family.write].map(({ table }) => table.name));
    for (const one of names)
      absentPeers(
        context,
        one,
        family.locals.map(({ host }) => host),
        intent.from,
      );
    differing(
      context,
      family.base,
      family.locals.map(({ host }) => host),
      intent.from,
    );
  }
}

type From = Parameters<typeof found>[2];

/** A shard that a Distributed table asks and that lacks the table fails reads already. */
function absentLocals(context: PlanContext, base: string, clusters: readonly string[], from: From): void {
  for (const cluster of new Set(clusters)) {
    const hosts = context.inventory.clusterHosts(cluster);
    if (hosts === null) continue;
    const lacking = hosts.filter((host) => context.inventory.hosts.includes(host) && context.inventory.at(host, base) === null);
    if (lacking.length === 0) continue;
    const peer = hosts.find((host) => context.inventory.at(host, base) !== null);
    const create = peer === undefined ? null : context.inventory.at(peer, base)?.create;
    found(
      context,
      {
        rule: "table-absent",
        severity: "error",
        message: `${list(lacking)} of cluster ${cluster} lack ${base}`,
        help: `create it there from the current definition of ${peer ?? "a peer"}${create == null ? "" : ` (${create.slice(0, 60).replaceAll("\n", " ")}…)`}; an old migration must not be replayed for that`,
      },
      from,
    );
  }
}

/** A Distributed table that most hosts with the rows have, and one has not. */
function absentPeers(context: PlanContext, name: string, hosts: readonly string[], from: From): void {
  const having = hosts.filter((host) => context.inventory.at(host, name) !== null);
  const lacking = hosts.filter((host) => context.inventory.at(host, name) === null);
  if (lacking.length === 0 || having.length <= lacking.length) return;
  found(
    context,
    {
      rule: "table-absent",
      severity: "warning",
      message: `${list(lacking)} lack ${name}, which ${having.length} of ${hosts.length} hosts with the same rows have`,
      help: "it is left out of the plan there; create it from the current definition if it should be there",
    },
    from,
  );
}

/** Shards whose tables differ before the change has begun. */
function differing(context: PlanContext, base: string, hosts: readonly string[], from: From): void {
  const onlyHere = new Set(context.inventory.topology.declared.find(({ name }) => name === base)?.columnsOnlyHere ?? []);
  const lists = new Map<string, string[]>();
  for (const host of hosts) {
    const columns = (context.inventory.at(host, base)?.columns ?? [])
      .filter(({ name }) => !onlyHere.has(name))
      .map(({ name, type }) => `${name} ${type}`);
    const key = columns.toSorted().join(", ");
    lists.set(key, [...(lists.get(key) ?? []), host]);
  }
  if (lists.size < 2) return;
  const [most = "", ...others] = [...lists].toSorted((a, b) => b[1].length - a[1].length).map(([key]) => key);
  const common = new Set(most.split(", "));
  const told = others.map((key) => {
    const own = key.split(", ");
    const more = own.filter((column) => !common.has(column)).map((column) => `has ${column}`);
    const less = [...common].filter((column) => !own.includes(column)).map((column) => `lacks ${column}`);
    return `${list(lists.get(key) ?? [])} ${[...more, ...less].slice(0, 4).join(", ")}`;
  });
  found(
    context,
    {
      rule: "definitions-differ",
      severity: "warning",
      message: `${base} differs between hosts: ${told.join("; ")}`,
      help: "tread cluster drift shows it in full; what the change itself needs is asked of every host",
    },
    from,
  );
}
