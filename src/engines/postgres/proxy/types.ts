/** A statement of the rehearsed command, about to run or just run. */
export interface ProxiedStatement {
  /** Counts from 1 in the order in which connections were opened. */
  readonly connectionId: number;
  /** As in `pg_stat_activity.pid` and `pg_locks.pid`. */
  readonly backendPid: number;
  /** Without its semicolon; one statement even where the client sent several in one message. */
  readonly sql: string;
  readonly protocol: "simple" | "extended";
  /** Whether it runs inside a transaction block, its own implicit one (several statements in one message) included. */
  readonly inTransaction: boolean;
  /** True for the COMMIT that nobody wrote, at the end of an implicit transaction. It is reported only when it fails. */
  readonly implicit: boolean;
}

export interface StatementOutcome {
  readonly durationMs: number;
  readonly error: { readonly sqlstate: string; readonly message: string } | null;
  /** `ALTER TABLE`, `INSERT 0 3`; null after an error and for an empty query. */
  readonly commandTag: string | null;
}

/**
 * Called around every statement. The statement waits for `beforeStatement`; the client waits for `afterStatement`, while the locks of
 * a transaction are still held. Connections call independently of each other. A hook that throws ends that connection, and the first
 * such error is on `RunningProxy.failure`.
 */
export interface ProxyHooks {
  beforeStatement(statement: ProxiedStatement): Promise<void>;
  afterStatement(statement: ProxiedStatement, outcome: StatementOutcome): Promise<void>;
}

export interface RunningProxy extends AsyncDisposable {
  /** `postgresql://…@127.0.0.1:port/database?sslmode=disable`. Holds the password: for the command's environment only. */
  readonly url: string;
  /** DATABASE_URL and libpq's `PG*`. */
  readonly env: Readonly<Record<string, string>>;
  /** Clients that got as far as a session, so far. Zero after the command ended means it used another database. */
  readonly connections: number;
  readonly statements: number;
  readonly failure: Error | null;
  /** Ends all connections and the listener. Safe to call twice. */
  stop(): Promise<void>;
}
