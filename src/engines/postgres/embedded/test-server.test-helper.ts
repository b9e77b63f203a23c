import { readdirSync } from "node:fs";
import { afterAll } from "vitest";
import type { Client } from "pg";
import { NEWEST_POSTGRES } from "../engine.ts";
import { cacheDirectory } from "./cache.ts";
import { furnishing } from "./extensions.ts";
import { startServer } from "./index.ts";
import { availableMajors } from "./packages.ts";
import type { EmbeddedServer } from "./server.ts";

const servers = new Map<number, Promise<EmbeddedServer>>();
let databases = 0;

afterAll(async () => {
  const started = await Promise.allSettled(servers.values());
  servers.clear();
  for (const server of started) if (server.status === "fulfilled") await server.value.stop();
});

/** A real server, started once per test file and stopped after it. Call it inside a test or a hook. */
export function testServer(major: number = NEWEST_POSTGRES): Promise<EmbeddedServer> {
  const existing = servers.get(major);
  if (existing !== undefined) return existing;
  const starting = startServer({ major, offline: false, onProgress: () => {} });
  servers.set(major, starting);
  return starting;
}

/** A fresh database of the sandbox owner, with a connection as the owner and one as tread itself. `close` drops it. */
export interface FreshDatabase extends AsyncDisposable {
  readonly name: string;
  readonly server: EmbeddedServer;
  readonly owner: Client;
  readonly superuser: Client;
  close(): Promise<void>;
}

export async function freshDatabase(major: number = NEWEST_POSTGRES): Promise<FreshDatabase> {
  const server = await testServer(major);
  const name = `fresh_${++databases}`;
  await server.createDatabase(name);
  const owner = await server.connect({ role: "owner", database: name });
  const superuser = await server.connect({ role: "superuser", database: name });
  const close = async (): Promise<void> => {
    await owner.end();
    await superuser.end();
    await server.dropDatabase(name);
  };
  return { name, server, owner, superuser, close, [Symbol.asyncDispose]: close };
}

/**
 * Majors for tests that run on several: `TREAD_TEST_MAJORS=13,14` or `all`; by default the newest, and the oldest of the others that a
 * former run has fetched already.
 */
export function testMajors(): readonly number[] {
  const wanted = process.env["TREAD_TEST_MAJORS"];
  if (wanted === "all") return availableMajors();
  if (wanted !== undefined && wanted !== "") return wanted.split(",").map(Number);
  const here = readdirSync(cacheDirectory(() => {})).filter((name) => name.endsWith(furnishing()));
  const fetched = here.flatMap((name) => /^postgres-(\d+)\./.exec(name)?.[1] ?? []);
  const other = fetched.map(Number).filter((major) => major !== NEWEST_POSTGRES);
  return other.length === 0 ? [NEWEST_POSTGRES] : [Math.min(...other), NEWEST_POSTGRES];
}
