import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { emptyState } from "../model/apply/index.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Migration } from "../model/migration.ts";
import type { LiveVersion, Query } from "../model/query.ts";
import type { Cell } from "../model/report.ts";
import { wholeSpan } from "../text/span.ts";
import { compare, type Compatibility } from "./compatibility.ts";
import { fold } from "./fold.ts";

const HARVEST = ["CREATE TABLE tree (id int, height int)", "ALTER TABLE tree ADD COLUMN age int", "ALTER TABLE tree DROP COLUMN height"];

describe("queries against every schema on the way", () => {
  let engine: PostgresEngine;
  beforeAll(async () => {
    engine = await loadPostgres();
  });

  function compared(serves: "always" | "at-the-end", ...queries: readonly string[]): Compatibility {
    const sql = HARVEST.join(";\n");
    const migration: Migration = {
      id: "0001_orchard",
      path: "0001_orchard.sql",
      source: "sql-dir",
      database: "postgres",
      transaction: "none",
      steps: [
        {
          kind: "sql",
          sql,
          span: wholeSpan("0001_orchard.sql", sql),
          verbatim: true,
          operation: null,
          reverse: "unknown",
          suppressions: [],
        },
      ],
      down: "unknown",
      dependsOn: [],
      replaces: [],
      hash: "",
    };
    const start = emptyState({ complete: true });
    const [folded] = fold(engine, [migration], start, new Map());
    const judged: readonly JudgedStatement[] = (folded?.statements ?? []).map(({ statement, before, after }) => ({
      migration: folded!.migration,
      statement,
      before,
      after,
      predicted: null,
      observed: null,
      heldBefore: [],
      heldAfter: [],
      breaks: [],
    }));
    const version: LiveVersion = {
      name: "picker",
      database: "postgres",
      queries: queries.map((text): Query => ({
        sql: text,
        verb: "select",
        origin: "picker.sql:1",
        span: null,
        params: [],
        use: "certain",
        usedAt: null,
        callsPerSecond: null,
      })),
      migrations: new Map(),
      dynamic: [],
      problems: [],
    };
    return compare(engine, "orchard", [{ version, serves }], start, [judged], true);
  }

  const told = (cells: readonly Cell[]): unknown[] => cells.map(({ step, unknown, broken }) => [step, unknown, broken.length]);

  test("a version that is deployed at the end has one cell, and what cannot be told is counted in it", () => {
    const { cells, unknown } = compared("at-the-end", "SELECT id FROM tree WHERE", "SELECT age FROM tree");
    expect(told(cells)).toEqual([["0001_orchard#2", 1, 0]]);
    expect(unknown.get("picker")?.map(({ query }) => query.sql)).toEqual(["SELECT id FROM tree WHERE"]);
  });

  test("a version that serves throughout has a cell per step", () => {
    expect(told(compared("always", "SELECT height FROM tree").cells)).toEqual([
      ["start", 0, 0],
      ["0001_orchard#0", 0, 0],
      ["0001_orchard#1", 0, 0],
      ["0001_orchard#2", 0, 1],
    ]);
  });

  test("what fails for the next version only at the end is told at the statement that takes it away", () => {
    const { breaks, unfit } = compared("at-the-end", "SELECT height FROM tree");
    expect([...breaks].map(([judged, broken]) => [judged.statement.index, broken.map(({ sqlstate }) => sqlstate)])).toEqual([
      [2, ["42703"]],
    ]);
    expect(unfit).toEqual([]);
  });
});
