import { expect, test } from "vitest";
import type { Plan } from "../types.ts";
import { emitted, fileOf, projectOf, NOT_NULL } from "./emit.test-helper.ts";

const STEP = NOT_NULL.phases.flatMap(({ steps }) => steps).find(({ name }) => name === "hold-email");
if (STEP?.kind !== "migrate") throw new Error("no such step");

/** One step whose way back builds an index beside the table's writers, and takes another away. */
const PLAN: Plan = {
  ...NOT_NULL,
  phases: [
    {
      name: "guard",
      summary: "new rows are held to it",
      opens: [],
      live: "old and new",
      steps: [
        {
          ...STEP,
          down: {
            possible: true,
            transaction: false,
            sql: [
              "CREATE INDEX CONCURRENTLY IF NOT EXISTS person_email_idx ON person (email)",
              "ALTER TABLE person DROP CONSTRAINT person_email_is_set",
              "DROP INDEX CONCURRENTLY IF EXISTS person_mail_idx",
            ],
          },
        },
      ],
    },
  ],
};
const PERSON = "CREATE TABLE person (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text, team_id bigint);\n";

test("golang-migrate sends a file as one query: going back, each statement that wants no transaction has a file, the last one first", async () => {
  const folder = projectOf({ "db/000001_person.up.sql": PERSON, "db/000001_person.down.sql": "DROP TABLE person;\n" });
  const { files } = await emitted(folder, PLAN);
  const back = files
    .map(({ file }) => file)
    .filter((file) => file.endsWith(".down.sql"))
    .toReversed();
  const said = back.map((file) => fileOf(folder, `db/${file}`).replaceAll(/^--.*\n|^\n/gm, ""));
  expect(said).toEqual([
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS person_email_idx ON person (email);\n",
    "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE person DROP CONSTRAINT person_email_is_set;\nCOMMIT;\n",
    "DROP INDEX CONCURRENTLY IF EXISTS person_mail_idx;\n",
  ]);
  const forth = files.filter(({ file }) => file.endsWith(".up.sql")).map(({ text }) => text);
  expect(forth.map((text) => text.includes("ADD CONSTRAINT"))).toEqual([true, false, false]);
});

test("goose sends each statement by itself: one file", async () => {
  const folder = projectOf({ "migrations/00001_person.sql": `-- +goose Up\n${PERSON}\n-- +goose Down\nDROP TABLE person;\n` });
  expect((await emitted(folder, PLAN)).files).toHaveLength(1);
});
