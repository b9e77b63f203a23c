import { DatabaseError } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { fold } from "../../../../conformance/predict.ts";
import type { Query } from "../../../model/query.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { freshDatabase, type FreshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";

// A bookshop: what its app sends besides plain queries, before and after each change, held against a real server.
const SCHEMA = `
CREATE TYPE address AS (street text, city text);
CREATE DOMAIN isbn AS text NOT NULL;
CREATE TABLE publisher (id int PRIMARY KEY, home address);
CREATE TABLE book (id serial PRIMARY KEY, title text, number isbn);
CREATE TABLE author (id int PRIMARY KEY, book_id int, name text);
CREATE SEQUENCE invoice_number;
CREATE MATERIALIZED VIEW titles AS SELECT title FROM book;
CREATE PROCEDURE sweep() LANGUAGE sql AS 'DELETE FROM author WHERE id = 0';
INSERT INTO publisher VALUES (1, ROW('Main', 'Ghent'));`;

const SENT = [
  "SELECT nextval('invoice_number')",
  "SELECT nextval('public.invoice_number'::regclass)",
  "SELECT last_value FROM invoice_number",
  "SELECT (home).street FROM publisher",
  "SELECT (p.home).city FROM publisher p",
  "TRUNCATE book",
  "TRUNCATE author",
  "LOCK TABLE author IN SHARE MODE",
  "REFRESH MATERIALIZED VIEW titles",
  "CALL sweep()",
  "EXPLAIN SELECT name FROM author",
  "INSERT INTO book (title) VALUES ('Dune')",
  "INSERT INTO book (title, number) VALUES ('Dune', '978')",
  "SELECT id FROM book JOIN author USING (id)",
  "SELECT id FROM book, author",
];

const CHANGES = [
  "SELECT 1",
  "ALTER SEQUENCE invoice_number RENAME TO bill_number",
  "DROP SEQUENCE invoice_number",
  "ALTER TYPE address DROP ATTRIBUTE street",
  "ALTER TYPE address RENAME ATTRIBUTE city TO town",
  "ALTER TABLE author ADD FOREIGN KEY (book_id) REFERENCES book (id)",
  "DROP MATERIALIZED VIEW titles",
  "DROP PROCEDURE sweep()",
  "ALTER TABLE author DROP COLUMN name",
  "DROP TABLE author",
];

describe("what an app sends besides plain queries", () => {
  let engine: PostgresEngine;
  let database: FreshDatabase;
  let start: SchemaState;
  beforeAll(async () => {
    engine = await loadPostgres();
    database = await freshDatabase();
    await database.owner.query(SCHEMA);
    start = fold(engine, SCHEMA);
  });

  async function real(sql: string): Promise<string> {
    await database.owner.query("SAVEPOINT one");
    try {
      await database.owner.query(sql);
      return "works";
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      return error.code ?? "unknown";
    } finally {
      await database.owner.query("ROLLBACK TO one");
    }
  }

  function said(sql: string, state: SchemaState): string {
    const query: Query = { sql, verb: "other", origin: sql, span: null, params: [], use: "certain", usedAt: null, callsPerSecond: null };
    const fate = engine.bind(query, state);
    return fate.kind === "fails" ? fate.sqlstate : fate.kind;
  }

  test.each(CHANGES)("meets after %s what Postgres says", async (change) => {
    const after = fold(engine, change, start);
    await database.owner.query("BEGIN");
    try {
      await database.owner.query(change);
      const observed: string[] = [];
      for (const sql of SENT) observed.push(`${await real(sql)}: ${sql}`);
      expect(SENT.map((sql) => `${said(sql, after)}: ${sql}`)).toEqual(observed);
    } finally {
      await database.owner.query("ROLLBACK");
    }
  });
});
