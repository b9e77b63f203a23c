import { newColumns } from "../new-columns.ts";
import type { Rule } from "../rule.ts";
import { named } from "../words.ts";

export const preferIdentity: Rule = {
  id: "prefer-identity",
  summary: "a serial column where an identity column is the standard",
  preset: "style",
  database: "postgres",
  kinds: ["create-relation", "add-column"],
  check(statement) {
    return newColumns(statement)
      .filter(({ serial }) => serial)
      .map(({ table, column }) => ({
        severity: "info",
        about: `${table}.${column.name}`,
        message: `${named(column.name)} of ${named(table)} is a serial`,
        label: "an identity column is the standard form",
        why: "a serial is an integer, a sequence and a default that are only loosely joined: who may insert needs USAGE on the sequence besides, a copied table shares the sequence of the original, and an explicit value silently bypasses it",
        help: `${column.type.name === "integer" ? "bigint" : column.type.name} GENERATED ALWAYS AS IDENTITY`,
        evidence: [],
      }));
  },
};
