import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freshDatabase } from "../../engines/postgres/embedded/test-server.test-helper.ts";
import type { LiveVersion } from "../../model/query.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { readApp } from "../index.ts";
import { cased } from "./casing.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const read = (root: string) =>
  readApp("drizzle", { files: diskFiles(FIXTURES, FIXTURES), root, name: "v1", database: "postgres", options: {} });
let version: LiveVersion;
beforeAll(async () => {
  version = await read(".");
});
const of = (table: string) => version.queries.filter(({ origin }) => origin.startsWith(`${table} `)).map(({ sql }) => sql);

describe("drizzle-orm names every column", () => {
  test("in select(): explicit names, cased keys, shared columns, helpers, custom types, enums", () => {
    expect(of("users")[0]).toBe(
      'select "id", "email_address", "name", "role", "invited_by", "search_name", "created_at", "changed_at" from "users"',
    );
    expect(version.queries[0]?.origin).toBe("users (src/db/schema.ts:9)");
  });

  test("in insert: `default` for what the database fills or the caller leaves out; generated columns are not written", () => {
    const [least, most] = version.queries.filter(({ sql, origin }) => origin.startsWith("users ") && sql.startsWith("insert"));
    expect(least?.sql).toContain(
      'insert into "users" ("id", "email_address", "name", "role", "invited_by", "created_at", "changed_at") values (default, $1, default, default, default, default, $2)',
    );
    expect(most?.params.filter((param) => param.null).map(({ column }) => column)).toEqual([
      "public.users.name",
      "public.users.invited_by",
      "public.users.changed_at",
    ]);
  });

  test("in tables with a prefix, in other schemas, with compound keys; views are only read", () => {
    expect(of("orders")[0]).toBe('select "number", "paid" from "shop_orders"');
    expect(of("invoices")[0]).toBe('select "id" from "shop_invoices"');
    expect(of("sessions")[0]).toBe('select "id", "user_id" from "auth"."sessions"');
    expect(of("members").at(-1)).toBe('delete from "members" where "members"."user_id" = $1 and "members"."group_id" = $2');
    expect(of("turnover")).toEqual([
      'select "day", "sum" from "turnover"',
      'select "day", "sum" from "turnover" where "turnover"."day" = $1',
    ]);
  });

  test("and where only running the code would tell, that is said with its table and place", () => {
    expect(version.dynamic).toMatchObject([
      { tables: ["public.audit"], reason: "audit: its columns are computed", span: { file: "src/db/schema.ts", line: 39 } },
    ]);
  });
});

test("every query is one that a real Postgres prepares", async () => {
  await using database = await freshDatabase();
  await database.owner.query(`
    CREATE TYPE role AS ENUM ('admin', 'customer');
    CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email_address text NOT NULL, name varchar(80), role role NOT NULL DEFAULT 'customer',
      invited_by uuid, search_name text GENERATED ALWAYS AS (lower(name)) STORED, created_at timestamptz NOT NULL DEFAULT now(), changed_at timestamp);
    CREATE TABLE shop_orders (number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, paid bool NOT NULL);
    CREATE TABLE shop_invoices (id serial PRIMARY KEY);
    CREATE SCHEMA auth;
    CREATE TABLE auth.sessions (id serial PRIMARY KEY, user_id uuid NOT NULL);
    CREATE TABLE members (user_id uuid, group_id int, owner bool, PRIMARY KEY (user_id, group_id));
    CREATE VIEW turnover AS SELECT 'x'::text AS day, 1 AS sum;
    CREATE TABLE audit (id serial PRIMARY KEY);`);
  for (const [i, { sql, params }] of version.queries.entries()) {
    await database.owner.query(`PREPARE q${i} AS ${sql}`);
    const { rows } = await database.owner.query("SELECT cardinality(parameter_types) AS n FROM pg_prepared_statements WHERE name = $1", [
      `q${i}`,
    ]);
    expect([sql, rows[0].n]).toEqual([sql, params.length]);
  }
  expect(version.problems).toEqual([]);
});

test.each([
  ["emailAddress", "snake_case", "email_address"],
  ["userID", "snake_case", "user_id"],
  ["HTMLBody2", "snake_case", "html_body2"],
  ["email_address", "camelCase", "emailAddress"],
] as const)("%s in %s is %s", (key, casing, expected) => {
  expect(cased(key, casing)).toBe(expected);
});

test("a folder without tables is said to have none", async () => {
  expect((await read("src/nothing")).problems).toMatchObject([{ code: "no-tables", fatal: true }]);
});
