import { beforeAll, describe, expect, test } from "vitest";
import { emptyState } from "../../../model/apply/index.ts";
import { freshDatabase } from "../embedded/test-server.test-helper.ts";
import type { PostgresEngine } from "../engine.ts";
import { loadPostgres } from "../index.ts";
import { withCondition } from "./index.ts";

const KENNEL = `
  CREATE TABLE dog (id int PRIMARY KEY, name text, owner_id int, weight int, note text);
  CREATE TABLE owner (id int PRIMARY KEY, town text);
  CREATE TABLE tag (dog_id int PRIMARY KEY, label text);
  INSERT INTO owner SELECT g, CASE WHEN g % 2 = 0 THEN 'Ghent' ELSE 'Bruges' END FROM generate_series(1, 5) g;
  INSERT INTO dog SELECT g, 'Dog ' || g, 1 + g % 5, CASE WHEN g % 3 = 0 THEN NULL ELSE g END, NULL FROM generate_series(1, 30) g;`;

describe("a statement in batches", () => {
  let engine: PostgresEngine;
  beforeAll(async () => {
    engine = await loadPostgres();
  });

  test.each([
    ["no condition", "UPDATE dog SET note = lower(name)"],
    ["a comment behind the last word", "UPDATE dog SET note = lower(name) -- all of them"],
    ["a comment before WHERE", "UPDATE dog SET note = lower(name) -- shouting\nWHERE weight IS NULL -- unknown"],
    ["OR in the condition", "UPDATE dog SET note = 'odd' WHERE weight IS NULL OR id % 7 = 1"],
    [
      "keywords in strings, subqueries and CASE",
      "UPDATE dog SET note = CASE WHEN id < 9 THEN ' where ' ELSE (SELECT town FROM owner WHERE owner.id = dog.owner_id) END",
    ],
    ["an alias and FROM", "UPDATE dog AS d SET note = o.town, weight = d.id FROM owner o WHERE o.id = d.owner_id AND o.town = 'Ghent'"],
    ["a join behind FROM", "UPDATE dog d SET note = p.town FROM owner o JOIN owner p ON p.id = o.id WHERE o.id = d.owner_id"],
    ["DELETE", "DELETE FROM dog WHERE weight IS NULL /* the unknown */"],
    ["DELETE with USING", "DELETE FROM dog d USING owner o WHERE o.id = d.owner_id AND o.town = 'Bruges'"],
    ["INSERT … SELECT", "INSERT INTO tag SELECT id, name FROM dog -- everyone"],
    [
      "INSERT … SELECT with ON CONFLICT",
      "INSERT INTO tag (dog_id, label) SELECT d.id, d.name FROM dog d WHERE d.id > 3 ON CONFLICT (dog_id) DO UPDATE SET label = excluded.label WHERE tag.label <> excluded.label",
    ],
  ])("does what it does at once: %s", async (_, sql) => {
    await using database = await freshDatabase();
    await database.owner.query(KENNEL);
    const batch = engine.batch(sql, emptyState({ complete: true }));
    if (batch.kind === "refused") throw new Error(batch.reason);
    const result = async (statements: readonly string[]): Promise<{ touched: number[]; rows: unknown[] }> => {
      await database.owner.query("BEGIN");
      const touched: number[] = [];
      for (const statement of statements) touched.push((await database.owner.query(statement)).rowCount ?? 0);
      const { rows } = await database.owner.query(
        "SELECT to_jsonb(d) AS row FROM dog d UNION ALL SELECT to_jsonb(t) FROM tag t ORDER BY 1",
      );
      await database.owner.query("ROLLBACK");
      return { touched, rows };
    };
    const whole = await result([sql]);
    const ranges = [`("${batch.alias}"."id") <= (11)`, `("${batch.alias}"."id") > (11) AND ("${batch.alias}"."id") <= (30)`];
    const parts = await result(ranges.map((range) => withCondition(batch, range)));
    expect(parts.rows).toEqual(whole.rows);
    // Each row once: a condition that a comment swallowed would leave the same rows, touched twice.
    expect(parts.touched[0]! + parts.touched[1]!).toBe(whole.touched[0]);
    expect(Math.min(...parts.touched)).toBeGreaterThan(0);
  });

  test.each([
    ["UPDATE dog SET weight = (SELECT avg(weight) FROM dog)", "a subquery reads dog itself"],
    ["UPDATE dog SET weight = x.n FROM (SELECT count(*) AS n FROM owner) x", "count() would see the rows of one batch only"],
    ["UPDATE dog SET note = 'x' FROM dog other WHERE other.id = dog.id + 1", "it joins dog with itself"],
    ["DELETE FROM dog WHERE id IN (SELECT id FROM dog ORDER BY id LIMIT 3)", "a subquery reads dog itself"],
    ["INSERT INTO tag SELECT DISTINCT owner_id, name FROM dog", "DISTINCT looks at the rows of other batches"],
    ["INSERT INTO tag SELECT owner_id, max(name) FROM dog GROUP BY owner_id", "it groups rows"],
    ["INSERT INTO tag SELECT id, name FROM dog LIMIT 5", "a LIMIT"],
    ["INSERT INTO tag SELECT id, row_number() OVER (ORDER BY id)::text FROM dog", "it has a window function"],
    ["WITH old AS (SELECT 1) UPDATE dog SET note = 'x'", "it has a WITH"],
    ["INSERT INTO tag VALUES (1, 'x')", "takes its rows from a table"],
    ["INSERT INTO tag SELECT d.id, o.town FROM dog d JOIN owner o ON o.id = d.owner_id", "takes its rows from a table"],
  ])("is refused where its result depends on other rows: %s", (sql, reason) => {
    expect(engine.batch(sql, emptyState({ complete: true }))).toMatchObject({ kind: "refused", reason: expect.stringContaining(reason) });
  });

  test.each([
    ["UPDATE dog SET note = lower(name)", true],
    ["UPDATE dog SET weight = weight + 1", false],
    ["UPDATE dog SET note = gen_random_uuid()::text", false],
    ["UPDATE dog SET note = now()::text", false],
    ["DELETE FROM dog", true],
    ["INSERT INTO tag SELECT id, name FROM dog", false],
    ["INSERT INTO tag SELECT id, name FROM dog ON CONFLICT DO NOTHING", true],
  ])("knows what may be done twice: %s", (sql, idempotent) => {
    expect(engine.batch(sql, emptyState({ complete: true }))).toMatchObject({ kind: "batchable", idempotent });
  });
});
