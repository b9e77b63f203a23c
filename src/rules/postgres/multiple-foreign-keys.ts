import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { constraintsAdded } from "../rule.ts";
import { counted, groupBy, named, namedList, sayTo } from "../words.ts";

export const multipleForeignKeys: Rule = {
  id: "multiple-foreign-keys",
  summary: "one transaction adds foreign keys to several tables, and locks all of them",
  database: "postgres",
  checkMigration(migration, context) {
    const groups = groupBy(migration.statements, (statement) => statement.statement.transaction ?? `alone ${statement.statement.index}`);
    return [...groups.values()].flatMap((statements) => {
      const taken = new Map<string, JudgedStatement>();
      for (const statement of statements)
        for (const parent of parentsOf(statement, context)) if (!taken.has(parent)) taken.set(parent, statement);
      const last = [...taken.values()].at(-1);
      if (taken.size < 2 || last === undefined) return [];
      const parents = [...taken.keys()];
      const hot = parents.some((parent) => context.isHot(parent));
      return [
        {
          // What is known to be busy, `foreign-key-locks-parent` says for each of them.
          severity: "info" as const,
          statement: last.statement.index,
          message: `foreign keys to ${counted(parents.length, "table")} in one transaction: ${namedList(parents)}`,
          label: "each locks the table that it points to, until the end",
          why: `Postgres takes SHARE ROW EXCLUSIVE on each of ${namedList(parents)} and keeps it until the transaction ends: writes to the first wait while the statement waits for the next, and an app that writes to them in another order deadlocks with it (SQLSTATE 40P01, one of the two is cancelled)${hot ? "" : "; on tables that are rarely written nobody notices"}`,
          help: sayTo(last, {
            sql: `one foreign key per transaction, NOT VALID, each after \`SET lock_timeout = '2s';\`; on a new table create it without the keys and add them one by one: \`ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY (…) REFERENCES ${named(parents[0] ?? "").replaceAll("`", "")} NOT VALID;\` (nothing is read for an empty table)`,
            django: "`db_constraint=False` on the fields, and each constraint in a migration of its own through `migrations.RunSQL`",
          }),
          evidence: [...new Set(taken.values())].flatMap((statement) =>
            context.evidence(statement, parents).filter((line) => line.kind === "lock"),
          ),
          also: [...new Set(taken.values())]
            .filter((statement) => statement !== last)
            .map((statement) => ({ span: statement.statement.span, label: "locks one of them" })),
        },
      ];
    });
  },
};

/** Tables that existed, are pointed at by a key that the statement adds, and are locked for it. */
function parentsOf(statement: JudgedStatement, context: RuleContext): readonly string[] {
  const locked = new Set(context.blockingLocks(statement).map(({ relation }) => relation));
  return constraintsAdded(statement).flatMap(({ table, constraint }) =>
    constraint.references !== null && constraint.references.relation !== table && locked.has(constraint.references.relation)
      ? [constraint.references.relation]
      : [],
  );
}
