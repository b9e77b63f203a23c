import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { emptyState } from "../model/apply/index.ts";
import type { Migration, SqlStep, TransactionMode } from "../model/migration.ts";
import { wholeSpan } from "../text/span.ts";
import { fold, type FoldedMigration } from "./fold.ts";

describe("transactions are opened as the tool opens them", () => {
  let engine: PostgresEngine;
  beforeAll(async () => {
    engine = await loadPostgres();
  });

  function step(sql: string, more: Partial<SqlStep> = {}): SqlStep {
    return {
      kind: "sql",
      sql,
      span: wholeSpan("0001_orchard.sql", sql),
      verbatim: true,
      operation: null,
      reverse: "unknown",
      suppressions: [],
      ...more,
    };
  }

  function folded(transaction: TransactionMode, ...steps: readonly SqlStep[]): FoldedMigration {
    const migration: Migration = {
      id: "0001_orchard",
      path: "0001_orchard.sql",
      source: "sql-dir",
      database: "postgres",
      transaction,
      steps,
      down: "unknown",
      dependsOn: [],
      replaces: [],
      hash: "",
    };
    return fold(engine, [migration], emptyState({ complete: true }), new Map())[0]!;
  }

  const groups = (migration: FoldedMigration): (number | null)[] => migration.statements.map(({ statement }) => statement.transaction);
  const TREE = "CREATE TABLE tree (id int)";
  const FRUIT = "CREATE TABLE fruit (id int)";

  test.each<[TransactionMode, string, (number | null)[]]>([
    ["per-migration", `${TREE}; ${FRUIT};`, [0, 0]],
    ["none", `${TREE}; ${FRUIT};`, [null, null]],
    ["single-query", `${TREE}; ${FRUIT};`, [0, 0]],
    ["single-query", `${TREE};`, [null]],
    ["none", `${TREE}; BEGIN; ${FRUIT}; COMMIT; DROP TABLE tree;`, [null, 1, 1, 1, null]],
    ["per-migration", `${TREE}; COMMIT; ${FRUIT};`, [0, 0, null]],
  ])("%s: %s", (mode, sql, expected) => {
    expect(groups(folded(mode, step(sql)))).toEqual(expected);
  });

  test("a step of its own transaction in a migration without one", () => {
    const migration = folded(
      "none",
      step(`${TREE};`),
      step(`${FRUIT}; DROP TABLE tree;`, { transaction: "single-query" }),
      step("DROP TABLE fruit;", { transaction: "own" }),
    );
    expect(groups(migration)).toEqual([null, 1, 1, 2]);
  });

  test("a ROLLBACK takes the schema back to before its BEGIN", () => {
    const migration = folded("none", step(`${TREE}; BEGIN; DROP TABLE tree; ROLLBACK; ${FRUIT};`));
    expect([...(migration.statements.at(-1)?.after.relations.keys() ?? [])].sort()).toEqual(["public.fruit", "public.tree"]);
  });

  test("what a migration sets for its session ends with it", () => {
    const first = folded("per-migration", step(`SET lock_timeout = '5s'; ${TREE};`));
    expect(first.statements.at(-1)?.before.session.lockTimeout).toBe(5000);
    const again = fold(
      engine,
      [
        { ...first.migration, steps: [step("SET lock_timeout = '5s';")] },
        { ...first.migration, id: "0002", steps: [step(`${FRUIT};`)] },
      ],
      emptyState({ complete: true }),
      new Map(),
    );
    expect(again[1]?.statements[0]?.before.session.lockTimeout).toBeNull();
  });

  test("a table that nothing creates means that the schema before is not known, and is no error", () => {
    const unseen = folded("none", step("ALTER TABLE orchard ADD COLUMN owner text;"));
    expect(unseen.statements[0]?.before.complete).toBe(false);
    const dropped = folded("none", step(`${TREE}; DROP TABLE tree; ALTER TABLE tree ADD COLUMN owner text;`));
    expect(dropped.statements[0]?.before.complete).toBe(true);
  });
});
