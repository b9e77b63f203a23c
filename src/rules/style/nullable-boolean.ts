import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named } from "../words.ts";

export const nullableBoolean: Rule = {
  id: "nullable-boolean",
  summary: "a boolean that may be NULL has three states",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => column.type.name === "boolean" && column.type.dimensions === 0 && !column.notNull)
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is true, false or NULL`,
        label: "three states",
        why: "NULL is neither true nor false: WHERE NOT active leaves such rows out, and so does WHERE active; most code that reads the column expects two states",
        help: `boolean NOT NULL DEFAULT false: instant on a table of any size since Postgres 11, and a version that does not know the column can still insert`,
        evidence: [],
      }));
  },
};
