import type { LedgerEntry } from "../../model/ledger.ts";
import { planHash } from "../hash.ts";
import { ledgerSource, stepKey } from "../ledger-names.ts";
import type { Phase, Plan, Step } from "../types.ts";

/** How far one step of a plan is, on one database. */
export interface StepProgress {
  readonly step: Step;
  /** As the ledger has it; null: not begun, or taken back. */
  readonly entry: LedgerEntry | null;
  /** The migration that was written for it and has been applied by the project's own tool; null: none. */
  readonly through: string | null;
  /** A deploy is done as far as the database is concerned once it was reached: what opens the next phase tells whether it happened. */
  readonly done: boolean;
}

export interface PhaseProgress {
  readonly phase: Phase;
  readonly steps: readonly StepProgress[];
  readonly state: "waiting" | "begun" | "done";
  readonly beganAt: Date | null;
  /** Of a phase that is done. */
  readonly endedAt: Date | null;
}

export interface PlanProgress {
  readonly phases: readonly PhaseProgress[];
  /** Index of the first phase that is not done; the number of phases when the plan has ended. */
  readonly at: number;
  readonly begun: boolean;
  /** Steps that ran under another text of the plan, as `phase/step`. */
  readonly edited: readonly string[];
  /** Steps that the ledger has and the plan does not. */
  readonly unknown: readonly string[];
}

/**
 * What the ledger says of a plan.
 * @param applied migrations that were written for its steps and have run, by `phase/step`
 */
export function progressOf(plan: Plan, entries: readonly LedgerEntry[], applied: ReadonlyMap<string, string> = new Map()): PlanProgress {
  const source = ledgerSource(plan.name);
  const hash = planHash(plan);
  const own = new Map(
    entries
      .filter((entry) => entry.source === source && entry.state !== "undone" && !entry.migration.includes("#"))
      .map((entry) => [entry.migration, entry]),
  );
  const known = new Set<string>();
  const phases = plan.phases.map((phase): PhaseProgress => {
    const steps = phase.steps.map((step): StepProgress => {
      const key = stepKey(phase.name, step.name);
      known.add(key);
      const entry = own.get(key) ?? null;
      const through = applied.get(key) ?? null;
      const recorded = entry !== null && (entry.state === "done" || entry.state === "adopted" || step.kind === "deploy");
      return { step, entry, through, done: recorded || through !== null };
    });
    // What leaves no migration behind is done with what stands around it.
    const sent = steps.filter(({ step }) => step.kind !== "deploy" && step.kind !== "approve");
    const byTool =
      sent.length > 0 && sent.every(({ through, done }) => through !== null || done) && sent.some(({ through }) => through !== null);
    const began = steps.flatMap(({ entry }) => (entry === null ? [] : [entry.startedAt.getTime()]));
    const ended = steps.flatMap(({ entry }) => (entry === null ? [] : [(entry.finishedAt ?? entry.startedAt).getTime()]));
    const done = byTool || steps.every((one) => one.done);
    return {
      phase,
      steps,
      state: done ? "done" : began.length > 0 || steps.some(({ through }) => through !== null) ? "begun" : "waiting",
      beganAt: began.length === 0 ? null : new Date(Math.min(...began)),
      endedAt: done && ended.length > 0 ? new Date(Math.max(...ended)) : null,
    };
  });
  // A phase after which a later one has run is over, whoever ran it: a deploy leaves nothing behind in the database.
  const last = phases.findLastIndex(({ state }) => state !== "waiting");
  const at = phases.findIndex(
    ({ state, phase }, i) => state !== "done" && !(i < last && phase.steps.every(({ kind }) => kind === "deploy")),
  );
  return {
    phases,
    at: at === -1 ? phases.length : at,
    begun: own.size > 0 || applied.size > 0,
    edited: [...own.values()].filter((entry) => entry.hash !== hash && known.has(entry.migration)).map(({ migration }) => migration),
    unknown: [...own.keys()].filter((key) => !known.has(key)),
  };
}
