import { narrowing } from "../narrowing.ts";
import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named, sentences, sqlName, sqlTable, typeName } from "../words.ts";

export const changeTypeNarrowing: Rule = ruleFor("change-type", {
  id: "change-type-narrowing",
  summary: "a type that holds less: values are lost or the migration fails on them, and versions that write more fail",
  check(change, statement, context) {
    const { table, column } = change;
    const old = context.column(statement, table, column)?.type;
    if (old === undefined || !context.columnExistedBefore(statement, table, column)) return null;
    // The rows of a foreign table are elsewhere, and stay what they are.
    if (context.table(statement, table)?.kind === "foreign-table") return null;
    const narrower = narrowing(old, change.type, change.using !== null);
    if (narrower === null || context.effects(statement).error !== null) return null;
    const [t, c] = [sqlTable(table), sqlName(column)];
    const loses = narrower.kind === "loses";
    return {
      severity: loses ? "error" : "warning",
      about: `${table}.${column}`,
      message: `${named(column)} of ${named(table)} goes from ${typeName(old)} to ${typeName(change.type)}, which ${loses ? narrower.what : `not every value fits`}`,
      label: loses ? "without an error, and for good" : `SQLSTATE ${narrower.sqlstate} on the first that does not`,
      why: sentences(
        loses
          ? `Postgres ${narrower.how} every value that does not fit and says nothing; a way back finds only what is left.`
          : `The migration fails with SQLSTATE ${narrower.sqlstate} on the first value that does not fit, after it has waited for ACCESS EXCLUSIVE and read up to there.`,
        `A version that serves and writes ${loses ? "a finer value has it cut too" : `such a value fails with SQLSTATE ${narrower.sqlstate} from here on`}.`,
      ),
      help: `look at the rows before: \`SELECT count(*) FROM ${t} WHERE ${narrower.test.replaceAll("@", c)};\`. ${loses ? "Keep the wider type, or keep the old column beside the new one until nobody needs what is lost" : "Mend them, and first release a version that writes no such value; a CHECK, NOT VALID and then validated, proves it without a long lock"}`,
      evidence: [context.sizeEvidence(table)],
    };
  },
});
