import type { LockMode, PostgresEffects, TableLock } from "../model/effects.ts";
import { blocksWrites, NO_EFFECTS, strongest } from "../model/effects.ts";
import type { JudgedStatement } from "../model/judged.ts";

/** What either witness says: a lock or a rewrite that only one of them saw is not left out. */
export function union(judged: JudgedStatement): PostgresEffects {
  const { predicted, observed } = judged;
  if (predicted === null || observed === null) return predicted ?? observed ?? NO_EFFECTS;
  const locks = new Map<string, LockMode>();
  for (const { relation, mode } of [...predicted.locks, ...observed.locks]) {
    const known = locks.get(relation);
    locks.set(relation, known === undefined ? mode : strongest(known, mode));
  }
  const both = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort();
  return {
    locks: [...locks].map(([relation, mode]) => ({ relation, mode })).sort((a, b) => (a.relation < b.relation ? -1 : 1)),
    rewrites: both(predicted.rewrites, observed.rewrites),
    scans: both(predicted.scans, observed.scans),
    indexBuilds: both(predicted.indexBuilds, observed.indexBuilds),
    error: observed.error ?? predicted.error,
  };
}

/** A statement locks the table of every index that it builds, so the others need not be searched. */
export function tableOfIndex(judged: JudgedStatement, index: string, locks: readonly TableLock[]): string | null {
  for (const { relation } of locks) {
    for (const state of [judged.after, judged.before]) {
      if (state.relations.get(relation)?.indexes.some((candidate) => candidate.name === index) === true) return relation;
    }
  }
  return null;
}

/** An index that the schema cannot place, because no migration creates its table, belongs to the one locked table that it does not know. */
export function onlyUnknown(judged: JudgedStatement, effects: PostgresEffects): string | null {
  const unknown = effects.locks.filter(({ relation, mode }) => blocksWrites(mode) && !judged.before.relations.has(relation));
  return unknown.length === 1 ? (unknown[0]?.relation ?? null) : null;
}
