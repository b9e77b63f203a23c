import { beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../../model/change.ts";
import { apply, emptyState } from "../../../model/apply/index.ts";
import type { SchemaState } from "../../../model/schema.ts";
import { wholeSpan } from "../../../text/span.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { fold } from "../../../../conformance/predict.ts";

let engine: PostgresEngine;
let shop: SchemaState;
beforeAll(async () => {
  engine = await loadPostgres();
  shop = fold(
    engine,
    `CREATE TABLE customer (id bigint PRIMARY KEY, email text UNIQUE, status text);
     CREATE TABLE invoice (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric);
     CREATE FUNCTION pick() RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$ BEGIN RETURN gen_random_uuid(); END $$;
     CREATE FUNCTION tidy(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower($1) $$;`,
  );
});

function changes(sql: string, state: SchemaState = shop): readonly Change[] {
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan("a.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  return engine.read(step).flatMap((raw) => engine.changes(raw, state));
}

describe("procedural code", () => {
  test("static statements of a DO block are changes; branches are marked as such", () => {
    const found = changes(`DO $$
      DECLARE n int := 0;
      BEGIN
        ALTER TABLE customer ADD COLUMN nick text;
        IF EXISTS (SELECT 1 FROM invoice) THEN DROP TABLE invoice; END IF;
        n := n + 1;
      END $$;`);
    expect(found.map((c) => [c.kind, c.conditional ?? false])).toEqual([
      ["add-column", false],
      ["read", false],
      ["drop-relation", true],
    ]);
  });

  test("EXECUTE of constants is read however they are put together; of anything known only while it runs it is opaque", () => {
    const found = changes(`DO $$ DECLARE t text := 'x'; BEGIN
      EXECUTE 'DROP TABLE invoice'; EXECUTE format('DROP TABLE %I', 'Invoice' || '_old'); EXECUTE 'DROP TABLE ' || t; END $$`);
    const dynamic = found.filter((change) => change.kind === "drop-relation" || change.kind === "opaque");
    expect(dynamic).toMatchObject([
      { kind: "drop-relation", name: "public.invoice" },
      { kind: "drop-relation", name: "public.Invoice_old" },
      { kind: "opaque", reason: expect.stringContaining("EXECUTE") },
    ]);
  });

  test("DO in another language, and PL/pgSQL that does not parse, are opaque", () => {
    expect(changes("DO LANGUAGE plpython3u $$ pass $$;")).toMatchObject([
      { kind: "opaque", reason: expect.stringContaining("plpython3u") },
    ]);
    expect(changes("DO $$ BEGIN IF oops $$;")).toMatchObject([{ kind: "opaque" }]);
  });

  test("calling a function does what its body does", () => {
    const state = fold(
      engine,
      "CREATE FUNCTION sweep() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM invoice; PERFORM 1; END $$;",
      shop,
    );
    expect(changes("SELECT sweep();", state).filter((c) => c.kind === "write")).toMatchObject([
      { verb: "delete", table: "public.invoice", wholeTable: true },
    ]);
    expect(changes("SELECT cleanup_everything();")).toContainEqual(
      expect.objectContaining({ kind: "opaque", reason: expect.stringContaining("cleanup_everything") }),
    );
  });

  test("a function that calls itself ends", () => {
    const state = fold(engine, "CREATE FUNCTION loop() RETURNS void LANGUAGE sql AS $$ SELECT loop() $$;", shop);
    expect(changes("SELECT loop();", state).at(-1)).toMatchObject({ kind: "opaque" });
  });
});

describe("writes", () => {
  test.each([
    ["UPDATE customer SET status = 'x'", { bounded: false, wholeTable: true, fullReads: ["public.customer"] }],
    ["UPDATE customer SET status = 'x' WHERE 1 = 1", { bounded: false, wholeTable: true }],
    ["UPDATE customer SET status = 'x' WHERE status IS NULL", { bounded: false, wholeTable: false, fullReads: ["public.customer"] }],
    ["UPDATE customer SET status = 'x' WHERE id = $1", { bounded: true, wholeTable: false, fullReads: [] }],
    ["UPDATE customer SET status = 'x' WHERE email = 'a@b.c'", { bounded: true, fullReads: [] }],
    ["DELETE FROM customer WHERE id IN (SELECT id FROM customer ORDER BY id LIMIT 1000)", { bounded: true }],
    ["UPDATE customer SET status = 'x' WHERE id BETWEEN 1 AND 5000", { bounded: true }],
    ["UPDATE customer c SET status = 'x' WHERE c.id > 10000000000 AND 10000005000 >= c.id AND status IS NULL", { bounded: true }],
    ["UPDATE customer SET status = 'x' WHERE id BETWEEN 1 AND 5000000", { bounded: false }],
    ["DELETE FROM customer WHERE id < 5000", { bounded: false }],
    ["DELETE FROM invoice USING customer WHERE customer.id = invoice.customer_id", { bounded: false, reads: ["public.customer"] }],
    ["INSERT INTO invoice SELECT * FROM invoice", { bounded: false, fullReads: ["public.invoice"] }],
    ["INSERT INTO customer (id) VALUES (1), (2)", { bounded: true, columns: ["id"], fullReads: [] }],
    [
      "WITH old AS (SELECT id FROM invoice) DELETE FROM customer WHERE id IN (SELECT id FROM old)",
      { table: "public.customer", reads: ["public.invoice"] },
    ],
  ])("%s", (sql, expected) => {
    expect(changes(sql)[0]).toMatchObject({ kind: "write", ...expected });
  });
});

describe("volatility of a default", () => {
  test.each([
    ["now()", "stable"],
    ["CURRENT_TIMESTAMP", "stable"],
    ["(now() AT TIME ZONE 'utc')", "stable"],
    ["clock_timestamp()", "volatile"],
    ["gen_random_uuid()", "volatile"],
    ["nextval('s')", "volatile"],
    ["'{}'::jsonb", "immutable"],
    ["lower('X') || 'y'", "immutable"],
    ["pick()", "volatile"],
    ["tidy('X')", "immutable"],
    ["uuid_generate_v4()", "volatile"],
    ["somebody_elses()", "unknown"],
  ])("%s is %s", (sql, volatility) => {
    expect(changes(`ALTER TABLE customer ADD COLUMN c text DEFAULT ${sql} NOT NULL`)[0]).toMatchObject({
      column: { default: { sql, volatility }, notNull: true },
    });
  });

  test("DEFAULT NULL is no default", () => {
    expect(changes("ALTER TABLE customer ADD COLUMN c text DEFAULT NULL")[0]).toMatchObject({ column: { default: null } });
  });
});

describe("the session", () => {
  test.each([
    ["SET lock_timeout = '2s'", { lockTimeout: 2000 }],
    ["SET LOCAL statement_timeout = 500", { statementTimeout: 500 }],
    ["SET lock_timeout TO 0", { lockTimeout: 0 }],
    ["RESET lock_timeout", { lockTimeout: null }],
    ["SET TIME ZONE 'Europe/Berlin'", { timeZone: "Europe/Berlin" }],
    ["SET search_path TO app, public", { searchPath: ["app", "public"] }],
    ["SELECT set_config('lock_timeout', '1min', true)", { lockTimeout: 60_000 }],
  ])("%s", (sql, session) => {
    expect(changes(sql)).toMatchObject([{ kind: "set", session }]);
  });

  test("SET LOCAL ends with its transaction, SET does not, and SET LOCAL outside of one does nothing", () => {
    const after = (sql: string): number | null => fold(engine, sql).session.lockTimeout;
    expect(after("BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT;")).toBeNull();
    expect(after("BEGIN; SET lock_timeout = '1s'; COMMIT;")).toBe(1000);
    expect(after("BEGIN; SET lock_timeout = '1s'; ROLLBACK;")).toBeNull();
    expect(after("SET LOCAL lock_timeout = '1s';")).toBeNull();
  });
});

test("what was not understood leaves the schema unknown, so that a missing table is no error any more", () => {
  const state = fold(engine, "SELECT create_the_tables();", emptyState());
  expect(state.complete).toBe(false);
  const predicted = engine.predict(changes("ALTER TABLE order_line ADD COLUMN n int", state), state, {
    version: 18,
    inTransaction: false,
    isEmpty: () => false,
  });
  expect(predicted).toMatchObject({ error: null, locks: [{ relation: "public.order_line", mode: "AccessExclusive" }] });
});

test("every statement kind that Postgres has is read as something, never thrown at", () => {
  const statements = `
    VACUUM; ANALYZE customer; CHECKPOINT; LISTEN a; NOTIFY a; SHOW all; EXPLAIN SELECT 1; EXPLAIN ANALYZE DELETE FROM invoice; DISCARD ALL; PREPARE p AS SELECT 1;
    EXECUTE p; DEALLOCATE p; DECLARE c CURSOR FOR SELECT 1; FETCH c; CLOSE c; GRANT ALL ON customer TO bob; REVOKE ALL ON ALL TABLES IN SCHEMA public FROM bob;
    CREATE ROLE bob; ALTER ROLE bob SET search_path = x; DROP ROLE bob; CREATE EXTENSION citext; DROP EXTENSION citext; CREATE COLLATION c (locale = 'C');
    CREATE AGGREGATE a (int) (sfunc = int4pl, stype = int); CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq); CREATE CAST (text AS int) WITH INOUT;
    CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f(); ALTER SYSTEM SET work_mem = '1MB'; CREATE DATABASE d; DROP DATABASE d; CREATE TABLESPACE t LOCATION '/x';
    IMPORT FOREIGN SCHEMA s FROM SERVER x INTO public; CREATE SERVER s FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE ft (a int) SERVER s; SECURITY LABEL ON TABLE customer IS 'x';
    CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p; CREATE PUBLICATION p FOR ALL TABLES; DROP OWNED BY bob; REASSIGN OWNED BY bob TO amy; COMMENT ON FUNCTION f() IS 'x';
    CREATE TYPE r AS RANGE (subtype = int); CREATE TYPE shell; CREATE STATISTICS s ON a, b FROM customer; ALTER TABLE ALL IN TABLESPACE a SET TABLESPACE b; CALL proc(1);
    COPY customer TO PROGRAM 'cat'; SELECT * INTO copy FROM customer; PREPARE TRANSACTION 'x'; ALTER TYPE r RENAME TO q; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO bob;
    CREATE POLICY p ON customer; ALTER POLICY p ON customer TO bob; DROP POLICY p ON customer; CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f(internal)); LOAD 'x'`;
  const unread = statements.split(";").flatMap((sql) => {
    const found = changes(sql);
    let state = shop;
    for (const change of found) state = apply(change, state, { migration: null });
    engine.predict(found, shop, { version: 18, inTransaction: false, isEmpty: () => false });
    return found.length === 0 && sql.trim() !== "" ? [sql] : [];
  });
  expect(unread).toEqual([]);
});
