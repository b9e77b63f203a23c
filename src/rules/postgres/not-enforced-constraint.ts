import type { Rule } from "../rule.ts";
import { constraintsAdded } from "../rule.ts";
import { named } from "../words.ts";

export const notEnforcedConstraint: Rule = {
  id: "not-enforced-constraint",
  summary: "a constraint that is NOT ENFORCED protects nothing",
  database: "postgres",
  kinds: ["create-relation", "add-constraint", "add-column"],
  check(statement, context) {
    if (context.effects(statement).error !== null) return [];
    return constraintsAdded(statement).flatMap(({ table, constraint }) => {
      if (constraint.enforced) return [];
      const foreign = constraint.kind === "foreign-key";
      return [
        {
          severity: "info" as const,
          about: `${table}.${constraint.name}`,
          message: `${foreign ? "the foreign key" : "the CHECK"} on ${named(table)} is NOT ENFORCED: nothing is ever refused for it`,
          label: "says what should hold, and keeps nothing",
          why: `neither the rows that are there nor those that come are looked at, so data that breaks it can be written by every version from here on. A reader of the schema takes it for true${foreign ? ", and turning it on later (ALTER CONSTRAINT … ENFORCED) reads the whole table" : ", and a CHECK cannot be turned on later: it must be dropped and added"}`,
          help: "NOT VALID instead, where the point was to spare the scan: it checks every new row, and VALIDATE CONSTRAINT proves the old ones later, without a long lock",
          evidence: [],
        },
      ];
    });
  },
};
