import type { Cluster, ClusterTable } from "./cluster.ts";

/**
 * A cluster as data: which hosts there are, what each is for, and what each holds. Everything here was either read from the host itself
 * or stands in the cluster file; a host that did not answer is `unreachable` and nothing is assumed of it.
 */
export interface Topology {
  readonly clusters: readonly TopologyCluster[];
  /** Every host once, in the order of clusters, shards and replicas. One entry and no cluster: a single server. */
  readonly hosts: readonly TopologyHost[];
  /** What the cluster file says of tables; empty without one. */
  readonly declared: readonly DeclaredTable[];
  readonly probes: readonly Probe[];
  readonly from: "hosts" | "file" | "both";
  /** Where the file and the hosts disagree, or two hosts do. Empty: they agree, or there was only one witness. */
  readonly differences: readonly TopologyDifference[];
}

export interface TopologyCluster {
  /** As `remote_servers` and `ON CLUSTER` name it. */
  readonly name: string;
  readonly shards: readonly TopologyShard[];
}

export interface TopologyShard {
  readonly name: string;
  readonly weight: number;
  /** True: a Distributed table writes to one replica, and replication copies; false: to all of them. Null: an old server does not tell. */
  readonly internalReplication: boolean | null;
  /** Names of hosts (`TopologyHost.name`). */
  readonly replicas: readonly string[];
}

export interface TopologyHost {
  /** Unique: the host's name, with its native port where several servers share the name (`127.0.0.1:19001`). */
  readonly name: string;
  readonly host: string;
  /** Null: nobody said it (`system.clusters` knows native ports only). */
  readonly httpPort: number | null;
  readonly nativePort: number | null;
  readonly tls: boolean;
  readonly roles: readonly string[];
  /** As the host says, or where it was not asked, as the file says. */
  readonly macros: Readonly<Record<string, string>>;
  /** Null: the host was not asked, and the file holds none. */
  readonly identity: HostIdentity | null;
  /**
   * Which Keeper it talks to: its oldest node with the time it was made (`clickhouse 2026-11-22 19:56:39 #2`), which no two Keepers
   * share and none loses. Null: none, or the host does not tell. Hosts with different ones replicate nothing to each other.
   */
  readonly keeper: string | null;
  readonly reach: HostReach;
}

export type HostReach =
  | { readonly state: "reached"; readonly version: string }
  | {
      readonly state: "unreachable";
      /** Without passwords. */
      readonly reason: string;
      readonly help: string;
    }
  /** Only the file names it: nobody asked. */
  | { readonly state: "not-asked" };

/** Who answers at an address: a host that answers as another one is refused. */
export interface HostIdentity {
  /** `serverUUID()`; null where the server says zero or does not know the function. */
  readonly serverUuid: string | null;
  /** `hostName()` and, where the server tells it, its native port. */
  readonly hostName: string;
  readonly nativePort: number | null;
  readonly macros: Readonly<Record<string, string>>;
}

export interface TopologyDifference {
  /** Null: of the cluster as a whole. */
  readonly host: string | null;
  readonly kind:
    | "host-missing"
    | "host-unknown"
    | "identity"
    | "macros"
    | "shard"
    | "cluster"
    | "port"
    | "keeper"
    | "replica-path"
    | "table";
  /** One sentence: what the one says and what the other says. */
  readonly message: string;
}

export type DeclaredKind = ClusterTable["kind"];

/** A table of the cluster file. */
export interface DeclaredTable extends ClusterTable {
  /** Tables of one chain share it; null: not said. */
  readonly family: string | null;
  /** Columns that stand on this environment's hosts and in no migration. */
  readonly columnsOnlyHere: readonly string[];
}

/** How a row may be sent through a chain in production to see it arrive; without one, no row is ever inserted. */
export interface Probe {
  readonly family: string;
  /** `database.table` that takes the row. */
  readonly into: string;
  /** One row as JSONEachRow takes it, with `{probe_id}` where its mark goes. */
  readonly row: Readonly<Record<string, unknown>>;
  /** The column and value that mark a row as a probe's: a reserved tenant. */
  readonly reserved: { readonly column: string; readonly value: string | number };
  /** Statements that remove it again. Never a mutation on a large table. */
  readonly cleanUp: readonly string[];
}

/** `tread.cluster/1` as it is read: everything that the rules ask (`Cluster`), and what a walk needs besides. */
export interface ClusterFile extends Cluster {
  readonly clusters: readonly ClusterFileCluster[];
  readonly tables: readonly DeclaredTable[];
  readonly probes: readonly Probe[];
  /** Which environments it is for; null: not said. */
  readonly environments: readonly string[] | null;
}

export interface ClusterFileCluster {
  readonly name: string;
  /** `oldestNode`: as adopted, what tells this Keeper from another (`TopologyHost.keeper`); null: not recorded. */
  readonly keeper: { readonly id: string; readonly oldestNode: string | null } | null;
  readonly shards: readonly ClusterFileShard[];
}

export interface ClusterFileShard {
  readonly name: string;
  readonly weight: number;
  readonly internalReplication: boolean;
  readonly replicas: readonly ClusterFileHost[];
}

export interface ClusterFileHost {
  readonly host: string;
  readonly httpPort: number | null;
  readonly nativePort: number | null;
  readonly tls: boolean;
  readonly roles: readonly string[];
  readonly macros: Readonly<Record<string, string>>;
  /** As adopted: `serverUUID()`; null: not recorded. */
  readonly serverUuid: string | null;
}

/** What one host holds, as it said at one moment. */
export interface HostCatalogue {
  /** `TopologyHost.name`. */
  readonly host: string;
  readonly version: string;
  /** When it was read, by tread's clock, ISO 8601. */
  readonly readAt: string;
  readonly databases: readonly CatalogueDatabase[];
  /** Sorted by name. The server's own and temporary tables are left out, inner tables of views are in. */
  readonly tables: readonly CatalogueTable[];
  /** User-defined SQL functions. */
  readonly functions: readonly { readonly name: string; readonly create: string }[];
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}

export interface CatalogueDatabase {
  readonly name: string;
  /** `Atomic`, `Ordinary`, `Replicated`, … */
  readonly engine: string;
  /** Null: zero, or the engine keeps none. */
  readonly uuid: string | null;
}

export type CatalogueKind =
  /** Holds rows on this host: MergeTree, Log, Memory, Null, … */
  | "local"
  | "distributed"
  | "materialized-view"
  | "view"
  /** Kafka and its like: rows come in by themselves. */
  | "queue"
  | "dictionary"
  /** Buffer, Merge, Alias: hands rows on or reads them elsewhere on this host. */
  | "forwarding"
  /** Rows lie elsewhere: MySQL, S3, URL, KeeperMap, … */
  | "external";

export interface CatalogueTable {
  /** `database.table`, unquoted. */
  readonly name: string;
  readonly database: string;
  readonly table: string;
  readonly kind: CatalogueKind;
  readonly engine: string;
  /** Engine with arguments, keys and settings, as `system.tables` writes it. */
  readonly engineFull: string;
  /** `SHOW CREATE` as the server answers; empty where this user may not see it. */
  readonly create: string;
  /** The server answers `[HIDDEN]` in it: nothing may be made anew from it. */
  readonly hidesSecrets: boolean;
  /** Null: zero. */
  readonly uuid: string | null;
  readonly columns: readonly CatalogueColumn[];
  /** Empty text: none. As the server writes it: `tenant, toDate(at)`. */
  readonly sortingKey: string;
  readonly primaryKey: string;
  readonly partitionKey: string;
  readonly samplingKey: string;
  readonly replica: CatalogueReplica | null;
  readonly distributed: CatalogueDistributed | null;
  /** Of a view with TO: `database.table` that its rows go to. */
  readonly target: string | null;
  /** Null: the engine does not tell. */
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly comment: string;
}

export interface CatalogueColumn {
  readonly name: string;
  /** From 1. */
  readonly position: number;
  readonly type: string;
  /** `DEFAULT`, `MATERIALIZED`, `ALIAS`, `EPHEMERAL`, or empty. */
  readonly defaultKind: string;
  readonly defaultExpression: string;
  readonly codec: string;
  readonly comment: string;
  readonly inSortingKey: boolean;
  readonly inPartitionKey: boolean;
}

export interface CatalogueReplica {
  /** With macros filled in. */
  readonly zookeeperPath: string;
  readonly replicaName: string;
  readonly readOnly: boolean;
}

export interface CatalogueDistributed {
  /** As written: a name, or `{cluster}`. */
  readonly cluster: string;
  /** With the host's macros filled in. */
  readonly clusterResolved: string;
  /** `database.table` behind it. */
  readonly over: string;
  /** Empty: none. */
  readonly shardingKey: string;
}
