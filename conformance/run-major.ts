import { startServer } from "../src/engines/postgres/embedded/index.ts";
import type { EmbeddedServer } from "../src/engines/postgres/embedded/server.ts";
import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { type Disagreement, judgeScene, place } from "./judge-scene.ts";
import { observeScene, type ObservedScene, scriptHash } from "./run-cases.ts";
import { holds, type Scene } from "./scene.ts";
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
  update: boolean,
): Promise<CaseResults> {
  const results = new Results();
  for (const scene of scenes) {
    try {
      const observed = await observeScene(server, scene, update ? null : stored.read(server.major, scene.id));
      results.faults.push(...observed.faults);
      results.judge(engine, scene, server.major, observed);
      if (update) stored.write(server.major, scene.id, server.version, observed);
      else results.faults.push(...held(scene, server, observed, stored, () => results.unstored++));
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
    const current = scene.cases.filter((one) => observed?.cases[one.name]?.script === scriptHash(scene, one));
    if (observed !== null) results.judge(engine, { ...scene, cases: current }, major, observed);
    results.unstored += scene.cases.filter((one) => holds(one.majors, major) && !current.includes(one)).length;
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

function held(scene: Scene, server: EmbeddedServer, observed: ObservedScene, stored: Stored, onNew: () => void): string[] {
  const before = stored.read(server.major, scene.id);
  const faults: string[] = [];
  for (const one of scene.cases) {
    const [was, is] = [before?.cases[one.name], observed.cases[one.name]];
    if (is === undefined) continue;
    // Another setup or statement: what is stored tells nothing about it.
    if (was?.script !== is.script) {
      onNew();
      continue;
    }
    const difference = changed(was, is);
    if (difference !== null)
      faults.push(`${place(scene, one.line)} PostgreSQL ${server.version}: ${one.name}: not as stored: ${difference}`);
  }
  return faults;
}
