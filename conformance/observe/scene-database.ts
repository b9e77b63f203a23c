import type { Client } from "pg";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import { quoteIdentifier } from "../../src/text/quote.ts";
import { statements } from "../predict.ts";

let count = 0;

/**
 * The database of one scene. Statements that can be undone run in `client`'s transactions; the others each get a copy. Everything is done
 * as superuser: cases are ours, and ownership, publications and event triggers need one.
 */
export class SceneDatabase implements AsyncDisposable {
  readonly server: EmbeddedServer;
  readonly #template: string;
  readonly #copies: string[] = [];
  #client: Client | null = null;
  #hasPartitions = false;
  /** Roles belong to all databases of the server: what a case adds is taken away with its copy. */
  #roles: ReadonlySet<string> = new Set();

  private constructor(server: EmbeddedServer, template: string) {
    this.server = server;
    this.#template = template;
  }

  /** @throws the server's error when the setup fails */
  static async create(server: EmbeddedServer, setup: string): Promise<SceneDatabase> {
    const name = `scene_${++count}`;
    await administer(server, (admin) => admin.query(`CREATE DATABASE ${quoteIdentifier(name)}`));
    const database = new SceneDatabase(server, name);
    try {
      const client = await database.client();
      for (const statement of statements(setup)) await client.query(statement);
      // So that plans do not depend on guesses: production has statistics as well.
      await client.query("ANALYZE");
      database.#roles = new Set(await roles(client));
      const partitions = await client.query("SELECT FROM pg_catalog.pg_class WHERE relispartition LIMIT 1");
      database.#hasPartitions = (partitions.rowCount ?? 0) > 0;
      await database.#disconnect();
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * A connection to the scene itself, the same one again where that cannot be noticed: a session looks a partition's bounds up once, and
   * locks its parents for it.
   */
  async client(): Promise<Client> {
    if (this.#hasPartitions) await this.#disconnect();
    this.#client ??= await this.server.connect({ role: "superuser", database: this.#template });
    return this.#client;
  }

  /** Runs `act` in a database that holds what the scene holds now, and drops it. */
  async inCopy<T>(act: (name: string) => Promise<T>): Promise<T> {
    await this.#disconnect();
    const name = `${this.#template}_copy_${this.#copies.length}`;
    this.#copies.push(name);
    await administer(this.server, (admin) =>
      admin.query(`CREATE DATABASE ${quoteIdentifier(name)} TEMPLATE ${quoteIdentifier(this.#template)}`),
    );
    try {
      return await act(name);
    } finally {
      await this.server.dropDatabase(name);
      await administer(this.server, (admin) => dropRoles(admin, this.#roles));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disconnect();
    await this.server.dropDatabase(this.#template);
    await administer(this.server, (admin) => dropRoles(admin, new Set()));
  }

  async #disconnect(): Promise<void> {
    await this.#client?.end();
    this.#client = null;
  }
}

async function administer(server: EmbeddedServer, act: (admin: Client) => Promise<unknown>): Promise<void> {
  const admin = await server.connect({ role: "superuser", database: "postgres" });
  try {
    await act(admin);
  } finally {
    await admin.end();
  }
}

/** Other than those of the server and tread's own. */
async function roles(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT rolname AS name FROM pg_catalog.pg_roles WHERE rolname NOT LIKE 'pg\\_%' AND rolname NOT LIKE 'tread%'",
  );
  return rows.map((row) => row.name);
}

async function dropRoles(admin: Client, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await roles(admin)) if (!keep.has(name)) await admin.query(`DROP ROLE ${quoteIdentifier(name)}`);
}
