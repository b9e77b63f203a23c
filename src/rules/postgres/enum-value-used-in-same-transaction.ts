import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sayTo } from "../words.ts";

export const enumValueUsedInSameTransaction: Rule = {
  id: "enum-value-used-in-same-transaction",
  summary: "a new value of an enum is used in the transaction that adds it",
  database: "postgres",
  check(statement, context) {
    const { error } = context.effects(statement);
    if (error?.sqlstate !== "55P04") return [];
    const added = context.earlierInTransaction(statement).filter((earlier) => changesOf(earlier, "add-enum-value").length > 0);
    const values = added.flatMap((earlier) => changesOf(earlier, "add-enum-value"));
    const value = values.find((candidate) => error.message.includes(`"${candidate.value}"`)) ?? values[0];
    return [
      {
        severity: "error" as const,
        message:
          value === undefined
            ? `fails with SQLSTATE 55P04: ${error.message}`
            : `\`${value.value}\` of ${named(value.type)} is used in the transaction that adds it`,
        label: "unsafe use of new value (55P04)",
        why: "a value that is added to an enum can be used only once the transaction that adds it has committed (measured on 12 to 18). The migration stops here and is rolled back, on every installation",
        help: sayTo(statement, {
          sql: "add the value in a migration of its own, and use it in the next one; or where the tool allows it COMMIT between the two",
          django: "two migrations, the one that adds the value first; or `atomic = False` on one that holds both",
        }),
        evidence: context.evidence(statement).filter(({ kind }) => kind === "error"),
        also: added.slice(0, 1).map((earlier) => ({ span: earlier.statement.span, label: "adds the value" })),
        supersedes: ["statement-fails"],
      },
    ];
  },
};
