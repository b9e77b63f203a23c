import type { Rule } from "../rule.ts";

export const witnessDisagreement: Rule = {
  id: "witness-disagreement",
  summary: "what was predicted and what a real server did are not the same",
  database: "any",
  check(statement, context) {
    const differences = context.disagreements(statement);
    if (differences.length === 0) return [];
    return [
      {
        severity: "error",
        message: `prediction and rehearsal disagree: ${differences.join("; ")}`,
        why: "one of the two witnesses is wrong, so neither may be trusted for this statement",
        help: "judge it by the rehearsal, and please report the statement: a wrong prediction is a defect of tread",
        evidence: differences.map((text) => ({ kind: "error", text, from: "rehearsed", value: null })),
      },
    ];
  },
};
