import type { PostgresEngine } from "../../src/engines/postgres/engine.ts";
import type { SchemaState } from "../../src/model/schema.ts";
import { compare, type Difference, observedFrom } from "../compare.ts";
import { observeAlone } from "../observe/alone.ts";
import { observeInTransaction, PrepareFailed } from "../observe/in-transaction.ts";
import type { Rows } from "../observe/rows.ts";
import type { SceneDatabase } from "../observe/scene-database.ts";
import { begin, fold, type Prediction, predictStatement, START } from "../predict.ts";
import type { GeneratedCase } from "./statements.ts";

/** Null where the statement that prepares it fails. */
export async function differ(
  engine: PostgresEngine,
  database: SceneDatabase,
  setup: readonly string[],
  one: GeneratedCase,
  rows: Rows,
): Promise<{ readonly differences: readonly Difference[]; readonly succeeded: boolean; readonly before: SchemaState } | null> {
  const prediction = predictCase(engine, database.server.major, setup, one, rows);
  try {
    const seen = one.alone
      ? await observeAlone(database, one.prepare, one.sql)
      : await observeInTransaction(database, one.prepare, one.sql, rows, false, prediction.effects.locks);
    const now = one.prepare.length === 0 ? prediction : predictCase(engine, database.server.major, setup, one, seen.rows);
    return { differences: compare(now, observedFrom(seen.effects)), succeeded: seen.effects.error === null, before: folded(engine, setup) };
  } catch (error) {
    if (error instanceof PrepareFailed) return null;
    throw error;
  }
}

function predictCase(engine: PostgresEngine, major: number, setup: readonly string[], one: GeneratedCase, rows: Rows): Prediction {
  const state = folded(engine, setup);
  let before = one.alone ? state : begin(state);
  for (const statement of one.prepare) before = fold(engine, statement, before);
  return predictStatement(engine, one.sql, before, { major, inTransaction: !one.alone, isEmpty: (table) => rows.get(table) === 0 });
}

const states = new WeakMap<readonly string[], ReturnType<typeof fold>>();

function folded(engine: PostgresEngine, setup: readonly string[]): ReturnType<typeof fold> {
  const known = states.get(setup);
  if (known !== undefined) return known;
  const state = fold(engine, setup.join(";\n"), START);
  states.set(setup, state);
  return state;
}
