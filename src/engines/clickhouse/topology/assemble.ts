import type { HostReach, TopologyCluster, TopologyDifference, TopologyHost, TopologyShard } from "../../../model/clickhouse/topology.ts";
import { listed } from "../../../text/listed.ts";
import type { ClickHouseTarget, ReadOnlyClickHouse } from "../introspect/index.ts";
import { sameMacros, type ClusterRow, type HostAnswer } from "./host.ts";
import type { LiveTopology } from "./live.ts";

/** A host that was asked, or whose address is known. */
export interface Located {
  readonly target: ClickHouseTarget;
  /** Under which address of `system.clusters` it was looked for; null: an entry host. */
  readonly address: { readonly name: string; readonly nativePort: number } | null;
  /** Null: it did not answer. */
  readonly answer: HostAnswer | null;
  readonly reach: HostReach;
}

/** A host and native port as `system.clusters` writes them. */
export interface Address {
  readonly name: string;
  readonly nativePort: number;
  /** Who this is; null: nobody yet. */
  readonly host: Located | null;
}

/** Clusters that the server's package brings along as examples. */
const EXAMPLES = /^(?:test_|parallel_replicas|two_shards)/;

interface Book {
  readonly addresses: readonly Address[];
  /** Rows of an answer, with the examples and what speaks of the answering host only left out. */
  rowsOf(answer: HostAnswer): readonly ClusterRow[];
  at(name: string, port: number): Address | undefined;
}

/** Every address that the hosts that answered know of, and whose it is. */
export function addressesOf(located: readonly Located[], clusters: readonly string[] | null): readonly Address[] {
  return bookOf(located, clusters).addresses;
}

function bookOf(located: readonly Located[], clusters: readonly string[] | null): Book {
  const answered = located.filter((one) => one.answer !== null);
  const wanted = (row: ClusterRow): boolean => (clusters === null ? !EXAMPLES.test(row.cluster) : clusters.includes(row.cluster));
  // Who says of an address that it is himself, in every cluster in which it stands.
  const claims = new Map<string, Located[]>();
  for (const one of answered) {
    const mine = new Map<string, boolean>();
    for (const row of one.answer?.clusters ?? []) mine.set(keyOf(row), row.local && (mine.get(keyOf(row)) ?? true));
    for (const [key, local] of mine) if (local) claims.set(key, [...(claims.get(key) ?? []), one]);
  }
  // `localhost` in everybody's own configuration is everybody himself: it tells nothing of the others.
  const own = (row: ClusterRow): boolean => isLoopback(row.host) && (claims.get(keyOf(row))?.length ?? 0) > 1;
  const rowsOf = (answer: HostAnswer): readonly ClusterRow[] => answer.clusters.filter((row) => wanted(row) && !own(row));
  const addresses = new Map<string, Address>();
  const names = new Map<string, number>();
  for (const one of answered) {
    for (const row of one.answer === null ? [] : rowsOf(one.answer)) {
      if (addresses.has(keyOf(row))) continue;
      names.set(row.host, (names.get(row.host) ?? 0) + 1);
      addresses.set(keyOf(row), { name: row.host, nativePort: row.port, host: null });
    }
  }
  for (const [key, address] of addresses) {
    const claimed = claims.get(key) ?? [];
    const asked = located.find((one) => one.address !== null && `${one.address.name}:${one.address.nativePort}` === key) ?? null;
    const named = located.filter((one) => one.address === null && hostName(one.target) === address.name);
    const host =
      claimed.find((one) => hostName(one.target) === address.name) ??
      claimed[0] ??
      asked ??
      // An entry host that did not answer, and no other server has its name.
      (names.get(address.name) === 1 && named.length === 1 ? (named[0] ?? null) : null);
    addresses.set(key, { ...address, host });
  }
  return { addresses: [...addresses.values()], rowsOf, at: (name, port) => addresses.get(`${name}:${port}`) };
}

/** Hosts, shards and replicas out of what each host says. */
export function assemble(located: readonly Located[], clusters: readonly string[] | null): LiveTopology {
  const book = bookOf(located, clusters);
  const names = namesOf(located, book.addresses);
  const hosts: TopologyHost[] = [];
  const servers = new Map<string, ReadOnlyClickHouse>();
  const targets = new Map<string, ClickHouseTarget>();
  const listedHosts = new Set<Located>();
  const add = (address: Address | null, one: Located | null): void => {
    if (one !== null) {
      if (listedHosts.has(one)) return;
      listedHosts.add(one);
    }
    const name = names(address, one);
    const url = one === null ? null : new URL(one.target.endpoint);
    if (one !== null) targets.set(name, one.target);
    if (one?.answer != null) servers.set(name, one.answer.server);
    hosts.push({
      name,
      host: address?.name ?? url?.hostname ?? name,
      httpPort:
        url === null || (one?.answer === null && one.address !== null) ? null : Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      nativePort: address?.nativePort ?? one?.answer?.identity.nativePort ?? null,
      tls: url?.protocol === "https:",
      roles: [],
      macros: one?.answer?.identity.macros ?? {},
      identity: one?.answer?.identity ?? null,
      keeper: one?.answer?.keeper ?? null,
      reach: one?.reach ?? NOBODY,
    });
  };
  for (const address of book.addresses) add(address, address.host);
  for (const one of located) add(null, one);
  const found = clustersOf(located, book, names);
  return {
    topology: {
      clusters: found.clusters,
      hosts,
      declared: [],
      probes: [],
      from: "hosts",
      differences: [...found.differences, ...betweenHosts(found.clusters, hosts)],
    },
    servers,
    targets,
  };
}

const NOBODY: HostReach = {
  state: "unreachable",
  reason: "no HTTP address of it is known",
  help: "name it with one more --clickhouse-url, or in the cluster file",
};

type NameOf = (address: Address | null, one: Located | null) => string;

/** A host's name, with a port where several servers share the name. */
function namesOf(located: readonly Located[], addresses: readonly Address[]): NameOf {
  const first = new Map<Located, Address>();
  for (const address of addresses) if (address.host !== null && !first.has(address.host)) first.set(address.host, address);
  const count = new Map<string, number>();
  const bump = (name: string): void => void count.set(name, (count.get(name) ?? 0) + 1);
  for (const address of addresses) if (address.host === null || first.get(address.host) === address) bump(shownName(address, address.host));
  for (const one of located) if (!first.has(one)) bump(hostName(one.target));
  return (given, one) => {
    const address = one === null ? given : (first.get(one) ?? null);
    const bare = address === null ? (one === null ? "" : hostName(one.target)) : shownName(address, one);
    if (count.get(bare) === 1) return bare;
    return address === null ? (one === null ? bare : new URL(one.target.endpoint).host) : `${bare}:${address.nativePort}`;
  };
}

/** `localhost` says less than the name under which tread asks. */
function shownName(address: Address, one: Located | null): string {
  return one !== null && isLoopback(address.name) ? hostName(one.target) : address.name;
}

function clustersOf(
  located: readonly Located[],
  book: Book,
  names: NameOf,
): { clusters: TopologyCluster[]; differences: TopologyDifference[] } {
  const definitions = new Map<string, { cluster: TopologyCluster; by: string[]; text: string }[]>();
  const answered: string[] = [];
  for (const one of located) {
    if (one.answer === null) continue;
    const by = names(null, one);
    answered.push(by);
    const rows = groupedBy(book.rowsOf(one.answer), (row) => row.cluster);
    for (const [name, own] of rows) {
      const cluster = clusterOf(name, own, book, names);
      const text = JSON.stringify(cluster);
      const known = definitions.get(name) ?? [];
      const same = known.find((other) => other.text === text);
      if (same === undefined) known.push({ cluster, by: [by], text });
      else same.by.push(by);
      definitions.set(name, known);
    }
  }
  const differences: TopologyDifference[] = [];
  const clusters: TopologyCluster[] = [];
  for (const [name, known] of definitions) {
    const [most, ...others] = known.sort((a, b) => b.by.length - a.by.length);
    if (most === undefined) continue;
    clusters.push(most.cluster);
    for (const other of others)
      for (const host of other.by)
        differences.push({
          host,
          kind: "cluster",
          message: `${host} defines cluster ${name} as ${told(other.cluster)}, ${listed(most.by)} as ${told(most.cluster)}`,
        });
    const without = answered.filter((host) => !known.some(({ by }) => by.includes(host)));
    for (const host of without)
      differences.push({ host, kind: "cluster", message: `${host} does not know cluster ${name}, ${listed(most.by)} does` });
  }
  return { clusters, differences };
}

function clusterOf(name: string, rows: readonly ClusterRow[], book: Book, names: NameOf): TopologyCluster {
  const shards = groupedBy(rows, (row) => row.shard);
  return {
    name,
    shards: [...shards].map(([number, replicas]): TopologyShard => {
      const macros = replicas.map((row) => book.at(row.host, row.port)?.host?.answer?.identity.macros["shard"]);
      // The macro is what paths in Keeper are made of; hosts that do not agree on it have no name in common.
      const [macro] = macros;
      return {
        name: macro !== undefined && macros.every((one) => one === macro) && rowsShareShards(shards, book) ? macro : String(number),
        weight: replicas[0]?.weight ?? 1,
        internalReplication: replicas[0]?.internalReplication ?? null,
        replicas: replicas.map((row) => {
          const address = book.at(row.host, row.port);
          return address === undefined ? `${row.host}:${row.port}` : names(address, address.host);
        }),
      };
    }),
  };
}

/** No two shards of the cluster have the same macro (they do in a cluster of single hosts, for what is not replicated). */
function rowsShareShards(shards: ReadonlyMap<number, readonly ClusterRow[]>, book: Book): boolean {
  const seen = [...shards.values()].map(
    (rows) => rows.map((row) => book.at(row.host, row.port)?.host?.answer?.identity.macros["shard"])[0],
  );
  return new Set(seen).size === seen.length && !seen.includes(undefined);
}

function betweenHosts(clusters: readonly TopologyCluster[], hosts: readonly TopologyHost[]): TopologyDifference[] {
  const differences: TopologyDifference[] = [];
  const byName = new Map(hosts.map((host) => [host.name, host]));
  for (const { name, shards } of clusters) {
    for (const shard of shards) {
      const members = shard.replicas.flatMap((replica) => byName.get(replica) ?? []).filter(({ identity }) => identity !== null);
      const [first, ...rest] = members;
      for (const other of rest)
        if (first !== undefined && first.keeper !== null && other.keeper !== null && first.keeper !== other.keeper)
          differences.push({
            host: other.name,
            kind: "keeper",
            message: `${other.name} and ${first.name} are replicas of shard ${shard.name} of ${name} and talk to different Keepers (${other.keeper}; ${first.keeper}): nothing is replicated between them`,
          });
    }
  }
  const told = hosts.filter(({ identity }) => identity !== null && "replica" in identity.macros);
  for (const [index, host] of told.entries())
    for (const other of told.slice(index + 1))
      if (sameMacros(host.macros, other.macros))
        differences.push({
          host: other.name,
          kind: "macros",
          message: `${other.name} and ${host.name} have the same macros (${Object.entries(host.macros)
            .map(([macro, value]) => `${macro}=${value}`)
            .join(", ")}): a path that is made of them is one replica's for both`,
        });
  return differences;
}

function told({ shards }: TopologyCluster): string {
  return shards.map(({ replicas }) => `[${replicas.join(", ")}]`).join(" ");
}

function groupedBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

function keyOf(row: ClusterRow): string {
  return `${row.host}:${row.port}`;
}

function hostName(target: ClickHouseTarget): string {
  return new URL(target.endpoint).hostname.replace(/^\[|\]$/g, "");
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || name.startsWith("127.");
}
