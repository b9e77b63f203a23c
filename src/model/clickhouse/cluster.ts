/** `tread.cluster/1`: which hosts there are, and what each is for (docs/formats.md). No credentials. */
export interface Cluster {
  readonly file: string;
  readonly clusters: readonly ClusterDefinition[];
  readonly tables: readonly ClusterTable[];
}

export interface ClusterDefinition {
  readonly name: string;
  readonly shards: readonly ClusterShard[];
}

export interface ClusterShard {
  readonly name: string;
  readonly internalReplication: boolean;
  readonly replicas: readonly ClusterReplica[];
}

export interface ClusterReplica {
  readonly host: string;
  readonly roles: readonly string[];
  readonly macros: Readonly<Record<string, string>>;
}

export interface ClusterTable {
  /** `database.table`. */
  readonly name: string;
  readonly kind: "local" | "read" | "write" | "view" | "kafka" | "dictionary";
  readonly roles: readonly string[];
}
