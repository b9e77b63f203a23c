import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named } from "../words.ts";

export const preferJsonb: Rule = {
  id: "prefer-jsonb",
  summary: "a json column of a new table, which can be neither compared nor indexed",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => column.type.name === "json")
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is json`,
        label: "jsonb can be compared and indexed",
        why: "json keeps the text as it came and parses it at every access; it has no equality, so DISTINCT, GROUP BY and UNION over it fail (SQLSTATE 42883), and no GIN index can serve it",
        help: `jsonb, unless the exact text must be kept (blanks, order of keys, keys that repeat)`,
        evidence: [],
      }));
  },
};
