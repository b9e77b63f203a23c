import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named, typeName } from "../words.ts";

export const preferTimestamptz: Rule = {
  id: "prefer-timestamptz",
  summary: "a timestamp without time zone, which is no point in time",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ column }) => column.type.name === "timestamp without time zone" || column.type.name === "time with time zone")
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is ${typeName(column.type)}`,
        label: "which hour it means depends on who reads it",
        why: "a timestamp without time zone holds what a clock on some wall showed: servers and clients in different zones read different moments from it, and an hour in autumn is there twice",
        help: `timestamp with time zone (timestamptz): it is as large, and stores the moment`,
        evidence: [],
      }));
  },
};
