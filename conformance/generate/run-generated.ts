import type { EmbeddedServer } from "../../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../../src/engines/postgres/engine.ts";
import type { Difference } from "../compare.ts";
import { sceneRows } from "../observe/in-transaction.ts";
import { SceneDatabase } from "../observe/scene-database.ts";
import { acceptable } from "./accept.ts";
import { differ } from "./differ.ts";
import { makeSchema } from "./make-schema.ts";
import { Random } from "./random.ts";
import { shrink } from "./shrink.ts";
import { type GeneratedCase, makeCase } from "./statements.ts";

const PER_SCHEMA = 50;

/** Each trial of shrinking makes a database; a disagreement like one that was shrunk already is printed as it is. */
const SHRINK_MS = 40_000;

export interface GeneratedDisagreement {
  readonly seed: number;
  /** Of the statement in its seed, from 1. */
  readonly number: number;
  readonly major: number;
  readonly one: GeneratedCase;
  readonly differences: readonly Difference[];
  readonly accepted: { readonly reason: string } | null;
  /** As few statements as still show it; null where one like it was shrunk. */
  readonly script: readonly string[] | null;
}

export interface GeneratedResults {
  readonly statements: number;
  readonly succeeded: number;
  readonly disagreements: readonly GeneratedDisagreement[];
  readonly faults: readonly string[];
}

interface Total extends GeneratedResults {
  statements: number;
  succeeded: number;
  readonly disagreements: GeneratedDisagreement[];
  readonly faults: string[];
  /** What is left for shrinking. */
  shrinkMs: number;
}

/** Runs generated statements, fifty per generated schema, each schema with a seed of its own from `seed` on. */
export async function runGenerated(
  engine: PostgresEngine,
  server: EmbeddedServer,
  seed: number,
  statements: number,
): Promise<GeneratedResults> {
  const total: Total = { statements: 0, succeeded: 0, disagreements: [], faults: [], shrinkMs: SHRINK_MS };
  for (let at = seed; total.statements < statements && total.faults.length < 20; at++) {
    const limit = Math.min(PER_SCHEMA, statements - total.statements);
    await runSeed(engine, server, at, limit, total);
  }
  return total;
}

async function runSeed(engine: PostgresEngine, server: EmbeddedServer, seed: number, limit: number, total: Total): Promise<void> {
  const random = new Random(seed);
  const schema = makeSchema(random);
  const cases = Array.from({ length: PER_SCHEMA }, () => makeCase(random, schema));
  let database: SceneDatabase;
  try {
    database = await SceneDatabase.create(server, schema.setup.join(";\n"));
  } catch (error) {
    total.faults.push(`seed ${seed}: PostgreSQL ${server.major} refuses the schema: ${String(error)}\n${schema.setup.join(";\n")}`);
    return;
  }
  try {
    const rows = await sceneRows(database);
    for (const [index, one] of cases.slice(0, limit).entries()) {
      total.statements++;
      if (one.since > server.major) continue;
      try {
        const seen = await differ(engine, database, schema.setup, one, rows);
        if (seen === null) continue;
        if (seen.succeeded) total.succeeded++;
        if (seen.differences.length === 0) continue;
        const { differences } = seen;
        const started = Date.now();
        const reason = acceptable(one.sql, differences, seen.before);
        const known = total.disagreements.some((other) => likeness(other.one, other.differences) === likeness(one, differences));
        const script =
          known || reason !== null || total.shrinkMs <= 0 ? null : await shrink(engine, server, schema.setup, one, differences);
        total.shrinkMs -= Date.now() - started;
        total.disagreements.push({
          seed,
          number: index + 1,
          major: server.major,
          one,
          differences,
          accepted: reason === null ? null : { reason },
          script,
        });
      } catch (error) {
        total.faults.push(`seed ${seed}, statement ${index + 1}, PostgreSQL ${server.major}: ${one.sql}: ${String(error)}`);
      }
    }
  } finally {
    await database[Symbol.asyncDispose]();
  }
}

/** Disagreements with the same first words and the same sides, but for names. */
function likeness(one: GeneratedCase, differences: readonly Difference[]): string {
  const sides = differences.map(({ kind, predicted, observed }) => (kind === "error" ? `${predicted.slice(0, 5)} ${observed}` : kind));
  return `${one.sql.split(" ").slice(0, 2).join(" ")} ${sides.join(" ")}`;
}
