import { afterAll, describe, expect, test } from "vitest";
import type { Client } from "pg";
import { openReadOnly, type ReadOnlySession } from "../../engines/postgres/introspect/session.ts";
import { readTarget } from "../../engines/postgres/introspect/target.ts";
import type { EmbeddedServer } from "../../engines/postgres/embedded/server.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { TableScale } from "../../model/environment.ts";
import { readProfile } from "../profile.ts";
import { collect, type Collected, type CollectOptions } from "./index.ts";
import { startPrimary, startReplica } from "./replica.test-helper.ts";

const PASSWORD = "cor'rect horse";
let roles = 0;

/** A role as a careful administrator makes it. */
async function role(superuser: Client, database: string, ...grants: readonly string[]): Promise<string> {
  const name = `watcher_${++roles}`;
  await superuser.query(`CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD.replaceAll("'", "''")}'`);
  await superuser.query(`GRANT CONNECT ON DATABASE ${database} TO ${name}`);
  for (const grant of grants) await superuser.query(`GRANT ${grant} TO ${name}`);
  return name;
}

async function as(user: string, server: Pick<EmbeddedServer, "host" | "port">, database: string): Promise<ReadOnlySession> {
  const password = PASSWORD.replaceAll("'", String.raw`\'`);
  return await openReadOnly(
    readTarget(`host=${server.host} port=${server.port} user=${user} password='${password}' dbname=${database}`, {}),
  );
}

const QUICK: CollectOptions = { schemas: null, seconds: 0, sinceReset: false, progress: () => {} };

function entry(collected: Collected, table: string): TableScale {
  const found = collected.profile.tables.find((candidate) => candidate.table === table);
  if (found === undefined) throw new Error(`no ${table} in ${collected.profile.tables.map((t) => t.table).join(", ")}`);
  return found;
}

/** A hospital: patients, visits by year, and a table that nobody analyzed. */
const HOSPITAL = `
  CREATE TABLE patient (id bigint PRIMARY KEY, name text NOT NULL, ward text, note text);
  INSERT INTO patient SELECT g, 'Ada Lovelace', CASE WHEN g % 4 = 0 THEN NULL ELSE 'ward-7-west' END, repeat('x', 40) FROM generate_series(1, 20000) g;
  CREATE INDEX patient_ward ON patient (ward);
  CREATE TABLE visit (id bigint, at date NOT NULL, patient_id bigint) PARTITION BY RANGE (at);
  CREATE TABLE visit_2024 PARTITION OF visit FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  CREATE TABLE visit_2025 PARTITION OF visit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  INSERT INTO visit SELECT g, '2024-03-01', g FROM generate_series(1, 3000) g;
  INSERT INTO visit SELECT g, '2025-03-01', g FROM generate_series(1, 2000) g;
  CREATE TABLE empty (id int);
  CREATE SCHEMA billing;
  CREATE TABLE billing.invoice (id int, amount numeric);
  INSERT INTO billing.invoice SELECT g, g FROM generate_series(1, 500) g;
  ANALYZE patient, visit, visit_2024, visit_2025;
`;

async function hospital(major: number): Promise<FreshDatabase> {
  const database = await freshDatabase(major);
  await database.superuser.query("SET search_path = public");
  await database.superuser.query(HOSPITAL);
  return database;
}

for (const major of testMajors()) {
  describe(`what PostgreSQL ${major} tells of its tables`, () => {
    test("to a role with pg_monitor and the right to select: rows, sizes, columns, sums over partitions", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await database.superuser.query(
        `GRANT USAGE ON SCHEMA billing TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA public, billing TO ${name}`,
      );
      await using session = await as(name, database.server, database.name);
      const collected = await collect(session, QUICK);

      const patient = entry(collected, "public.patient");
      expect(patient.rows).toBe(20_000);
      expect(patient.bytes).toBeGreaterThan(1_000_000);
      expect(patient.indexBytes).toBeGreaterThan(300_000);
      const ward = patient.columns.find((column) => column.column === "ward");
      expect(ward).toMatchObject({ type: "text", distinct: 1 });
      expect(ward?.nullFraction).toBeCloseTo(0.25, 1);
      expect(patient.columns.find((column) => column.column === "id")?.distinct).toBe(20_000);

      const parts = ["public.visit_2024", "public.visit_2025"].map((part) => entry(collected, part));
      expect(parts.map((part) => [part.rows, part.partitionOf])).toEqual([
        [3000, "public.visit"],
        [2000, "public.visit"],
      ]);
      const visit = entry(collected, "public.visit");
      expect(visit.rows).toBe(5000);
      expect(visit.bytes).toBe((parts[0]?.bytes ?? 0) + (parts[1]?.bytes ?? 0));

      expect(entry(collected, "public.empty").rows, "no pages hold no rows").toBe(0);
      expect(entry(collected, "billing.invoice").rows, "never analyzed is not 0").toBeNull();
      expect(collected.notes.map((note) => note.text).join("\n")).toContain("row counts of billing.invoice are null: never analyzed");
      expect(collected.profile.server.version).toBe(database.server.version);
      const read = await readProfile(JSON.parse(JSON.stringify(collected.profile)));
      expect(read.ok && read.profile, "what is written can be read").toEqual(collected.profile);
    });

    test("no value of any row is in it", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await database.superuser.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${name}`);
      await using session = await as(name, database.server, database.name);
      const text = JSON.stringify(await collect(session, QUICK));
      expect(text).toContain("ward");
      expect(text).not.toContain("Lovelace");
      expect(text).not.toContain("ward-7-west");
    });

    test("to a role with pg_monitor alone: everything but the columns' statistics, and what to GRANT for those", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await using session = await as(name, database.server, database.name);
      const collected = await collect(session, QUICK);
      const patient = entry(collected, "public.patient");
      expect(patient.rows).toBe(20_000);
      expect(patient.longestTransactionSeconds).toBe(0);
      expect(patient.columns[0]).toEqual({ column: "id", type: "bigint", nullFraction: null, distinct: null, averageBytes: null });
      const grants = collected.notes.flatMap((note) => note.grant ?? []);
      expect(grants).toContain(
        major >= 14
          ? `GRANT pg_read_all_data TO ${name};`
          : `GRANT SELECT ON ALL TABLES IN SCHEMA "billing" TO ${name}; GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO ${name};`,
      );
    });

    test("to a role with nothing at all: what is not shown to it is null, and it says so", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name);
      await using session = await as(name, database.server, database.name);
      const collected = await collect(session, QUICK);
      expect(entry(collected, "public.patient")).toMatchObject({ rows: 20_000, longestTransactionSeconds: null });
      expect(collected.notes.flatMap((note) => note.grant ?? [])).toContain(`GRANT pg_read_all_stats TO ${name};`);
    });

    test("two samples: how much is read and written per second, and how long transactions hold a table", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await using session = await as(name, database.server, database.name);
      const reader = await database.server.connect({ role: "superuser", database: database.name });
      const holder = await database.server.connect({ role: "superuser", database: database.name });
      await holder.query("BEGIN; SELECT count(*) FROM public.visit_2024");
      const over = new AbortController();
      const traffic = (async () => {
        for (let i = 0; !over.signal.aborted; i++) {
          await reader.query("SELECT name FROM public.patient WHERE id = $1", [i % 20_000]);
          if (i % 10 === 0) await reader.query("UPDATE public.patient SET note = 'y' WHERE id = $1", [i % 20_000]);
        }
      })();
      const progress: string[] = [];
      const collected = await collect(session, { ...QUICK, seconds: 3, progress: (message) => progress.push(message) });
      over.abort();
      await traffic;
      await reader.end();
      await holder.query("ROLLBACK");
      await holder.end();
      const patient = entry(collected, "public.patient");
      expect(patient.readsPerSecond).toBeGreaterThan(50);
      expect(patient.writesPerSecond).toBeGreaterThan(5);
      expect(patient.readsPerSecond).toBeGreaterThan(patient.writesPerSecond ?? Infinity);
      expect(entry(collected, "public.empty").readsPerSecond).toBe(0);
      expect(entry(collected, "public.visit_2024").longestTransactionSeconds).toBeGreaterThan(2);
      expect(entry(collected, "public.visit").longestTransactionSeconds, "through its partition").toBeGreaterThan(2);
      expect(progress.some((message) => message.includes("3 s"))).toBe(true);
    });

    test("since the counters were reset: everything that was counted, over all that time", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await database.superuser.query("SELECT pg_stat_reset()");
      const reader = await database.server.connect({ role: "superuser", database: database.name });
      for (let i = 1; i <= 200; i++) await reader.query("SELECT name FROM public.patient WHERE id = $1", [i]);
      await reader.end();
      await using session = await as(name, database.server, database.name);
      const counted = async (): Promise<number> =>
        entry(await collect(session, { ...QUICK, sinceReset: true }), "public.patient").readsPerSecond ?? 0;
      await expect.poll(counted, { timeout: 10_000 }).toBeGreaterThan(1);
      const { notes } = await collect(session, { ...QUICK, sinceReset: true });
      expect(notes.map((note) => note.text).join("\n")).toMatch(/reads and writes per second over [\d.]+ s/);
    });

    test("a server that goes away between the two samples is one error", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await using session = await as(name, database.server, database.name);
      const collecting = collect(session, { ...QUICK, seconds: 20, progress: () => {} });
      const ended = expect(collecting).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringContaining("closed the connection") as string,
      });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await database.superuser.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", [name]);
      await ended;
    });

    test("a locked table is not waited for: sizes are then those of the last ANALYZE, and it says so", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await using session = await openReadOnly(
        readTarget(
          `host=${database.server.host} user=${name} password='${PASSWORD.replaceAll("'", String.raw`\'`)}' dbname=${database.name}`,
          {},
        ),
        { statementTimeoutMs: 5000, lockTimeoutMs: 100, connectTimeoutMs: 5000 },
      );
      const altering = await database.server.connect({ role: "superuser", database: database.name });
      await altering.query("BEGIN; LOCK TABLE public.patient IN ACCESS EXCLUSIVE MODE");
      const collected = await collect(session, QUICK);
      await altering.query("ROLLBACK");
      await altering.end();
      expect(entry(collected, "public.patient")).toMatchObject({ rows: 20_000 });
      expect(entry(collected, "public.patient").bytes).toBeGreaterThan(1_000_000);
      expect(collected.notes.map((note) => note.text).join("\n")).toContain("a table is locked");
    });

    test("only the schemas that were named; one that is not there is an error that names those that are", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name, "pg_monitor");
      await using session = await as(name, database.server, database.name);
      const { profile } = await collect(session, { ...QUICK, schemas: ["billing"] });
      expect(profile.tables.map((table) => table.table)).toEqual(["billing.invoice"]);
      await expect(collect(session, { ...QUICK, schemas: ["biling"] })).rejects.toMatchObject({
        message: expect.stringContaining('no schema "biling"') as string,
        help: expect.stringContaining("billing") as string,
      });
    });
  });

  describe(`a connection to PostgreSQL ${major} that only reads`, () => {
    test("cannot write, and says who it is", async () => {
      await using database = await hospital(major);
      const { user, password } = database.server.credentials;
      await using session = await openReadOnly(
        readTarget(`host=${database.server.host} user=${user} password=${password} dbname=${database.name}`, {}),
      );
      await expect(session.read((query) => query("CREATE TABLE mine (id int)"))).rejects.toMatchObject({ code: "25006" });
      const [row] = await session.read((query) =>
        query<{ application: string; read_only: string; timeout: string; lock: string }>(
          "SELECT current_setting('application_name') AS application, current_setting('default_transaction_read_only') AS read_only, current_setting('statement_timeout') AS timeout, current_setting('lock_timeout') AS lock",
        ),
      );
      expect(row).toEqual({ application: "tread", read_only: "on", timeout: "30s", lock: "2s" });
    });

    test("a wrong password, a database that is not there: one clear error, and the password is in none", async () => {
      await using database = await hospital(major);
      const name = await role(database.superuser, database.name);
      const wrong = readTarget(`host=${database.server.host} user=${name} password=hunter2hunter2 dbname=${database.name}`, {});
      await expect(openReadOnly(wrong)).rejects.toMatchObject({
        code: "28P01",
        exitCode: 3,
        message: expect.not.stringContaining("hunter2") as string,
      });
      await expect(as(name, database.server, "nowhere")).rejects.toMatchObject({ code: "3D000" });
    });
  });
}

describe("a replica", () => {
  const stops: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  test("gives sizes and row counts like its primary; writes are null there, and it says why", { timeout: 120_000 }, async () => {
    const major = testMajors().at(-1) ?? 18;
    const primary = await startPrimary(major);
    stops.push(() => primary.stop());
    await primary.createDatabase("hospital");
    const superuser = await primary.connect({ role: "superuser", database: "hospital" });
    await superuser.query(HOSPITAL);
    const name = await role(superuser, "hospital", "pg_monitor");
    const replica = await startReplica(primary, superuser);
    stops.push(replica.stop);
    // Written after the backup was taken: it arrives only if the replica really follows.
    await superuser.query("CREATE TABLE late (id int); INSERT INTO late SELECT generate_series(1, 700); ANALYZE late");
    const { rows } = await superuser.query<{ lsn: string }>("SELECT pg_current_wal_insert_lsn()::text AS lsn");
    await using session = await as(name, { host: replica.host, port: primary.port }, "hospital");
    await expect
      .poll(
        async () =>
          (
            await session.read((query) =>
              query<{ done: boolean }>(`SELECT pg_last_wal_replay_lsn() >= '${rows[0]?.lsn ?? ""}'::pg_lsn AS done`),
            )
          )[0]?.done,
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(session.replica).toBe(true);
    const collected = await collect(session, { ...QUICK, seconds: 1 });
    expect(entry(collected, "public.late").rows).toBe(700);
    expect(entry(collected, "public.patient")).toMatchObject({ rows: 20_000, writesPerSecond: null });
    expect(entry(collected, "public.patient").readsPerSecond).not.toBeNull();
    expect(collected.notes[0]?.text).toMatch(/^a replica: /);
    await superuser.end();
  });
});
