import type { CatalogueTable } from "../../../model/clickhouse/topology.ts";

/**
 * Which Distributed tables take rows and which are read. Several over one table: those that a view writes to take rows, else those that
 * alone have a sharding key. A single one is read, and takes rows as well.
 */
export function distributedKinds(tables: readonly CatalogueTable[]): ReadonlyMap<string, "read" | "write"> {
  const fed = new Set(tables.flatMap(({ target }) => (target === null ? [] : [target])));
  const over = new Map<string, CatalogueTable[]>();
  for (const table of tables)
    if (table.distributed !== null) over.set(table.distributed.over, [...(over.get(table.distributed.over) ?? []), table]);
  const kinds = new Map<string, "read" | "write">();
  for (const group of over.values()) {
    const someFed = group.some(({ name }) => fed.has(name));
    const keyed = group.filter(({ distributed }) => distributed?.shardingKey !== "");
    for (const { name, distributed } of group) {
      const writes = someFed ? fed.has(name) : group.length > 1 && keyed.length < group.length && distributed?.shardingKey !== "";
      kinds.set(name, writes ? "write" : "read");
    }
  }
  return kinds;
}

/** A name for each chain: that of the table by which it is read. Views and queues belong to the chain that they write into. */
export function familiesOf(tables: readonly CatalogueTable[]): ReadonlyMap<string, string> {
  const families = new Map<string, string>();
  const kinds = distributedKinds(tables);
  for (const table of tables) {
    if (table.kind !== "local") continue;
    const over = tables.filter(({ distributed }) => distributed?.over === table.name);
    if (over.length === 0 && !tables.some(({ target }) => target === table.name)) continue;
    const read = over.find(({ name }) => kinds.get(name) === "read") ?? table;
    const members = new Set([table.name, ...over.map(({ name }) => name)]);
    for (const view of tables) if (view.target !== null && members.has(view.target)) members.add(view.name);
    for (const member of members) families.set(member, families.get(member) ?? read.table);
  }
  return families;
}
