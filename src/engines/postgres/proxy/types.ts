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
  /** Inside BEGIN … COMMIT, and not only in an implicit transaction. */
  readonly block: boolean;
  /** True for the COMMIT that nobody wrote, at the end of an implicit transaction. It is reported only when it fails. */
  readonly implicit: boolean;
  /** It is one of several in a message, and the message is one transaction of the proxy's, which it can begin again as a whole. */
  readonly replayable?: boolean;
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
  /** For a proxy that does more than look on. */
  readonly discipline?: Discipline;
}

/** An ErrorResponse in tread's name. */
export interface Refusal {
  readonly sqlstate: string;
  readonly message: string;
  readonly hint: string;
}

/**
 * Runs a statement of tread's on the client's own session; the client hears nothing of it. By named prepared statements that are closed
 * again, so that the client's unnamed one stays (a simple query would take it away, manual 55.2.3).
 * @returns the rows as text, or the server's error
 */
export type OwnQuery = (
  ...statements: readonly string[]
) => Promise<
  | { readonly ok: true; readonly rows: readonly (readonly (string | null)[])[] }
  | { readonly ok: false; readonly sqlstate: string; readonly message: string }
>;

/** What happens to a session beside the client's own statements. */
export interface Discipline {
  /** A client has a session. */
  opened(session: SessionControl): Promise<Refusal | null>;
  closed(session: SessionControl): void;
  /** How an implicit transaction of that connection has ended: of a message of several statements, or of a pipeline up to its Sync. */
  ended(connectionId: number, how: "committed" | "rolled back"): void;
  /**
   * Called before the statement takes any lock, and again before each repetition.
   * @returns what the client is to hear in place of running it, or null
   */
  prepare(statement: ProxiedStatement, own: OwnQuery): Promise<Refusal | null>;
  /**
   * The statement failed, and could be run again without the client hearing of it: nothing of it has been answered, and no earlier
   * statement of its transaction would be lost, unless that can be taken back with `own` (a savepoint).
   * @returns true to run it again
   */
  again(statement: ProxiedStatement, error: { readonly sqlstate: string; readonly message: string }, own: OwnQuery): Promise<boolean>;
}

/** One client's session, for whoever has to act on it from outside. */
export interface SessionControl {
  readonly connectionId: number;
  readonly backendPid: number;
  /** Runs when the client is not in the middle of a message. */
  readonly own: (...statements: readonly string[]) => ReturnType<OwnQuery>;
  /**
   * Rolls back the transaction in which the client is idle, and lets go of its locks at once. The client hears of it with its next
   * statement; a COMMIT fails as well.
   * @returns false when it is not idle in a transaction block
   */
  rollBack(refusal: Refusal): Promise<boolean>;
}

/** How a proxy speaks, and what it lets through. */
export interface Manner {
  /** `the rehearsal`, `tread guard`. */
  readonly name: string;
  /** Why a statement must not reach the server, or null. */
  readonly refuse: (sql: string) => string | null;
  readonly refusalHint: string;
  /** The statement as the server is to get it. */
  readonly rewrite: (sql: string) => string;
}

export interface RunningProxy extends AsyncDisposable {
  /** `postgresql://…@127.0.0.1:port/database?sslmode=disable`. Holds the password: for the command's environment only. */
  readonly url: string;
  readonly port: number;
  /** What clients give; another secret than the server's. */
  readonly password: string;
  /** DATABASE_URL and libpq's `PG*`. */
  readonly env: Readonly<Record<string, string>>;
  /** Clients that got as far as a session, so far. Zero after the command ended means it used another database. */
  readonly connections: number;
  readonly statements: number;
  readonly failure: Error | null;
  /** Clients that insisted on TLS towards the proxy, or came with a wrong password, another user or database, and were turned away. */
  readonly turnedAway: readonly string[];
  /** Ends all connections and the listener. Safe to call twice. */
  stop(): Promise<void>;
}
