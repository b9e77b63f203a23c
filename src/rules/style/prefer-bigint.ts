import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named, typeName } from "../words.ts";

export const preferBigint: Rule = {
  id: "prefer-bigint",
  summary: "an integer or smallint where a bigint would never run out",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => ["integer", "smallint"].includes(column.type.name) && column.type.dimensions === 0)
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is ${typeName(column.type)}, which ends at ${column.type.name === "integer" ? "2,147,483,647" : "32,767"}`,
        label: "bigint does not run out",
        why: "changing the type later writes the whole table again under ACCESS EXCLUSIVE; between 4-byte neighbours a bigint often costs no byte more, because of alignment",
        help: `bigint${column.notNull ? " NOT NULL" : ""}; keep the smaller type where the values have a natural bound`,
        evidence: [],
      }));
  },
};
