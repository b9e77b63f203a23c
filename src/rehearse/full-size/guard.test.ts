import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "pg";
import { NEWEST_POSTGRES } from "../../engines/postgres/engine.ts";
import { startServer } from "../../engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { openReadOnly } from "../../engines/postgres/introspect/session.ts";
import { readTarget } from "../../engines/postgres/introspect/target.ts";
import { refusalsOf } from "./guard.ts";
import { PRIMARY, startStandby, urlOf } from "./standby.test-helper.ts";

let server: EmbeddedServer;

beforeAll(async () => {
  server = await startServer({ major: NEWEST_POSTGRES, offline: false, onProgress: () => {}, settings: PRIMARY });
  await server.createDatabase("tickets");
});
afterAll(() => server.stop());

async function reasons(url: string = urlOf(server, "tickets"), allowed: readonly string[] = []): Promise<readonly string[]> {
  await using session = await openReadOnly(readTarget(url, {}));
  return (await refusalsOf(session, allowed)).map(({ reason }) => reason);
}

async function during<T>(connect: () => Promise<Client>, act: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}
const asApp = (database = "tickets"): Promise<Client> => server.connect({ role: "owner", database, applicationName: "ticket office" });

describe("a server that somebody else uses is no clone", { timeout: 120_000 }, () => {
  it("a restored copy that nobody knows is taken", async () => {
    expect(await reasons()).toEqual([]);
  });

  it("another session in the database is named, unless it is known to be harmless", async () => {
    await during(asApp, async () => {
      expect(await reasons()).toEqual([expect.stringMatching(/1 other session in this database \(tread_owner \(ticket office\)/)]);
      expect(await reasons(undefined, ["ticket office"])).toEqual([]);
    });
  });

  it("a session at work in another database counts, one that waits for work does not", async () => {
    await during(
      () => server.connect({ role: "superuser", database: "postgres", applicationName: "reports" }),
      async (client) => {
        // Who cannot see what a session does cannot know that it does nothing.
        expect(await reasons()).toEqual([expect.stringMatching(/in other databases.*hides from this role what they do/)]);
        await client.query(`GRANT pg_monitor TO ${server.credentials.user}`);
        expect(await reasons()).toEqual([]);
        await client.query("BEGIN");
        expect(await reasons()).toEqual([expect.stringMatching(/at work in other databases.*reports.* in postgres/)]);
        await client.query("ROLLBACK");
      },
    );
  });

  it("short-lived sessions are seen by what they leave in the counters", async () => {
    const state = { running: true };
    const visitors = (async () => {
      while (state.running) {
        await during(asApp, (client) => client.query("SELECT 1"));
        await sleep(150);
      }
    })();
    const found = await reasons(undefined, ["ticket office"]);
    state.running = false;
    await visitors;
    expect(found).toEqual([expect.stringMatching(/^traffic: .*new sessions? in 2\.2 s/)]);
  });

  it("a transaction that waits for its second phase holds locks that nobody gives back", async () => {
    await using own = await startServer({
      major: NEWEST_POSTGRES,
      offline: false,
      onProgress: () => {},
      settings: { max_prepared_transactions: "2" },
    });
    await own.createDatabase("tickets");
    const client = await own.connect({ role: "owner", database: "tickets" });
    await client.query("BEGIN; CREATE TABLE seat (id int); PREPARE TRANSACTION 'half'");
    await client.end();
    expect(await reasons(urlOf(own, "tickets"))).toEqual([expect.stringContaining("1 prepared transaction")]);
  });

  it("tread's production ledger is there until somebody takes it away", async () => {
    await during(asApp, async (client) => void (await client.query("CREATE SCHEMA tread; CREATE TABLE tread.ledger (id int)")));
    expect(await reasons()).toEqual([expect.stringContaining("tread's production ledger (tread.ledger)")]);
    await during(asApp, async (client) => void (await client.query("DROP SCHEMA tread CASCADE")));
    await sleep(1100);
    expect(await reasons()).toEqual([]);
  });

  it("a server with a standby is in use, and the standby is none to write to", async () => {
    const standby = await startStandby(server, "tickets");
    try {
      let found: readonly string[] = [];
      for (let tries = 0; tries < 20 && !found.some((reason) => reason.includes("standby")); tries++) found = await reasons();
      expect(found).toEqual([expect.stringMatching(/^1 standby or other receivers of its write-ahead log \(walreceiver/)]);
      expect(await reasons(standby.url)).toEqual([expect.stringContaining("it is a standby itself")]);
    } finally {
      await standby.stop();
    }
  });
});
