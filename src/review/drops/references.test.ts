import { expect, test } from "vitest";
import { loadPostgres } from "../../engines/postgres/index.ts";
import { loadGrammar } from "../../engines/postgres/parse/load.ts";
import { apply, emptyState } from "../../model/apply/index.ts";
import type { SchemaState } from "../../model/schema.ts";
import { wholeSpan } from "../../text/span.ts";
import { referencesOf } from "./references.ts";

const SCHEMA = `
  CREATE TABLE team (id bigint PRIMARY KEY, name text, legacy text);
  CREATE TABLE person (id bigint PRIMARY KEY, team_id bigint REFERENCES team, name text, email text UNIQUE, legacy text);
  CREATE TABLE archive.person (id bigint PRIMARY KEY, email text);
`;

async function schema(): Promise<SchemaState> {
  const engine = await loadPostgres();
  let state = emptyState({ complete: true });
  const step = {
    kind: "sql",
    sql: SCHEMA,
    span: wholeSpan("schema.sql", SCHEMA),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  for (const raw of engine.read(step)) for (const change of engine.changes(raw, state)) state = apply(change, state, { migration: null });
  return state;
}

const grammar = await loadGrammar();
const state = await schema();

/** `email:read` for a column of public.person, `team.name:read` for one of another table. */
function columnsOf(sql: string): string[] {
  const { uses } = referencesOf(grammar, sql, state);
  return [...uses]
    .filter(([key]) => key.includes(" "))
    .flatMap(([key, kinds]) =>
      [...kinds].map((kind) => `${key.replace("public.person ", "").replace("public.", "").replace(" ", ".")}:${kind}`),
    )
    .sort();
}

test.each([
  ["SELECT p.email FROM person p JOIN team t ON t.id = p.team_id", ["email:read", "team.id:read", "team_id:read"]],
  ["SELECT email FROM person WHERE name = $1", ["email:read", "name:read"]],
  ["SELECT count(*) FROM person", []],
  ["SELECT * FROM team", ["team.id:read", "team.legacy:read", "team.name:read"]],
  ["SELECT t.* FROM person p, team t", ["team.id:read", "team.legacy:read", "team.name:read"]],
  ["SELECT row_to_json(t) FROM team t", ["team.id:read", "team.legacy:read", "team.name:read"]],
  ["INSERT INTO team VALUES (1, 'Blue', NULL)", ["team.id:write", "team.legacy:write", "team.name:write"]],
  ["INSERT INTO person (id, name) VALUES (1, 'Ada') RETURNING email", ["email:read", "id:write", "name:write"]],
  ["INSERT INTO person (id) VALUES (1) ON CONFLICT (email) DO NOTHING", ["email:read", "id:write"]],
  [
    "INSERT INTO person (id) VALUES (1) ON CONFLICT ON CONSTRAINT person_email_key DO UPDATE SET name = excluded.legacy",
    ["email:read", "id:write", "legacy:read", "name:write"],
  ],
  ["UPDATE person SET legacy = NULL WHERE email = $1", ["email:read", "legacy:write"]],
  [
    "UPDATE person SET name = team.name FROM team WHERE team.id = team_id",
    ["name:write", "team.id:read", "team.name:read", "team_id:read"],
  ],
  ["DELETE FROM person WHERE legacy = 'x'", ["legacy:delete"]],
  ["WITH old AS (SELECT id, email FROM person) SELECT email FROM old", ["email:read", "id:read"]],
  ["COPY person (id, email) TO STDOUT", ["email:read", "id:read"]],
  ["SELECT a FROM person AS p(a, b, c, d)", ["id:read"]],
  ["SELECT e.email FROM archive.person e", ["archive.person.email:read"]],
])("%s", (sql, expected) => {
  expect(columnsOf(sql)).toEqual([...expected].sort());
});

test("a name in a subquery is the inner table's where that has it, and the outer one's where it has not", () => {
  expect(columnsOf("SELECT id FROM person WHERE EXISTS (SELECT 1 FROM team WHERE legacy IS NULL)")).toEqual([
    "id:read",
    "team.legacy:read",
  ]);
  expect(columnsOf("SELECT 1 FROM person WHERE EXISTS (SELECT 1 FROM team WHERE email = 'x')")).toEqual(["email:read"]);
});

test("a name that nothing explains counts for every table of the statement", () => {
  expect(columnsOf("SELECT nickname FROM person, team")).toEqual(["nickname:read", "team.nickname:read"]);
});

test("natural joins and MERGE name more than they write", () => {
  expect(columnsOf("SELECT 1 FROM person NATURAL JOIN team")).toContain("legacy:read");
  expect(columnsOf("MERGE INTO person p USING team t ON t.id = p.team_id WHEN MATCHED THEN UPDATE SET legacy = t.name")).toEqual([
    "legacy:write",
    "team.id:read",
    "team.name:read",
    "team_id:read",
  ]);
});

test("what does not parse says so", () => {
  expect(referencesOf(grammar, "SELECT FROM WHERE", state).unread).toMatch(/does not parse/);
});
