import type { Hazard, Rule, RuleContext } from "../rule.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { changesOf } from "../rule.ts";
import { named, sqlName, sqlTable } from "../words.ts";

export const addColumnJson: Rule = {
  id: "add-column-json",
  summary: "a column of type json has no equality: SELECT DISTINCT, GROUP BY and UNION fail over it",
  database: "postgres",
  kinds: ["add-column", "change-type"],
  check(statement, context) {
    return [
      ...changesOf(statement, "add-column").flatMap(({ table, column }) =>
        column.type.name === "json" && context.existedBefore(statement, table)
          ? [hazard(statement, context, table, column.name, `ALTER TABLE ${sqlTable(table)} ADD COLUMN ${sqlName(column.name)} jsonb;`)]
          : [],
      ),
      ...changesOf(statement, "change-type").flatMap(({ table, column, type }) =>
        type.name === "json" && context.columnExistedBefore(statement, table, column)
          ? [hazard(statement, context, table, column, `ALTER TABLE ${sqlTable(table)} ADD COLUMN ${sqlName(`${column}_new`)} jsonb;`)]
          : [],
      ),
    ];
  },
};

function hazard(statement: JudgedStatement, context: RuleContext, table: string, column: string, instead: string): Hazard {
  return {
    severity: "info",
    about: `${table}.${column}`,
    message: `${named(column)} of ${named(table)} is json, which cannot be compared`,
    label: "jsonb can be compared and indexed",
    why: `json has no equality operator: SELECT DISTINCT, GROUP BY, UNION and IN over rows that hold ${named(column)} fail with SQLSTATE 42883. An ORM that names every column and adds DISTINCT does so in the first version that knows the column`,
    help: `\`${instead}\` unless the exact text must be kept (blanks, order of keys, keys that repeat)`,
    evidence: context.evidence(statement, [table]),
  };
}
