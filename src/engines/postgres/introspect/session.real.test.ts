import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serverIdentity } from "../embedded/identity.ts";
import { startServer } from "../embedded/index.ts";
import type { EmbeddedServer } from "../embedded/server.ts";
import { NEWEST_POSTGRES } from "../engine.ts";
import { openReadOnly, type ReadOnlySession } from "./session.ts";
import { readTarget } from "./target.ts";

const PASSWORD = "p@ss/w#rd 100%";

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

const FAST = { statementTimeoutMs: 2000, lockTimeoutMs: 500, connectTimeoutMs: 3000 };

describe("connecting over TCP, with and without TLS", () => {
  let server: EmbeddedServer;
  let port = 0;
  let certificates = "";
  const url = (query: string, host = "127.0.0.1"): string =>
    `postgresql://visitor:${encodeURIComponent(PASSWORD)}@${host}:${port}/postgres${query}`;
  const open = (query: string, host?: string): Promise<ReadOnlySession> => openReadOnly(readTarget(url(query, host), {}), FAST);
  const encrypted = async (query: string, host?: string): Promise<boolean> => {
    await using session = await open(query, host);
    const [row] = await session.read((ask) => ask<{ ssl: boolean }>("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    return row?.ssl ?? false;
  };

  beforeAll(async () => {
    port = await freePort();
    server = await startServer({
      major: NEWEST_POSTGRES,
      offline: false,
      onProgress: () => {},
      settings: { listen_addresses: "127.0.0.1", port: String(port) },
    });
    const superuser = await server.connect({ role: "superuser", database: "postgres" });
    await superuser.query(`CREATE ROLE visitor LOGIN PASSWORD '${PASSWORD}'; GRANT CONNECT ON DATABASE postgres TO visitor`);
    await superuser.end();
  });
  afterAll(async () => {
    await server.stop();
    if (certificates !== "") rmSync(certificates, { recursive: true });
  });

  test("a server without TLS: prefer (the default) goes without, require says that there is none", async () => {
    expect(await encrypted("")).toBe(false);
    expect(await encrypted("?sslmode=disable")).toBe(false);
    await expect(open("?sslmode=require")).rejects.toMatchObject({
      message: expect.stringMatching(/^postgres:\/\/visitor@127\.0\.0\.1:\d+\/postgres offers no TLS$/) as string,
      exitCode: 3,
    });
  });

  test("a statement that takes too long is ended by the timeout of tread's own session", async () => {
    await using session = await open("");
    await expect(session.read((ask) => ask("SELECT pg_sleep(30)"))).rejects.toMatchObject({
      code: "57014",
      message: expect.stringContaining("longer than allowed") as string,
    });
    const [row] = await session.read((ask) => ask<{ ok: number }>("SELECT 1 AS ok"));
    expect(row, "and the session goes on").toEqual({ ok: 1 });
  });

  test("a server with a certificate of its own: encrypted by default, verified when asked for", async () => {
    certificates = mkdtempSync(join(tmpdir(), "tread-tls-"));
    const [key, cert] = [join(server.host, "data/server.key"), join(server.host, "data/server.crt")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
        "-keyout",
        key,
        "-out",
        cert,
        ...subject,
      ],
      {
        stdio: "ignore",
      },
    );
    const identity = serverIdentity();
    for (const file of [key, cert]) {
      chmodSync(file, 0o600);
      if (identity.lent) chownSync(file, identity.uid, identity.gid);
    }
    const superuser = await server.connect({ role: "superuser", database: "postgres" });
    await superuser.query("ALTER SYSTEM SET ssl = on");
    await superuser.query("SELECT pg_reload_conf()");
    await expect.poll(async () => (await superuser.query<{ ssl: string }>("SELECT current_setting('ssl') AS ssl")).rows[0]?.ssl).toBe("on");
    await superuser.end();
    const authority = encodeURIComponent(cert);
    expect(await encrypted("")).toBe(true);
    expect(await encrypted("?sslmode=require")).toBe(true);
    expect(await encrypted(`?sslmode=verify-ca&sslrootcert=${authority}`)).toBe(true);
    expect(await encrypted(`?sslmode=verify-full&sslrootcert=${authority}`, "localhost")).toBe(true);
    await expect(open("?sslmode=verify-full", "localhost")).rejects.toMatchObject({
      message: expect.stringContaining("no trusted TLS connection") as string,
    });
    await expect(open(`?sslmode=verify-full&sslrootcert=${authority}`)).rejects.toMatchObject({
      message: expect.stringContaining("its certificate is for another host") as string,
    });
  });

  test("the password is taken out of whatever anybody says", () => {
    const { redact, shown } = readTarget(url(""), {});
    expect(shown).toBe(`postgres://visitor@127.0.0.1:${port}/postgres`);
    expect(redact(`no: ${PASSWORD} and ${encodeURIComponent(PASSWORD)} and ${url("")}`)).toBe("no: *** and *** and ***");
  });
});

describe("which database is meant", () => {
  test.each([
    ["host=db.example.org port=6432 user=app password='it\\'s' dbname=shop", "postgres://app@db.example.org:6432/shop"],
    ["postgres://app@[::1]:5433/shop", "postgres://app@[::1]:5433/shop"],
    ["postgresql:///shop?host=/var/run/postgresql&user=app", "postgres://app@%2Fvar%2Frun%2Fpostgresql/shop"],
    ["postgres://app%40corp@db/my%20shop", "postgres://app%40corp@db/my%20shop"],
  ])("%s", (connection, shown) => {
    expect(readTarget(connection, {}).shown).toBe(shown);
  });

  test("the PG* variables fill in what is not said", () => {
    const environment = { PGHOST: "db", PGPORT: "6000", PGUSER: "app", PGDATABASE: "shop", PGPASSWORD: "secret" };
    expect(readTarget(null, environment).shown).toBe("postgres://app@db:6000/shop");
    expect(readTarget("postgres://other/x", environment).shown).toBe("postgres://app@other:6000/x");
    expect(readTarget(null, environment).redact("the secret is out")).toBe("the *** is out");
  });

  test("what the URL says of the session goes with it: start-up options of a host that routes by them, a connect timeout", () => {
    const target = readTarget("postgres://app@db/shop?options=endpoint%3Dquiet-sea-1&connect_timeout=5", {});
    expect([target.options, target.connectTimeoutMs]).toEqual(["endpoint=quiet-sea-1", 5000]);
  });

  test.each([
    "http://db/x",
    "postgres://u:hunter2@one:5432,two:5432/d",
    "just words",
    "postgres://u:p%zz@h/d",
    "postgres://u:hunter2@h:99999/d",
    "host='never ends",
    "postgres://u:hunter2@h/d?sslrootcert=/no/such",
  ])("what cannot be read is exit 2 and not repeated: %s", (connection) => {
    try {
      readTarget(connection, {});
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("the database URL cannot be read") as string });
      expect(String(error)).not.toContain("hunter2");
    }
  });
});
