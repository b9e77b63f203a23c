import type { Rule } from "../rule.ts";
import { stall } from "../stall.ts";
import { capital, count, milliseconds, named, sayTo, sentences } from "../words.ts";

export const hotTableAlter: Rule = {
  id: "hot-table-alter",
  summary: "ACCESS EXCLUSIVE, however brief, on a table that is read all the time",
  database: "postgres",
  check(statement, context) {
    return context
      .blockingLocks(statement)
      .filter((lock) => lock.mode === "AccessExclusive" && context.isHot(lock.relation) && !context.holds(statement, lock))
      .map(({ relation }) => {
        const waits = stall(statement, context, relation);
        const indexOnly = statement.statement.changes.every((change) => change.kind === "drop-index");
        const reads = context.traffic(relation).readsPerSecond;
        return {
          severity: waits.withinBudget ? ("warning" as const) : ("error" as const),
          about: relation,
          message: `ACCESS EXCLUSIVE on ${named(relation)}, which is read ${reads === null ? "all the time" : `${count(reads)} times per second`}`,
          label: "waits for every query that is running, and every later one waits for it",
          why: sentences(
            `${capital(waits.sentence)}.`,
            "The statement itself takes milliseconds; getting its lock does not. A deploy that tries again repeats the wait in waves.",
          ),
          help: indexOnly
            ? "DROP INDEX CONCURRENTLY takes no such lock: outside of a transaction, in a migration of its own"
            : sayTo(statement, {
                sql: `keep the wait below what users notice and try again until it gets through: \`SET lock_timeout = '${waits.timeout}';\` before it, one such statement per transaction; or put the new data into a table of its own beside ${named(relation)}`,
                django: `\`migrations.RunSQL("SET LOCAL lock_timeout = '${waits.timeout}'", migrations.RunSQL.noop)\` first, one such operation per migration, and a deploy that tries again; or put the new data into a model of its own beside ${named(relation)}`,
              }),
          evidence: [
            ...context.evidence(statement, [relation]),
            ...context.trafficEvidence(relation),
            {
              kind: "time" as const,
              text: `users may be asked to wait ${milliseconds(context.thresholds.stallMs)} (thresholds.stallMs)`,
              from: "static" as const,
              value: context.thresholds.stallMs,
            },
          ],
        };
      });
  },
};
