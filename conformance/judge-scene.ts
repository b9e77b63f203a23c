import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { compare, type Difference } from "./compare.ts";
import { type ObservedScene, piecesOf, predictScene } from "./run-cases.ts";
import { type Acceptance, type Case, holds, type Scene } from "./scene.ts";

/** A case on one major where prediction and observation differ. */
export interface Disagreement {
  readonly scene: Scene;
  readonly one: Case;
  readonly sql: string;
  readonly major: number;
  readonly differences: readonly Difference[];
  readonly accepted: Acceptance | null;
}

export interface SceneVerdict {
  readonly cases: number;
  readonly disagreements: readonly Disagreement[];
  /** Faults of the suite itself: a setup that is not understood, an acceptance that nothing needs. */
  readonly faults: readonly string[];
}

/** Holds what the predictor says against what a server did. */
export function judgeScene(engine: PostgresEngine, scene: Scene, major: number, observed: ObservedScene): SceneVerdict {
  const { predictions, opaqueSetup } = predictScene(engine, scene, major, observed);
  const faults = opaqueSetup.map(
    (reason) => `${place(scene, scene.setup.line)} PostgreSQL ${major}: a statement that prepares the scene is not understood: ${reason}`,
  );
  const disagreements: Disagreement[] = [];
  let cases = 0;
  for (const one of scene.cases) {
    const [prediction, seen] = [predictions.get(one.name), observed.cases[one.name]];
    if (prediction === undefined || seen === undefined) continue;
    cases++;
    const differences = compare(prediction, seen);
    const accepted = one.accepted.find((a) => holds(a.majors, major)) ?? null;
    if (differences.length > 0) disagreements.push({ scene, one, sql: piecesOf(one).sql, major, differences, accepted });
    else if (accepted !== null) {
      faults.push(
        `${place(scene, accepted.line)} PostgreSQL ${major}: \`${one.name}\` agrees, so its \`--: accept\` has to go (or to name versions)`,
      );
    }
  }
  return { cases, disagreements, faults };
}

/** `file:line`, for terminals that open it. */
export function place(scene: Scene, line: number): string {
  return `${scene.file}:${line}`;
}
