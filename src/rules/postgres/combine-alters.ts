import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { counted, groupBy, named, sayTo, sqlTable } from "../words.ts";

export const combineAlters: Rule = {
  id: "combine-alters",
  summary: "several ALTER TABLE of one table, each with its own lock or its own pass over the rows",
  database: "postgres",
  checkMigration({ statements }, context) {
    const alters = statements.filter(
      ({ statement }) =>
        statement.kind === "sql" && statement.changes.length > 0 && statement.changes.every(({ kind }) => COMBINABLE.has(kind)),
    );
    const byTable = groupBy(
      alters.filter((statement) => tableOf(statement) !== null),
      tableOf,
    );
    return [...byTable].flatMap(([table, group]) => {
      const [first] = group;
      if (table === null || first === undefined || group.length < 2 || !context.existedBefore(first, table)) return [];
      const heavy = group.filter((statement) => context.blockingWork(statement).some((work) => work.table === table));
      const waits = group.filter((statement) => waitsFor(statement, context, table));
      const last = (heavy.length > 1 ? heavy : waits).at(-1);
      if (last === undefined || (heavy.length < 2 && waits.length < 2)) return [];
      return [
        {
          severity: "info" as const,
          statement: last.statement.index,
          about: table,
          message:
            heavy.length > 1
              ? `${counted(heavy.length, "statement")} go through ${named(table)} where one would do`
              : `${counted(waits.length, "statement")} wait for their own lock on ${named(table)} where one would do`,
          label: "the last of them",
          why:
            heavy.length > 1
              ? "ALTER TABLE does all of its sub-commands in one pass over the rows: written by themselves, each reads or writes the whole table again"
              : "outside of a transaction each statement waits for the transactions that were there before it, and everybody waits behind it, each time anew",
          help: sayTo(last, {
            sql: `one statement: \`ALTER TABLE ${sqlTable(table)} …, …;\` What must not be under one lock (VALIDATE, an index) stays by itself`,
            django: `one \`migrations.RunSQL("ALTER TABLE ${sqlTable(table)} …, …")\` with \`state_operations\`, or one migration with \`atomic = True\`, in which the lock is taken once`,
          }),
          evidence: [],
          also: group
            .filter((statement) => statement !== last)
            .slice(0, 3)
            .map((statement) => ({ span: statement.statement.span, label: "and this one" })),
        },
      ];
    });
  },
};

const COMBINABLE: ReadonlySet<string> = new Set([
  "add-column",
  "drop-column",
  "change-type",
  "set-default",
  "set-not-null",
  "drop-not-null",
  "add-constraint",
  "drop-constraint",
  "alter-constraint",
  "alter-table-other",
]);

function tableOf({ statement }: JudgedStatement): string | null {
  const tables = new Set(statement.changes.map((change) => ("table" in change ? change.table : null)));
  const [table = null] = tables;
  return tables.size === 1 ? table : null;
}

function waitsFor(statement: JudgedStatement, context: RuleContext, table: string): boolean {
  if (context.inTransaction(statement)) return false;
  return context.blockingLocks(statement).some((lock) => lock.relation === table && lock.mode === "AccessExclusive");
}
