import type { Rule } from "../rule.ts";

export const statementFails: Rule = {
  id: "statement-fails",
  summary: "the statement ends with an error",
  database: "postgres",
  check(statement, context) {
    const { error } = context.effects(statement);
    if (error === null) return [];
    const whole = context.inTransaction(statement);
    return [
      {
        severity: "error",
        message: `fails with SQLSTATE ${error.sqlstate}: ${error.message}`,
        why: whole
          ? "the transaction is rolled back and the migration stops here; a deploy that tries again fails again"
          : "the migration stops here with its earlier statements done and its later ones not: a second run starts from a schema that the migration did not expect",
        help: "change the statement, or make what it needs true before it runs",
        evidence: context.evidence(statement).filter((line) => line.kind === "error"),
      },
    ];
  },
};
