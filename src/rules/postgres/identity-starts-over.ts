import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf, ruleFor } from "../rule.ts";
import { givesValue, named, sayTo, sentences, sqlName, sqlTable } from "../words.ts";

export const identityStartsOver: Rule = ruleFor("add-identity", {
  id: "identity-starts-over",
  summary: "identity on a column that holds numbers already starts again at 1",
  check(change, statement, context) {
    const { table, column } = change;
    if (change.starts === true || !context.columnExistedBefore(statement, table, column) || isSetLater(statement, context, change))
      return null;
    const unique = context
      .table(statement, table)
      ?.indexes.some((index) => index.unique && index.columns.length === 1 && index.columns[0] === column);
    const handedOut = hadSequence(context, table, column);
    const [t, c] = [sqlTable(table), sqlName(column)];
    const setval = `SELECT setval(pg_get_serial_sequence('${t}', '${column}'), coalesce((SELECT ${c} + 1 FROM ${t} ORDER BY ${c} DESC LIMIT 1), 1), false);`;
    return {
      // The old version left the number to the database, so its next INSERT is the one that collides.
      severity: unique === true && handedOut ? "error" : "info",
      about: `${table}.${column}`,
      message: `the identity of ${named(column)} of ${named(table)} starts at 1, whatever numbers are there`,
      label: "its sequence is new",
      why: sentences(
        "ADD GENERATED … AS IDENTITY makes a new sequence and does not look at the rows.",
        unique === true
          ? `An INSERT that leaves ${named(column)} to the database gets a number that is taken and fails with SQLSTATE 23505, again and again until the sequence has passed the largest.`
          : `An INSERT that leaves ${named(column)} to the database gets a number that another row has, and nothing refuses it.`,
        handedOut && "Versions that serve leave it to the database: the default that numbered their rows was dropped in this release.",
      ),
      help: sayTo(statement, {
        sql: `in the same transaction, before anybody can insert:\n${setval}`,
        django: `in the same migration: \`migrations.RunSQL("${setval.replaceAll('"', '\\"')}", migrations.RunSQL.noop)\``,
      }),
      evidence: context.evidence(statement, [table]),
    };
  },
});

/** A default that numbered the rows (nextval) when the release began. */
function hadSequence(context: RuleContext, table: string, column: string): boolean {
  const before = context.release[0]?.before.relations.get(table)?.columns.find((candidate) => candidate.name === column);
  return before !== undefined && givesValue(before.default) && before.default.volatility === "volatile";
}

function isSetLater(statement: JudgedStatement, context: RuleContext, { table, column }: { table: string; column: string }): boolean {
  const later = context.siblings(statement).filter((other) => other.statement.index >= statement.statement.index);
  return later.some(
    (other) =>
      changesOf(other, "read").some((read) => read.functions?.includes("setval")) ||
      changesOf(other, "set-identity").some((set) => set.starts === true && set.table === table && set.column === column),
  );
}
