import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { planFromWords } from "../../check/plan.ts";
import { loadConfig } from "../../config/load.ts";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import { readWords } from "../words/read.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const SCHEMA = `CREATE TABLE guest (id int PRIMARY KEY, room int, name text);
CREATE VIEW arrivals AS SELECT room, name FROM guest;
`;

/** As a driver prepares them on the server: by name, once. */
const QUERIES = {
  returns: "SELECT room FROM guest WHERE id = $1",
  "returns by a view": "SELECT room FROM arrivals WHERE name = $1::text",
  "returns what it wrote": "UPDATE guest SET room = room WHERE id = $1 RETURNING room",
  everything: "SELECT * FROM guest WHERE id = $1",
  "returns with a cast": "SELECT room::bigint FROM guest WHERE id = $1",
  compares: "SELECT name FROM guest WHERE room = $1",
  writes: "UPDATE guest SET room = $1",
  "asks for others": "SELECT name FROM guest WHERE id = $1",
} as const;

test("of the statements that an app prepared before a change of type, those that the plan names fail, and no others", async () => {
  await using database = await freshDatabase();
  const folder = mkdtempSync(join(tmpdir(), "tread-prepared-"));
  folders.push(folder);
  mkdirSync(join(folder, "migrations"));
  writeFileSync(join(folder, "migrations/0001_guests.sql"), SCHEMA);
  const config = await loadConfig({ cwd: folder });
  const { plans } = await planFromWords(readWords(["change-type guest.room bigint"]), {
    cwd: folder,
    config,
    paths: ["."],
    base: null,
    appliedThrough: null,
    live: [],
  });
  const phases = plans[0]?.phases ?? [];
  await database.superuser.query(SCHEMA);
  await database.superuser.query("INSERT INTO guest SELECT g, g, 'guest ' || g FROM generate_series(1, 50) g");
  const failing = async (): Promise<readonly string[]> => {
    const failed: string[] = [];
    for (const [name, text] of Object.entries(QUERIES))
      await database.owner
        .query({ name, text, values: [1] })
        .catch((error: { readonly code?: string }) => failed.push(`${name}: ${error.code ?? ""}`));
    return failed;
  };
  await database.superuser.query("GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC");
  // Enough for Postgres to settle on a generic plan.
  for (let i = 0; i < 7; i++) expect(await failing()).toEqual([]);
  const run = async (name: string): Promise<void> => {
    for (const step of phases.find((phase) => phase.name === name)?.steps ?? []) {
      if (step.kind === "backfill") await database.superuser.query(step.sql);
      if (step.kind === "migrate") for (const sql of step.sql) await database.superuser.query(sql);
    }
  };
  await run("build");
  expect(await failing()).toEqual(["everything: 0A000"]);
  await run("swap");
  expect(await failing()).toEqual(["returns: 0A000", "returns by a view: 0A000", "returns what it wrote: 0A000", "everything: 0A000"]);
  expect(plans[0]?.notes.join()).toContain("What returns room::bigint, or only compares or writes it, goes on");
  // Prepared again, they go on.
  await database.owner.query("DEALLOCATE ALL");
  for (const [name, text] of Object.entries(QUERIES))
    await expect(database.owner.query({ name: `${name}, again`, text, values: [1] })).resolves.toBeDefined();
}, 120_000);
