import type { JudgedStatement } from "../model/judged.ts";
import type { BlockingWork, Hazard, RuleContext } from "./rule.ts";
import { GENERIC_WORK, presumedWork, whoWaits, workEvidence } from "./work.ts";
import { sentences } from "./words.ts";

/** What a rule about one command says of the work that it does under its lock. */
export interface HeavyWords {
  readonly message: (work: BlockingWork) => string;
  readonly label: string;
  /** Beside who waits, and for how long. */
  readonly why?: string;
  readonly help: (work: BlockingWork) => string;
}

/** One hazard per table that a command goes through while others wait; what the general rules would say of it is not said again. */
export function heavyHazards(
  statement: JudgedStatement,
  context: RuleContext,
  tables: readonly string[] | null,
  words: HeavyWords,
): readonly Hazard[] {
  const known = context.blockingWork(statement).filter(({ table }) => tables === null || tables.includes(table));
  const named = tables ?? [];
  const presumed = named.flatMap((table) => presumedWork(statement, context, table, "rewrite"));
  const all = [...known, ...presumed.filter(({ table }) => !known.some((work) => work.table === table))];
  return all.map((work) => ({
    severity: context.workSeverity(work.table),
    about: work.table,
    message: words.message(work),
    label: words.label,
    why: sentences(whoWaits(context, work), words.why ?? null),
    help: words.help(work),
    evidence: workEvidence(statement, context, [work.table]),
    supersedes: GENERIC_WORK,
  }));
}
