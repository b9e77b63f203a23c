import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../config/load.ts";
import type { Report } from "../../model/report.ts";
import { withUnrehearsedClickHouse } from "./not-rehearsed.ts";

const rehearsal = { limits: ["one process"] } as unknown as NonNullable<Report["rehearsal"]>;

test("a rehearsal of Postgres alone says how many ClickHouse migrations it did not run", async () => {
  const cwd = await mkdtemp(join(tmpdir(), "tread-not-rehearsed-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await mkdir(join(cwd, "clickhouse"));
  await writeFile(join(cwd, "clickhouse", "0001_hits.sql"), "CREATE TABLE hits (at DateTime) ENGINE = MergeTree ORDER BY at;");
  await writeFile(
    join(cwd, "tread.config.json"),
    JSON.stringify({ sources: [{ type: "sql-dir", path: "clickhouse", database: "clickhouse" }] }),
  );
  const options = { cwd, config: await loadConfig({ cwd }), paths: [] } as unknown as Parameters<typeof withUnrehearsedClickHouse>[1];
  const { rehearsal: said } = await withUnrehearsedClickHouse({ rehearsal } as unknown as Report, options, "`--on`");
  expect(said?.limits).toEqual([
    "one process",
    expect.stringMatching(/^1 ClickHouse migration was not rehearsed: `--on` is about Postgres/),
  ]);
});
