import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestCluster } from "../src/engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../src/engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages, oldPackages } from "../src/engines/clickhouse/cluster-harness/packages.test-helper.ts";
import { until } from "../src/engines/clickhouse/cluster-harness/processes.test-helper.ts";
import { startReplicatedCluster } from "../src/engines/clickhouse/cluster-harness/replicated.test-helper.ts";
import { type Project, project, type Run } from "./project.test-helper.ts";

// Each test starts the command line several times.
vi.setConfig({ testTimeout: 240_000 });

interface DriftJson {
  readonly format: string;
  readonly repository: string;
  readonly notes: readonly string[];
  readonly drift: readonly {
    readonly kind: string;
    readonly object: string | null;
    readonly hosts: readonly string[];
    readonly message: string;
    readonly details: readonly string[];
  }[];
}

const MIGRATIONS = {
  "clickhouse/migrations/0001_visits.sql": `CREATE DATABASE web;
CREATE TABLE web.visits_local (team_id UInt64, at DateTime, url String CODEC(ZSTD), referrer LowCardinality(String) DEFAULT 'direct')
  ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (team_id, at);
CREATE TABLE web.visits AS web.visits_local ENGINE = Distributed('c', 'web', 'visits_local', cityHash64(team_id));
CREATE TABLE web.landing (team_id UInt64, at DateTime, url String) ENGINE = Null;
create materialized view web.visits_mv to web.visits as select team_id, at, url from web.landing where team_id > 0;
`,
  "clickhouse/migrations/0002_not_yet.sql": "ALTER TABLE web.visits_local ADD COLUMN plan String;\n",
  "tread.config.yaml": `sources:
  - { type: sql-dir, path: clickhouse/migrations, database: clickhouse, appliedThrough: 0001_visits }
environments:
  eu: {}
`,
};

/** The statements of a migration, on every host. */
async function apply(cluster: TestCluster, sql: string): Promise<void> {
  for (const statement of sql.split(";\n").filter((one) => one.trim() !== "")) await cluster.everywhere(statement);
}

function urls(cluster: TestCluster, ...which: readonly number[]): string[] {
  const hosts = cluster.hosts.filter(({ index }) => which.length === 0 || which.includes(index));
  // A busy machine is no host that does not answer.
  return ["--timeout", "20", ...hosts.flatMap(({ url }) => ["--clickhouse-url", url])];
}

function drift(run: Run): DriftJson {
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout) as DriftJson;
}

/** What docs/clickhouse.md says is enough. */
const READER = `<reader><password>correct horse</password><networks><ip>127.0.0.0/8</ip></networks><profile>default</profile><quota>default</quota><grants><query>GRANT SELECT ON system.*</query><query>GRANT SHOW DATABASES, SHOW TABLES, SHOW COLUMNS, SHOW DICTIONARIES ON *.*</query></grants></reader>`;

const modern = modernPackages();

describe.skipIf(modern.reason !== null)(`tread cluster, current ClickHouse${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  let shop: Project;
  const name = (index: number): string => `127.0.0.1:${cluster.hosts[index]?.nativePort}`;
  beforeAll(async () => {
    cluster = await startModernCluster({ users: READER });
    await apply(cluster, MIGRATIONS["clickhouse/migrations/0001_visits.sql"]);
    shop = project(MIGRATIONS);
  });
  afterAll(() => cluster?.stop());

  it("says of a healthy cluster that nothing is wrong, and that it is what the migrations make", () => {
    const status = shop.tread("cluster", "status", ...urls(cluster));
    expect(status).toMatchObject({ status: 0, stderr: "" });
    expect(status.stdout).toContain("cluster c: 4 shards, 4 hosts");
    expect(status.stdout).toContain("4 hosts, nothing wrong");
    const run = shop.tread("cluster", "drift", ...urls(cluster), "--format", "json");
    expect(drift(run).drift).toEqual([]);
    expect(run.status).toBe(0);
    expect(drift(run).repository).toBe("migrations through 0001_visits are applied, as was said");
  });

  it("tells a column that was added by hand on one host from one that the migrations make", async () => {
    await cluster.query(2, "ALTER TABLE web.visits_local ADD COLUMN utm_source String AFTER at");
    await cluster.query(0, "ALTER TABLE web.visits_local MODIFY COLUMN referrer DEFAULT ''");
    try {
      const run = shop.tread("cluster", "drift", ...urls(cluster));
      expect(run.status).toBe(1);
      expect(run.stdout).toContain(`the column utm_source String stands on ${name(2)} and not on`);
      expect(run.stdout).toContain(`the default of referrer is DEFAULT '' on ${name(0)} and DEFAULT 'direct' on`);
      expect(run.stdout).toContain("the column utm_source String stands on the host and not in the migrations");
    } finally {
      await cluster.query(2, "ALTER TABLE web.visits_local DROP COLUMN utm_source");
      await cluster.query(0, "ALTER TABLE web.visits_local MODIFY COLUMN referrer DEFAULT 'direct'");
    }
  });

  it("finds what leads nowhere: a view without its target, a Distributed column that no local table has, values that are dropped", async () => {
    await cluster.query(1, "DROP TABLE web.visits");
    await cluster.query(3, "ALTER TABLE web.visits ADD COLUMN country String");
    await cluster.query(0, "ALTER TABLE web.visits_mv MODIFY QUERY SELECT team_id, at, url, domain(url) AS site FROM web.landing");
    try {
      const { drift: found } = drift(shop.tread("cluster", "drift", ...urls(cluster), "--no-repository", "--format", "json"));
      const messages = found.map(({ kind, message }) => `${kind}: ${message}`);
      expect(messages).toContainEqual(`dangling: web.visits_mv on ${name(1)} writes to web.visits, which is not there`);
      expect(messages).toContainEqual(expect.stringMatching(new RegExp(`^missing: web\\.visits is not on ${name(1)}, `)));
      expect(messages).toContainEqual(
        expect.stringContaining(`column-lost: web.visits on ${name(3)} has the column country, which web.visits_local on`),
      );
      expect(messages).toContainEqual(
        expect.stringContaining(`column-lost: web.visits_mv on ${name(0)} selects site, which its target web.visits has not`),
      );
    } finally {
      await cluster.query(
        1,
        "CREATE TABLE web.visits AS web.visits_local ENGINE = Distributed('c', 'web', 'visits_local', cityHash64(team_id))",
      );
      await cluster.query(3, "ALTER TABLE web.visits DROP COLUMN country");
      await cluster.query(0, "ALTER TABLE web.visits_mv MODIFY QUERY select team_id, at, url from web.landing where team_id > 0");
    }
    expect(drift(shop.tread("cluster", "drift", ...urls(cluster), "--format", "json")).drift).toEqual([]);
  });

  it("adopts: a cluster file that the hosts fit, a baseline that check takes, and nothing overwritten unasked", async () => {
    const adopt = (...more: string[]): Run =>
      shop.tread("cluster", "adopt", ...urls(cluster), "--cluster", "c", "--output", "adopted/cluster.yaml", ...more);
    const first = adopt();
    expect(first).toMatchObject({ status: 0, stdout: "" });
    const yaml = readFileSync(join(shop.folder, "adopted/cluster.yaml"), "utf8");
    expect(yaml).not.toContain("password:");
    expect(adopt()).toMatchObject({ status: 2, stderr: expect.stringContaining("adopted/cluster.yaml is there already") });
    expect(adopt("--force").status).toBe(0);

    // The hosts come from the file now.
    expect(shop.tread("cluster", "status", "--timeout", "20", "--cluster-file", "adopted/cluster.yaml")).toMatchObject({
      status: 0,
      stderr: "",
    });
    const compared = shop.tread("cluster", "drift", "--timeout", "20", "--cluster-file", "adopted/cluster.yaml");
    expect(compared.stdout).toContain("no drift");
    expect(compared.status).toBe(0);

    const baseline = readFileSync(join(shop.folder, "adopted/baseline.sql"), "utf8");
    expect(baseline.indexOf("CREATE TABLE web.visits_local")).toBeGreaterThan(0);
    const check = shop.check(
      "clickhouse/migrations",
      "--schema",
      "adopted/baseline.sql",
      "--database",
      "clickhouse",
      "--applied-through",
      "0001_visits",
    );
    expect(check.report.coverage.unparsed).toBe(0);
    expect(check.report.problems ?? []).toEqual([]);
  });

  it("compares with the cluster file: a host that is another one, one that is missing, a table that a role should hold", () => {
    const [a, b] = cluster.hosts;
    shop.write({
      "wrong.yaml": `format: tread.cluster/1
clusters:
  - name: c
    shards:
      - name: "1"
        replicas:
          - { host: 127.0.0.1, httpPort: ${a?.httpPort}, nativePort: ${a?.nativePort}, roles: [data], macros: { shard: "7" } }
      - name: "2"
        replicas:
          - { host: 127.0.0.1, httpPort: ${b?.httpPort}, nativePort: ${b?.nativePort}, roles: [data], macros: { shard: "2" } }
tables:
  - { name: web.visits_local, kind: local, roles: [data], columnsOnlyHere: [mat_browser] }
  - { name: web.clicks, kind: local, roles: [data] }
`,
    });
    const run = shop.tread("cluster", "drift", "--timeout", "20", "--cluster-file", "wrong.yaml", "--no-repository");
    // The host that answers as another one is not read.
    expect(run.status).toBe(3);
    expect(run.stdout).toContain("macro shard of 127.0.0.1:");
    expect(run.stdout).toContain('is "1" on the host and "7" in the file');
    expect(run.stdout).toContain("is a host of the cluster and not in wrong.yaml");
    expect(run.stdout).toContain(`web.clicks belongs on hosts with the role data and is not on ${name(1)}`);
    expect(run.stdout).toContain("has no mat_browser, which `columnsOnlyHere` names");
  });

  it("shows rows that wait to be sent and a mutation that fails, and exits with 1", async () => {
    await cluster.query(0, "SYSTEM STOP DISTRIBUTED SENDS web.visits");
    await cluster.query(0, "INSERT INTO web.visits (team_id, at, url) SELECT number, now(), 'https://example.org' FROM numbers(100)", {
      distributed_foreground_insert: "0",
    });
    await cluster.query(1, "INSERT INTO web.visits_local (team_id, at, url) VALUES (1, now(), 'not a number')");
    await cluster.query(1, "ALTER TABLE web.visits_local UPDATE referrer = toString(toUInt64(url)) WHERE 1", { mutations_sync: "0" });
    await until(
      async () => (await cluster.query(1, "SELECT count() FROM system.mutations WHERE latest_fail_reason != ''")) === "1",
      "the mutation's failure",
    );
    try {
      const run = shop.tread("cluster", "status", ...urls(cluster));
      expect(run.status).toBe(1);
      expect(run.stdout).toMatch(/rows from web\.visits to shard\d\S* are held back \(sends are stopped\)/);
      expect(run.stdout).toContain(`${name(1)}: mutation mutation_`);
      expect(run.stdout).toContain("KILL MUTATION WHERE mutation_id = 'mutation_");
      const json = JSON.parse(shop.tread("cluster", "status", ...urls(cluster), "--format", "json").stdout) as {
        format: string;
        hosts: { name: string; status: { mutations: { failed: unknown }[] } }[];
      };
      expect(json.format).toBe("tread.cluster-status/1");
      expect(json.hosts.find((host) => host.name === name(1))?.status.mutations[0]?.failed).toMatchObject({
        reason: expect.stringContaining("Cannot parse"),
      });
    } finally {
      await cluster.query(1, "KILL MUTATION WHERE table = 'visits_local'");
      await cluster.query(0, "SYSTEM START DISTRIBUTED SENDS web.visits");
      await cluster.query(0, "SYSTEM FLUSH DISTRIBUTED web.visits");
    }
  });

  it("exits with 3 and names the host that is down", async () => {
    await cluster.kill(3);
    try {
      const status = shop.tread("cluster", "status", ...urls(cluster));
      expect(status.status).toBe(3);
      expect(status.stdout).toContain(`nothing answers at http://default@127.0.0.1:${cluster.hosts[3]?.httpPort}`);
      expect(shop.tread("cluster", "drift", ...urls(cluster), "--no-repository").status).toBe(3);
      const adopt = shop.tread("cluster", "adopt", ...urls(cluster), "--output", "half/cluster.yaml");
      expect(adopt).toMatchObject({ status: 3, stderr: expect.stringContaining("nothing was written") });
    } finally {
      await cluster.start(3);
    }
  });

  it("keeps a wrong password out of everything it prints", () => {
    const [first] = cluster.hosts;
    const run = shop.tread(
      "cluster",
      "status",
      "--clickhouse-url",
      `http://default:hunter2@127.0.0.1:${first?.httpPort}`,
      "--format",
      "json",
    );
    expect(run.status).toBe(3);
    expect(run.stderr).toContain("the name or the password is wrong");
    expect(run.stdout + run.stderr).not.toContain("hunter2");
  });

  it("needs no more rights than docs/clickhouse.md says, with the password in a file per host", () => {
    shop.write({ "hosts.yaml": '"127.0.0.1": { user: reader, passwordFrom: READER_PASSWORD }\n' });
    process.env["TREAD_CLICKHOUSE_CREDENTIALS"] = join(shop.folder, "hosts.yaml");
    process.env["READER_PASSWORD"] = "correct horse";
    try {
      const status = shop.tread("cluster", "status", ...urls(cluster));
      expect(status).toMatchObject({ status: 0, stderr: "" });
      expect(status.stdout).not.toContain("note:");
      const run = shop.tread("cluster", "drift", ...urls(cluster), "--format", "json");
      expect(drift(run)).toMatchObject({ drift: [], notes: [] });
      expect(run.stdout + status.stdout).not.toContain("correct horse");
      process.env["READER_PASSWORD"] = "battery staple";
      const wrong = shop.tread("cluster", "status", ...urls(cluster));
      expect(wrong).toMatchObject({ status: 3, stderr: expect.stringContaining("http://reader@127.0.0.1") });
      expect(wrong.stdout + wrong.stderr).not.toContain("battery staple");
    } finally {
      delete process.env["TREAD_CLICKHOUSE_CREDENTIALS"];
      delete process.env["READER_PASSWORD"];
    }
  });

  it("takes a single server for what it is", () => {
    const run = shop.tread("cluster", "status", ...urls(cluster, 0), "--cluster", "none");
    expect(run.stdout).toContain("a single server");
    expect(run.status).toBe(0);
  });
});

const old = oldPackages();

describe.skipIf(old.reason !== null)(`tread cluster, replicas and Keeper${old.reason === null ? "" : ` (${old.reason})`}`, () => {
  let cluster: TestCluster;
  let shop: Project;
  beforeAll(async () => {
    process.env["TREAD_TEST_CLICKHOUSE_DIALECT"] = "old";
    cluster = await startReplicatedCluster({ sessionMs: 1500 });
    shop = project({ "tread.config.yaml": "{}\n" });
    await cluster.query(0, "CREATE DATABASE web ON CLUSTER c");
    for (const table of ["visits_local", "clicks_local"])
      await cluster.query(
        0,
        `CREATE TABLE web.${table} ON CLUSTER c (team_id UInt64, url String) ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/web/${table}', '{replica}') ORDER BY team_id`,
      );
  });
  afterAll(async () => {
    delete process.env["TREAD_TEST_CLICKHOUSE_DIALECT"];
    await cluster?.stop();
  });

  it("finds nothing wrong where replicas and shards agree, though their paths in Keeper differ", () => {
    const run = shop.tread("cluster", "drift", ...urls(cluster));
    expect(run.stdout).toContain("no drift");
    expect(run.status).toBe(0);
    expect(shop.tread("cluster", "status", ...urls(cluster)).stdout).toContain("Keeper connected");
  });

  it("names a path in Keeper that no host uses any more, and a replica that is gone", async () => {
    // A table whose last replica was lost with its host, and one that lost one of two.
    await cluster.query(3, "DETACH TABLE web.clicks_local");
    await cluster.query(2, "DETACH TABLE web.clicks_local");
    await cluster.query(1, "DETACH TABLE web.visits_local");
    try {
      const run = shop.tread("cluster", "drift", ...urls(cluster));
      expect(run.status).toBe(1);
      expect(run.stdout).toContain("/clickhouse/tables/2/web/clicks_local is a table in Keeper, and no host that was read uses it");
      expect(run.stdout).toContain("replica r2 of /clickhouse/tables/1/web/visits_local is in Keeper and on no host");
      expect(run.stdout).toContain("web.visits_local is not on");
    } finally {
      await cluster.query(3, "ATTACH TABLE web.clicks_local");
      await cluster.query(2, "ATTACH TABLE web.clicks_local");
      await cluster.query(1, "ATTACH TABLE web.visits_local");
    }
  });

  it("says which replicas are read-only when Keeper is gone, and which replica is dead", async () => {
    await cluster.keeper?.kill();
    await until(
      async () => (await cluster.query(0, "SELECT min(is_readonly) FROM system.replicas")) === "1",
      "the loss of Keeper to be seen",
    );
    const without = shop.tread("cluster", "status", ...urls(cluster));
    expect(without.stdout).toContain("web.visits_local is read-only");
    expect(without.status).toBe(1);
    await cluster.keeper?.start();
    await until(async () => (await cluster.query(0, "SELECT max(is_readonly) FROM system.replicas")) === "0", "Keeper's return");

    await cluster.kill(1);
    await until(
      async () => (await cluster.query(0, "SELECT max(active_replicas) FROM system.replicas")) === "1",
      "the dead replica's session to end",
    );
    const dead = shop.tread("cluster", "status", ...urls(cluster));
    expect(dead.stdout).toContain("1 replica of web.visits_local of 2 is not active");
    expect(dead.status).toBe(3);
    await cluster.start(1);
  });
});
