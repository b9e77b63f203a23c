import { bookkeepingSql } from "../../sources/bookkeeping/index.ts";
import { describe, expect, it } from "vitest";
import { input, migration, query, version } from "../input.test-helper.ts";
import { rehearseCommand } from "../index.ts";
import type { CommandInput, CommandResult } from "./types.ts";

const shop = [
  "CREATE TABLE team (id serial PRIMARY KEY, name text NOT NULL)",
  "CREATE TABLE person (id bigserial PRIMARY KEY, team_id int NOT NULL REFERENCES team, email text NOT NULL, nickname text, score int)",
];
const old = version("v1", [query("SELECT id, email, nickname FROM person WHERE id = $1", ["public.person.id"])]);

/** A migrate command in ten lines, as people write them: it reads DATABASE_URL and knows nothing of tread. */
function tool(script: string): Pick<CommandInput, "command" | "args" | "cwd" | "env"> {
  const body = `const { Client } = require("pg"); const c = new Client({ connectionString: process.env.DATABASE_URL });
    (async () => { await c.connect(); ${script}; await c.end(); })().catch((e) => { console.error(String(e)); process.exit(7); });`;
  return { command: process.execPath, args: ["-e", body], cwd: process.cwd(), env: process.env };
}

async function rehearsed(
  command: Pick<CommandInput, "command" | "args" | "cwd" | "env">,
  more: Partial<CommandInput> = {},
): Promise<CommandResult> {
  const bookkeeping = { sql: [], unknown: null };
  return rehearseCommand(
    { ...input({ before: shop, migrations: [], versions: [old] }), bookkeeping, ...command, ...more },
    { progress: () => {} },
  );
}

describe("rehearsing another tool's command", () => {
  it("sees each statement alone, the transaction's locks, and the query that breaks", { timeout: 90_000 }, async () => {
    const result = await rehearsed(
      tool(`await c.query("SELECT version()"); await c.query("CREATE TABLE schema_migrations (version text)");
        await c.query("BEGIN"); await c.query("ALTER TABLE person ADD COLUMN note text"); await c.query("CREATE INDEX person_note ON person (note)"); await c.query("COMMIT");
        await c.query("CREATE INDEX CONCURRENTLY person_score ON person (score)");
        await c.query("INSERT INTO schema_migrations VALUES ('0002')");
        await c.query("ALTER TABLE person DROP COLUMN nickname")`),
    );
    expect(result.outcome).toEqual({ kind: "completed" });
    expect(
      result.statements.map((s) => [s.sql, s.bookkeeping, s.observed?.locks.map((l) => `${l.relation} ${l.mode}`), s.observed?.scans]),
    ).toEqual([
      ["CREATE TABLE schema_migrations (version text)", true, [], []],
      ["ALTER TABLE person ADD COLUMN note text", false, ["public.person AccessExclusive"], []],
      ["CREATE INDEX person_note ON person (note)", false, ["public.person Share"], ["public.person"]],
      ["CREATE INDEX CONCURRENTLY person_score ON person (score)", false, ["public.person ShareUpdateExclusive"], ["public.person"]],
      ["INSERT INTO schema_migrations VALUES ('0002')", true, ["public.schema_migrations RowExclusive"], []],
      ["ALTER TABLE person DROP COLUMN nickname", false, ["public.person AccessExclusive"], []],
    ]);
    expect(result.statements[2]?.heldAfter).toEqual([{ relation: "public.person", mode: "AccessExclusive" }]);
    expect(
      result.cells.filter((cell) => cell.broken.length > 0).map((cell) => [cell.version, cell.step, cell.broken[0]?.sqlstate]),
    ).toEqual([["v1", result.statements[5]?.key, "42703"]]);
    expect(result.statements[5]?.traffic?.failed).toMatchObject([{ version: "v1", sqlstate: "42703" }]);
  });

  it("keeps apart what the command rolled back", { timeout: 90_000 }, async () => {
    const result = await rehearsed(
      tool(`await c.query("BEGIN"); await c.query("ALTER TABLE person ADD COLUMN one text"); await c.query("SAVEPOINT s"); await c.query("ALTER TABLE person DROP COLUMN nickname");
        await c.query("ROLLBACK TO SAVEPOINT s"); await c.query("ALTER TABLE person ADD COLUMN two text"); await c.query("COMMIT");
        await c.query("ALTER TABLE person ADD COLUMN three text NOT NULL").catch(() => {})`),
    );
    expect(result.outcome).toEqual({ kind: "completed" });
    const bySql = new Map(result.statements.map((s) => [s.sql, s]));
    expect(bySql.get("ALTER TABLE person DROP COLUMN nickname")).toMatchObject({ lasted: false, observed: null });
    expect(bySql.get("ALTER TABLE person ADD COLUMN two text")).toMatchObject({ lasted: true, observed: { error: null } });
    expect(bySql.get("ALTER TABLE person ADD COLUMN three text NOT NULL")).toMatchObject({
      lasted: false,
      observed: { error: { sqlstate: "23502" } },
    });
    expect(result.cells.flatMap((cell) => cell.broken)).toEqual([]);
  });

  it(
    "is no clean result when the command used another database, failed, did nothing, or does not exist",
    { timeout: 120_000 },
    async () => {
      const bypassed = await rehearsed({
        command: process.execPath,
        args: ["-e", "console.log('migrated!')"],
        cwd: process.cwd(),
        env: process.env,
      });
      expect(bypassed.outcome).toMatchObject({ kind: "bypassed", message: expect.stringContaining("without connecting") });
      const failed = await rehearsed(tool(`await c.query("ALTER TABLE nobody ADD COLUMN x int")`));
      expect(failed.outcome).toMatchObject({
        kind: "failed",
        code: 7,
        tail: [expect.stringContaining('relation "nobody" does not exist')],
      });
      expect(failed.statements[0]?.observed?.error?.sqlstate).toBe("42P01");
      const nothing = await rehearsed(tool(`await c.query("SELECT 1")`));
      expect(nothing.outcome).toMatchObject({ kind: "nothing-ran" });
      const missing = await rehearsed({ command: "no-such-migrate-tool", args: [], cwd: process.cwd(), env: process.env });
      expect(missing.outcome).toMatchObject({ kind: "not-started", message: expect.stringContaining("no-such-migrate-tool") });
    },
  );

  it("folds code that goes row by row into one statement with a count", { timeout: 90_000 }, async () => {
    const result = await rehearsed(
      tool(`await c.query("BEGIN"); await c.query("ALTER TABLE person ADD COLUMN note text");
        for (let i = 1; i <= 500; i++) { await c.query("SELECT id FROM person WHERE id = " + i); await c.query("UPDATE person SET note = 'n" + i + "' WHERE id = " + i); }
        await c.query("COMMIT"); for (let i = 1; i <= 200; i++) await c.query("UPDATE team SET name = 'team " + i + "' WHERE id = " + i)`),
    );
    expect(result.outcome).toEqual({ kind: "completed" });
    expect(result.statements.map((s) => [s.sql, s.times])).toEqual([
      ["ALTER TABLE person ADD COLUMN note text", 1],
      ["SELECT id FROM person WHERE id = 1", 500],
      ["UPDATE person SET note = 'n1' WHERE id = 1", 500],
      ["UPDATE team SET name = 'team 1' WHERE id = 1", 200],
    ]);
  });

  it("tells Django which migrations are applied, in Django's own table", { timeout: 90_000 }, async () => {
    const applied = [migration({ id: "shop.0001_initial", source: "django", transaction: "per-migration", statements: shop })];
    const printed: string[] = [];
    const result = await rehearseCommand(
      {
        ...input({ before: shop, migrations: [] }),
        applied,
        bookkeeping: bookkeepingSql(applied),
        ...tool(`console.log((await c.query("SELECT app, name FROM django_migrations")).rows); await c.query("DROP TABLE person")`),
      },
      { progress: () => {}, output: (text) => printed.push(text) },
    );
    expect(result.outcome).toEqual({ kind: "completed" });
    expect(printed.join("")).toContain("[ { app: 'shop', name: '0001_initial' } ]");
  });

  it("ends the command too when it is stopped", { timeout: 90_000 }, async () => {
    const controller = new AbortController();
    const running = rehearsed(tool(`await c.query("SELECT pg_sleep(60) FROM person")`), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stopped by the user")), 5000);
    await expect(running).rejects.toThrow("stopped by the user");
  });
});
