import type { Client } from "pg";
import { DatabaseError } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { apply, emptyState } from "../../../model/apply/index.ts";
import type { Param, Query } from "../../../model/query.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { wholeSpan } from "../../../text/span.ts";
import { freshDatabase, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";

// A ferry company: what its apps ask, held against its schema as it changes. Postgres itself is asked the same.
const SCHEMA = `
CREATE TYPE vessel_kind AS ENUM ('ferry', 'barge');
CREATE TABLE vessel (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, kind vessel_kind NOT NULL DEFAULT 'ferry', length numeric, built date);
CREATE TABLE crossing (id bigserial PRIMARY KEY, vessel_id bigint NOT NULL REFERENCES vessel (id), departs timestamptz NOT NULL, note text, seats int NOT NULL DEFAULT 0,
  free_seats int GENERATED ALWAYS AS (seats - 1) STORED, UNIQUE (vessel_id, departs));
CREATE TABLE ticket (crossing_id bigint NOT NULL REFERENCES crossing (id), number int NOT NULL, email text, PRIMARY KEY (crossing_id, number));
CREATE VIEW timetable AS SELECT c.id, v.name, c.departs FROM crossing c JOIN vessel v ON v.id = c.vessel_id;
CREATE SCHEMA audit;
CREATE TABLE audit.entry (id bigserial PRIMARY KEY, what text NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO vessel (name, length) VALUES ('Aurora', 80);
INSERT INTO crossing (vessel_id, departs, seats, note) SELECT id, now(), 100, 'calm' FROM vessel;
`;

const value = (text: string): { text: string; null: boolean } => ({ text, null: false });
const NULL = { text: "NULL", null: true };

/** A query with the values that its placeholders get on the real server. */
const QUERIES: readonly { readonly sql: string; readonly values?: readonly { readonly text: string; readonly null: boolean }[] }[] = [
  {
    sql: `SELECT "vessel"."id", "vessel"."name", "vessel"."kind", "vessel"."length", "vessel"."built" FROM "vessel" WHERE "vessel"."id" = $1`,
    values: [value("1")],
  },
  { sql: "SELECT * FROM vessel" },
  { sql: "SELECT v.* FROM vessel v ORDER BY v.name" },
  { sql: "SELECT vessel FROM vessel" },
  { sql: "SELECT name AS n FROM vessel ORDER BY n" },
  { sql: "SELECT count(*) AS total, kind FROM vessel GROUP BY kind HAVING count(length) > 0" },
  { sql: "SELECT c.id FROM crossing c JOIN vessel v ON v.id = c.vessel_id WHERE v.name = $1", values: [value("Aurora")] },
  { sql: "SELECT id, departs FROM crossing JOIN ticket ON ticket.crossing_id = crossing.id WHERE email IS NULL" },
  { sql: "SELECT crossing_id FROM ticket JOIN (SELECT id AS crossing_id, note FROM crossing) AS c USING (crossing_id) WHERE note <> ''" },
  { sql: "SELECT v.name, (SELECT max(c.departs) FROM crossing c WHERE c.vessel_id = v.id) FROM vessel v" },
  {
    sql: "SELECT v.name, l.departs FROM vessel v CROSS JOIN LATERAL (SELECT c.departs FROM crossing c WHERE c.vessel_id = v.id LIMIT 1) l",
  },
  {
    sql: "WITH late AS (SELECT vessel_id, departs FROM crossing) SELECT name, departs FROM late JOIN vessel ON vessel.id = late.vessel_id",
  },
  { sql: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT i, name FROM n, vessel" },
  {
    sql: "WITH gone AS (DELETE FROM ticket WHERE email IS NULL RETURNING crossing_id) SELECT note FROM crossing WHERE id IN (SELECT crossing_id FROM gone)",
  },
  { sql: "SELECT name FROM vessel UNION SELECT note FROM crossing ORDER BY name" },
  { sql: "SELECT x.a FROM (VALUES (1, 'b')) AS x(a, b)" },
  { sql: "SELECT g.n, vessel.name FROM generate_series(1, 2) AS g(n), vessel" },
  { sql: "SELECT name, departs FROM timetable WHERE id = $1", values: [value("1")] },
  { sql: "SELECT what FROM audit.entry" },
  { sql: "SELECT ctid, xmin FROM vessel" },
  { sql: "SELECT relname FROM pg_class LIMIT 1" },
  { sql: "SELECT length::text, $1::text FROM vessel", values: [value("x")] },
  { sql: "SELECT CASE WHEN built IS NULL THEN 'new' ELSE name END FROM vessel" },
  { sql: "SELECT sum(seats) OVER (PARTITION BY vessel_id ORDER BY departs) FROM crossing" },
  {
    sql: "INSERT INTO vessel (name, kind, length, built) VALUES ($1, $2, $3, $4) RETURNING id",
    values: [value("Borealis"), value("barge"), value("12"), NULL],
  },
  { sql: "INSERT INTO vessel (name) VALUES ($1)", values: [value("Cirrus")] },
  { sql: "INSERT INTO vessel (name, length) VALUES ($1, $2)", values: [value("Dune"), NULL] },
  {
    sql: "INSERT INTO vessel (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET length = excluded.length, built = now() WHERE vessel.kind = 'ferry'",
    values: [value("Aurora")],
  },
  { sql: "INSERT INTO crossing (vessel_id, departs, note) VALUES (1, now(), DEFAULT) RETURNING seats, free_seats" },
  { sql: "INSERT INTO crossing (vessel_id, departs) SELECT id, now() + interval '1 day' FROM vessel" },
  { sql: "INSERT INTO crossing (vessel_id, departs) VALUES (1, '2030-01-01') ON CONFLICT (vessel_id, departs) DO NOTHING" },
  { sql: "INSERT INTO ticket VALUES (1, 1, 'ada@example.org')" },
  { sql: "INSERT INTO ticket (crossing_id, number, email) VALUES (1, 2, $1)", values: [NULL] },
  { sql: "INSERT INTO audit.entry (what) VALUES ('x')" },
  { sql: "UPDATE vessel SET length = $1, built = $2 WHERE id = $3", values: [NULL, NULL, value("1")] },
  { sql: "UPDATE crossing AS c SET note = v.name FROM vessel v WHERE v.id = c.vessel_id RETURNING c.note, v.name" },
  { sql: "UPDATE crossing SET seats = seats - 1 WHERE id = 1" },
  { sql: "DELETE FROM ticket USING crossing c WHERE c.id = ticket.crossing_id AND c.note = 'x' RETURNING ticket.number" },
  { sql: "DELETE FROM vessel WHERE name = 'nobody'" },
  {
    sql: "MERGE INTO vessel v USING (SELECT 'Aurora' AS name, 90 AS length) s ON v.name = s.name WHEN MATCHED THEN UPDATE SET length = s.length WHEN NOT MATCHED THEN INSERT (name, length) VALUES (s.name, s.length)",
  },
];

const CHANGES: readonly string[] = [
  "ALTER TABLE vessel DROP COLUMN length",
  "ALTER TABLE vessel DROP COLUMN built",
  "ALTER TABLE vessel RENAME COLUMN name TO title",
  "ALTER TABLE vessel RENAME TO ship",
  "ALTER TABLE ticket DROP COLUMN email",
  "ALTER TABLE ticket ALTER COLUMN email SET NOT NULL",
  "ALTER TABLE crossing ALTER COLUMN note SET NOT NULL",
  "ALTER TABLE vessel ADD COLUMN flag text NOT NULL DEFAULT 'NO'; ALTER TABLE vessel ALTER COLUMN flag DROP DEFAULT",
  "ALTER TABLE vessel ADD COLUMN flag text NOT NULL DEFAULT 'NO'",
  "ALTER TABLE vessel DROP CONSTRAINT vessel_name_key",
  "ALTER TABLE crossing DROP CONSTRAINT crossing_vessel_id_departs_key",
  "DROP VIEW timetable",
  "DROP TABLE ticket",
  "DROP TABLE audit.entry",
  "ALTER TABLE audit.entry SET SCHEMA public",
  "ALTER TABLE crossing ALTER COLUMN seats DROP DEFAULT",
  "ALTER TABLE crossing DROP COLUMN free_seats",
  "ALTER TABLE crossing ALTER COLUMN id DROP DEFAULT",
];

describe("what a query meets after a change is what Postgres says", () => {
  let engine: PostgresEngine;
  let database: FreshDatabase;
  let start: SchemaState;
  const queries = QUERIES.map(({ sql, values = [] }): Query => {
    const params = values.map((one): Param => ({ column: null, null: one.null }));
    return { sql, verb: "other", origin: sql, span: null, params, use: "certain", usedAt: null, callsPerSecond: null };
  });

  beforeAll(async () => {
    engine = await loadPostgres();
    database = await freshDatabase();
    await database.owner.query(SCHEMA);
    start = fold(emptyState({ complete: true }), SCHEMA);
  });

  function fold(state: SchemaState, sql: string): SchemaState {
    let next = state;
    for (const raw of engine.read({
      kind: "sql",
      sql,
      span: wholeSpan("schema.sql", sql),
      verbatim: true,
      operation: null,
      reverse: "unknown",
      suppressions: [],
    })) {
      for (const change of engine.changes(raw, next)) next = apply(change, next, { migration: null });
    }
    return next;
  }

  async function real(client: Client, query: (typeof QUERIES)[number]): Promise<string> {
    await client.query("SAVEPOINT one");
    try {
      await client.query(query.sql, query.values?.map((one) => (one.null ? null : one.text)) ?? []);
      return "works";
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return error.code ?? "unknown";
    } finally {
      await client.query("ROLLBACK TO one");
    }
  }

  function bound(query: Query, state: SchemaState): string {
    const fate = engine.bind(query, state);
    return fate.kind === "fails" ? fate.sqlstate : fate.kind;
  }

  test.each(["-- nothing", ...CHANGES])("%s", async (change) => {
    const after = fold(start, change);
    const client = database.owner;
    await client.query("BEGIN");
    const seen: string[] = [];
    const said: string[] = [];
    try {
      await client.query(change);
      for (const query of QUERIES) seen.push(`${await real(client, query)}: ${query.sql}`);
      for (const query of queries) said.push(`${bound(query, after)}: ${query.sql}`);
    } finally {
      await client.query("ROLLBACK");
    }
    expect(seen.length).toBe(QUERIES.length);
    expect(said).toEqual(seen);
  });
});
