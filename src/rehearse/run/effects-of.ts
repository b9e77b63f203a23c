import { LOCK_MODES, NO_EFFECTS, type PostgresEffects } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { isPlanned, type TwinResult } from "../observe/effects.ts";
import { controlOf } from "./control.ts";
import type { MainResult } from "./main-session.ts";

/**
 * What a statement did, from both copies: locks, rewrites and builds from the twin, where it ran alone; its error from the real size, and
 * what it read too where that depends on a plan.
 *
 * @param outOfStep why the twin cannot tell, or null
 */
export function effectsOf(
  entry: JudgedStatement,
  twin: TwinResult | null,
  main: MainResult,
  outOfStep: string | null,
): { readonly observed: PostgresEffects | null; readonly why: string | null } {
  const { error } = main;
  if (controlOf(entry.statement.sql).kind !== "none") return { observed: { ...NO_EFFECTS, error }, why: null };
  if (twin !== null && (twin.effects.error === null || error !== null)) {
    const { effects } = twin;
    return { observed: { ...effects, scans: error === null ? (main.scans ?? effects.scans) : [], error }, why: null };
  }
  if (main.alone !== null) return { observed: main.alone, why: null };
  if (error !== null) return { observed: { ...NO_EFFECTS, error }, why: null };
  const reason = outOfStep ?? twin?.effects.error?.message ?? "the copy is not in step";
  return { observed: null, why: `ran, but its own effects could not be told apart: ${reason}` };
}

export function keyOf(entry: JudgedStatement): string {
  return `${entry.migration.id}#${entry.statement.index}`;
}

/** Data changes do not break a query that names what is there. */
export function changesOnlyRows(sql: string, effects: PostgresEffects): boolean {
  return (
    isPlanned(sql) &&
    !/^\s*create\b/i.test(sql) &&
    effects.locks.every(({ mode }) => LOCK_MODES.indexOf(mode) <= LOCK_MODES.indexOf("RowExclusive"))
  );
}
