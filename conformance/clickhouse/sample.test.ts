import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startClickHouse, type EmbeddedClickHouse } from "../../src/engines/clickhouse/embedded/index.ts";
import { loadClickHouse } from "../../src/engines/clickhouse/index.ts";
import { loadCases } from "./cases.ts";
import { judge } from "./judge.ts";

const cases = loadCases(join(import.meta.dirname, "cases"));
/** `npm run conformance:clickhouse` runs them all; here every twelfth, so that each file has its turn. */
const sample = cases.filter((_, index) => index % 12 === 0);

let server: EmbeddedClickHouse;
beforeAll(async () => {
  server = await startClickHouse({ still: true });
});
afterAll(() => server.stop());

test("the cases are many and each stands once", () => {
  expect(cases.length).toBeGreaterThanOrEqual(1100);
  expect(new Set(cases.map((c) => c.name)).size).toBe(cases.length);
});

test("predicted = observed on the embedded engine, for a sample of the cases", async () => {
  const clickhouse = await loadClickHouse();
  const differing: string[] = [];
  for (const one of sample) {
    const { differences } = await judge(clickhouse, server, one);
    for (const difference of differences) differing.push(`${one.name}: ${difference}`);
  }
  expect(differing).toEqual([]);
}, 300_000);
