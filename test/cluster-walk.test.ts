import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../src/engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../src/engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../src/engines/clickhouse/cluster-harness/packages.test-helper.ts";
import { until } from "../src/engines/clickhouse/cluster-harness/processes.test-helper.ts";
import { makeChain } from "../src/plan/cluster/chain.test-helper.ts";

const modern = modernPackages();
const LONG = 180_000;
const BIN = process.env["TREAD_TEST_BIN"] ?? join(import.meta.dirname, "../bin/tread.js");

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe.skipIf(modern.reason !== null)(`tread plan and apply on a cluster${modern.reason === null ? "" : ` (${modern.reason})`}`, () => {
  let cluster: TestCluster;
  const folder = mkdtempSync(join(tmpdir(), "tread-walk-"));
  const git = (...args: string[]): void => {
    execFileSync("git", ["-c", "init.defaultBranch=main", ...args], { cwd: folder, stdio: "ignore" });
  };
  const tread = (...args: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [BIN, ...args], {
        cwd: folder,
        env: { ...process.env, CLICKHOUSE_URL: cluster.hosts.map(({ url }) => `${url}/web`).join(",") },
      });
      let [out, err] = ["", ""];
      child.stdout.on("data", (data) => (out += String(data)));
      child.stderr.on("data", (data) => (err += String(data)));
      child.on("close", (code) => resolve({ code, out, err }));
    });
  const change = (name: string, sql: string): void => {
    writeFileSync(join(folder, "clickhouse", `${name}.sql`), sql);
    git("add", "-A");
    git("-c", "user.name=Ana", "-c", "user.email=ana@example.org", "commit", "-q", "-m", name);
  };

  const hashNow = async (): Promise<string> => {
    const json = await tread("plan", "--cluster", "--format", "json");
    return (JSON.parse(json.out) as { hash: string }).hash;
  };
  const meant = (migration: string): readonly string[] => ["--accept", `column-dropped:${migration}`, "--reason", "nobody reads it"];
  const added = async (id: string, column: string): Promise<void> => {
    change(id, `ALTER TABLE events ADD COLUMN ${column} String;\n`);
    const walked = await tread("apply", "--approved", await hashNow());
    expect(walked.code, walked.err).toBe(0);
  };
  /** Tables of the first host that have a column. */
  const holds = async (column: string): Promise<readonly string[]> =>
    (
      await cluster.rows<{ table: string }>(
        0,
        `SELECT table FROM system.columns WHERE database = 'web' AND name = '${column}' AND table != 'events_mv' ORDER BY table`,
      )
    ).map(({ table }) => table);

  /** A removal that waits for an insert which began before it, and is told to stop there. */
  async function haltedBeforeTheFlush(
    id: string,
    column: string,
    flag: "--pause" | "--abort",
  ): Promise<{ readonly walk: Ran; readonly halted: Ran; readonly end: () => Promise<void> }> {
    const slow = cluster
      .query(
        0,
        "INSERT INTO web.writable_events (id, team, event) SELECT number, 1, 'slow' FROM numbers(3000) WHERE sleepEachRow(0.1) = 0 SETTINGS max_block_size = 1",
        { query_id: `slow-${column}` },
      )
      .catch(() => "");
    const end = async (): Promise<void> => {
      await cluster.query(0, `KILL QUERY WHERE query_id = 'slow-${column}' SYNC`);
      await slow;
    };
    await until(
      async () => (await cluster.query(0, `SELECT count() FROM system.processes WHERE query_id = 'slow-${column}'`)) === "1",
      "the insert to begin",
    );
    const walk = tread("apply", "--yes", ...meant(id), "--approved", await hashNow());
    await until(async () => !(await holds(column)).includes("writable_events"), "the write path to lose the column", 120);
    const halted = await tread("apply", flag);
    return { walk: await walk, halted, end };
  }

  beforeAll(async () => {
    cluster = await startModernCluster({ hosts: 2 });
    await makeChain(cluster);
    mkdirSync(join(folder, "clickhouse"));
    writeFileSync(
      join(folder, "tread.config.yaml"),
      "sources:\n  - { type: sql-dir, path: clickhouse, database: clickhouse }\nenvironments:\n  cloud: {}\n",
    );
    git("init", "-q");
    git("config", "user.name", "Ben");
    git("config", "user.email", "ben@example.org");
    change("0001_plan", "ALTER TABLE events ADD COLUMN plan String DEFAULT 'free';\n");
  }, LONG);
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(
    "prints hosts, statements, order and why, and runs nothing",
    async () => {
      const { code, out, err } = await tread("plan", "--cluster");
      expect(err).toBe("");
      expect(code).toBe(0);
      expect(out).toContain("1. expand local web.events_local: adds plan String");
      expect(out).toContain("3. expand write web.writable_events: adds plan String");
      for (const { nativePort } of cluster.hosts) expect(out).toContain(`127.0.0.1:${nativePort}`);
      expect(await cluster.query(0, "SELECT count() FROM system.columns WHERE database = 'web' AND name = 'plan'")).toBe("0");
    },
    LONG,
  );

  it(
    "takes a misspelt migration for a mistake and not for nothing to do, and does not hold a rename's own guard against it",
    async () => {
      const strange = await tread("plan", "--cluster", "0001_paln");
      expect(strange).toMatchObject({ code: 2, out: "" });
      expect(strange.err).toContain("there is no file 0001_paln, and no migration for ClickHouse of that name");
      expect(strange.err).toContain("the last ones are: 0001_plan");
      mkdirSync(join(folder, "later"));
      writeFileSync(join(folder, "later", "0002_name.sql"), "ALTER TABLE web.events RENAME COLUMN event TO name;\n");
      try {
        const planned = await tread("plan", "--cluster", "later/0002_name.sql");
        expect(planned.out).toContain("ADD CONSTRAINT IF NOT EXISTS tread_renamed_event");
        expect(planned.out).not.toContain("what tread check says");
        expect(planned.code, planned.err).toBe(0);
      } finally {
        rmSync(join(folder, "later"), { recursive: true });
      }
    },
    LONG,
  );

  it(
    "refuses without an approval, with one of another plan, and walks with one of this plan",
    async () => {
      const without = await tread("apply");
      expect(without).toMatchObject({ code: 1, out: "" });
      expect(without.err).toContain("0001_plan has no approval of this plan");
      const approved = await tread("approve", "0001_plan", "--cluster");
      expect(approved.code, approved.err).toBe(0);
      git("add", "-A");
      git("commit", "-q", "-m", "approve");
      // Somebody changes what the plan was made for.
      await cluster.query(1, "ALTER TABLE web.writable_events ADD COLUMN plan String DEFAULT 'free'");
      const other = await tread("apply");
      expect(other.code).toBe(1);
      expect(other.err).toContain("is for another plan");
      await cluster.query(1, "ALTER TABLE web.writable_events DROP COLUMN plan");
      const walked = await tread("apply");
      expect(walked.err).not.toContain("stopped");
      expect(walked.out).toContain("done: 6 statements ran");
      expect(walked.code).toBe(0);
      expect(await tread("apply")).toMatchObject({ code: 0, out: "nothing is pending\n" });
    },
    LONG,
  );

  it(
    "asks for --yes where values go, and takes the hash of a plan that was seen",
    async () => {
      change("0002_no_plan", "ALTER TABLE events DROP COLUMN plan;\n");
      const json = await tread("plan", "--cluster", "--format", "json");
      const { hash } = JSON.parse(json.out) as { hash: string };
      // What check says of the statements that would be sent forbids them, until somebody takes it on.
      const unsafe = await tread("apply", "--yes", "--approved", hash);
      expect(unsafe.code).toBe(1);
      expect(unsafe.err).toContain("error column-dropped: dropping `plan` of `web.events_local`");
      expect(unsafe.err).toContain("--accept column-dropped:0002_no_plan --reason");
      const asked = await tread("apply", ...meant("0002"), "--approved", hash);
      expect(asked.code).toBe(2);
      expect(asked.err).toContain("this cannot be taken back");
      const wrong = await tread("apply", "--yes", ...meant("0002"), "--approved", "0123456789abcdef");
      expect(wrong.code).toBe(1);
      const walked = await tread("apply", "--yes", ...meant("0002"), "--approved", hash);
      expect(walked.out).toContain("web.events_local: drops plan");
      expect(walked.code, walked.err).toBe(0);
    },
    LONG,
  );

  it(
    "stops when told to pause, says what is under way, and goes on with the plan that was approved",
    async () => {
      await added("0003_referrer", "referrer");
      change("0004_no_referrer", "ALTER TABLE events DROP COLUMN referrer;\n");
      expect(await tread("apply", "--pause")).toMatchObject({ code: 0, out: "no plan is under way\n" });
      const { walk, halted, end } = await haltedBeforeTheFlush("0004", "referrer", "--pause");
      expect(halted.out).toContain("paused: a walker stops before its next statement");
      expect(walk.err).toContain("stopped: paused by");
      expect(walk.code).toBe(4);
      expect(await holds("referrer")).toEqual(["events", "events_local"]);
      expect((await tread("plan", "--cluster")).err).toContain("this plan is under way");
      await end();
      // Nobody needs to approve again what was approved and begun.
      const rest = await tread("apply");
      expect(rest.code, rest.err).toBe(0);
      expect(await holds("referrer")).toEqual([]);
    },
    LONG,
  );

  it(
    "ends a plan when told to abort, and says per step where it was applied and what undoes it",
    async () => {
      await added("0005_device", "device");
      change("0006_no_device", "ALTER TABLE events DROP COLUMN device;\n");
      const { walk, halted, end } = await haltedBeforeTheFlush("0006", "device", "--abort");
      expect(walk.err).toContain("stopped: aborted by");
      expect(walk.code).toBe(4);
      expect(halted.out).toMatch(/web\.events_local: drops device: its values are deleted: nowhere applied/);
      expect(halted.out).toMatch(
        /web\.writable_events: drops device: applied on .*; undo: ALTER TABLE web\.writable_events ADD COLUMN device String/,
      );
      await end();
      // What is left of it is planned anew from what the hosts hold now.
      const walked = await tread("apply", "--yes", ...meant("0006"), "--approved", await hashNow());
      expect(walked.code, walked.err).toBe(0);
      expect(await holds("device")).toEqual([]);
    },
    LONG,
  );

  it(
    "takes its own ledger for no part of the project's schema",
    async () => {
      expect(await cluster.query(0, "SELECT count() > 0 FROM system.tables WHERE database = 'tread'")).toBe("1");
      const drift = await tread(
        "cluster",
        "drift",
        "--no-repository",
        ...cluster.hosts.flatMap(({ url }) => ["--clickhouse-url", `${url}/web`]),
      );
      expect(drift.out).not.toContain("tread.");
      expect(drift.code, drift.out).toBe(0);
      const adopted = await tread("cluster", "adopt", ...cluster.hosts.flatMap(({ url }) => ["--clickhouse-url", `${url}/web`]));
      expect(adopted.code, adopted.err).toBe(0);
      expect(readFileSync(join(folder, "clickhouse", "cluster.yaml"), "utf8")).not.toContain("tread.walk");
    },
    LONG,
  );
});
