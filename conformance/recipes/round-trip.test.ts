import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../../src/engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import { RECIPES } from "../../src/plan/recipes/index.ts";
import { readWords } from "../../src/plan/words/read.ts";
import { CASES } from "./cases/index.ts";
import { roundTrip } from "./round-trip.ts";
import { SERVER_SETTINGS } from "./settings.ts";

let server: EmbeddedServer;
beforeAll(async () => {
  server = await startServer({ major: 18, offline: false, onProgress: () => {}, settings: SERVER_SETTINGS });
});
afterAll(() => server.stop());

// `npm run recipes` runs all of them, with large tables and on several majors, and holds the stalls against their budget: on a machine
// that runs other tests beside it they say nothing.
test.each(["not-null, rows without a value", "add-index", "rename-table", "change-type with index, check, unique, default"])(
  "%s: found, planned, applied beside two versions, equal at the end, and back from every phase",
  { timeout: 240_000 },
  async (name) => {
    const one = CASES.find((each) => each.name === name);
    if (one === undefined) throw new Error(`there is no case ${name}`);
    const trip = await roundTrip(server, one, 300);
    expect(trip.wrong).toEqual([]);
    expect(trip.queries).toBeGreaterThan(0);
    expect(trip.undone.length).toBeGreaterThan(0);
  },
);

test("every recipe for Postgres has a round trip", () => {
  const verbs = new Set(CASES.map(({ words }) => words.split(" ")[0] ?? ""));
  const without = RECIPES.filter(({ database, id }) => database === "postgres" && !verbs.has(id)).map(({ id }) => id);
  // The code alone changes: nothing happens in the database.
  expect(without).toEqual(["rename-column-kept"]);
  for (const { words } of CASES) expect(readWords([words]).sql.length).toBeGreaterThan(0);
});
