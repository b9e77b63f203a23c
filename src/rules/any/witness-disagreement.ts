import type { PostgresEffects } from "../../model/effects.ts";
import { spellLock } from "../../model/effects.ts";
import type { Evidence } from "../../model/report.ts";
import type { Rule } from "../rule.ts";
import { list, named } from "../words.ts";

export const witnessDisagreement: Rule = {
  id: "witness-disagreement",
  summary: "what was predicted and what a real server did are not the same",
  database: "any",
  check(statement) {
    const { predicted, observed } = statement;
    if (predicted === null || observed === null) return [];
    const differences = compare(predicted, observed);
    if (differences.length === 0) return [];
    return [
      {
        severity: "error",
        message: `prediction and rehearsal disagree: ${list(differences.map((difference) => difference.about))}`,
        why: "one of the two witnesses is wrong, so neither may be trusted for this statement",
        help: "judge it by the rehearsal, and please report the statement: a wrong prediction is a defect of tread",
        evidence: differences.map((difference) => difference.evidence),
      },
    ];
  },
};

interface Difference {
  readonly about: string;
  readonly evidence: Evidence;
}

/** A statement that failed leaves no effects to compare: then only the errors are. */
export function compare(predicted: PostgresEffects, observed: PostgresEffects): readonly Difference[] {
  const differences: Difference[] = [];
  const add = (kind: Evidence["kind"], about: string, said: string, seen: string): void => {
    if (said === seen) return;
    differences.push({
      about,
      evidence: { kind, text: `${about}: predicted ${said}; observed ${seen}`, from: "rehearsed", value: { said, seen } },
    });
  };
  add("error", "error", predicted.error?.sqlstate ?? "none", observed.error?.sqlstate ?? "none");
  if (predicted.error !== null || observed.error !== null) return differences;
  const locks = (effects: PostgresEffects): string =>
    spell(effects.locks.map(({ relation, mode }) => `${spellLock(mode)} on ${named(relation)}`));
  add("lock", "locks", locks(predicted), locks(observed));
  add("rewrite", "rewrites", spell(predicted.rewrites.map(named)), spell(observed.rewrites.map(named)));
  add("scan", "scans", spell(predicted.scans.map(named)), spell(observed.scans.map(named)));
  add("scan", "index builds", spell(predicted.indexBuilds.map(named)), spell(observed.indexBuilds.map(named)));
  return differences;
}

function spell(items: readonly string[]): string {
  return items.length === 0 ? "none" : [...items].sort().join(", ");
}
