import { beforeAll, describe, expect, test } from "vitest";
import type { SchemaState } from "../../model/schema.ts";
import { POSTGRES_MAJORS, type PostgresEngine } from "./engine.ts";
import { base, mutate, random, realStatements, step, through } from "./fuzz.test-helper.ts";
import { loadPostgres } from "./index.ts";

let engine: PostgresEngine;
let schema: SchemaState;
beforeAll(async () => {
  engine = await loadPostgres();
  schema = base(engine);
});

/** `TREAD_FUZZ=200000` runs as many (npm run fuzz), `TREAD_FUZZ_SEED` repeats a run. */
const COUNT = Number(process.env["TREAD_FUZZ"] ?? "3000");
const SEED = Number(process.env["TREAD_FUZZ_SEED"] ?? "20261122");
const CASES = new URL("../../../conformance/cases", import.meta.url).pathname;
/** A statement of a few hundred characters that takes this long is not linear any more. */
const SLOW_MS = 2000;

describe("nothing that a file can hold stops a check", () => {
  test(`${COUNT} mutated statements with seed ${SEED}`, { timeout: 3_600_000 }, () => {
    const statements = realStatements(CASES);
    expect(statements.length).toBeGreaterThan(500);
    const next = random(SEED);
    const failures: string[] = [];
    const started = performance.now();
    let state = schema;
    for (let n = 0; n < COUNT && failures.length < 5; n++) {
      const sql = mutate(statements, next);
      const begun = performance.now();
      try {
        // Some run on what others have left behind; from time to time everything starts anew.
        state = through(engine, sql, n % 50 === 0 ? schema : state, POSTGRES_MAJORS[n % POSTGRES_MAJORS.length]);
      } catch (error) {
        failures.push(`${JSON.stringify(sql)}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      }
      if (performance.now() - begun > SLOW_MS) failures.push(`${Math.round(performance.now() - begun)} ms: ${JSON.stringify(sql)}`);
    }
    const seconds = (performance.now() - started) / 1000;
    if (COUNT > 3000) console.log(`${COUNT} statements, seed ${SEED}, ${seconds.toFixed(1)} s, ${failures.length} failures`);
    expect(failures).toEqual([]);
  });

  test.each([
    ["parentheses", `SELECT ${"(".repeat(10_000)}1${")".repeat(10_000)}`],
    ["brackets", `SELECT ${"ARRAY[".repeat(10_000)}1${"]".repeat(10_000)}`],
    ["subqueries", `SELECT * FROM ${"(SELECT * FROM ".repeat(10_000)}t${")".repeat(10_000)}`],
    ["operators", `SELECT ${"- ".repeat(50_000)}1`],
    ["a chain of operators", `SELECT 1${" + 1".repeat(50_000)}`],
    ["conditions", `SELECT 1 WHERE true${" AND true".repeat(50_000)}`],
    ["unions", `SELECT 1${" UNION SELECT 1".repeat(20_000)}`],
    ["casts", `SELECT 1${"::int".repeat(50_000)}`],
    ["open parentheses", `SELECT ${"(".repeat(100_000)}`],
    ["blocks", `DO $$BEGIN ${"BEGIN ".repeat(5000)} NULL; ${"END; ".repeat(5000)} END$$`],
  ])("%s nested deeply are a finding, and the next statement is read as ever", (_name, sql) => {
    through(engine, sql, schema);
    const [next] = engine.read(step("ALTER TABLE person ADD COLUMN nickname text"));
    expect(next?.syntaxError).toBeNull();
    expect(next === undefined ? [] : engine.changes(next, schema).map((change) => change.kind)).toEqual(["add-column"]);
  });

  test("what is too deep says so, and where", () => {
    const sql = `SELECT 1;\nSELECT ${"(".repeat(10_000)}1${")".repeat(10_000)};`;
    const [, raw] = engine.read(step(sql));
    expect(raw?.syntaxError).toMatchObject({ message: expect.stringContaining("memory exhausted"), span: { line: 2 } });
    expect(raw?.opaque).not.toBeNull();
  });

  test("a file of four times as many statements takes about four times as long", { timeout: 120_000 }, () => {
    const file = (count: number): string =>
      Array.from({ length: count }, (_, n) => `ALTER TABLE person ADD COLUMN c${n % 500}_${n} int;`).join("\n");
    const measure = (count: number): number => {
      const text = file(count);
      const begun = performance.now();
      const raws = engine.read(step(text));
      expect(raws).toHaveLength(count);
      return performance.now() - begun;
    };
    measure(2000);
    const [small, large] = [measure(5000), measure(20_000)];
    // Other tests share the machine: quadratic would be 16 times.
    expect(large / small).toBeLessThan(9);
  });
});
