/** What one host says of its work: queues, mutations, replicas. Read in one go, from the host itself. */
export interface HostStatus {
  /** `TopologyHost.name`. */
  readonly host: string;
  readonly keeper: KeeperSession;
  readonly replicas: readonly ReplicaStatus[];
  /** Entries of replication queues that failed or were put off. */
  readonly stuck: readonly QueueEntry[];
  /** Not done. */
  readonly mutations: readonly MutationStatus[];
  /** Of Distributed tables that hold files. */
  readonly distribution: readonly DistributionQueue[];
  readonly detached: readonly DetachedParts[];
  /** `ON CLUSTER` statements of anybody that this host has not finished. */
  readonly ddl: readonly QueuedDdl[];
  readonly disks: readonly Disk[];
  /** BACKUP and RESTORE under way. */
  readonly backups: readonly { readonly id: string; readonly status: string }[];
  /** What could not be read, in words. */
  readonly notes: readonly string[];
}

export type KeeperSession =
  /** No replicated table, no Keeper in the configuration. */
  | { readonly state: "none" }
  | { readonly state: "connected" }
  | { readonly state: "expired"; readonly reason: string }
  /** It replicates nothing, and the server does not tell. */
  | { readonly state: "unknown" };

export interface ReplicaStatus {
  /** `database.table`. */
  readonly table: string;
  readonly readOnly: boolean;
  readonly sessionExpired: boolean;
  /** Entries to be done. */
  readonly queue: number;
  /** Seconds behind the other replicas. */
  readonly delaySeconds: number;
  readonly active: number;
  readonly total: number;
}

export interface QueueEntry {
  readonly table: string;
  /** `GET_PART`, `MERGE_PARTS`, `MUTATE_PART`, `ALTER_METADATA`, … */
  readonly type: string;
  readonly part: string;
  readonly tries: number;
  /** Empty: it did not fail, it waits. */
  readonly exception: string;
  readonly postponed: string;
}

export interface MutationStatus {
  readonly table: string;
  readonly id: string;
  readonly command: string;
  /** By the server's clock. */
  readonly created: string;
  readonly partsToDo: number;
  /** Null: it did not fail so far. */
  readonly failed: { readonly part: string; readonly reason: string } | null;
}

export interface DistributionQueue {
  readonly table: string;
  /** Directory of the shard or replica: `shard1_replica1`. */
  readonly to: string;
  readonly files: number;
  readonly bytes: number;
  /** Files that were given up and lie aside. */
  readonly broken: number;
  readonly errors: number;
  readonly blocked: boolean;
  /** Empty: none. */
  readonly lastException: string;
}

export interface DetachedParts {
  readonly table: string;
  /** `broken-on-start`, `noquorum`, …; empty: somebody detached them. */
  readonly reason: string;
  readonly parts: number;
}

export interface QueuedDdl {
  readonly entry: string;
  readonly query: string;
  readonly status: string;
  readonly exception: string;
}

export interface Disk {
  readonly name: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}
