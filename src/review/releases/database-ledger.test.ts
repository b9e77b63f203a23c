import { afterAll, beforeAll, expect, test } from "vitest";
import { withReleases } from "../../check/releases.ts";
import { loadConfig } from "../../config/load.ts";
import { freshDatabase, testMajors, type FreshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { readTarget, type Target } from "../../engines/postgres/introspect/target.ts";
import { project, TODAY } from "../project.test-helper.ts";
import { databaseLedger } from "./database-ledger.ts";
import type { ReleaseLedger } from "./ledger.ts";

let database: FreshDatabase;
let target: Target;
let ledger: ReleaseLedger;

beforeAll(async () => {
  database = await freshDatabase(testMajors().at(-1) ?? 18);
  const { host, port, credentials } = database.server;
  target = readTarget(`host=${host} port=${port} user=${credentials.user} password=${credentials.password} dbname=${database.name}`, {});
  ledger = databaseLedger(target);
});
afterAll(() => database.close());

test("a deploy system records releases where it deploys them, and check finds out what serves", async () => {
  expect((await ledger.read()).releases).toEqual([]);
  await ledger.append([
    { kind: "released", release: { name: "v1.43", path: "releases/v1.43", released: "2026-11-02" } },
    { kind: "released", release: { name: "v1.42", path: "releases/v1.42", released: "2026-10-01" } },
    { kind: "live", name: "v1.42", environment: "cloud", date: "2026-10-01" },
    { kind: "live", name: "v1.43", environment: "cloud", date: "2026-11-02" },
  ]);
  await ledger.append([{ kind: "retired", name: "v1.42", environment: "cloud", date: "2026-11-03" }]);
  const { releases } = await ledger.read();
  expect(releases.map(({ name, environments }) => [name, environments.get("cloud")?.retired])).toEqual([
    ["v1.42", "2026-11-03"],
    ["v1.43", null],
  ]);

  const there = project({
    "tread.config.yaml": "sources: [{ type: sql-dir, path: migrations }]\nenvironments: { cloud: { assume: small } }\n",
    "migrations/0001_person.sql": "CREATE TABLE person (id bigint PRIMARY KEY);\n",
    "releases/v1.43/app.sql": "SELECT id FROM person;\n",
  });
  const config = await loadConfig({ cwd: there.folder });
  const asked = { cwd: there.folder, config, paths: [], base: null, appliedThrough: null, live: [], now: TODAY };
  const { config: found } = await withReleases({ ...asked, database: target });
  expect(found.environments[0]?.live).toEqual(["v1.43"]);

  // The file in git does not know that v1.42 is gone: what either has as live is live.
  there.write({
    "releases/v1.42/app.sql": "SELECT id FROM person;\n",
    "tread.releases.yaml":
      "format: tread.releases/1\nreleases:\n  - { name: v1.42, path: releases/v1.42, released: 2026-10-01, environments: { cloud: { live: 2026-10-01 } } }\n",
  });
  const both = await withReleases({ ...asked, database: target });
  expect(both.config.environments[0]?.live).toEqual(["v1.42", "v1.43"]);
  expect(both.onRecord?.problems.map(({ code }) => code)).toContain("records-differ");
});

test("what would be no valid record is not written: all of it or nothing", async () => {
  await expect(
    ledger.append([
      { kind: "released", release: { name: "v1.44", path: "releases/v1.44", released: "2026-11-10" } },
      { kind: "live", name: "v1.44", environment: "cloud", date: "2026-11-12" },
      { kind: "retired", name: "v1.44", environment: "cloud", date: "2026-11-11" },
    ]),
  ).rejects.toThrow(/the ledger of postgres/);
  await expect(
    ledger.append([{ kind: "released", release: { name: "v1.43", path: "elsewhere", released: "2026-11-02" } }]),
  ).rejects.toThrow(/has a release of this name already/);
  expect((await ledger.read()).releases.map(({ name }) => name)).toEqual(["v1.42", "v1.43"]);
});
