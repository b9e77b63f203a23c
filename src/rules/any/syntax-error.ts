import type { Rule } from "../rule.ts";

export const syntaxError: Rule = {
  id: "syntax-error",
  summary: "the statement does not parse",
  database: "any",
  check({ statement }) {
    if (statement.syntaxError === null) return [];
    return [
      {
        severity: "error",
        span: statement.syntaxError.span,
        message: `does not parse: ${statement.syntaxError.message}`,
        why: "the database would refuse it too, and everything after it is judged against a schema without it",
        help: "correct it; if another tool fills in a template first, check what it fills in (`tread check` reads files as they are)",
        evidence: [
          { kind: "error", text: `SQLSTATE 42601: ${statement.syntaxError.message}`, from: "static", value: { sqlstate: "42601" } },
        ],
        supersedes: ["statement-fails"],
      },
    ];
  },
};
