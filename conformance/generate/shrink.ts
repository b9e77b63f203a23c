import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../../src/engines/postgres/engine.ts";
import type { Difference } from "../compare.ts";
import { sceneRows } from "../observe/in-transaction.ts";
import { SceneDatabase } from "../observe/scene-database.ts";
import { differ } from "./differ.ts";
import type { GeneratedCase } from "./statements.ts";

/**
 * Leaves out statements of the setup, last first, as long as the same kinds of differences remain. Statements that need one that was
 * left out fail, and stay with it.
 */
export async function shrink(
  engine: PostgresEngine,
  server: EmbeddedServer,
  setup: readonly string[],
  one: GeneratedCase,
  differences: readonly Difference[],
): Promise<readonly string[]> {
  const wanted = kinds(differences);
  let smallest = setup;
  for (let size = Math.ceil(setup.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = smallest.length - size; from > -size; from -= size) {
      const without = smallest.filter((_statement, index) => index < from || index >= from + size);
      if (without.length < smallest.length && (await shows(engine, server, without, one)) === wanted) smallest = without;
    }
  }
  return smallest;
}

async function shows(engine: PostgresEngine, server: EmbeddedServer, setup: readonly string[], one: GeneratedCase): Promise<string | null> {
  let database: SceneDatabase;
  try {
    database = await SceneDatabase.create(server, setup.join(";\n"));
  } catch {
    return null;
  }
  try {
    const seen = await differ(engine, database, setup, one, await sceneRows(database));
    return seen === null ? null : kinds(seen.differences);
  } catch {
    return null;
  } finally {
    await database[Symbol.asyncDispose]();
  }
}

/** With what was observed: an error is no substitute for another one. */
function kinds(differences: readonly Difference[]): string {
  return differences.map(({ kind, predicted, observed }) => `${kind} ${predicted} ${observed}`).join("\n");
}
