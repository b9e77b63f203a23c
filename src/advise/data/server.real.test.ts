import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type HttpClickHouse,
  startHttpClickHouse,
  withoutHttpServer,
} from "../../engines/clickhouse/introspect/http-server.test-helper.ts";
import { adviseTable } from "../advise.ts";
import { connect, sampleServer, schemaFromServer } from "./server.ts";

describe.skipIf(withoutHttpServer() !== null)("a sample from a server", () => {
  let server: HttpClickHouse;
  const quiet = { onProgress: () => {} };
  beforeAll(async () => {
    server = await startHttpClickHouse({
      profiles: "<only_reads><readonly>1</readonly></only_reads>",
      users:
        "<reader><password>secret-of-reader</password><networks><ip>127.0.0.1</ip></networks><profile>only_reads</profile><quota>default</quota></reader>",
    });
    await server.run("CREATE DATABASE shop");
    await server.run(
      "CREATE TABLE shop.orders (shop UInt32, customer UInt64, at DateTime('UTC'), total Decimal(9, 2), day Date ALIAS toDate(at)) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (customer, at)",
    );
    // Two inserts: two parts in each of two partitions.
    for (const half of [0, 1])
      await server.run(
        `INSERT INTO shop.orders SELECT number % 50, cityHash64(number) % 30000, toDateTime('2026-08-15 00:00:00', 'UTC') + cityHash64(number, 1) % 2592000, number % 90 FROM numbers(${half * 100000}, 100000)`,
      );
    await server.run("SYSTEM STOP MERGES");
  });
  afterAll(() => server.stop());

  const open = (who: string) => connect(`http://${who}@127.0.0.1:${server.port}/shop`, {}, new AbortController().signal);

  test.each(["default", "reader:secret-of-reader"])("as %s: schema, a tenth of the rows, and advice on them", async (who) => {
    const connection = await open(who);
    const schema = await schemaFromServer(connection, "orders");
    expect(schema.definition).toMatchObject({ database: "shop", orderBy: ["customer", "at"], partitionBy: "toYYYYMM(at)" });
    const { data, cleanUp } = await sampleServer(connection, schema.definition, { rows: 20_000, by: null, memory: 1e9, ...quiet });
    expect(data).toMatchObject({ kind: "server", seen: 200_000, parts: 2 });
    expect(JSON.stringify(data)).not.toContain("secret-of-reader");
    const workload = {
      notes: [],
      queries: [
        {
          name: "shop",
          sql: "SELECT sum(total) FROM orders WHERE shop = 7 AND day >= '2026-09-01'",
          frequency: 1,
          database: null,
          readRows: null,
          normalised: false,
          file: "w.sql",
          line: 1,
        },
      ],
    };
    const { advice } = await adviseTable(
      { schema, workload, data, total: null, parts: null, candidates: 2, memory: 2e9, searchMs: 800, signal: null },
      { progress: () => {} },
    ).finally(cleanUp);
    expect(advice.sample).toMatchObject({ of: 200_000, from: "server", partsPerPartition: 2 });
    expect(advice.sample.rows).toBeGreaterThan(15_000);
    expect(advice.candidates[0]?.orderBy[0]).toBe("shop");
    expect(data.kind === "server" && existsSync(data.sample.path)).toBe(false);
  });

  test("whole customers are kept where they are asked for", async () => {
    const connection = await open("default");
    const { definition } = await schemaFromServer(connection, "shop.orders");
    const { data, cleanUp } = await sampleServer(connection, definition, { rows: 20_000, by: "customer", memory: 1e9, ...quiet });
    cleanUp();
    expect(data.kind === "server" ? data.notes.join() : "").toContain("whole values of customer");
  });

  test("a table without rows is no sample, and a table that is not there is named", async () => {
    await server.run("CREATE TABLE shop.empty (a UInt8) ENGINE = MergeTree ORDER BY a");
    const connection = await open("default");
    const { definition } = await schemaFromServer(connection, "empty");
    await expect(sampleServer(connection, definition, { rows: 10, by: null, memory: 1e9, ...quiet })).rejects.toThrow("has no rows");
    await expect(schemaFromServer(connection, "order")).rejects.toThrow("creates no table shop.order");
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith("tread-server-sample-"))).toEqual([]);
  });
});
