import type { Drift } from "../../../../model/clickhouse/drift.ts";
import { namedTables, type ClickHouseTable } from "../../../../model/clickhouse/schema.ts";
import { listed } from "../../../../text/listed.ts";
import { isInner, type Held, type HeldHost } from "./held.ts";

/** Objects over something that is not there, and columns that are not passed on. One entry per object and reason, with all its hosts. */
export function dangling(all: Held): readonly Drift[] {
  const found = new Map<string, { drift: Drift; hosts: string[] }>();
  const add = (host: string, drift: Omit<Drift, "hosts" | "message"> & { readonly message: (hosts: string) => string }): void => {
    const key = `${drift.kind}\n${drift.object}\n${drift.message("")}`;
    const hosts = [...(found.get(key)?.hosts ?? []), host];
    found.set(key, { hosts, drift: { ...drift, hosts, message: drift.message(listed(hosts)) } });
  };
  for (const one of all.hosts) {
    for (const table of one.state.tables.values()) {
      if (isInner(table.name)) continue;
      here(table, one, (drift) => add(one.host.name, drift));
    }
    for (const table of one.tables.values())
      if (table.distributed !== null) there(table.name, one, all, (drift) => add(one.host.name, drift));
  }
  return [...found.values()].map(({ drift }) => drift);
}

type Add = (drift: Omit<Drift, "hosts" | "message"> & { readonly message: (hosts: string) => string }) => void;

/** What an object names on its own host. */
function here(table: ClickHouseTable, { state, tables }: HeldHost, add: Add): void {
  for (const name of namedTables(table)) {
    if (/^(?:system|information_schema|INFORMATION_SCHEMA)\./.test(name) || tables.has(name)) continue;
    if (table.forwards?.kind === "distributed" && table.forwards.table === name) continue;
    const what = name === table.target ? "writes to" : table.kind === "dictionary" ? "is loaded from" : "reads";
    add({
      kind: "dangling",
      object: table.name,
      message: (hosts) => `${table.name} on ${hosts} ${what} ${name}, which is not there`,
      details: [],
      help:
        name === table.target
          ? "every INSERT into its source fails: make the table, or drop the view"
          : table.kind === "materialized-view"
            ? "it gets no rows: make the table, or drop the view"
            : "every query of it fails: make the table, or drop what reads it",
    });
  }
  const target = table.target === null ? undefined : state.tables.get(table.target);
  const outputs = table.select?.outputs ?? null;
  if (target === undefined || outputs === null || !target.columnsKnown) return;
  const columns = new Set(target.columns.map(({ name }) => name));
  const lost = outputs.filter(({ name }) => !columns.has(name)).map(({ name }) => name);
  if (lost.length > 0)
    add({
      kind: "column-lost",
      object: table.name,
      message: (hosts) =>
        `${table.name} on ${hosts} selects ${listed(lost)}, which its target ${target.name} has not: the values are dropped without an error`,
      details: [],
      help: `ALTER TABLE ${target.name} ADD COLUMN …, or take it out of the view's SELECT`,
    });
}

/** What a Distributed table needs on every host of its cluster. */
function there(name: string, one: HeldHost, { topology, hosts }: Held, add: Add): void {
  const table = one.tables.get(name);
  const to = table?.distributed ?? null;
  if (table === undefined || to === null) return;
  const cluster = topology.clusters.find((each) => each.name === to.clusterResolved);
  if (cluster === undefined) {
    // A Replicated database is a cluster of that name, and the default ones are not read.
    if (!/\{/.test(to.clusterResolved)) return;
    add({
      kind: "dangling",
      object: name,
      message: (on) => `${name} on ${on} is Distributed over ${to.clusterResolved}, and a macro in it is not set`,
      details: [],
      help: "set the macro, or name the cluster",
    });
    return;
  }
  const members = cluster.shards.flatMap(({ replicas }) => replicas);
  const read = hosts.filter(({ host }) => members.includes(host.name));
  const without = read.filter(({ tables }) => !tables.has(to.over)).map(({ host }) => host.name);
  if (without.length > 0)
    add({
      kind: "dangling",
      object: name,
      message: (on) =>
        `${name} on ${on} is Distributed over ${to.over}, which ${listed(without)} of cluster ${cluster.name} ${without.length === 1 ? "does" : "do"} not have`,
      details: [],
      help: "a read that reaches them fails, and rows that are meant for them stay in the queue",
    });
  for (const column of table.columns) {
    if (column.defaultKind === "ALIAS") continue;
    const lacking = read.filter(({ tables }) => {
      const behind = tables.get(to.over);
      return behind !== undefined && !behind.columns.some((each) => each.name === column.name);
    });
    if (lacking.length === 0) continue;
    const names = lacking.map(({ host }) => host.name);
    add({
      kind: "column-lost",
      object: name,
      message: (on) => `${name} on ${on} has the column ${column.name}, which ${to.over} on ${listed(names)} has not`,
      details: [],
      help: "a query that names it fails, and rows with it stay in the queue: add it to every local table first",
    });
  }
}
