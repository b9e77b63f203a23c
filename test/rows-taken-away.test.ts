import { describe, expect, test } from "vitest";
import { freshDatabase, testMajors } from "../src/engines/postgres/embedded/test-server.test-helper.ts";

/** What the pages of these rules say that the old version's queries meet, on the server itself. */
describe.each(testMajors())("statements that leave every query valid, on PostgreSQL %i", { timeout: 180_000 }, (major) => {
  test("partition-still-written, sequence-restarted, replaced-without-rows, create-rule, rename-enum-value", async () => {
    await using database = await freshDatabase(major);
    const { owner } = database;
    const state = async (sql: string): Promise<string> =>
      await owner.query(sql).then(
        ({ rowCount }) => `${rowCount ?? 0} rows`,
        (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : String(error)),
      );
    await owner.query("CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at)");
    await owner.query("CREATE TABLE event_now PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2999-01-01')");
    expect(await state("INSERT INTO event VALUES (now())")).toBe("1 rows");
    await owner.query("ALTER TABLE event DETACH PARTITION event_now");
    expect(await state("INSERT INTO event VALUES (now())")).toBe("23514");

    await owner.query("CREATE TABLE invoice (id bigserial PRIMARY KEY, note text)");
    await owner.query("INSERT INTO invoice (note) VALUES ('a'), ('b')");
    await owner.query("ALTER SEQUENCE invoice_id_seq RESTART");
    expect(await state("INSERT INTO invoice (note) VALUES ('c')")).toBe("23505");

    await owner.query(
      "BEGIN; CREATE TABLE other (LIKE invoice INCLUDING ALL); ALTER TABLE invoice RENAME TO was; ALTER TABLE other RENAME TO invoice; COMMIT",
    );
    expect(await state("SELECT id, note FROM invoice")).toBe("0 rows");

    await owner.query("CREATE RULE stop_it AS ON UPDATE TO was DO INSTEAD NOTHING");
    expect(await state("UPDATE was SET note = 'x'")).toBe("0 rows");

    await owner.query("CREATE TYPE plan AS ENUM ('free', 'paid'); CREATE TABLE team (plan plan)");
    await owner.query("ALTER TYPE plan RENAME VALUE 'free' TO 'trial'");
    expect(await state("INSERT INTO team VALUES ('free')")).toBe("22P02");
  });

  test.each([
    ["INSERT", "null", "INSERT INTO person VALUES (2, 'Bo')", "0 rows"],
    ["INSERT", "old", "INSERT INTO person VALUES (2, 'Bo')", "0 rows"],
    ["UPDATE", "null", "UPDATE person SET name = 'Al'", "0 rows"],
    ["DELETE", "null", "DELETE FROM person", "0 rows"],
    ["DELETE", "new", "DELETE FROM person", "0 rows"],
    ["DELETE", "old", "DELETE FROM person", "1 rows"],
  ])("trigger-stops-writes: before %s, a function that returns %s", async (event, returned, sql, outcome) => {
    await using database = await freshDatabase(major);
    const { owner } = database;
    await owner.query("CREATE TABLE person (id int PRIMARY KEY, name text); INSERT INTO person VALUES (1, 'Ada')");
    await owner.query(`CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN ${returned}; END $$`);
    await owner.query(`CREATE TRIGGER pass BEFORE ${event} ON person FOR EACH ROW EXECUTE FUNCTION pass()`);
    expect(`${(await owner.query(sql)).rowCount ?? 0} rows`).toBe(outcome);
  });

  test("trigger-stops-writes: OLD in an UPDATE writes the old row, and a body without RETURN fails", async () => {
    await using database = await freshDatabase(major);
    const { owner } = database;
    await owner.query("CREATE TABLE person (id int PRIMARY KEY, name text); INSERT INTO person VALUES (1, 'Ada')");
    await owner.query("CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$");
    await owner.query("CREATE TRIGGER pass BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION pass()");
    await owner.query("UPDATE person SET name = 'Al'");
    expect((await owner.query("SELECT name FROM person")).rows).toEqual([{ name: "Ada" }]);
    await owner.query("CREATE OR REPLACE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := 'x'; END $$");
    await expect(owner.query("UPDATE person SET name = 'Al'")).rejects.toMatchObject({ code: "2F005" });
  });
});
