import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { named } from "../words.ts";

export const preferCheckOverEnum: Rule = ruleFor("create-type", {
  id: "prefer-check-over-enum",
  summary: "a new enum, whose values can be added but not taken away",
  preset: "style",
  check(change) {
    if (change.type.kind !== "enum") return null;
    const values = change.type.values.slice(0, 3).map((value) => `'${value.replaceAll("'", "''")}'`);
    return {
      severity: "info",
      about: change.type.name,
      message: `enum ${named(change.type.name)}: values can be added to it and renamed, and none taken away`,
      label: "text with a CHECK, or a table of values, can change in both directions",
      why: "to take a value away every column of the type is written again under ACCESS EXCLUSIVE, and a value that was just added cannot be used in the same transaction (55P04)",
      help: `text with a CHECK (NOT VALID, then VALIDATE): \`CHECK (… IN (${values.join(", ")}${change.type.values.length > 3 ? ", …" : ""}))\`; or a table of values with a foreign key`,
      evidence: [],
    };
  },
});
