import type { Drift } from "../../../../model/clickhouse/drift.ts";
import { listed } from "../../../../text/listed.ts";
import { counted } from "../../../../text/numbers.ts";
import { definitionDifferences, normalisedCreate } from "../definition.ts";
import { definitionOn, isInner, replicasOf, type Held, type HeldHost } from "./held.ts";

/** Objects that peers define in two ways, or that only some of them hold. */
export function betweenHosts(all: Held): readonly Drift[] {
  return [...all.groups.flatMap((group) => groupDrift(group, all)), ...replicaPaths(all)];
}

function groupDrift(group: readonly HeldHost[], all: Held): readonly Drift[] {
  const drifts: Drift[] = [];
  const names = new Set(group.flatMap(({ tables }) => [...tables.keys()].filter((name) => !isInner(name))));
  for (const name of [...names].sort()) {
    const holders = group.filter(({ tables }) => tables.has(name));
    drifts.push(...missing(name, group, holders, all));
    const variants = new Map<string, HeldHost[]>();
    for (const holder of holders) {
      const text = normalisedCreate(holder.tables.get(name)?.create ?? "", holder.host.macros);
      variants.set(text, [...(variants.get(text) ?? []), holder]);
    }
    if (variants.size < 2) continue;
    const [most, ...others] = [...variants.values()].sort((a, b) => b.length - a.length);
    for (const other of others) drifts.push(defined(name, other, most ?? []));
  }
  for (const name of new Set(group.flatMap(({ catalogue }) => catalogue.databases.map((database) => database.name)))) {
    const without = group.filter(({ catalogue }) => !catalogue.databases.some((database) => database.name === name));
    if (without.length > 0)
      drifts.push({
        kind: "missing",
        hosts: hostNames(without),
        object: name,
        message: `the database ${name} is not on ${listed(hostNames(without))}`,
        details: [],
        help: `CREATE DATABASE ${name}, with the engine that it has on the other hosts`,
      });
  }
  return drifts;
}

function defined(name: string, others: readonly HeldHost[], most: readonly HeldHost[]): Drift {
  const [one] = others;
  const [usual] = most;
  const a = one === undefined ? null : definitionOn(others, one.host.name, name);
  const b = usual === undefined ? null : definitionOn(most, usual.host.name, name);
  const words = {
    a: `on ${listed(hostNames(others))}`,
    b: `on ${most.length > 2 ? counted(most.length, "other host") : listed(hostNames(most))}`,
  };
  const details = a === null || b === null ? [] : definitionDifferences(a, b, words, true);
  return {
    kind: "definition",
    hosts: hostNames(others),
    object: name,
    message: `${name} is defined otherwise ${words.a} than ${words.b}`,
    details: details.length > 0 ? details : [firstDifference(one, usual, name)],
    help: "the same ALTER on the hosts that lack it; a view or a Distributed table may be made anew",
  };
}

/** Where two texts part, for what no structure explains. */
function firstDifference(one: HeldHost | undefined, usual: HeldHost | undefined, name: string): string {
  const a = normalisedCreate(one?.tables.get(name)?.create ?? "", one?.host.macros ?? {});
  const b = normalisedCreate(usual?.tables.get(name)?.create ?? "", usual?.host.macros ?? {});
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, a.lastIndexOf(" ", Math.max(0, at - 20)));
  return `…${a.slice(from, at + 50)}… on ${one?.host.name ?? "?"}, …${b.slice(from, at + 50)}… on ${usual?.host.name ?? "?"}`;
}

function missing(name: string, group: readonly HeldHost[], holders: readonly HeldHost[], all: Held): readonly Drift[] {
  const without = group.filter((one) => !holders.includes(one));
  if (without.length === 0) return [];
  const holding = new Set(hostNames(holders));
  const declared = all.topology.declared.find((table) => table.name === name);
  // What the file says of it is compared with the file.
  if (declared !== undefined) return [];
  // A replica of a host that holds it; else, where most of the hosts that do the same work hold it.
  const absent = without.filter(
    ({ host }) =>
      replicasOf(all.topology, host.name).some((replica) => replica !== host.name && holding.has(replica)) ||
      holders.length * 2 >= group.length,
  );
  if (absent.length === 0) return [];
  return [
    {
      kind: "missing",
      hosts: hostNames(absent),
      object: name,
      message: `${name} is not on ${listed(hostNames(absent))}, and on ${holders.length > 3 ? counted(holders.length, "peer") : listed(hostNames(holders))} it is`,
      details: [],
      help: "make it there from SHOW CREATE of a peer; a host that is meant to be without it says so by its role in the cluster file",
    },
  ];
}

/** Paths in Keeper: the same for the replicas of a shard, another for each shard, and a name for each replica. */
function replicaPaths({ hosts, topology }: Held): readonly Drift[] {
  const drifts: Drift[] = [];
  const used = new Map<string, { readonly host: HeldHost; readonly table: string }>();
  for (const one of hosts) {
    for (const table of one.tables.values()) {
      const { replica } = table;
      if (replica === null) continue;
      const key = `${one.host.keeper ?? ""}\n${replica.zookeeperPath}\n${replica.replicaName}`;
      const before = used.get(key);
      if (before !== undefined)
        drifts.push({
          kind: "replica-path",
          hosts: [before.host.host.name, one.host.name],
          object: table.name,
          message: `${before.table} on ${before.host.host.name} and ${table.name} on ${one.host.name} are the same replica ${replica.replicaName} of ${replica.zookeeperPath}`,
          details: [],
          help: "one of them is read-only or loses its rows: the macros of the hosts must differ",
        });
      used.set(key, { host: one, table: table.name });
      const peers = replicasOf(topology, one.host.name);
      for (const peer of hosts) {
        if (peer === one || !peers.includes(peer.host.name) || peer.host.name < one.host.name) continue;
        const theirs = peer.tables.get(table.name)?.replica ?? null;
        if (theirs !== null && theirs.zookeeperPath !== replica.zookeeperPath)
          drifts.push({
            kind: "replica-path",
            hosts: [one.host.name, peer.host.name],
            object: table.name,
            message: `${table.name} is at ${replica.zookeeperPath} on ${one.host.name} and at ${theirs.zookeeperPath} on ${peer.host.name}, which are replicas of one shard`,
            details: [],
            help: "nothing is replicated between them",
          });
      }
    }
  }
  return drifts;
}

export function hostNames(hosts: readonly HeldHost[]): readonly string[] {
  return hosts.map(({ host }) => host.name);
}
