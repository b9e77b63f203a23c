import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestCluster } from "../src/engines/clickhouse/cluster-harness/cluster.test-helper.ts";
import { startModernCluster } from "../src/engines/clickhouse/cluster-harness/modern.test-helper.ts";
import { modernPackages } from "../src/engines/clickhouse/cluster-harness/packages.test-helper.ts";
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
      const asked = await tread("apply", "--approved", hash);
      expect(asked.code).toBe(2);
      expect(asked.err).toContain("this cannot be taken back");
      const wrong = await tread("apply", "--yes", "--approved", "0123456789abcdef");
      expect(wrong.code).toBe(1);
      const walked = await tread("apply", "--yes", "--approved", hash);
      expect(walked.out).toContain("web.events_local: drops plan");
      expect(walked.code, walked.err).toBe(0);
    },
    LONG,
  );
});
