import { describe, expect, it } from "vitest";
import type { PostgresEffects } from "../model/effects.ts";
import { input, type MigrationSpec } from "./input.test-helper.ts";
import { rehearse } from "./index.ts";

const none = { locks: [], rewrites: [], scans: [], indexBuilds: [], error: null };

const before = [
  "CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL, code text)",
  "CREATE TABLE person (id bigserial PRIMARY KEY, team_id int NOT NULL, email varchar(200) NOT NULL, score int, age int)",
  "CREATE INDEX person_email ON person (email)",
  "ALTER TABLE person ADD CONSTRAINT age_set CHECK (age IS NOT NULL) NOT VALID",
  "ALTER TABLE person VALIDATE CONSTRAINT age_set",
];

/** The effects of each statement, each as a migration of its own. */
async function effects(
  statements: readonly string[],
  more: { schema?: readonly string[]; major?: number } = {},
): Promise<Record<string, PostgresEffects | string | null>> {
  const given = input({
    before: more.schema ?? before,
    migrations: statements.map((sql, i): MigrationSpec => ({ id: `m${i}`, statements: [sql] })),
  });
  const result = await rehearse({ ...given, environment: { ...given.environment, postgres: more.major ?? 18 } }, { progress: () => {} });
  return Object.fromEntries(statements.map((sql, i) => [sql, result.statements[i]?.observed ?? result.statements[i]?.notObserved ?? null]));
}

const lock = (relation: string, mode: string) => ({ relation, mode });

describe("what a statement does, as seen on the server", () => {
  it("tells instant, scanning and rewriting changes apart", async () => {
    expect(
      await effects([
        "ALTER TABLE person ADD COLUMN note text",
        "ALTER TABLE person ALTER COLUMN score SET NOT NULL",
        "ALTER TABLE person ALTER COLUMN age SET NOT NULL",
        "ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid()",
        "ALTER TABLE person ALTER COLUMN email TYPE text",
        "ALTER TABLE person ALTER COLUMN score TYPE bigint",
        "TRUNCATE person",
      ]),
    ).toEqual({
      "ALTER TABLE person ADD COLUMN note text": { ...none, locks: [lock("public.person", "AccessExclusive")] },
      "ALTER TABLE person ALTER COLUMN score SET NOT NULL": {
        ...none,
        locks: [lock("public.person", "AccessExclusive")],
        scans: ["public.person"],
      },
      "ALTER TABLE person ALTER COLUMN age SET NOT NULL": { ...none, locks: [lock("public.person", "AccessExclusive")] },
      "ALTER TABLE person ADD COLUMN token uuid DEFAULT gen_random_uuid()": {
        ...none,
        locks: [lock("public.person", "AccessExclusive")],
        rewrites: ["public.person"],
        scans: ["public.person"],
        indexBuilds: ["public.person_email", "public.person_pkey"],
      },
      "ALTER TABLE person ALTER COLUMN email TYPE text": { ...none, locks: [lock("public.person", "AccessExclusive")] },
      "ALTER TABLE person ALTER COLUMN score TYPE bigint": {
        ...none,
        locks: [lock("public.person", "AccessExclusive")],
        rewrites: ["public.person"],
        scans: ["public.person"],
        indexBuilds: ["public.person_email", "public.person_pkey"],
      },
      "TRUNCATE person": { ...none, locks: [lock("public.person", "AccessExclusive")] },
    });
  });

  it("sees the locks of statements that cannot run in a transaction", async () => {
    const seen = await effects([
      "CREATE INDEX person_score ON person (score)",
      "CREATE INDEX CONCURRENTLY person_age ON person (age)",
      "REINDEX INDEX CONCURRENTLY person_age",
      "DROP INDEX CONCURRENTLY person_age",
      "VACUUM person",
      "VACUUM FULL person",
    ]);
    expect(seen).toEqual({
      "CREATE INDEX person_score ON person (score)": {
        ...none,
        locks: [lock("public.person", "Share")],
        scans: ["public.person"],
        indexBuilds: ["public.person_score"],
      },
      "CREATE INDEX CONCURRENTLY person_age ON person (age)": {
        ...none,
        locks: [lock("public.person", "ShareUpdateExclusive")],
        scans: ["public.person"],
        indexBuilds: ["public.person_age"],
      },
      "REINDEX INDEX CONCURRENTLY person_age": {
        ...none,
        locks: [lock("public.person", "ShareUpdateExclusive")],
        scans: ["public.person"],
        indexBuilds: ["public.person_age"],
      },
      "DROP INDEX CONCURRENTLY person_age": { ...none, locks: [lock("public.person", "ShareUpdateExclusive")] },
      "VACUUM person": expect.objectContaining({ locks: [lock("public.person", "ShareUpdateExclusive")], rewrites: [] }),
      "VACUUM FULL person": expect.objectContaining({ locks: [lock("public.person", "AccessExclusive")], rewrites: ["public.person"] }),
    });
  });

  it("sees that a foreign key locks both tables, and that validating it reads them later", async () => {
    expect(
      await effects([
        "ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team NOT VALID",
        "INSERT INTO team (id, name) SELECT DISTINCT team_id, 'made' FROM person ON CONFLICT DO NOTHING",
        "ALTER TABLE person VALIDATE CONSTRAINT person_team",
        "ALTER TABLE person DROP CONSTRAINT person_team",
        "ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team",
      ]),
    ).toMatchObject({
      "ALTER TABLE person ADD CONSTRAINT person_team FOREIGN KEY (team_id) REFERENCES team NOT VALID": {
        locks: [lock("public.person", "ShareRowExclusive"), lock("public.team", "ShareRowExclusive")],
        scans: [],
      },
      "ALTER TABLE person VALIDATE CONSTRAINT person_team": {
        locks: [lock("public.person", "ShareUpdateExclusive"), lock("public.team", "RowShare")],
        scans: ["public.person", "public.team"],
      },
      "ALTER TABLE person ADD FOREIGN KEY (team_id) REFERENCES team": {
        locks: [lock("public.person", "ShareRowExclusive"), lock("public.team", "ShareRowExclusive")],
        scans: ["public.person", "public.team"],
      },
    });
  });

  it("sees each statement of a transaction alone, and what the transaction holds", async () => {
    const result = await rehearse(
      input({
        before,
        migrations: [
          {
            id: "0002_together",
            transaction: "per-migration",
            statements: [
              "ALTER TABLE person ADD COLUMN note text",
              "CREATE INDEX person_note ON person (note)",
              "UPDATE person SET note = 'x'",
              "UPDATE person SET note = 'y' WHERE id = 70",
              "SELECT count(*) FROM team",
            ],
          },
        ],
      }),
      { progress: () => {} },
    );
    expect(result.statements.map((s) => s.observed?.locks)).toEqual([
      [lock("public.person", "AccessExclusive")],
      [lock("public.person", "Share")],
      [lock("public.person", "RowExclusive")],
      [lock("public.person", "RowExclusive")],
      [lock("public.team", "AccessShare")],
    ]);
    expect(result.statements.map((s) => s.observed?.scans)).toEqual([[], ["public.person"], ["public.person"], [], ["public.team"]]);
    expect(result.statements[4]?.heldAfter).toEqual([lock("public.person", "AccessExclusive"), lock("public.team", "AccessShare")]);
  });

  it("reports a failure with its SQLSTATE and the locks that it takes for nothing", async () => {
    expect(await effects(["ALTER TABLE person ADD COLUMN plan text NOT NULL"])).toEqual({
      "ALTER TABLE person ADD COLUMN plan text NOT NULL": {
        ...none,
        locks: [lock("public.person", "AccessExclusive")],
        error: { sqlstate: "23502", message: expect.stringContaining("contains null values") },
      },
    });
  });

  it("expects no scan of a table that the release itself creates", async () => {
    expect(await effects(["CREATE TABLE plan (id serial PRIMARY KEY, name text)", "CREATE INDEX plan_name ON plan (name)"])).toEqual({
      "CREATE TABLE plan (id serial PRIMARY KEY, name text)": none,
      "CREATE INDEX plan_name ON plan (name)": { ...none, locks: [lock("public.plan", "Share")], indexBuilds: ["public.plan_name"] },
    });
  });

  it.each([13, 15])("sees the same on PostgreSQL %i", { timeout: 180_000 }, async (major) => {
    const seen = await effects(
      [
        "CREATE INDEX CONCURRENTLY person_age ON person (age)",
        "ALTER TABLE person ALTER COLUMN score SET NOT NULL",
        "ALTER TABLE person ALTER COLUMN score TYPE bigint",
      ],
      { major },
    );
    expect(Object.values(seen)).toMatchObject([
      { locks: [lock("public.person", "ShareUpdateExclusive")], scans: ["public.person"] },
      { locks: [lock("public.person", "AccessExclusive")], scans: ["public.person"], rewrites: [] },
      { rewrites: ["public.person"], indexBuilds: expect.arrayContaining(["public.person_pkey"]) },
    ]);
  });
});
