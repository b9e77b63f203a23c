import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named } from "../words.ts";

export const preferNumeric: Rule = {
  id: "prefer-numeric",
  summary: "a money column, whose currency is a setting of the server",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => column.type.name === "money")
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is money`,
        label: "its currency is a setting of the server",
        why: "a money value has no currency of its own: lc_monetary decides how many decimals it has and how it is shown, so a dump that is restored under another locale holds other amounts",
        help: `numeric with a scale (numeric(12, 2)), or the smallest unit in a bigint, and the currency in a column of its own`,
        evidence: [],
      }));
  },
};
