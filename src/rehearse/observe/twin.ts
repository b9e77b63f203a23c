import type { Client } from "pg";
import type { EngineError, PostgresEffects } from "../../model/effects.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { send } from "../run/send.ts";
import { engineError, withRoles } from "./errors.ts";
import { effectsBetween, isPlanned, type TwinResult } from "./effects.ts";
import { observeOwn, qualified, RowCounts } from "./relations.ts";
import { runOutside } from "./outside.ts";

/**
 * A small copy of the database, kept in step statement by statement, on which each statement runs alone in a transaction of its own.
 * There its locks are what it takes by itself, whatever the real transaction holds already, and there is time to look: nobody waits.
 * It also is the schema after each statement, for the queries of the live versions.
 */
export interface Twin {
  readonly database: string;
  /** Null while it is in step; then why not. */
  readonly outOfStep: string | null;
  /** @param copyData rows of a `COPY … FROM stdin` */
  run(sql: string, copyData?: string): Promise<TwinResult>;
  /** A setting that the real session has now. */
  set(name: string, value: string): Promise<void>;
  newSession(): Promise<void>;
  /** Removes all rows. */
  empty(): Promise<void>;
  /** The state is no longer that of the real database (a rollback, a statement that only failed here). */
  loseStep(reason: string): void;
  close(): Promise<void>;
}

export async function openTwin(server: EmbeddedServer, database: string): Promise<Twin> {
  const client = await server.connect({ role: "owner", database, applicationName: "tread twin" });
  const superuser = await server.connect({ role: "superuser", database, applicationName: "tread observer" });
  const counts = new RowCounts(superuser);
  let outOfStep: string | null = null;

  const inside = async (sql: string, copyData: string | undefined): Promise<TwinResult | null> => {
    await client.query("BEGIN");
    const before = await observeOwn(client);
    const rows = await counts.read();
    // Sixty rows are always read one after the other; on a table of real size an index would be used where there is one.
    if (isPlanned(sql)) await client.query("SET LOCAL enable_seqscan = off");
    const error = await attempt(client, sql, copyData);
    if (error !== null) {
      await client.query("ROLLBACK");
      if (mustRunOutside(error)) return null;
      const locks = isAboutData(error) ? await locksOnEmptyTables(client, sql) : [];
      return { effects: { locks, rewrites: [], scans: [], indexBuilds: [], error }, relations: before.relations, outside: false };
    }
    const after = await observeOwn(client);
    const late = await attempt(client, "COMMIT");
    if (late !== null) await attempt(client, "ROLLBACK");
    return {
      effects: effectsBetween(before.relations, after.relations, after.locks, rows, sql, late),
      relations: before.relations,
      outside: false,
    };
  };

  return {
    database,
    get outOfStep() {
      return outOfStep;
    },
    run: (sql, copyData) =>
      withRoles(server, database, async () => {
        const result = await inside(sql, copyData);
        return result ?? runOutside(server, { database, session: client, superuser, counts, sql });
      }),
    set: async (name, value) => {
      await client.query("SELECT pg_catalog.set_config($1, $2, false)", [name, value]);
    },
    newSession: async () => {
      await client.query("DISCARD ALL");
    },
    empty: () => emptyTables(client),
    loseStep: (reason) => {
      outOfStep ??= reason;
    },
    close: async () => {
      await client.end();
      await superuser.end();
    },
  };
}

/**
 * A statement that fails because of the rows that are there takes its locks first and gives them back when it fails, too fast to be seen.
 * On emptied tables it succeeds, and is undone.
 */
async function locksOnEmptyTables(client: Client, sql: string): Promise<PostgresEffects["locks"]> {
  try {
    // The emptying holds ACCESS EXCLUSIVE on everything, hence in a transaction of its own.
    await emptyTables(client);
    await client.query("BEGIN");
    const before = await observeOwn(client);
    await client.query(sql);
    const after = await observeOwn(client);
    return effectsBetween(before.relations, after.relations, after.locks, new Map(), sql, null).locks;
  } catch {
    return [];
  } finally {
    await attempt(client, "ROLLBACK");
  }
}

async function emptyTables(client: Client): Promise<void> {
  const { relations } = await observeOwn(client);
  const tables = [...relations.values()].filter((r) => r.kind === "r" || r.kind === "p").map((r) => qualified(r.name));
  if (tables.length > 0) await client.query(`TRUNCATE ${tables.join(", ")} CASCADE`);
}

async function attempt(client: Client, sql: string, copyData?: string): Promise<EngineError | null> {
  try {
    await send(client, sql, copyData);
    return null;
  } catch (error) {
    return engineError(error);
  }
}

/** `active_sql_transaction`, and routines that commit by themselves. */
function mustRunOutside(error: EngineError): boolean {
  return error.sqlstate === "25001" || error.sqlstate === "2D000";
}

function isAboutData(error: EngineError): boolean {
  return error.sqlstate.startsWith("23") || error.sqlstate.startsWith("22");
}
