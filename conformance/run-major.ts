import { startServer } from "../src/engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { type Disagreement, judgeScene, place } from "./judge-scene.ts";
import { observeScene, type ObservedScene, scriptHash } from "./run-cases.ts";
import { type Case, holds, type Scene } from "./scene.ts";
import type { ObserveMode } from "./options.ts";
import { changed, type Stored } from "./stored.ts";

/** What became of the cases on one major. */
export interface CaseResults {
  readonly cases: number;
  readonly disagreements: readonly Disagreement[];
  /** What is wrong with the suite, not with the predictor. Each fails the run. */
  readonly faults: readonly string[];
  /** Observations that are not stored yet. */
  readonly unstored: number;
}

/** A server for a whole run: one session per table may be needed to see the locks of a statement that runs alone. */
export function conformanceServer(major: number): Promise<EmbeddedServer> {
  return startServer({ major, offline: false, onProgress: (message) => console.error(message), settings: { max_connections: "100" } });
}

/** Runs the scenes on a real server, holds what it did against what is stored, and the predictions against what it did. */
export async function runScenes(
  engine: PostgresEngine,
  server: EmbeddedServer,
  scenes: readonly Scene[],
  stored: Stored,
  mode: ObserveMode,
): Promise<CaseResults> {
  const results = new Results();
  for (const scene of scenes) {
    const before = stored.read(server.major, scene.id);
    const missing = notStored(scene, server.major, before);
    if (mode === "missing" && before !== null && missing.length === 0) {
      results.judge(engine, scene, server.major, before);
      continue;
    }
    try {
      const observed = await observeScene(server, scene, before);
      results.faults.push(...observed.faults);
      results.judge(engine, scene, server.major, observed);
      if (mode !== "compare") stored.write(server.major, scene.id, server.version, observed);
      else {
        results.unstored += missing.length;
        results.faults.push(...changes(scene, server, observed, before));
      }
    } catch (error) {
      results.faults.push(error instanceof Error ? error.message : String(error));
    }
  }
  return results;
}

/** The same without a server, from what is stored. */
export function judgeStored(engine: PostgresEngine, major: number, scenes: readonly Scene[], stored: Stored): CaseResults {
  const results = new Results();
  for (const scene of scenes) {
    const observed = stored.read(major, scene.id);
    const missing = notStored(scene, major, observed);
    const current = scene.cases.filter((one) => !missing.includes(one));
    if (observed !== null) results.judge(engine, { ...scene, cases: current }, major, observed);
    results.unstored += missing.length;
  }
  return results;
}

class Results implements CaseResults {
  cases = 0;
  unstored = 0;
  readonly disagreements: Disagreement[] = [];
  readonly faults: string[] = [];

  judge(engine: PostgresEngine, scene: Scene, major: number, observed: ObservedScene): void {
    const verdict = judgeScene(engine, scene, major, observed);
    this.cases += verdict.cases;
    this.disagreements.push(...verdict.disagreements);
    this.faults.push(...verdict.faults);
  }
}

/** Cases of which nothing is stored, or something about another setup or statement. */
function notStored(scene: Scene, major: number, stored: ObservedScene | null): readonly Case[] {
  return scene.cases.filter((one) => holds(one.majors, major) && stored?.cases[one.name]?.script !== scriptHash(scene, one));
}

function changes(scene: Scene, server: EmbeddedServer, observed: ObservedScene, before: ObservedScene | null): string[] {
  return scene.cases.flatMap((one) => {
    const [was, is] = [before?.cases[one.name], observed.cases[one.name]];
    if (is === undefined || was?.script !== is.script) return [];
    const difference = changed(was, is);
    return difference === null ? [] : [`${place(scene, one.line)} PostgreSQL ${server.version}: ${one.name}: not as stored: ${difference}`];
  });
}
