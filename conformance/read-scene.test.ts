import { describe, expect, test } from "vitest";
import { readScene } from "./read-scene.ts";
import { EVERY_MAJOR } from "./scene.ts";

const read = (text: string) => readScene(text, "conformance/cases/add-column/defaults.sql");

describe("a file of cases", () => {
  test("has a setup and named cases, with tags for versions and for how they are run", () => {
    const scene = read(
      [
        "-- tread-conformance/1",
        "-- Columns with defaults.",
        "--: setup",
        "CREATE TABLE person (id bigint PRIMARY KEY);",
        "--: case constant default",
        "",
        "ALTER TABLE person ADD COLUMN age integer DEFAULT 3;",
        "--: case uuidv7 @18+",
        "ALTER TABLE person ADD COLUMN key uuid DEFAULT uuidv7();",
        "--: case built beside the traffic @13-17 @alone",
        "--: accept the last phase is over before anybody can look @13",
        "CREATE INDEX CONCURRENTLY ON person (id);",
      ].join("\n"),
    );
    expect(scene).toMatchObject({
      id: "add-column/defaults",
      comment: "Columns with defaults.",
      setup: { sql: "CREATE TABLE person (id bigint PRIMARY KEY);", line: 4 },
    });
    expect(scene.cases).toMatchObject([
      { name: "constant default", line: 5, majors: EVERY_MAJOR, alone: false, keep: false, script: { line: 7 } },
      { name: "uuidv7", majors: { from: 18, to: EVERY_MAJOR.to } },
      {
        name: "built beside the traffic",
        majors: { from: 13, to: 17 },
        alone: true,
        accepted: [{ reason: "the last phase is over before anybody can look", majors: { from: 13, to: 13 }, line: 11 }],
        script: { sql: "CREATE INDEX CONCURRENTLY ON person (id);", line: 12 },
      },
    ]);
  });

  test.each([
    ["CREATE TABLE person ();", "defaults.sql:1: the first line must be `-- tread-conformance/1`"],
    ["-- tread-conformance/1\nSELECT 1;", "defaults.sql:2: SQL before the first"],
    ["-- tread-conformance/1\n--: setup\nSELECT 1;", "defaults.sql:3: no `--: case <name>`"],
    ["-- tread-conformance/1\n--: case\nSELECT 1;", "defaults.sql:2: a case needs a name"],
    ["-- tread-conformance/1\n--: case empty\n-- nothing here", "defaults.sql:2: the case `empty` has no statement"],
    ["-- tread-conformance/1\n--: case a\nSELECT 1;\n--: case a\nSELECT 2;", "defaults.sql:4: the case `a` stands in line 2 already"],
    ["-- tread-conformance/1\n--: case a\nSELECT 1;\n--: setup", "defaults.sql:4: `--: setup` comes once, before the cases"],
    ["-- tread-conformance/1\n--: case a @18\nSELECT 1;\n--: accept no", "defaults.sql:4: `--: accept` needs the reason"],
    ["-- tread-conformance/1\n--: case a @next\nSELECT 1;", "defaults.sql:2: the tag `@next` is not known"],
    ["-- tread-conformance/1\n--: case @18 a\nSELECT 1;", "defaults.sql:2: tags stand at the end"],
    ["-- tread-conformance/1\n--: case a @17-14\nSELECT 1;", "is an empty range of versions"],
    ["-- tread-conformance/1\n--: expect a\nSELECT 1;", "defaults.sql:2: `--: expect` is not known: there are setup, case and accept"],
  ])("that cannot be read is refused with its place: %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
