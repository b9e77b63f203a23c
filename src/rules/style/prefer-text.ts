import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named, typeName } from "../words.ts";

export const preferText: Rule = {
  id: "prefer-text",
  summary: "a varchar or char where text with a CHECK can change its limit",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => ["character varying", "character"].includes(column.type.name))
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is ${typeName(column.type)}`,
        label: "the limit is part of the type",
        why: "text is stored and compared alike; to lower the limit of a varchar writes or reads the whole table under ACCESS EXCLUSIVE, where a CHECK can be NOT VALID first, and char(n) pads with blanks besides",
        help: `text${column.type.modifiers[0] === undefined ? "" : `, with CHECK (length(${column.name}) <= ${column.type.modifiers[0]}) where the limit matters`}`,
        evidence: [],
      }));
  },
};
