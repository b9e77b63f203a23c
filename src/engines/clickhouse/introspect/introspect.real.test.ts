import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DatabaseTrouble } from "../../postgres/introspect/trouble.ts";
import { openReadOnlyClickHouse } from "./client.ts";
import { readDump } from "./dump.ts";
import { startHttpClickHouse, withoutHttpServer, type HttpClickHouse } from "./http-server.test-helper.ts";
import { readClickHouseSchema } from "./schema.ts";
import { readClickHouseTarget } from "./target.ts";

const missing = withoutHttpServer();
const USERS = `
  <reader><password>p%40ss/w@rd</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></reader>
  <locked><password>x</password><networks><ip>127.0.0.1</ip></networks><profile>locked</profile><quota>default</quota></locked>
  <blind><password>x</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota>
    <grants><query>GRANT SELECT ON system.one</query></grants></blind>`;

describe.skipIf(missing !== null)(`a server over HTTP${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  let server: HttpClickHouse;
  const open = (url: string, seconds = 10) => openReadOnlyClickHouse(readClickHouseTarget(url, {}), { timeoutSeconds: seconds });
  const trouble = async (work: Promise<unknown>): Promise<DatabaseTrouble> => {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof DatabaseTrouble)) throw new Error(`no trouble: ${String(error)}`);
    expect(error.message).not.toContain("w@rd");
    expect(error.message).not.toContain("\n");
    return error;
  };

  beforeAll(async () => {
    server = await startHttpClickHouse({ users: USERS, profiles: "<locked><readonly>1</readonly></locked>" });
    for (const sql of [
      "CREATE DATABASE web",
      "CREATE DATABASE audit",
      "CREATE FUNCTION tenantOf AS (key) -> intDiv(key, 1000)",
      "CREATE TABLE web.hits_local (`tenant_id` UInt32, `at` DateTime64(3), `browser` Enum8('firefox' = 1, 'it''s' = 2)) ENGINE = MergeTree ORDER BY (tenant_id, at) COMMENT 'one row\nper hit'",
      "CREATE TABLE web.hits AS web.hits_local ENGINE = Distributed(main, web, hits_local, tenant_id)",
      "CREATE VIEW web.a_view AS SELECT tenant_id FROM web.z_view",
      "CREATE OR REPLACE VIEW web.z_view AS SELECT tenant_id, count() AS n FROM web.hits_local GROUP BY tenant_id",
      "CREATE MATERIALIZED VIEW web.by_day ENGINE = SummingMergeTree ORDER BY day AS SELECT toDate(at) AS day, count() AS n FROM web.hits_local GROUP BY day",
      "CREATE TABLE audit.log (line String) ENGINE = Log",
      "CREATE DICTIONARY web.tenants (id UInt64, name String) PRIMARY KEY id SOURCE(CLICKHOUSE(TABLE 'log' DB 'audit' USER 'reader' PASSWORD 'p%40ss/w@rd')) LAYOUT(FLAT()) LIFETIME(0)",
    ]) {
      // A view on what is not there yet is refused: the second makes the first possible.
      await server.run(sql).catch(async (error: unknown) => {
        if (!sql.includes("a_view")) throw error;
        await server.run("CREATE VIEW web.z_view AS SELECT toUInt32(1) AS tenant_id");
        await server.run(sql);
      });
    }
  }, 60_000);
  afterAll(async () => await server?.stop());

  test("that closes a kept connection just when the next question is sent is asked again", async () => {
    let dropped = 0;
    const relay = createTcpServer((client) => {
      const upstream = connect(server.port, "127.0.0.1");
      let answered = false;
      client.on("data", (bytes) => {
        if (answered) {
          dropped++;
          client.destroy();
        } else upstream.write(bytes);
      });
      upstream.on("data", (bytes) => {
        answered = true;
        client.write(bytes);
      });
      for (const socket of [client, upstream]) socket.on("error", () => {});
      client.on("close", () => upstream.destroy());
      upstream.on("close", () => client.destroy());
    });
    await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
    const { port } = relay.address() as AddressInfo;
    try {
      const client = await open(`http://reader:p%2540ss%2Fw%40rd@127.0.0.1:${port}/web`);
      for (const n of [1, 2, 3]) expect(await client.rows<{ n: number }>(`SELECT toUInt8(${n}) AS n`)).toEqual([{ n }]);
      expect(dropped).toBeGreaterThan(0);
    } finally {
      relay.close();
    }
  });

  test("is read without a trace, as statements that another server takes, and no secret leaves it", async () => {
    const client = await open(`http://reader:p%2540ss%2Fw%40rd@127.0.0.1:${server.port}/web`);
    expect(client).toMatchObject({ database: "web", shown: `http://reader@127.0.0.1:${server.port}/web` });
    expect(client.version).toMatch(/^\d+\.\d+/);
    const schema = await readClickHouseSchema(client, null);
    expect(schema.databases).toEqual(["audit", "default", "web"]);
    expect(schema.sql).not.toContain("w@rd");
    expect(schema.sql).not.toContain(".inner");
    const other = await startHttpClickHouse();
    try {
      for (const sql of schema.sql.split(/;\n/).filter((each) => each.trim() !== "")) await other.run(sql);
      const there = await other.run(
        "SELECT groupArray(database || '.' || name) FROM (SELECT * FROM system.tables WHERE database IN ('web', 'audit') AND name NOT LIKE '.inner%' ORDER BY database, name)",
      );
      expect(there.trim()).toBe("['audit.log','web.a_view','web.by_day','web.hits','web.hits_local','web.tenants','web.z_view']");
    } finally {
      await other.stop();
    }
  });

  test("of several databases only those that are asked for; one that is not there is named with those that are", async () => {
    const client = await open(`http://127.0.0.1:${server.port}`);
    const schema = await readClickHouseSchema(client, ["audit"]);
    expect(schema.sql).toContain("audit.log");
    expect(schema.sql).not.toContain("web.hits");
    const error = await trouble(readClickHouseSchema(client, ["wbe"]));
    expect([error.message, error.help, error.exitCode]).toEqual([
      `there is no database "wbe" on http://default@127.0.0.1:${server.port}`,
      "there are: audit, default, web",
      2,
    ]);
  });

  test("cannot be written to", async () => {
    const client = await open(`http://127.0.0.1:${server.port}`);
    expect((await trouble(client.rows("INSERT INTO audit.log SELECT 'x'"))).code).toBe("164");
    expect((await server.run("SELECT count() FROM audit.log")).trim()).toBe("0");
  });

  test("answers a user who may not change settings", async () => {
    const client = await open(`http://locked:x@127.0.0.1:${server.port}/web`);
    expect((await readClickHouseSchema(client, ["audit"])).sql).toContain("CREATE TABLE audit.log");
  });

  test("says in one line what is wrong", async () => {
    const at = `127.0.0.1:${server.port}`;
    expect((await trouble(open(`http://reader:wrong@${at}`))).message).toContain("does not let this user in");
    expect((await trouble(open(`http://${at}/nowhere`))).message).toContain("there is no such database");
    expect((await trouble(open("http://127.0.0.1:2"))).message).toBe("nothing answers at http://default@127.0.0.1:2");
    expect((await trouble(open(`https://${at}`))).message).toMatch(/TLS|could not be asked/);
    const blind = await open(`http://blind:x@${at}`);
    expect((await trouble(readClickHouseSchema(blind, null))).help).toContain("GRANT SELECT ON system.*");
    const slow = await open(`http://${at}`, 1);
    expect((await trouble(slow.rows("SELECT sleep(3)"))).message).toMatch(/longer than 1 s|within 1 s/);
  });

  test("a dump of it in each way that clickhouse-client prints says the same", async () => {
    const normal = (sql: string): string => sql.replaceAll(/\s+/g, " ").trim();
    const [tables, exported] = await Promise.all([
      server.run("SHOW CREATE TABLE web.hits_local"),
      server.run("SELECT database, name, create_table_query FROM system.tables WHERE database = 'web' AND name LIKE 'hits%' ORDER BY name"),
    ]);
    const raw = await server.run("SHOW CREATE TABLE web.hits_local FORMAT TSVRaw");
    expect(readDump(tables)).toMatchObject({ format: "tab-separated", sql: `${raw.trimEnd()};\n` });
    expect(readDump(`${raw.trimEnd()};\n`)).toEqual({ format: "sql", verbatim: true, sql: `${raw.trimEnd()};\n` });
    for (const format of ["JSONEachRow", "JSON", "JSONCompactEachRow", "CSV", "CSVWithNames", "TSVWithNames", "TSVWithNamesAndTypes"]) {
      const text = await server.run(
        `SELECT database, name, create_table_query FROM system.tables WHERE database = 'web' AND name LIKE 'hits%' ORDER BY name FORMAT ${format}`,
      );
      expect([format, normal(readDump(text).sql)]).toEqual([format, normal(readDump(exported).sql)]);
    }
    expect(readDump(exported).sql.split(";\n\n")).toHaveLength(2);
  });
});

describe("what answers and is no ClickHouse", () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(404).end("<html>not here</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => server.close());

  test("is said to be none", async () => {
    await expect(openReadOnlyClickHouse(readClickHouseTarget(`http://127.0.0.1:${port}`, {}), { timeoutSeconds: 5 })).rejects.toThrow(
      "answered with HTTP 404, and not as ClickHouse does",
    );
  });
});

describe("a URL", () => {
  test.each([
    ["http://reader:secret@ch-1:8123/web", "http://reader@ch-1:8123/web", "http://ch-1:8123/"],
    ["https://ch-1.example.org:8443", "https://default@ch-1.example.org:8443", "https://ch-1.example.org:8443/"],
    ["clickhouse://reader@ch-1/web", "http://reader@ch-1:8123/web", "http://ch-1:8123/"],
    ["clickhouse://reader@ch-1:8443/web", "https://reader@ch-1:8443/web", "https://ch-1:8443/"],
    ["http://[::1]:8123/?user=reader&password=secret&database=web", "http://reader@[::1]:8123/web", "http://[::1]:8123/"],
  ])("%s", (url, shown, endpoint) => {
    const target = readClickHouseTarget(url, {});
    expect(target).toMatchObject({ shown, endpoint });
    expect(target.redact("bad password secret of reader")).toBe(`bad password ${url.includes("secret") ? "***" : "secret"} of reader`);
  });

  test("takes what it does not say from the environment", () => {
    expect(
      readClickHouseTarget("http://ch-1", { CLICKHOUSE_USER: "reader", CLICKHOUSE_PASSWORD: "s", CLICKHOUSE_DATABASE: "web" }),
    ).toMatchObject({
      shown: "http://reader@ch-1:80/web",
      password: "s",
    });
  });

  test.each(["ch-1:8123", "tcp://ch-1:9000", "http://ch-1:9000", "http://a:b/c@ch-1", "http://%zz@ch-1"])(
    "%s is refused without being repeated",
    (url) => {
      expect(() => readClickHouseTarget(url, {})).toThrow(
        expect.objectContaining({ exitCode: 2, message: expect.not.stringContaining(url) }),
      );
    },
  );
});
