import type { JudgedStatement } from "../model/judged.ts";
import type { StagedDrop } from "../model/release.ts";
import type { Evidence, Severity } from "../model/report.ts";
import type { RuleContext } from "./rule.ts";
import type { Usage } from "./usage.ts";

/** What the releases on record add to who uses something. */
export interface Staged {
  readonly severity: Severity;
  /** For `why`, without a full stop. */
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** Takes the place of the advice, or null. */
  readonly help: string | null;
}

/**
 * With releases on record a drop is decidable: right after its stages (a warning at most), an error where a stage is missing. Without
 * them it stays what the live versions' queries tell.
 * @param inDoubt something could not be read that may use it: never safe
 * @param columns empty: the tables themselves
 */
export function staged(
  statement: JudgedStatement,
  context: RuleContext,
  used: Usage,
  inDoubt: boolean,
  tables: readonly string[],
  columns: readonly string[],
): Staged {
  return withStages(context.stagedDrop(statement, tables, columns), context.environment.name, used, inDoubt);
}

/** The same for what either engine says of its usage. @param decided null: nothing is on record @param name of the environment */
export function withStages(decided: StagedDrop | null, name: string, used: Usage, inDoubt: boolean): Staged {
  const plain = { severity: used.severity, sentence: used.sentence, evidence: used.evidence, help: null };
  if (decided === null) return plain;
  const told = (verdict: string, text: string, missing: readonly string[]): Evidence => ({
    kind: "release",
    text: `${name}: ${text}`,
    from: "static",
    witness: "releases on record",
    value: { environment: name, verdict, missing },
  });
  const unused = !used.breaks && used.severity === "warning" && used.liveVersions.length === 0;
  const byHand = (decided.byHand ?? []).length > 0 && used.severity === "warning";
  if (decided.verdict === "droppable") {
    // The queries say that it is free; a trigger, a function or what could not be read may say otherwise.
    if ((!unused && !byHand) || inDoubt) {
      const verdict = inDoubt ? "unknown" : "blocked";
      return {
        ...plain,
        evidence: [...plain.evidence, told(verdict, `not ${inDoubt ? "known to be safe" : "safe yet"}: ${used.sentence}`, [])],
      };
    }
    return {
      severity: "warning",
      sentence: decided.sentence,
      evidence: [...plain.evidence, told("droppable", decided.sentence, [])],
      help: `its stages are over in ${name}: this is the last one. The values cannot be brought back`,
    };
  }
  const missing = decided.missing.length === 0 ? "" : `; missing: ${decided.missing.join("; ")}`;
  return {
    severity: decided.verdict === "blocked" ? "error" : used.severity,
    sentence: used.breaks ? used.sentence : `${decided.sentence}${unused ? "" : ` (${used.sentence})`}`,
    evidence: [...plain.evidence, told(decided.verdict, `${decided.sentence}${missing}`, decided.missing)],
    help: used.severity === "error" ? null : `missing in ${name}: ${decided.missing.join("; ")}; then this migration can run`,
  };
}
