import { connectTo } from "./connect.ts";
import type { Target } from "./target.ts";
import { troubleOf } from "./trouble.ts";

export interface SessionOptions {
  /** Milliseconds that one statement may take. */
  readonly statementTimeoutMs: number;
  /** Milliseconds that one statement may wait for a lock: nobody must queue behind tread. */
  readonly lockTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

export const SESSION_DEFAULTS: SessionOptions = { statementTimeoutMs: 30_000, lockTimeoutMs: 2000, connectTimeoutMs: 15_000 };

/** A database that is only read. */
export interface ReadOnlySession extends AsyncDisposable {
  /** Without the password. */
  readonly shown: string;
  /** `17.4`. */
  readonly version: string;
  readonly major: number;
  /** A replica (`pg_is_in_recovery`). */
  readonly replica: boolean;
  readonly user: string;
  readonly database: string;
  /**
   * Runs queries in one read-only transaction with one snapshot, an empty `search_path` (so that definitions come back qualified) and
   * timeouts of its own.
   * @throws DatabaseTrouble
   */
  read<T>(act: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** One query of a read-only transaction, its rows as the driver gives them. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/**
 * Connects for reading only: `default_transaction_read_only`, `statement_timeout`, `lock_timeout` and `application_name=tread` are
 * sent with the connection itself. A pooler that refuses such parameters (PgBouncer) is asked without them; there, as everywhere, each
 * transaction says READ ONLY and its timeouts for itself, so nothing is left behind on a shared server connection.
 * @throws DatabaseTrouble with one clear reason
 */
export async function openReadOnly(target: Target, options: SessionOptions = SESSION_DEFAULTS): Promise<ReadOnlySession> {
  const client = await connectTo(target, {
    settings: {
      default_transaction_read_only: "on",
      statement_timeout: String(options.statementTimeoutMs),
      lock_timeout: String(options.lockTimeoutMs),
    },
    connectTimeoutMs: options.connectTimeoutMs,
  });
  const fail = (error: unknown): never => {
    throw troubleOf(error, target.shown, target.redact);
  };
  const read = async <T>(act: (query: Query) => Promise<T>): Promise<T> => {
    const query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
      (await client.query(sql, values === undefined ? [] : [...values])).rows as readonly Row[];
    try {
      await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
      await client.query(
        `SET LOCAL search_path = ''; SET LOCAL statement_timeout = ${options.statementTimeoutMs}; SET LOCAL lock_timeout = ${options.lockTimeoutMs}; SET LOCAL client_min_messages = error`,
      );
      return await act(query);
    } catch (error) {
      return fail(error);
    } finally {
      await client.query("ROLLBACK").catch(() => {});
    }
  };
  const close = async (): Promise<void> => {
    await client.end().catch(() => {});
  };
  try {
    const [row] = await read((query) =>
      query<{ version: string; number: string; replica: boolean; user: string; database: string }>(
        "SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number, pg_catalog.pg_is_in_recovery() AS replica, current_user AS user, current_database() AS database",
      ),
    );
    if (row === undefined) throw new Error("the server did not say which it is");
    const version = /^\d+(?:\.\d+)*/.exec(row.version)?.[0] ?? row.version;
    return {
      shown: target.shown,
      version,
      major: Math.floor(Number(row.number) / 10_000),
      replica: row.replica,
      user: row.user,
      database: row.database,
      read,
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    return fail(error);
  }
}
