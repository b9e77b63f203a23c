import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { testMajors } from "../src/engines/postgres/embedded/test-server.test-helper.ts";
import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import { loadPostgres } from "../src/engines/postgres/index.ts";
import { loadScenes } from "./files.ts";
import { runGenerated } from "./generate/run-generated.ts";
import { spellDisagreement, spellGenerated } from "./print.ts";
import { conformanceServer, runScenes } from "./run-major.ts";
import { Stored } from "./stored.ts";

// `npm run conformance` runs all of it. Here is what fits into a minute, other files for each major.
const SHARE = 20;
const GENERATED = 100;

const { scenes } = loadScenes(join(import.meta.dirname, "cases"), []);
const stored = new Stored(join(import.meta.dirname, "observed"));

describe.each(testMajors())("on a real PostgreSQL %i", (major) => {
  let starting: Promise<EmbeddedServer> | undefined;
  const server = (): Promise<EmbeddedServer> => (starting ??= conformanceServer(major));
  afterAll(async () => (await starting)?.stop());

  const sample = scenes.filter((_scene, index) => index % SHARE === major % SHARE);
  test(
    `statements do what is stored, and what is predicted: ${sample.map((scene) => scene.id).join(", ")}`,
    { timeout: 300_000 },
    async () => {
      const results = await runScenes(await loadPostgres(), await server(), sample, stored, "compare");
      expect(results.faults).toEqual([]);
      expect(results.disagreements.filter((one) => one.accepted === null).map((one) => spellDisagreement(one))).toEqual([]);
      expect(results.cases).toBeGreaterThan(0);
    },
  );

  test("generated statements do what is predicted", { timeout: 300_000 }, async () => {
    const results = await runGenerated(await loadPostgres(), await server(), 1, GENERATED);
    expect(results.faults).toEqual([]);
    expect(results.disagreements.filter((one) => one.accepted === null).map((one) => spellGenerated(one))).toEqual([]);
    expect(results.succeeded).toBeGreaterThan(GENERATED / 3);
  });
});
