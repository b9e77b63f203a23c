import { beforeAll, describe, expect, test } from "vitest";
import type { ChangeOf } from "../../../model/change.ts";
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
    `CREATE TABLE customer (id bigint PRIMARY KEY, email text, name text, nickname text, seen timestamptz);
     CREATE TABLE invoice (id bigint PRIMARY KEY, customer_id bigint, buyer text, total numeric);`,
  );
});

function write(sql: string, state: SchemaState = shop): ChangeOf<"write"> {
  const span = wholeSpan("a.sql", sql);
  const step = { kind: "sql", sql, span, verbatim: true, operation: null, reverse: "unknown", suppressions: [] } as const;
  const found = engine.read(step).flatMap((raw) => engine.changes(raw, state));
  const last = found.findLast((change): change is ChangeOf<"write"> => change.kind === "write");
  if (last === undefined) throw new Error(`writes nothing: ${sql}`);
  return last;
}

const copied = (sql: string): string[] =>
  (write(sql).copies ?? []).map(({ column, from }) => `${column} <- ${from.map((s) => `${s.relation}.${s.column}`).join(", ")}`);

describe("columns that take their value from columns", () => {
  test("of the same table, through functions, aliases and lists", () => {
    expect(copied("UPDATE customer SET nickname = lower(name), seen = now() WHERE email IS NULL")).toEqual([
      "nickname <- public.customer.name",
    ]);
    expect(copied("UPDATE customer AS c SET nickname = c.name || c.email")).toEqual([
      "nickname <- public.customer.name, public.customer.email",
    ]);
    expect(copied("UPDATE customer SET (nickname, seen) = (SELECT name, seen)")).toHaveLength(2);
  });

  test("of another table, by join, by subquery and into a new table", () => {
    expect(copied("UPDATE invoice SET buyer = c.email FROM customer c WHERE c.id = customer_id")).toEqual([
      "buyer <- public.customer.email",
    ]);
    expect(copied("UPDATE invoice i SET buyer = (SELECT c.email FROM customer c WHERE c.id = i.customer_id)")[0]).toContain(
      "public.customer.email",
    );
    expect(copied("INSERT INTO invoice (id, buyer, total) SELECT id, email, 0 FROM customer")).toEqual([
      "id <- public.customer.id",
      "buyer <- public.customer.email",
    ]);
  });

  test("a batch's own conditions are no part of the value", () => {
    const batch = "WITH batch AS (SELECT id FROM customer WHERE email IS NULL LIMIT 100)";
    expect(copied(`${batch} UPDATE customer SET nickname = name FROM batch WHERE batch.id = customer.id`)).toEqual([
      "nickname <- public.customer.name",
    ]);
    expect(copied("UPDATE customer SET nickname = s.n FROM (SELECT id, name AS n FROM customer) s WHERE s.id = customer.id")[0]).toContain(
      "public.customer.name",
    );
  });

  test("of a table that no migration shows, when it stands alone", () => {
    expect(copied("UPDATE member SET nickname = name")).toEqual(["nickname <- public.member.name"]);
  });

  test("constants are no copies", () => {
    expect(write("UPDATE customer SET nickname = 'none'").copies).toBeUndefined();
    expect(write("INSERT INTO customer (id, email) VALUES (1, 'a@b')").copies).toBeUndefined();
  });
});

describe("which rows a backfill leaves out", () => {
  test("columns that must be NULL, joined by AND only", () => {
    expect(write("UPDATE customer SET nickname = name WHERE nickname IS NULL AND id < 1000").whereNull).toEqual(["nickname"]);
    expect(write("UPDATE customer c SET nickname = name WHERE c.nickname IS NULL").whereNull).toEqual(["nickname"]);
    expect(write("UPDATE customer SET nickname = name WHERE nickname IS NULL OR nickname = ''").whereNull).toBeUndefined();
    expect(write("UPDATE invoice i SET buyer = c.email FROM customer c WHERE c.email IS NULL").whereNull).toBeUndefined();
  });

  test("INSERT by position, and columns left to DEFAULT", () => {
    expect(write("INSERT INTO customer VALUES (DEFAULT, 'a@b')")).toMatchObject({ byPosition: true, leftToDefault: ["id"] });
    expect(write("INSERT INTO customer (id, email) VALUES (1, 'a@b')").byPosition).toBeUndefined();
  });
});
