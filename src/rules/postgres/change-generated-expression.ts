import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, workOn, worstSeverity } from "../work.ts";
import { named, sentences, sqlName, sqlTable } from "../words.ts";

export const changeGeneratedExpression: Rule = ruleFor("set-expression", {
  id: "change-generated-expression",
  summary: "another expression for a stored generated column computes it anew for every row",
  check(change, statement, context) {
    const { table, column } = change;
    const work = workOn(statement, context, table, change).filter((item) => item.kind === "rewrite");
    const [first] = work;
    if (first === undefined) return null;
    const tables = work.map((item) => item.table);
    const next = sqlName(`${column}_new`);
    const virtual = context.environment.postgres >= 18;
    return {
      severity: worstSeverity(context, tables),
      about: `${table}.${column}`,
      message: `SET EXPRESSION on ${named(column)} computes it anew for every row, which rewrites ${named(table)}`,
      label: "every row is written again",
      why: sentences(whoWaits(context, first), "Versions that serve read the new meaning under the old name from one moment to the next."),
      help: `give the new meaning a column of its own: ${
        virtual
          ? `a virtual one stores nothing (Postgres 18), \`ALTER TABLE ${sqlTable(table)} ADD COLUMN ${next} … GENERATED ALWAYS AS (${change.expression.sql}) VIRTUAL;\``
          : `a plain one that a trigger keeps up to date, filled in batches (\`ALTER TABLE ${sqlTable(table)} ADD COLUMN ${next} …;\`)`
      }; let the next version read it, then drop ${named(column)}`,
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});
