import type { EngineError } from "../../model/effects.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { quoteIdentifier } from "../../text/quote.ts";

/** The server's own error, or null for anything else (a lost connection, a fault of tread). */
export function databaseError(error: unknown): (Error & { readonly code: string; readonly routine?: string }) | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return /^[0-9A-Z]{5}$/.test(error.code) && "severity" in error ? (error as Error & { code: string }) : null;
}

/** @throws what is not an error of the server: the rehearsal cannot go on then. */
export function engineError(error: unknown): EngineError {
  const known = databaseError(error);
  if (known === null) throw error;
  return { sqlstate: known.code, message: known.message };
}

/**
 * Roles that migrations name (`GRANT … TO reporting`) exist on the user's server and not here: they are created, without any right, and
 * the statement is tried again.
 */
export async function withRoles<T extends { readonly effects: { readonly error: EngineError | null } }>(
  server: EmbeddedServer,
  database: string,
  run: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    const result = await run();
    const role = tries < 20 ? missingRole(result.effects.error) : null;
    if (role === null) return result;
    await createRole(server, database, role);
  }
}

export function missingRole(error: EngineError | null): string | null {
  return error?.sqlstate === "42704" ? (/^role "(.+)" does not exist$/.exec(error.message)?.[1] ?? null) : null;
}

export async function createRole(server: EmbeddedServer, database: string, role: string): Promise<void> {
  const client = await server.connect({ role: "superuser", database });
  try {
    await client.query(
      `CREATE ROLE ${quoteIdentifier(role)} NOLOGIN; GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(server.credentials.user)}`,
    );
  } finally {
    await client.end();
  }
}
