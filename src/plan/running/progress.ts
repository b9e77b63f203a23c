import type { LedgerEntry } from "../../model/ledger.ts";
import { planHash } from "../hash.ts";
import { ledgerSource, stepKey } from "../ledger-names.ts";
import type { Phase, Plan, Step } from "../types.ts";

/** How far one step of a plan is, on one database. */
export interface StepProgress {
  readonly step: Step;
  /** As the ledger has it; null: not begun, or taken back. */
  readonly entry: LedgerEntry | null;
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

/** What the ledger says of a plan. */
export function progressOf(plan: Plan, entries: readonly LedgerEntry[]): PlanProgress {
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
      return { step, entry, done: entry !== null && (entry.state === "done" || entry.state === "adopted" || step.kind === "deploy") };
    });
    const began = steps.flatMap(({ entry }) => (entry === null ? [] : [entry.startedAt.getTime()]));
    const ended = steps.flatMap(({ entry }) => (entry === null ? [] : [(entry.finishedAt ?? entry.startedAt).getTime()]));
    const done = steps.every((one) => one.done);
    return {
      phase,
      steps,
      state: done ? "done" : began.length > 0 ? "begun" : "waiting",
      beganAt: began.length === 0 ? null : new Date(Math.min(...began)),
      endedAt: done && ended.length > 0 ? new Date(Math.max(...ended)) : null,
    };
  });
  const at = phases.findIndex(({ state }) => state !== "done");
  return {
    phases,
    at: at === -1 ? phases.length : at,
    begun: own.size > 0,
    edited: [...own.values()].filter((entry) => entry.hash !== hash && known.has(entry.migration)).map(({ migration }) => migration),
    unknown: [...own.keys()].filter((key) => !known.has(key)),
  };
}
