import { blocksReads, spellLock } from "../../model/effects.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import type { Severity } from "../../model/report.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { stall } from "../stall.ts";
import { capital, named, sayTo, sentences, sqlTable } from "../words.ts";

export const foreignKeyLocksParent: Rule = {
  id: "foreign-key-locks-parent",
  summary: "adding or dropping a foreign key also locks the table that it points to",
  database: "postgres",
  kinds: ["add-constraint", "add-column", "create-relation", "drop-relation", "drop-constraint", "drop-column"],
  check(statement, context) {
    const own = new Set(ownTables(statement));
    const locks = context.blockingLocks(statement);
    const goes = statement.statement.changes.every(({ kind }) => kind.startsWith("drop-"));
    return [...parentsOf(statement)].flatMap((parent) => {
      const lock = locks.find((candidate) => candidate.relation === parent);
      if (lock === undefined || own.has(parent) || context.holds(statement, lock)) return [];
      const severity = severityOf(context, statement, parent);
      if (severity === null) return [];
      const waits = stall(statement, context, parent);
      return [
        {
          severity,
          about: parent,
          message: `${goes ? "dropping " : ""}the foreign key also locks ${named(parent)}, which it points to: ${blocksReads(lock.mode) ? "reads and writes" : "writes"} there wait`,
          label: `${spellLock(lock.mode)} on ${named(parent)}`,
          why: sentences(
            `Postgres changes triggers on both tables, so it takes ${spellLock(lock.mode)} on ${named(parent)}${goes ? ", also when the key goes with its table or column" : ", even for a NOT VALID key or a new table"}.`,
            context.isHot(parent) && `${capital(waits.sentence)}.`,
            "Behind a long transaction on it the statement waits, and every later write waits behind the statement.",
          ),
          help: sayTo(statement, {
            sql: `set a timeout so that nobody queues for long, and try again: \`SET lock_timeout = '${waits.timeout}';\`. Take the parent's lock first (\`LOCK TABLE ${sqlTable(parent)} IN ${spellLock(lock.mode)} MODE;\`), one such change per transaction`,
            django: goes
              ? `drop the constraint by itself first, in a migration of its own: \`migrations.RunSQL("ALTER TABLE … DROP CONSTRAINT …", migrations.RunSQL.noop)\` after \`SET lock_timeout = '${waits.timeout}'\`, so that the rest does not hold this lock`
              : `\`db_constraint=False\` on the field where the database need not check it; else add the constraint in a migration of its own through \`migrations.RunSQL\`, after \`SET lock_timeout = '${waits.timeout}'\``,
          }),
          evidence: [...context.evidence(statement, [parent]), ...context.trafficEvidence(parent)],
          supersedes: ["hot-table-alter"],
        },
      ];
    });
  },
};

/** Known traffic decides. Where it is unknown, a lock that is taken for an instant is worth knowing. */
function severityOf(context: RuleContext, statement: JudgedStatement, parent: string): Severity | null {
  const traffic = context.traffic(parent);
  if (context.isHot(parent) || (traffic.writesPerSecond ?? 0) >= context.thresholds.hotReadsPerSecond) {
    return stall(statement, context, parent).withinBudget ? "warning" : "error";
  }
  return traffic.witness !== null || context.size(parent).kind === "small" ? null : "info";
}

function ownTables(statement: JudgedStatement): readonly string[] {
  return statement.statement.changes.flatMap((change) => {
    switch (change.kind) {
      case "add-constraint":
      case "add-column":
      case "drop-constraint":
      case "drop-column":
        return [change.table];
      case "drop-relation":
        return [change.name];
      default:
        return [];
    }
  });
}

function parentsOf(statement: JudgedStatement): ReadonlySet<string> {
  const constraints = [
    ...changesOf(statement, "add-constraint").map((change) => change.constraint),
    ...changesOf(statement, "add-column").flatMap((change) => change.constraints),
    ...changesOf(statement, "create-relation").flatMap((change) => change.relation.constraints),
    ...changesOf(statement, "drop-relation").flatMap((change) => statement.before.relations.get(change.name)?.constraints ?? []),
    ...changesOf(statement, "drop-constraint").flatMap(
      (change) => statement.before.relations.get(change.table)?.constraints.filter((constraint) => constraint.name === change.name) ?? [],
    ),
    ...changesOf(statement, "drop-column").flatMap(
      (change) =>
        statement.before.relations.get(change.table)?.constraints.filter((constraint) => constraint.columns.includes(change.column)) ?? [],
    ),
  ];
  return new Set(constraints.flatMap((constraint) => (constraint.references === null ? [] : [constraint.references.relation])));
}
