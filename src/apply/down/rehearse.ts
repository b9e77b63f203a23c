import type { Client } from "pg";
import { copyIn } from "../../engines/postgres/embedded/copy-in.ts";
import { loadDump } from "../../engines/postgres/embedded/dump.ts";
import { startServer } from "../../engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { EngineUnavailable } from "../../engines/embedded/unavailable.ts";
import type { PostgresEngine } from "../../engines/postgres/engine.ts";
import { introspect } from "../../engines/postgres/introspect/index.ts";
import { openReadOnly } from "../../engines/postgres/introspect/session.ts";
import { readTarget } from "../../engines/postgres/introspect/target.ts";
import type { TransactionMode } from "../../model/migration.ts";
import type { Span } from "../../text/span.ts";
import { differencesOf } from "./differences.ts";

/** What runs in one direction, as its tool would send it. */
export interface Script {
  readonly transaction: TransactionMode;
  readonly statements: readonly { readonly sql: string; readonly copyData?: string | undefined; readonly span: Span }[];
}

export interface BackAndForth {
  readonly id: string;
  readonly back: Script;
  readonly forward: Script;
}

export type BackRehearsal =
  | { readonly kind: "equal" }
  /** In words, the first ones. */
  | { readonly kind: "differs"; readonly differences: readonly string[] }
  | { readonly kind: "failed"; readonly id: string; readonly span: Span; readonly message: string }
  /** Nothing was proved: no server for this machine, or the schema cannot be made there. */
  | { readonly kind: "not-rehearsed"; readonly reason: string };

/**
 * Runs the way back on an embedded server that has the live schema, without rows: back, forth, and back again. After the second way back
 * the catalogue must be what it was after the first (the up, then the down, changes nothing), and in between what the live one is.
 *
 * @param schema SQL of the live schema
 * @param ways in the order in which they are taken back
 */
export async function rehearseBack(
  engine: PostgresEngine,
  major: number,
  schema: string,
  ways: readonly BackAndForth[],
  onProgress: (message: string) => void,
): Promise<BackRehearsal> {
  let server: EmbeddedServer;
  try {
    server = await startServer({ major, offline: false, onProgress });
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    return { kind: "not-rehearsed", reason: error.message };
  }
  try {
    await server.createDatabase("back");
    const { leftOut } = await onClient(server, (client) => loadDump(client, schema));
    const [first] = leftOut;
    if (first !== undefined)
      return { kind: "not-rehearsed", reason: `the schema cannot be made on an embedded server: \`${first.sql}\`: ${first.reason}` };
    const live = await picture(server, engine);
    const forth = [...ways].reverse();
    const pictures: string[] = [];
    for (const direction of ["back", "forward", "back"] as const) {
      for (const way of direction === "back" ? ways : forth) {
        const failed = await onClient(server, (client) => runScript(client, way[direction]));
        if (failed !== null)
          return {
            kind: "failed",
            id: way.id,
            span: failed.span,
            message: `${failed.message}${pictures.length === 0 ? "" : direction === "back" ? " (the second time)" : " (running it again after it was taken back)"}`,
          };
      }
      pictures.push(await picture(server, engine));
    }
    const [before = "", again = "", after = ""] = pictures;
    const differences = [
      ...differencesOf(live, again).map((text) => `taken back and run again: ${text}`),
      ...differencesOf(before, after).map((text) => `run and taken back: ${text}`),
    ];
    return differences.length === 0 ? { kind: "equal" } : { kind: "differs", differences };
  } finally {
    await server.stop();
  }
}

async function onClient<T>(server: EmbeddedServer, act: (client: Client) => Promise<T>): Promise<T> {
  const client = await server.connect({ role: "owner", database: "back" });
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

async function picture({ host, port, credentials }: EmbeddedServer, engine: PostgresEngine): Promise<string> {
  const session = await openReadOnly(
    readTarget(`host=${host} port=${port} user=${credentials.user} password=${credentials.password} dbname=back`, {}),
  );
  try {
    return (await introspect(session, engine)).sql;
  } finally {
    await session.close();
  }
}

/** @returns what the server refused, or null */
async function runScript(
  client: Client,
  { transaction, statements }: Script,
): Promise<{ readonly span: Span; readonly message: string } | null> {
  const wrapped =
    transaction === "per-migration" || transaction === "all-pending" || (transaction === "single-query" && statements.length > 1);
  if (wrapped) await client.query("BEGIN");
  for (const { sql, copyData, span } of statements) {
    try {
      if (copyData === undefined) await client.query(sql);
      else await copyIn(client, sql, copyData);
    } catch (error) {
      const { code, message } = error as Error & { code?: string };
      return { span, message: `${code === undefined ? "" : `${code}: `}${message}` };
    }
  }
  if (wrapped) await client.query("COMMIT");
  return null;
}
