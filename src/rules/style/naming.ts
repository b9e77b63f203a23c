import type { JudgedStatement } from "../../model/judged.ts";
import { bareName } from "../../model/schema.ts";
import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { namedList, sqlName } from "../words.ts";

export const naming: Rule = {
  id: "naming",
  summary: "a new name that must be quoted wherever it is used",
  preset: "style",
  database: "postgres",
  check(statement) {
    const quoted = [...new Set(newNames(statement))].filter((name) => sqlName(name) !== name);
    if (quoted.length === 0) return [];
    return [
      {
        severity: "info",
        message: `${namedList(quoted)} must be quoted wherever ${quoted.length === 1 ? "it is" : "they are"} used`,
        label: "a capital letter, another character, or a reserved word",
        why: "Postgres folds what is not quoted to lower case: every query, every psql session and every report must then write the quotes, and who forgets them is told that the column does not exist (42703)",
        help: "lower case letters, digits and underscores, and no reserved word: snake_case",
        evidence: [],
      },
    ];
  },
};

function newNames(statement: JudgedStatement): readonly string[] {
  return [
    ...changesOf(statement, "create-relation").map(({ relation }) => bareName(relation.name)),
    ...newColumns(statement).map(({ column }) => column.name),
    ...changesOf(statement, "create-index").map(({ index }) => bareName(index.name)),
    ...changesOf(statement, "add-constraint").map(({ constraint }) => constraint.name),
    ...changesOf(statement, "rename-relation").map(({ to }) => bareName(to)),
    ...changesOf(statement, "rename-column").map(({ to }) => to),
    ...changesOf(statement, "create-type").map(({ type }) => bareName(type.name)),
  ];
}
