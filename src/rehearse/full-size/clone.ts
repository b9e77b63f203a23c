import type { Client } from "pg";
import type { ReadOnlySession } from "../../engines/postgres/introspect/session.ts";
import type { Target } from "../../engines/postgres/introspect/target.ts";
import { troubleOf } from "../../engines/postgres/introspect/trouble.ts";
import type { FullSizeReport } from "../../model/report.ts";

/** A server of the user's that holds a copy of real data and may be changed. */
export interface Clone extends AsyncDisposable {
  /** Without the password. */
  readonly shown: string;
  readonly version: string;
  readonly major: number;
  readonly database: string;
  /** Opens a connection that is closed with the clone. @throws DatabaseTrouble */
  connect(applicationName: string): Promise<Client>;
  /** Stops what runs on any of its connections, on the server itself: a statement goes on there when only its client is gone. */
  cancel(): Promise<void>;
  close(): Promise<void>;
}

export function openClone(target: Target, session: ReadOnlySession): Clone {
  const clients = new Map<Client, number>();
  const open = async (applicationName: string): Promise<Client> => {
    const { default: pg } = await import("pg");
    let last: unknown = null;
    for (const config of target.attempts) {
      const client = new pg.Client({ ...config, application_name: applicationName, connectionTimeoutMillis: 15_000 });
      // Without a listener, a server that goes away would end tread. Queries still reject.
      client.on("error", () => {});
      try {
        await client.connect();
        const { rows } = await client.query<{ pid: number }>("SELECT pg_catalog.pg_backend_pid() AS pid");
        clients.set(client, rows[0]?.pid ?? 0);
        return client;
      } catch (error) {
        last = error;
        await client.end().catch(() => {});
      }
    }
    throw troubleOf(last, target.shown, target.redact);
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled([...clients.keys()].map((client) => client.end()));
  };
  return {
    shown: target.shown,
    version: session.version,
    major: session.major,
    database: session.database,
    connect: open,
    cancel: async () => {
      const pids = [...clients.values()];
      const client = await open("tread stop");
      await client.query("SELECT pg_catalog.pg_cancel_backend(pid) FROM unnest($1::int[]) AS pid", [pids]);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** How large it is: what the durations stand for. Statistics only. */
export async function sizeOfClone(session: ReadOnlySession): Promise<Pick<FullSizeReport, "bytes" | "tables">> {
  return session.read(async (query) => {
    const [whole] = await query<{ bytes: number }>("SELECT pg_catalog.pg_database_size(pg_catalog.current_database())::float8 AS bytes");
    const tables = await query<FullSizeReport["tables"][number]>(
      `SELECT n.nspname || '.' || c.relname AS "table", greatest(c.reltuples, 0)::float8 AS rows, pg_catalog.pg_table_size(c.oid)::float8 AS bytes
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
       ORDER BY c.relpages DESC, 1 LIMIT 20`,
    );
    return { bytes: whole?.bytes ?? 0, tables };
  });
}
