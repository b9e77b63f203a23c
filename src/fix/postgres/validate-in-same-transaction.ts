import type { SqlFix } from "../contract.ts";
import { behindSemicolon, plainly } from "../sql-statement.ts";

/** VALIDATE CONSTRAINT leaves the transaction whose lock it would keep for the length of its scan. */
export const validateInSameTransaction: SqlFix = {
  id: "validate-in-same-transaction",
  rules: ["validate-in-same-transaction"],
  propose({ judged, statement }) {
    const [change, ...others] = judged.statement.changes;
    if (change?.kind !== "validate-constraint" || others.length > 0) return null;
    const { text } = statement.file;
    const end = behindSemicolon(text, statement.end) ?? statement.end;
    // With its line, where nothing else stands on it.
    const rest = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end))?.[0] ?? "";
    return {
      kind: "remedy",
      summary: `${change.name} is validated in a transaction of its own`,
      edits: [{ start: statement.start - (rest === "" ? 0 : statement.indent.length), end: end + rest.length, text: "" }],
      after: [plainly(statement, statement.tokens)],
      named: `validate_${change.name}`,
    };
  },
};
