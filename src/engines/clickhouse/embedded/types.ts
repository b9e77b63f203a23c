import type { CrashReason, EngineCrashed } from "./errors.ts";

export type ClickHouseSettings = Readonly<Record<string, string | number | boolean>>;

/** A cluster by name. However many shards it has elsewhere, here it is this one process. */
export interface ClickHouseCluster {
  readonly name: string;
}

export interface StartClickHouseOptions {
  /** Where the temporary directory is made; the system's own by default. */
  readonly directory?: string;
  /** Settings of the session, as `SET` would give them. */
  readonly settings?: ClickHouseSettings;
  /** Bytes that the engine may use in all; 2 GiB by default. Above it, queries fail with 241. */
  readonly memoryLimit?: number;
  readonly onProgress?: (message: string) => void;
  /** Macros of `{name}` in engine arguments and paths. */
  readonly macros?: Readonly<Record<string, string>>;
  readonly clusters?: readonly ClickHouseCluster[];
  /**
   * Nothing moves by itself: no merge, no TTL, no part is taken away because it is empty, and a refreshable view stands still from its
   * creation on. What a statement asks for (OPTIMIZE, a mutation) runs. For whoever compares tables before and after.
   */
  readonly still?: boolean;
  /** More XML for the inside of the server's `<clickhouse>`. */
  readonly config?: string;
  /** Milliseconds that a query may take unless it says otherwise; 300,000 by default. */
  readonly timeoutMs?: number;
}

export interface QueryOptions {
  /** `TabSeparated` by default. */
  readonly format?: string;
  /** For this query alone; the session's own values are put back afterwards. */
  readonly settings?: ClickHouseSettings;
  /** Values for `{name:Type}`. */
  readonly params?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
}

export interface QueryResult {
  readonly text: string;
  /** Rows and bytes that the query read (not those that it returned): known with the formats `JSON` and `JSONCompact`, null with others. */
  readonly statistics: { readonly elapsedMs: number; readonly rowsRead: number | null; readonly bytesRead: number | null };
}

/** A ClickHouse of tread's own, in a child process. Queries run one after the other, in the order in which they were asked. */
export interface EmbeddedClickHouse {
  /** `26.7.2.1`. */
  readonly version: string;
  /** Where its data are. One per engine, removed by `stop()`. */
  readonly directory: string;
  /**
   * @throws ClickHouseError what the engine answered, with its code
   * @throws EngineCrashed when the engine died or did not answer in time
   */
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  /** The rows of a query as objects. Integers of 64 bits and more come as numbers where they fit into one exactly, else as text. */
  rows<T = Record<string, unknown>>(sql: string, options?: Omit<QueryOptions, "format">): Promise<T[]>;
  /** Null while it runs; then why it does not, and what it was doing. */
  crashed(): EngineCrashed | null;
  /** Another engine on the same data, after a crash or with other clusters and macros. Settings and temporary tables of the session are gone. */
  restart(changed?: Pick<StartClickHouseOptions, "clusters" | "macros">): Promise<void>;
  /** Ends the process and removes its directory. May be called twice. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type { CrashReason };
