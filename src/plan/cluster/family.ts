import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import type { Inventory, Placed } from "./inventory.ts";

/** Replicas that share one table: one statement on one of them is enough. A table that is not replicated is a group of one. */
export interface ShardGroup {
  readonly shard: string | null;
  readonly hosts: readonly string[];
  readonly replicated: boolean;
}

/** A table that holds rows, with everything that rows pass through to it and that reads it under another name. */
export interface Family {
  /** `database.table` that holds the rows. */
  readonly base: string;
  readonly locals: readonly Placed[];
  readonly groups: readonly ShardGroup[];
  /** Distributed tables that apps read; one that takes rows as well stands in `write`. */
  readonly read: readonly Placed[];
  readonly write: readonly Placed[];
  readonly buffers: readonly Placed[];
  /** Materialized views that write into one of the above. */
  readonly feeders: readonly Placed[];
  /** Views, dictionaries, Merge tables and further materialized views that read one of the above. */
  readonly readers: readonly Placed[];
}

export type Resolved =
  | { readonly family: Family }
  | { readonly refused: string; readonly help: string; readonly rule: "ambiguous-table" | "not-here" };

/** The family that a name belongs to, whichever of its tables was named. @param cluster ON CLUSTER of the statement: only its hosts */
export function familyOf(name: string, inventory: Inventory, state: ClickHouseState, cluster: string | null): Resolved {
  const placed = inventory.placed(name).filter(({ host }) => inCluster(host, cluster, inventory));
  if (placed.length === 0) return absent(name, inventory);
  const bases = new Set(placed.flatMap(({ table }) => baseOf(table, state)));
  const [base] = bases;
  if (bases.size > 1)
    return {
      rule: "ambiguous-table",
      refused: `${name} stands for different tables: ${placed.map(({ host, table }) => `${baseOf(table, state).join(", ")} on ${host}`).join("; ")}`,
      help: "name the cluster that is meant (ON CLUSTER is left out of what runs), or the table that holds the rows",
    };
  if (base === undefined)
    return {
      rule: "ambiguous-table",
      refused: `${name} holds no rows of its own (${placed[0]?.table.engine ?? ""}), and what is behind it could not be told`,
      help: "name the table that holds the rows",
    };
  return { family: gather(base, inventory, state, cluster) };
}

function absent(name: string, inventory: Inventory): Resolved {
  const unread = inventory.unread.length === 0 ? "" : `; not asked: ${inventory.unread.join(", ")}`;
  return {
    rule: "not-here",
    refused: `no host holds ${name}${unread}`,
    help: "check its name and database, and that every cluster it stands on is named",
  };
}

function inCluster(host: string, cluster: string | null, inventory: Inventory): boolean {
  if (cluster === null) return true;
  const hosts = inventory.clusterHosts(cluster);
  return hosts === null || hosts.includes(host);
}

/** The table behind; itself where it holds rows. */
function baseOf(table: CatalogueTable, state: ClickHouseState): readonly string[] {
  if (table.distributed !== null) return [table.distributed.over];
  if (table.kind === "local") return [table.name];
  if (table.kind === "forwarding") {
    const behind = state.tables.get(table.name)?.forwards?.table ?? null;
    return behind === null ? [] : [behind];
  }
  return [];
}

export function gather(base: string, inventory: Inventory, state: ClickHouseState, cluster: string | null): Family {
  const distributed = inventory.over(base).filter(({ table }) => sameCluster(table, cluster, inventory));
  // A table of the same name on a cluster that none of these reach is another table.
  const reached = new Set(
    distributed.flatMap(({ table }) => inventory.clusterHosts(table.distributed?.clusterResolved ?? "") ?? inventory.hosts),
  );
  const all = inventory.placed(base).filter(({ table, host }) => table.kind === "local" && inCluster(host, cluster, inventory));
  const locals = distributed.length === 0 ? all : all.filter(({ host }) => reached.has(host));
  const names = new Set([base, ...distributed.map(({ table }) => table.name)]);
  const hosts = new Set([...locals, ...distributed].map(({ host }) => host));
  const on = (placed: Placed): boolean => hosts.has(placed.host) || distributed.length === 0;
  const feeders = [...names].flatMap((name) => inventory.into(name)).filter(on);
  const targets = new Set(feeders.map(({ table }) => table.target));
  const declared = new Map(inventory.topology.declared.map(({ name, kind }) => [name, kind]));
  const isWrite = ({ table }: Placed): boolean => {
    const kind = declared.get(table.name);
    if (kind === "read" || kind === "write") return kind === "write";
    // Rows arrive through it, or could: with one shard no key is needed.
    return targets.has(table.name);
  };
  // Where nothing tells them apart, one that has a sharding key takes rows as well as it gives them.
  const told = distributed.some(isWrite);
  const takes = (placed: Placed): boolean => isWrite(placed) || (!told && placed.table.distributed?.shardingKey !== "");
  const readers: Placed[] = [];
  const buffers: Placed[] = [];
  for (const host of inventory.hosts) {
    const seen = new Set<string>();
    for (const name of names) {
      if (inventory.at(host, name) === null) continue;
      for (const table of inventory.readers(host, name)) {
        if (seen.has(table.name) || names.has(table.name)) continue;
        if (table.kind === "forwarding") {
          const forwards = state.tables.get(table.name)?.forwards ?? null;
          if (forwards?.kind === "buffer" && forwards.table !== null && names.has(forwards.table)) buffers.push({ host, table });
          else if (forwards?.table == null || !names.has(forwards.table)) continue;
          else readers.push({ host, table });
        } else if (table.kind === "dictionary") {
          const spec = state.tables.get(table.name)?.dictionary ?? null;
          if (spec?.sourceTable !== name && spec?.sourceQuery?.reads.some((read) => read.table === name) !== true) continue;
          readers.push({ host, table });
        } else readers.push({ host, table });
        seen.add(table.name);
      }
    }
  }
  return {
    base,
    locals,
    groups: groupsOf(locals, inventory),
    read: distributed.filter((one) => !takes(one)),
    write: distributed.filter(takes),
    buffers,
    feeders,
    readers,
  };
}

function sameCluster(table: CatalogueTable, cluster: string | null, inventory: Inventory): boolean {
  if (cluster === null) return true;
  const own = inventory.clusterHosts(table.distributed?.clusterResolved ?? "");
  const asked = inventory.clusterHosts(cluster);
  return own === null || asked === null || own.some((host) => asked.includes(host));
}

/** Which hosts hold the same rows of a table, by its path in Keeper; a Replicated database carries DDL to all of its hosts. */
export function groupsOf(placed: readonly Placed[], inventory: Inventory): readonly ShardGroup[] {
  const groups = new Map<string, { shard: string | null; hosts: string[]; replicated: boolean }>();
  for (const { host, table } of placed) {
    const keeper = inventory.topology.hosts.find(({ name }) => name === host)?.keeper ?? "";
    const replicatedDatabase = inventory.databaseEngine(host, table.database) === "Replicated";
    const key = replicatedDatabase
      ? `database ${keeper} ${table.database}`
      : table.replica === null
        ? `host ${host}`
        : `path ${keeper} ${table.replica.zookeeperPath}`;
    const known = groups.get(key);
    if (known === undefined)
      groups.set(key, {
        shard: replicatedDatabase ? null : inventory.shardOf(host),
        hosts: [host],
        replicated: replicatedDatabase || table.replica !== null,
      });
    else known.hosts.push(host);
  }
  return [...groups.values()];
}

/** Objects that are replicated by nothing: one group per host, except in a Replicated database. */
export function hostGroups(placed: readonly Placed[], inventory: Inventory): readonly ShardGroup[] {
  return groupsOf(
    placed.map(({ host, table }) => ({ host, table: { ...table, replica: null } })),
    inventory,
  );
}
