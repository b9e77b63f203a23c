import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Client } from "pg";
import { quoteIdentifier } from "../../../text/quote.ts";
import { serverBinaries } from "./binaries.ts";
import { cacheDirectory } from "./cache.ts";
import { serverDirectory } from "./directory.ts";
import { type Identity, serverIdentity } from "./identity.ts";
import { serverPackage } from "./packages.ts";
import { startProcess } from "./process.ts";
import { run } from "./run.ts";
import { createSandboxDatabase, furnishDatabase, OWNER, secureRoles } from "./sandbox.ts";
import type { EmbeddedServer, ServerOptions } from "./server.ts";
import { serverSettings, SOCKET_PORT } from "./settings.ts";
import { SUPERUSER, template } from "./template.ts";
import { EngineUnavailable, fileTrouble } from "../../embedded/unavailable.ts";

/**
 * Starts a real Postgres of the given major: 2 to 3 s the first time on a machine, about 0.2 s after that.
 *
 * @throws EngineUnavailable when there is none for this machine, it cannot be fetched, or it does not start.
 */
export async function startServer(options: ServerOptions): Promise<EmbeddedServer> {
  const server = serverPackage(options.major);
  const identity = serverIdentity();
  const cache = cacheDirectory(options.onProgress);
  const binaries = await serverBinaries(cache, server, options);
  const initial = await template(cache, binaries, server, identity, options.onProgress);
  const temporary = await serverDirectory(identity);
  const directory = temporary.path;
  const port = Number(options.settings?.["port"] ?? SOCKET_PORT);
  const data = join(directory, "data");
  try {
    await copyData(initial.directory, data);
    if (identity.lent) await giveTo(identity, directory);
  } catch (error) {
    await temporary.remove();
    throw fileTrouble(error, `copying the data directory of PostgreSQL ${server.version}`);
  }
  const process = await startProcess({
    program: join(binaries, "bin/postgres"),
    args: ["-D", data, ...serverSettings(server.major, directory, options.settings ?? {})],
    directory,
    identity,
  }).finally(() => temporary.handOver());
  const secrets = { superuser: randomBytes(24).toString("base64url"), owner: randomBytes(24).toString("base64url") };

  const open = async (user: string, password: string, database: string, applicationName: string): Promise<Client> => {
    const ended = process.ended();
    if (ended !== null) throw new EngineUnavailable("start-failed", `PostgreSQL ${server.version} is not running: ${ended}`, "Run again.");
    const { default: pg } = await import("pg");
    const client = new pg.Client({ host: directory, port, user, password, database, application_name: applicationName });
    // Without a listener, a connection that is open when the server stops would end tread. Queries still reject.
    client.on("error", () => {});
    await client.connect();
    return client;
  };
  const asSuperuser = async <T>(database: string, act: (client: Client) => Promise<T>): Promise<T> => {
    const client = await open(SUPERUSER, secrets.superuser, database, "tread");
    try {
      return await act(client);
    } finally {
      await client.end();
    }
  };

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= process.stop());
  try {
    const client = await open(SUPERUSER, initial.password, "postgres", "tread");
    await secureRoles(client, secrets);
    await client.end();
  } catch (error) {
    await stop();
    if (error instanceof EngineUnavailable) throw error;
    throw new EngineUnavailable(
      "start-failed",
      `PostgreSQL ${server.version} refused its first connection: ${String(error)}`,
      "Run again.",
      {
        cause: error,
      },
    );
  }

  return {
    major: server.major,
    version: server.version,
    host: directory,
    port,
    credentials: { user: OWNER, password: secrets.owner },
    createDatabase: async (name) => {
      await asSuperuser("postgres", (client) => createSandboxDatabase(client, name));
      await asSuperuser(name, furnishDatabase);
    },
    dropDatabase: (name) =>
      asSuperuser("postgres", async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
      }),
    connect: ({ role, database, applicationName }) =>
      role === "superuser"
        ? open(SUPERUSER, secrets.superuser, database, applicationName ?? "tread")
        : open(OWNER, secrets.owner, database, applicationName ?? "tread"),
    onLog: (listener) => process.onLog(listener),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** `cp`, because it clones files where the disk can (APFS, Btrfs, XFS) and is several times faster than node over 900 small files. */
async function copyData(from: string, to: string): Promise<void> {
  const clone = globalThis.process.platform === "darwin" ? ["-cR"] : ["-R", "--reflink=auto"];
  let copied = await run("cp", [...clone, from, to]);
  // Busybox and older systems know no cloning.
  if (copied.code !== 0) copied = await run("cp", ["-R", `${from}/.`, to]);
  if (copied.code !== 0) throw new Error(copied.stderr.trim());
  await run("chmod", ["0700", to]);
}

async function giveTo(identity: Identity, directory: string): Promise<void> {
  const given = await run("chown", ["-R", `${identity.uid}:${identity.gid}`, directory]);
  if (given.code !== 0) throw new Error(given.stderr.trim());
}
