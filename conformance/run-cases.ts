import { createHash } from "node:crypto";
import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { type Observed, observedFrom } from "./compare.ts";
import { observeAlone } from "./observe/alone.ts";
import { observeInTransaction, readLocks, sceneRows } from "./observe/in-transaction.ts";
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
  /** Cases that could not be run, each with its place and why. */
  readonly faults: readonly string[];
}

export interface ObservedCase extends Observed {
  /** Of all that was run: with another one it is an observation of something else. */
  readonly script: string;
  /** Rows per table before the statement, where the case itself has changed them. */
  readonly rows?: Readonly<Record<string, number>>;
}

/**
 * Runs every case of a scene that applies to the server's major.
 *
 * @param known what was observed before; null to look at everything anew
 * @throws Error that says why the setup could not be run
 */
export async function observeScene(server: EmbeddedServer, scene: Scene, known: ObservedScene | null): Promise<ObservedScene> {
  const cases: Record<string, ObservedCase> = {};
  const faults: string[] = [];
  await using database = await SceneDatabase.create(server, scene.setup.sql).catch((error: unknown) => {
    throw new Error(`${scene.file}:${scene.setup.line}: PostgreSQL ${server.major} refuses the setup: ${String(error)}`, { cause: error });
  });
  const first = await sceneRows(database);
  let rows = first;
  for (const one of scene.cases) {
    if (!holds(one.majors, server.major)) continue;
    const { prepare, sql } = piecesOf(one);
    const [script, before] = [scriptHash(scene, one), known?.cases[one.name]];
    try {
      const seen = one.alone
        ? await observeAlone(database, prepare, sql)
        : await observeInTransaction(database, prepare, sql, rows, one.keep, before?.script === script ? readLocks(before.locks) : null);
      cases[one.name] = {
        script,
        ...observedFrom(seen.effects),
        ...(same(seen.rows, first) ? {} : { rows: Object.fromEntries(seen.rows) }),
      };
      if (one.keep) rows = await sceneRows(database);
    } catch (error) {
      faults.push(
        `${scene.file}:${one.line} PostgreSQL ${server.major}: ${one.name}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }
  return { rows: Object.fromEntries(first), cases, faults };
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

/** Over what decides what a case does: the setup, what is kept of cases before it, and the case itself. */
export function scriptHash(scene: Scene, one: Case): string {
  const kept = scene.cases.slice(0, scene.cases.indexOf(one)).filter((other) => other.keep);
  const parts = [scene.setup.sql, ...kept.map((other) => other.script.sql), one.alone ? "alone" : "", one.script.sql];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 8);
}

/** The last statement is the one compared; those before it prepare it. */
export function piecesOf(one: Case): { readonly prepare: readonly string[]; readonly sql: string; readonly all: readonly string[] } {
  const all = statements(one.script.sql);
  return { prepare: all.slice(0, -1), sql: all.at(-1) ?? "", all };
}

function same(a: Rows, b: Rows): boolean {
  return a.size === b.size && [...a].every(([table, rows]) => b.get(table) === rows);
}
