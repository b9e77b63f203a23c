import { describe, expect, it } from "vitest";
import { readClusterFile } from "./load.ts";

const GOOD = `format: tread.cluster/1
clusters:
  - name: main
    keeper: { id: keeper-1 }
    shards:
      - name: "01"
        replicas:
          - { host: ch-1, httpPort: 8123, nativePort: 9000, roles: [data], macros: { shard: "01", replica: a } }
          - { host: ch-2, tls: true, roles: [data] }
tables:
  - { name: web.hits_local, kind: local, roles: [data], family: hits, columnsOnlyHere: [mat_browser] }
probes:
  - { family: hits, into: web.hits_local, row: { tenant: 0 }, reserved: { column: tenant, value: 0 } }
environments: [eu]
`;

/** The message for a file in which one thing was changed. */
async function said(from: string, to: string): Promise<string> {
  expect(GOOD).toContain(from);
  return await readClusterFile(GOOD.replace(from, to), "clickhouse/cluster.yaml").then(
    () => "accepted",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe("a cluster file", () => {
  it("says hosts, shards, roles, macros and tables, with the defaults filled in", async () => {
    const file = await readClusterFile(GOOD, "cluster.yaml");
    expect(file.clusters[0]).toMatchObject({ name: "main", keeper: { id: "keeper-1", oldestNode: null } });
    expect(file.clusters[0]?.shards[0]).toMatchObject({ name: "01", weight: 1, internalReplication: true });
    expect(file.clusters[0]?.shards[0]?.replicas[1]).toEqual({
      host: "ch-2",
      httpPort: null,
      nativePort: null,
      tls: true,
      roles: ["data"],
      macros: {},
      serverUuid: null,
    });
    expect(file.tables).toEqual([
      { name: "web.hits_local", kind: "local", roles: ["data"], family: "hits", columnsOnlyHere: ["mat_browser"] },
    ]);
    expect(file.probes[0]).toMatchObject({ into: "web.hits_local", cleanUp: [] });
    expect(file.environments).toEqual(["eu"]);
  });

  it.each([
    [
      "httpPort: 8123",
      "httPort: 8123",
      "cluster.yaml:8:27  clusters[0].shards[0].replicas[0].httPort: unknown setting; did you mean `httpPort`?",
    ],
    ["httpPort: 8123", "password: hunter2", "credentials do not stand in a cluster file"],
    ["httpPort: 8123", "httpPort: 812300", "expected a port from 1 to 65535"],
    ['name: "01"', "name: 01", "cluster.yaml:6:15  clusters[0].shards[0].name: 01 without quotes is the number 1"],
    ["host: ch-2, tls: true", "host: ch-1, httpPort: 8123", "ch-1:8123 stands twice in cluster main"],
    ["roles: [data], family", "roles: [dta], family", 'no host has the role "dta"; did you mean `data`?'],
    ["kind: local", "kind: locale", 'did you mean "local"?'],
    ["name: web.hits_local", "name: hits_local", "expected database.table"],
    ["family: hits, into", "family: hit, into", "did you mean `hits`?"],
    ["format: tread.cluster/1", "format: tread.cluster/2", 'expected "tread.cluster/1"'],
    ["environments: [eu]", "environments: [eu", "clickhouse/cluster.yaml:"],
  ])("with %s written as %s is refused with its place", async (from, to, message) => {
    expect(await said(from, to)).toContain(message);
  });

  it("never repeats a password that somebody wrote into it", async () => {
    expect(await said("httpPort: 8123", "password: hunter2")).not.toContain("hunter2");
  });
});
