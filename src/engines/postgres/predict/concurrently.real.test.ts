import { describe, expect, test } from "vitest";
import { LOCK_MODES, strongest, type LockMode, type TableLock } from "../../../model/effects.ts";
import { wholeSpan } from "../../../text/span.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import { loadPostgres } from "../index.ts";
import { fold } from "./observe.test-helper.ts";

const SETUP = `
  CREATE TABLE person (id integer PRIMARY KEY, age integer);
  INSERT INTO person SELECT g, g FROM generate_series(1, 1000) g;
  CREATE INDEX person_age ON person (age);
  CREATE TABLE event (id integer, kind integer) PARTITION BY LIST (kind);
  CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);`;

const STATEMENTS: readonly { readonly sql: string; readonly hold: string; readonly since?: number }[] = [
  { sql: "CREATE INDEX CONCURRENTLY person_age_id ON person (age, id)", hold: "INSERT INTO person VALUES (5000, 1)" },
  { sql: "REINDEX INDEX CONCURRENTLY person_age", hold: "INSERT INTO person VALUES (5000, 1)" },
  { sql: "REINDEX TABLE CONCURRENTLY person", hold: "INSERT INTO person VALUES (5000, 1)" },
  { sql: "DROP INDEX CONCURRENTLY person_age", hold: "INSERT INTO person VALUES (5000, 1)" },
  { sql: "ALTER TABLE event DETACH PARTITION event_1 CONCURRENTLY", hold: "SELECT * FROM event_1", since: 14 },
];

/**
 * Statements with transactions of their own leave no locks to look at. An older transaction that uses the table makes them wait between
 * their phases, and while they wait another session can see what they hold.
 */
async function locksWhileWaiting(database: FreshDatabase, sql: string, hold: string): Promise<TableLock[]> {
  const { superuser, server, name } = database;
  const watcher = await server.connect({ role: "superuser", database: name });
  const holder = await server.connect({ role: "superuser", database: name });
  try {
    const { rows: backend } = await superuser.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await holder.query(`BEGIN; ${hold}`);
    const progress = { ended: false };
    const running = superuser.query(sql).finally(() => (progress.ended = true));
    const seen = new Map<string, LockMode>();
    const started = Date.now();
    let held = true;
    while (!progress.ended) {
      const { rows } = await watcher.query<{ relation: string; mode: string }>(
        "SELECT n.nspname || '.' || c.relname AS relation, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = $1 AND c.relkind IN ('r', 'p') AND n.nspname = 'public'",
        [backend[0]?.pid],
      );
      for (const { relation, mode } of rows) {
        const bare = LOCK_MODES.find((m) => `${m}Lock` === mode);
        if (bare !== undefined) seen.set(relation, strongest(seen.get(relation) ?? bare, bare));
      }
      // Until something has been seen the older transaction stays open, but not for good.
      if (seen.size === 0 && Date.now() - started < 10_000) continue;
      if (held) {
        await holder.query("COMMIT");
        held = false;
      }
    }
    await running;
    return [...seen].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => (a.relation < b.relation ? -1 : 1));
  } finally {
    await watcher.end();
    await holder.end();
  }
}

for (const major of testMajors()) {
  describe(`CONCURRENTLY on PostgreSQL ${major}`, () => {
    for (const { sql, hold } of STATEMENTS.filter(({ since }) => since === undefined || major >= since)) {
      test(sql, async () => {
        const engine = await loadPostgres();
        await using database = await freshDatabase(major);
        await database.superuser.query(SETUP);
        const state = fold(engine, SETUP);
        const step = {
          kind: "sql",
          sql,
          span: wholeSpan("a.sql", sql),
          verbatim: true,
          operation: null,
          reverse: "unknown",
          suppressions: [],
        } as const;
        const changes = engine.read(step).flatMap((raw) => engine.changes(raw, state));
        const predicted = engine.predict(changes, state, { version: major, inTransaction: false, isEmpty: () => false });
        const observed = await locksWhileWaiting(database, sql, hold);
        // The partition is locked only for the last moment of DETACH, which a watcher may miss.
        const seen = new Set(observed.map((l) => l.relation));
        expect(observed.length).toBeGreaterThan(0);
        expect(predicted.locks.filter((l) => seen.has(l.relation))).toEqual(observed);
      });
    }
  });
}
