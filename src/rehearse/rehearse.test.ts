import { describe, expect, it } from "vitest";
import { input, type MigrationSpec, query, sized, version } from "./input.test-helper.ts";
import { rehearse } from "./index.ts";
import type { RehearseInput, RehearseResult } from "./types.ts";

const quiet = { progress: () => {} };

const shop = [
  "CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL)",
  "CREATE TABLE person (id bigserial PRIMARY KEY, team_id int NOT NULL REFERENCES team, email text NOT NULL, nickname text, score int)",
];
const selectPerson = query('SELECT "person"."id", "person"."email", "person"."nickname" FROM "person" WHERE "person"."id" = $1', [
  "public.person.id",
]);
const insertPerson = query('INSERT INTO "person" ("team_id", "email", "nickname") VALUES ($1, $2, $3) RETURNING "id"', [
  "public.person.team_id",
  "public.person.email",
  { column: "public.person.nickname", null: true },
]);
const old = version("v1", [selectPerson, insertPerson, query("SELECT id, name FROM team")]);

async function run(
  statements: MigrationSpec["statements"],
  more: Partial<MigrationSpec> & {
    versions?: RehearseInput["versions"];
    environment?: RehearseInput["environment"];
    maxRows?: number;
  } = {},
): Promise<RehearseResult> {
  const { versions = [], environment, maxRows, ...spec } = more;
  return rehearse(
    input({
      before: shop,
      migrations: [{ id: "0002_change", statements, ...spec }],
      versions,
      ...(environment ? { environment } : {}),
      ...(maxRows ? { maxRows } : {}),
    }),
    quiet,
  );
}

describe("the compatibility matrix", () => {
  it("shows the old version's SELECT failing with 42703 once its column is dropped, and what the traffic felt", async () => {
    const result = await run(["ALTER TABLE person DROP COLUMN nickname"], { versions: [old] });
    expect(result.cells.map((cell) => [cell.version, cell.step, cell.broken.length, cell.unknown])).toEqual([
      ["v1", "start", 0, 0],
      ["v1", "0002_change#0", 2, 0],
    ]);
    expect(result.cells[1]?.broken[0]).toMatchObject({ sqlstate: "42703", origin: "app/models.py:12", from: "rehearsed", use: "certain" });
    const [statement] = result.statements;
    expect(statement?.observed).toEqual({
      locks: [{ relation: "public.person", mode: "AccessExclusive" }],
      rewrites: [],
      scans: [],
      indexBuilds: [],
      error: null,
    });
    expect(statement?.traffic?.failed).toMatchObject([{ version: "v1", sqlstate: "42703" }]);
    expect(statement?.traffic?.failed[0]?.count).toBeGreaterThan(0);
    expect(result.report.baseline).toMatchObject({ failed: 0 });
    expect(result.report.baseline.queries).toBeGreaterThan(10);
  });
});
