import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { POSTGRES_MAJORS } from "../src/engines/postgres/engine.ts";
import { loadPostgres } from "../src/engines/postgres/index.ts";
import { loadScenes } from "./files.ts";
import { spellDisagreement } from "./print.ts";
import { judgeStored } from "./run-major.ts";
import { Stored } from "./stored.ts";

const ROOT = join(import.meta.dirname);
const { scenes, unreadable } = loadScenes(join(ROOT, "cases"), []);
const stored = new Stored(join(ROOT, "observed"));

test("every file of cases can be read, and no observation is left of one that is gone", () => {
  expect(unreadable).toEqual([]);
  expect(scenes.reduce((sum, scene) => sum + scene.cases.length, 0)).toBeGreaterThanOrEqual(600);
  expect(
    stored.orphans(
      POSTGRES_MAJORS,
      scenes.map((scene) => scene.id),
    ),
  ).toEqual([]);
});

describe("predicted = observed, for every case", () => {
  test.each(POSTGRES_MAJORS)("on PostgreSQL %i, as it was observed", async (major) => {
    const results = judgeStored(await loadPostgres(), major, scenes, stored);
    expect(results.unstored, "cases that are not stored: npm run conformance -- --missing").toBe(0);
    expect(results.faults).toEqual([]);
    expect(results.disagreements.filter((one) => one.accepted === null).map((one) => spellDisagreement(one))).toEqual([]);
    expect(results.cases).toBeGreaterThanOrEqual(500);
  });
});
