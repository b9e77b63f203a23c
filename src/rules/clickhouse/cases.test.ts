import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { readClickHouseCases, reportOfCase, spellClickHouseExpected, spellClickHouseFindings } from "./cases.test-helper.ts";

const here = new URL("./", import.meta.url);
const stories = readdirSync(here)
  .filter((name) => name.endsWith(".cases.sql"))
  .flatMap((file) => readClickHouseCases(new URL(file, here), file.replace(".cases.sql", "")));

let engine: ClickHouseEngine;
beforeAll(async () => {
  engine = await loadClickHouse();
});

/** Exactly what a case marks with `-- expect:` is found of its rule and of those that it names: a safe twin has no mark. */
for (const rule of new Set(stories.map((story) => story.rule))) {
  describe(rule, () => {
    const own = stories.filter((story) => story.rule === rule);
    for (const story of own) {
      it(story.name, () => {
        const report = reportOfCase(engine, story);
        expect(spellClickHouseFindings(report.findings, story)).toEqual(spellClickHouseExpected(story));
        expect(report.coverage.opaque, "a case is understood").toBe(0);
        for (const finding of report.findings) {
          const text = [finding.message, finding.why, finding.help, ...finding.evidence.map((line) => line.text)].join("\n");
          expect(text).not.toMatch(/undefined|null of|\bNaN\b|\[object|``/);
          expect(finding.message).not.toMatch(/\.$/);
          expect(finding.why.length).toBeGreaterThan(20);
          expect(finding.help.length).toBeGreaterThan(3);
        }
      });
    }

    it("fires in one case at least, and is silent in another", () => {
      const fires = own.map(({ expected }) => expected.some((one) => one.rule === rule));
      expect(fires).toContain(true);
      expect(fires).toContain(false);
    });
  });
}
