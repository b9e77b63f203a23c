import type { PostgresEffects } from "../src/model/effects.ts";
import type { Prediction } from "./predict.ts";

/** What the suite stores and compares: effects without the words of an error. */
export interface Observed {
  /** `public.person AccessExclusive`, sorted. */
  readonly locks: readonly string[];
  readonly rewrites: readonly string[];
  readonly scans: readonly string[];
  readonly indexBuilds: readonly string[];
  /** SQLSTATE of a statement that failed; what it had done by then is undone and left out. */
  readonly error: string | null;
}

export const KINDS = ["locks", "rewrites", "scans", "indexBuilds", "error", "understood"] as const;
export type Kind = (typeof KINDS)[number];

export interface Difference {
  readonly kind: Kind;
  readonly predicted: string;
  readonly observed: string;
}

export function observedFrom(effects: PostgresEffects): Observed {
  const { locks, rewrites, scans, indexBuilds, error } = effects;
  if (error !== null) return { locks: [], rewrites: [], scans: [], indexBuilds: [], error: error.sqlstate };
  return { locks: locks.map((l) => `${l.relation} ${l.mode}`), rewrites, scans, indexBuilds, error: null };
}

/** Where the two differ. An error is compared alone: what a failed statement held and did is gone when one looks. */
export function compare({ effects, opaque }: Prediction, observed: Observed): Difference[] {
  // Nobody else sees a temporary table, and observers leave it out.
  const locks = effects.locks.filter(({ relation }) => !relation.startsWith("pg_temp."));
  const predicted = observedFrom({ ...effects, locks });
  if (opaque !== null) return [{ kind: "understood", predicted: `not understood: ${opaque}`, observed: spell(observed) }];
  if (predicted.error !== observed.error) {
    const said = effects.error === null ? "no error" : `${effects.error.sqlstate} ${effects.error.message}`;
    return [{ kind: "error", predicted: said, observed: observed.error ?? "no error" }];
  }
  const differences: Difference[] = [];
  for (const kind of ["locks", "rewrites", "scans", "indexBuilds"] as const) {
    const [said, saw] = [list(predicted[kind]), list(observed[kind])];
    if (said !== saw) differences.push({ kind, predicted: said, observed: saw });
  }
  return differences;
}

function spell({ locks, rewrites, scans, indexBuilds, error }: Observed): string {
  if (error !== null) return `error ${error}`;
  return `locks ${list(locks)}; rewrites ${list(rewrites)}; scans ${list(scans)}; builds ${list(indexBuilds)}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? "none" : items.join(", ");
}
