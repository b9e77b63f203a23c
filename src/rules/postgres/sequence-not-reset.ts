import type { JudgedStatement } from "../../model/judged.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const sequenceNotReset: Rule = {
  id: "sequence-not-reset",
  summary: "rows with keys of their own: the sequence does not know them and gives the same keys again",
  database: "postgres",
  check(statement, context) {
    return changesOf(statement, "write").flatMap((change) => {
      if (change.verb !== "insert" && change.verb !== "copy") return [];
      const { table, columns, leftToDefault = [] } = change;
      const relation = context.table(statement, table);
      // COPY without a list gives every column a value.
      const given = change.verb === "copy" && columns.length === 0 ? (relation?.columns.map(({ name }) => name) ?? []) : columns;
      const column = relation?.columns.find(
        ({ name }) => given.includes(name) && !leftToDefault.includes(name) && hasSequence(statement, table, name),
      );
      if (column === undefined || isReset(statement, context, table, column.name)) return [];
      const isNew = !context.existedBefore(statement, table);
      const [t, c] = [sqlTable(table), sqlName(column.name)];
      return [
        {
          severity: isNew ? ("warning" as const) : ("info" as const),
          about: table,
          message: `rows of ${named(table)} bring their own ${named(column.name)}, and its sequence is not moved past them`,
          label: isNew ? "the next INSERT without a key takes one that is there" : "an INSERT without a key may take one that is there",
          why: `the sequence counts on its own${isNew ? " from 1" : ""}: an INSERT of the app that leaves ${named(column.name)} out is given a key that exists and fails with SQLSTATE 23505, once for every row that is in its way`,
          help: `after the rows: \`SELECT setval(pg_get_serial_sequence('${t}', '${column.name}'), (SELECT max(${c}) FROM ${t}));\`, or leave ${named(column.name)} out of the INSERT`,
          evidence: [],
        },
      ];
    });
  },
};

function hasSequence(statement: JudgedStatement, table: string, column: string): boolean {
  const known = statement.before.relations.get(table)?.columns.find(({ name }) => name === column);
  if (known === undefined) return false;
  if (known.identity !== null) return true;
  if (known.default === null) return false;
  return [...statement.before.sequences.values()].some(({ ownedBy }) => ownedBy?.relation === table && ownedBy.column === column);
}

/** `setval()`, ALTER SEQUENCE … RESTART or ALTER COLUMN … RESTART, in the same statement or later in the release. */
function isReset(statement: JudgedStatement, context: RuleContext, table: string, column: string): boolean {
  return context.release
    .slice(context.release.indexOf(statement))
    .some(
      (other) =>
        changesOf(other, "read").some(({ functions }) => functions?.includes("setval") === true) ||
        changesOf(other, "set-identity").some((change) => change.table === table && change.column === column) ||
        changesOf(other, "alter-sequence").length > 0 ||
        other.statement.opaque !== null,
    );
}
