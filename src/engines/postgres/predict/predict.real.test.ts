import { describe, expect, test } from "vitest";
import { strongest, type PostgresEffects, type TableLock } from "../../../model/effects.ts";
import { freshDatabase, testMajors } from "../embedded/test-server.test-helper.ts";
import { loadPostgres } from "../index.ts";
import { wholeSpan } from "../../../text/span.ts";
import { apply } from "../../../model/apply/index.ts";
import { split } from "../parse/split.ts";
import { countRows, fold, observe } from "./observe.test-helper.ts";
import { SCENES } from "./scenes.test-helper.ts";
import type { Scene } from "./scenes/scene.test-helper.ts";

/** What is compared: everything for a statement that succeeds, the SQLSTATE for one that fails (its locks are gone when one looks). */
function comparable(effects: PostgresEffects, alone: boolean, heldBefore: readonly TableLock[]): unknown {
  if (effects.error !== null) return { error: effects.error.sqlstate };
  const { locks, rewrites, scans, indexBuilds } = effects;
  const all = { locks: withHeld(locks, heldBefore).map((l) => `${l.relation} ${l.mode}`), rewrites, scans, indexBuilds };
  return alone ? { rewrites, indexBuilds } : all;
}

/** What earlier statements of the transaction hold is still there when one looks. */
function withHeld(locks: readonly TableLock[], held: readonly TableLock[]): TableLock[] {
  const merged = new Map(held.map((l) => [l.relation, l.mode]));
  for (const { relation, mode } of locks) merged.set(relation, strongest(merged.get(relation) ?? mode, mode));
  return [...merged].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => (a.relation < b.relation ? -1 : 1));
}

interface Case {
  readonly sql: string;
  readonly alone: boolean;
}

/** The statements of a scene for one major; those on one line belong together, and the last of them is the one compared. */
function casesOf(scene: Scene, major: number): Case[] {
  const cases: Case[] = [];
  let alone = false;
  let applies = true;
  let sql = "";
  for (const line of scene.statements.split("\n")) {
    const text = line.trim();
    if (text === "-- alone") alone = true;
    else if (/^-- \d+\+$/.test(text)) applies = major >= Number.parseInt(text.slice(3), 10);
    else if (/^-- \d+-\d+$/.test(text)) {
      const [from = 0, to = 0] = text.slice(3).split("-").map(Number);
      applies = major >= from && major <= to;
    } else if (text !== "") {
      sql += `${sql === "" ? "" : "\n"}${text}`;
      if (!text.endsWith(";")) continue;
      if (applies) cases.push({ sql, alone });
      [sql, alone, applies] = ["", false, true];
    }
  }
  return cases;
}

for (const major of testMajors()) {
  describe(`predicted = observed on PostgreSQL ${major}`, () => {
    for (const scene of SCENES) {
      test(scene.name, { timeout: 120_000 }, async () => {
        const engine = await loadPostgres();
        await using database = await freshDatabase(major);
        const client = database.superuser;
        await client.query(scene.setup);
        const rows = await countRows(client);
        let state = fold(engine, scene.setup);
        expect(state.complete, "the scene itself must be understood").toBe(true);
        const isEmpty = (table: string): boolean => (rows.get(table) ?? 0) === 0;
        const wrong: string[] = [];
        const cases = casesOf(scene, major);
        for (const { sql, alone } of cases) {
          const pieces = split(sql).map((p) => sql.slice(p.start, p.end));
          const last = pieces.pop() ?? "";
          let before = state;
          if (!alone) before = apply({ kind: "begin", span: wholeSpan("x", "") }, before, { migration: null });
          for (const piece of pieces) before = fold(engine, piece, before);
          const step = {
            kind: "sql",
            sql: last,
            span: wholeSpan("case.sql", last),
            verbatim: true,
            operation: null,
            reverse: "unknown",
            suppressions: [],
          } as const;
          const changes = engine.read(step).flatMap((raw) => engine.changes(raw, before));
          const predicted = engine.predict(changes, before, { version: major, inTransaction: !alone, isEmpty });
          const prelude = pieces.filter((p) => /^set /i.test(p));
          for (const setting of prelude) await client.query(setting);
          const others = pieces.filter((p) => !/^set /i.test(p));
          const observed = await observe(client, last, rows, !alone, others);
          if (alone && observed.error === null) state = fold(engine, last, state);
          if (prelude.length > 0) await client.query("RESET ALL");
          const [a, b] = [comparable(predicted, alone, observed.heldBefore), comparable(observed, alone, [])];
          if (JSON.stringify(a) !== JSON.stringify(b)) {
            wrong.push(
              `${sql}\n  predicted ${JSON.stringify(a)} ${predicted.error?.message ?? ""}\n  observed  ${JSON.stringify(b)} ${observed.error?.message ?? ""}`,
            );
          }
        }
        expect(cases.length).toBeGreaterThan(0);
        expect(wrong, `${wrong.length} of ${cases.length}`).toEqual([]);
      });
    }
  });
}
