import type { Client } from "pg";
import { loadDump } from "../../engines/postgres/embedded/dump.ts";
import { startServer } from "../../engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import type { Environment } from "../../model/environment.ts";
import type { ParsedMigration } from "../../model/migration.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { openTwin, type Twin } from "../observe/twin.ts";
import { seed, type SeededTable, type SeedHints } from "../seed/index.ts";
import { StallWatch } from "../traffic/stalls.ts";
import { isBookkeeping } from "./bookkeeping.ts";
import { buildSchemaBefore } from "./schema-before.ts";

/** Rows per table of the twin: enough to see a scan, few enough that every statement takes milliseconds. */
const TWIN_ROWS = 60;
const MAIN = "rehearsal";
const TWIN = "rehearsal_twin";
const EMPTY = "rehearsal_empty";

/** A running server with the schema before in two copies: the rehearsal at scale, and its small twin. */
export interface Lab extends AsyncDisposable {
  readonly server: EmbeddedServer;
  readonly database: string;
  readonly twin: Twin;
  /** As the sandbox owner, on the twin, with its counters off: for the queries of the live versions. */
  readonly probe: Client;
  readonly stalls: StallWatch;
  readonly seeded: readonly SeededTable[];
  readonly limits: string[];
  /** Name of a copy of the schema before without rows, or null when none was asked for. */
  readonly empty: string | null;
  fill(database: string, options: FillOptions): Promise<readonly SeededTable[]>;
  /** Rows for tables that hold none, in both copies: after a release, people use what it created. */
  seedNew(): Promise<void>;
  /** New rows for the twin, without NULLs: where the real data satisfies a constraint that the old rows of the twin did not. */
  refillTwin(): Promise<void>;
  close(): Promise<void>;
}

/** How a database of the lab is filled. */
export interface FillOptions {
  readonly environment: Environment;
  readonly maxRows: number;
  readonly onlyEmpty?: boolean;
  /** Values in no order, as they come in a table that is in use. */
  readonly scattered?: boolean;
}

export interface LabOptions {
  readonly environment: Environment;
  readonly base: readonly string[];
  readonly applied: readonly ParsedMigration[];
  readonly hints: SeedHints;
  readonly maxRows: number;
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
  /** Keep a copy without rows. */
  readonly keepEmpty?: boolean;
  /** Run on the database before it is copied and seeded, as the owner: bookkeeping of the tool under rehearsal. */
  readonly prepare?: (client: Client) => Promise<readonly string[]>;
}

/**
 * @throws EngineUnavailable when there is no server for the environment's major version
 * @throws the signal's reason when aborted; nothing is left behind then
 */
export async function openLab(options: LabOptions): Promise<Lab> {
  const { environment, signal, progress } = options;
  signal.throwIfAborted();
  progress(`starting PostgreSQL ${environment.postgres}; Ctrl-C stops at any time and leaves nothing behind`);
  const server = await startServer({
    major: environment.postgres,
    offline: options.offline,
    onProgress: progress,
    // Few shared buffers: a table of some ten MB is larger than them, as a table of real size is. What is measured then grows in proportion:
    // with 128 MB everything up to 200,000 rows fitted, and a rewrite of 5 times the rows took 7 to 10 times as long.
    settings: { shared_buffers: "16MB", maintenance_work_mem: "128MB", max_wal_size: "4GB" },
  });
  const stop = (): void => void server.stop();
  signal.addEventListener("abort", stop, { once: true });
  const stalls = new StallWatch();
  const silence = server.onLog((line) => stalls.read(line));
  try {
    signal.throwIfAborted();
    await server.createDatabase(MAIN);
    progress(`building the schema before: ${options.applied.length} applied migration${options.applied.length === 1 ? "" : "s"}`);
    const limits = [...(await loadBase(server, options.base)), ...(await buildSchemaBefore(server, MAIN, options.applied, signal))];
    if (options.prepare !== undefined) {
      const client = await server.connect({ role: "owner", database: MAIN });
      limits.push(...(await options.prepare(client)));
      await client.end();
    }
    await copyDatabase(server, TWIN);
    if (options.keepEmpty === true) await copyDatabase(server, EMPTY);
    const fill = (database: string, maxRows: number, onlyEmpty: boolean, onTable?: (table: string, done: number, of: number) => void) =>
      fillDatabase(server, database, {
        environment,
        maxRows,
        hints: options.hints,
        signal,
        onlyEmpty,
        skip: isBookkeeping,
        ...(onTable === undefined ? {} : { onTable }),
      });
    await fill(TWIN, TWIN_ROWS, false);
    const seeded = await fill(MAIN, options.maxRows, false, (table, done, of) => progress(`seeding ${table} (table ${done + 1} of ${of})`));
    for (const table of seeded)
      if (table.trouble !== null)
        limits.push(`${table.table} ${table.rows === 0 ? "was not seeded" : "was seeded in part"}: ${table.trouble}`);
    const twin = await openTwin(server, TWIN);
    const probe = await uncounted(server, TWIN);
    const close = async (): Promise<void> => {
      signal.removeEventListener("abort", stop);
      silence();
      await server.stop();
    };
    return {
      server,
      database: MAIN,
      twin,
      probe,
      stalls,
      seeded,
      limits,
      empty: options.keepEmpty === true ? EMPTY : null,
      fill: (database, wanted) => fillDatabase(server, database, { ...wanted, hints: options.hints, signal, skip: isBookkeeping }),
      seedNew: async () => {
        await fill(TWIN, TWIN_ROWS, true);
        seeded.push(...(await fill(MAIN, options.maxRows, true)));
      },
      refillTwin: async () => {
        await twin.empty();
        await fillDatabase(server, TWIN, {
          environment: { ...environment, profiles: [] },
          maxRows: TWIN_ROWS,
          hints: options.hints,
          signal,
          skip: isBookkeeping,
        });
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    signal.removeEventListener("abort", stop);
    await server.stop();
    // A query that failed because the server was stopped under it is the abort.
    signal.throwIfAborted();
    throw error;
  }
}

async function loadBase(server: EmbeddedServer, dumps: readonly string[]): Promise<string[]> {
  const limits: string[] = [];
  for (const dump of dumps) {
    const client = await server.connect({ role: "owner", database: MAIN, applicationName: "tread schema" });
    try {
      const { leftOut } = await loadDump(client, dump);
      for (const { line, sql, reason } of leftOut)
        limits.push(`line ${line} of the dump was left out (${sql.split("\n")[0] ?? ""}): ${reason}`);
    } finally {
      await client.end();
    }
  }
  return limits;
}

async function copyDatabase(server: EmbeddedServer, name: string): Promise<void> {
  const client = await server.connect({ role: "superuser", database: "postgres" });
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${MAIN} OWNER ${quoteIdentifier(server.credentials.user)}`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}

/** Triggers of the user must not run for made-up rows, and references are satisfied by construction. */
async function fillDatabase(server: EmbeddedServer, database: string, options: Parameters<typeof seed>[1]): Promise<SeededTable[]> {
  const client = await connectWith(server, database, "session_replication_role", "replica");
  const superuser = await server.connect({ role: "superuser", database });
  try {
    return await seed(client, { ...options, superuser });
  } finally {
    await client.end();
    await superuser.end();
  }
}

/** What the probe reads must not be taken for what a statement reads. */
function uncounted(server: EmbeddedServer, database: string): Promise<Client> {
  return connectWith(server, database, "track_counts", "off");
}

/**
 * A connection of the sandbox owner with a setting that only a superuser may change: given to the role for the moment of connecting.
 * As superuser, functions of the user's migrations would run with a superuser's rights.
 */
async function connectWith(server: EmbeddedServer, database: string, setting: string, value: string): Promise<Client> {
  const role = `ROLE ${quoteIdentifier(server.credentials.user)} IN DATABASE ${quoteIdentifier(database)}`;
  const superuser = await server.connect({ role: "superuser", database });
  try {
    await superuser.query(`ALTER ${role} SET ${setting} = '${value}'`);
    return await server.connect({ role: "owner", database, applicationName: "tread" });
  } finally {
    await superuser.query(`ALTER ${role} RESET ${setting}`).catch(() => {});
    await superuser.end();
  }
}
