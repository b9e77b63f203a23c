import type { Client } from "pg";
import type { EngineError } from "../../model/effects.ts";
import type { ParsedMigration, Statement } from "../../model/migration.ts";
import { extensionPlan, withoutStubParameters } from "../../engines/postgres/embedded/extensions.ts";
import { refusal } from "../../engines/postgres/embedded/refuse.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { createRole, engineError, missingRole } from "../observe/errors.ts";
import { controlOf, groupsOf } from "./control.ts";
import { send } from "./send.ts";
import { undoneIn } from "./undone.ts";

/**
 * Runs the applied migrations on the empty database. What fails, is refused or is code is left out and named: the rehearsal goes on with
 * what there is, and says so.
 *
 * @returns the limits
 */
export async function buildSchemaBefore(
  server: EmbeddedServer,
  database: string,
  applied: readonly ParsedMigration[],
  signal: AbortSignal,
): Promise<string[]> {
  const limits = new Limits();
  const client = await server.connect({ role: "owner", database, applicationName: "tread schema" });
  try {
    for (const migration of applied) {
      signal.throwIfAborted();
      await client.query("DISCARD ALL");
      for (const group of groupsOf(migration.statements.map((statement) => ({ statement })))) {
        await runGroup(
          server,
          database,
          client,
          migration,
          group.map(({ statement }) => statement),
          limits,
        );
      }
    }
  } finally {
    await client.end();
  }
  return limits.list();
}

async function runGroup(
  server: EmbeddedServer,
  database: string,
  client: Client,
  migration: ParsedMigration,
  statements: readonly Statement[],
  limits: Limits,
): Promise<void> {
  // In a transaction of its own so that SET LOCAL works, with a savepoint each so that one failure does not take the rest away.
  const together = statements.length > 1 && statements[0]?.transaction !== null;
  if (together) await client.query("BEGIN");
  const undone = together ? undoneIn(statements).statements : new Set<Statement>();
  for (const statement of statements) {
    if (undone.has(statement)) continue;
    const key = `${migration.id}#${statement.index}`;
    if (statement.kind === "code") {
      limits.code(key);
      continue;
    }
    const control = controlOf(statement.sql);
    if (control.kind === "psql" || (together && control.kind === "transaction")) continue;
    if (statement.kind === "opaque") {
      limits.add(`${key} of the applied migrations was left out: ${statement.opaque ?? "tread cannot read it"}`);
      continue;
    }
    const refused = await refusal(statement.sql);
    if (refused !== null) {
      limits.add(`${key} of the applied migrations was refused: ${refused}`);
      continue;
    }
    limits.extension(statement.sql);
    const error = await runOne(server, database, client, withoutStubParameters(statement.sql), together, statement.copyData);
    if (error !== null) {
      limits.add(
        `${key} of the applied migrations failed on PostgreSQL ${server.version} (${error.sqlstate}: ${limits.reason(statement.sql, error)}); what needs it is missing here`,
      );
    }
  }
  if (!together) return;
  try {
    await client.query("COMMIT");
  } catch (error) {
    const { sqlstate, message } = engineError(error);
    limits.add(`${migration.id} of the applied migrations could not be committed (${sqlstate}: ${message})`);
  }
}

async function runOne(
  server: EmbeddedServer,
  database: string,
  client: Client,
  sql: string,
  savepoint: boolean,
  copyData: string | undefined,
): Promise<EngineError | null> {
  for (let tries = 0; ; tries++) {
    try {
      if (savepoint) await client.query("SAVEPOINT tread");
      await send(client, sql, copyData);
      if (savepoint) await client.query("RELEASE SAVEPOINT tread");
      return null;
    } catch (thrown) {
      const error = engineError(thrown);
      if (savepoint) await client.query("ROLLBACK TO SAVEPOINT tread");
      const role = tries < 20 ? missingRole(error) : null;
      if (role === null) return error;
      await createRole(server, database, role);
    }
  }
}

/** What a rehearsal could not do like the real thing, each said once. */
export class Limits {
  readonly #said = new Set<string>();
  readonly #code: string[] = [];

  add(limit: string): void {
    this.#said.add(limit);
  }

  code(key: string): void {
    this.#code.push(key);
  }

  /** Notes what an extension of the sandbox cannot do. */
  extension(sql: string): void {
    const name = extensionOf(sql);
    if (name === null) return;
    const plan = extensionPlan(name);
    if (plan.kind === "absent") this.add(plan.reason);
    else for (const limit of plan.limits) this.add(limit);
  }

  reason(sql: string, error: EngineError): string {
    const name = extensionOf(sql);
    const plan = name === null ? null : extensionPlan(name);
    return plan?.kind === "absent" ? plan.reason : error.message;
  }

  list(): string[] {
    const code =
      this.#code.length === 0
        ? []
        : [
            `code of applied migrations was not run (${this.#code.slice(0, 3).join(", ")}${this.#code.length > 3 ? ` and ${this.#code.length - 3} more` : ""}): the tables are seeded instead`,
          ];
    return [...this.#said, ...code];
  }
}

export function extensionOf(sql: string): string | null {
  const match = /^\s*create\s+extension\s+(?:if\s+not\s+exists\s+)?(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_-]*))/i.exec(sql);
  return match === null ? null : (match[1] ?? match[2]?.toLowerCase() ?? null);
}
