import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { GENERIC_WORK, whoWaits, workEvidence, worstSeverity } from "../work.ts";
import { bareName } from "../../model/schema.ts";
import { named, namedList, sayTo, sentences, sqlTable } from "../words.ts";

export const reindexBlocking: Rule = ruleFor("reindex", {
  id: "reindex-blocking",
  summary: "REINDEX without CONCURRENTLY blocks writes, and the queries that would use the index",
  check(change, statement, context) {
    if (change.concurrently) return null;
    const work = context.blockingWork(statement);
    const [first] = work;
    if (first === undefined) return null;
    const tables = work.map((item) => item.table);
    const isView = work.every(({ table }) => context.table(statement, table)?.kind === "materialized-view");
    const worst = work.find((item) => context.workSeverity(item.table) === "error") ?? first;
    const what =
      change.target === "index"
        ? `index ${named(bareName(change.name))}`
        : `the indexes of ${namedList(tables.slice(0, 4))}${tables.length > 4 ? ` and ${tables.length - 4} more` : ""}`;
    const sql = `REINDEX ${change.target.toUpperCase()} CONCURRENTLY ${sqlTable(change.name)};`;
    return {
      severity: worstSeverity(context, tables),
      about: change.name,
      message: `rebuilding ${what} blocks ${isView ? "reads" : "writes"} until it is done`,
      label: isView ? "queries on it wait until they can plan with the index" : "writes wait, and so do queries that plan with the index",
      why: sentences(
        whoWaits(context, worst),
        "The index itself is under ACCESS EXCLUSIVE meanwhile, and the planner looks at every index of a table: almost any query on it that is not prepared already waits too.",
        tables.length > 1 && "One table after the other, each for as long as its own rebuild takes.",
      ),
      help: sayTo(statement, {
        sql: `outside of a transaction (a migration of its own):\n${sql}\n-- if it fails it leaves an INVALID index named …_ccnew behind: DROP INDEX CONCURRENTLY it`,
        django: `through \`migrations.RunSQL\` in a migration of its own with \`atomic = False\`:\n${sql}`,
      }),
      evidence: workEvidence(statement, context, tables),
      supersedes: GENERIC_WORK,
    };
  },
});
