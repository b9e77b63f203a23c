import type { PostgresEffects } from "../model/effects.ts";

/**
 * Where prediction and observation differ, in words; empty when they agree. Structure is compared, wording is not: an error agrees
 * by its SQLSTATE. A statement that failed stopped on its way: what it had not yet done says nothing about the prediction.
 */
export function disagreements(predicted: PostgresEffects, observed: PostgresEffects): readonly string[] {
  const expected = predicted.error?.sqlstate ?? null;
  const seen = observed.error?.sqlstate ?? null;
  if (expected !== seen) {
    return [`error: predicted ${expected ?? "none"}, observed ${seen === null ? "none" : `${seen} (${observed.error?.message ?? ""})`}`];
  }
  if (seen !== null) return [];
  const locks = (effects: PostgresEffects): string[] => effects.locks.map((lock) => `${lock.mode} on ${lock.relation}`);
  return [
    ...between("locks", locks(predicted), locks(observed)),
    ...between("rewrites", predicted.rewrites, observed.rewrites),
    ...between("scans", predicted.scans, observed.scans),
    ...between("index builds", predicted.indexBuilds, observed.indexBuilds),
  ];
}

function between(what: string, predicted: readonly string[], observed: readonly string[]): string[] {
  const onlyPredicted = predicted.filter((item) => !observed.includes(item));
  const onlyObserved = observed.filter((item) => !predicted.includes(item));
  return [
    ...(onlyPredicted.length === 0 ? [] : [`${what}: predicted and not observed: ${onlyPredicted.join(", ")}`]),
    ...(onlyObserved.length === 0 ? [] : [`${what}: observed and not predicted: ${onlyObserved.join(", ")}`]),
  ];
}
