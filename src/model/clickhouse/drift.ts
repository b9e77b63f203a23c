/** One thing in which hosts differ from each other, from the repository or from the cluster file, or that leads nowhere. */
export interface Drift {
  readonly kind: DriftKind;
  /** Hosts that are different, by `TopologyHost.name`; empty: the cluster as a whole. */
  readonly hosts: readonly string[];
  /** `database.table`, a database, a function or a path in Keeper; null: the hosts themselves. */
  readonly object: string | null;
  /** One sentence. */
  readonly message: string;
  /** What differs, one line each; empty: the sentence says it all. */
  readonly details: readonly string[];
  readonly help: string;
}

export type DriftKind =
  /** Replicas of one shard, or shards of one cluster, define an object in two ways. */
  | "definition"
  /** Peers hold an object that these hosts do not. */
  | "missing"
  /** An object of the migrations that no host holds, or holds otherwise. */
  | "repository"
  /** On the hosts, and in no migration. */
  | "not-in-repository"
  /** The cluster file says otherwise. */
  | "cluster-file"
  /** Two replicas share a name in Keeper, shards a path, or replicas do not. */
  | "replica-path"
  /** A path in Keeper that no host uses. */
  | "orphaned-path"
  /** A view, a Distributed table or a dictionary over something that is not there. */
  | "dangling"
  /** A column that is not passed on: a Distributed table or a view has it and what stands behind lacks it. */
  | "column-lost"
  /** Hosts do not agree who is in the cluster. */
  | "topology";
