import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { type Observed, observedFrom } from "./compare.ts";
import { observeAlone } from "./observe/alone.ts";
import { observeInTransaction, sceneRows } from "./observe/in-transaction.ts";
import type { Rows } from "./observe/rows.ts";
import { SceneDatabase } from "./observe/scene-database.ts";
import { begin, fold, type Prediction, predictStatement, START, statements } from "./predict.ts";
import { type Case, holds, type Scene } from "./scene.ts";
import type { SchemaState } from "../src/model/schema.ts";

/** What a real server did with the cases of a scene. */
export interface ObservedScene {
  /** Rows per table after the setup. */
  readonly rows: Readonly<Record<string, number>>;
  readonly cases: Readonly<Record<string, ObservedCase>>;
}

export interface ObservedCase extends Observed {
  /** Rows per table before the statement, where the case itself has changed them. */
  readonly rows?: Readonly<Record<string, number>>;
}

/** Runs every case of a scene that applies to the server's major. @throws Error that names the case which could not be run */
export async function observeScene(server: EmbeddedServer, scene: Scene): Promise<ObservedScene> {
  const cases: Record<string, ObservedCase> = {};
  await using database = await SceneDatabase.create(server, scene.setup.sql).catch((error: unknown) => {
    throw new Error(`${scene.file}:${scene.setup.line}: PostgreSQL ${server.major} refuses the setup: ${String(error)}`, { cause: error });
  });
  const first = await sceneRows(database);
  let rows = first;
  for (const one of scene.cases) {
    if (!holds(one.majors, server.major)) continue;
    const { prepare, sql } = piecesOf(one);
    try {
      const seen = one.alone
        ? await observeAlone(database, prepare, sql)
        : await observeInTransaction(database, prepare, sql, rows, one.keep);
      cases[one.name] = { ...observedFrom(seen.effects), ...(same(seen.rows, first) ? {} : { rows: Object.fromEntries(seen.rows) }) };
      if (one.keep) rows = await sceneRows(database);
    } catch (error) {
      throw new Error(`${scene.file}:${one.line}: ${one.name} on PostgreSQL ${server.major}: ${String(error)}`, { cause: error });
    }
  }
  return { rows: Object.fromEntries(first), cases };
}

/**
 * What the predictor says about the cases of a scene, on the rows that a server has counted there.
 * @returns predictions by name of the case, and what was not understood in the setup
 */
export function predictScene(
  engine: PostgresEngine,
  scene: Scene,
  major: number,
  observed: ObservedScene,
): { readonly predictions: ReadonlyMap<string, Prediction>; readonly opaqueSetup: readonly string[] } {
  const opaqueSetup: string[] = [];
  const predictions = new Map<string, Prediction>();
  let state = fold(engine, scene.setup.sql, START, opaqueSetup);
  for (const one of scene.cases) {
    const seen = observed.cases[one.name];
    if (!holds(one.majors, major) || seen === undefined) continue;
    const { prepare, sql } = piecesOf(one);
    const rows = seen.rows ?? observed.rows;
    let before: SchemaState = one.alone ? state : begin(state);
    for (const statement of prepare) before = fold(engine, statement, before);
    const isEmpty = (table: string): boolean => rows[table] === 0;
    predictions.set(one.name, predictStatement(engine, sql, before, { major, inTransaction: !one.alone, isEmpty }));
    if (one.keep && seen.error === null) state = fold(engine, piecesOf(one).all.join(";\n"), state);
  }
  return { predictions, opaqueSetup };
}

/** The last statement is the one compared; those before it prepare it. */
export function piecesOf(one: Case): { readonly prepare: readonly string[]; readonly sql: string; readonly all: readonly string[] } {
  const all = statements(one.script.sql);
  return { prepare: all.slice(0, -1), sql: all.at(-1) ?? "", all };
}

function same(a: Rows, b: Rows): boolean {
  return a.size === b.size && [...a].every(([table, rows]) => b.get(table) === rows);
}
