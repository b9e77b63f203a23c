import { ruleFor } from "../rule.ts";
import type { Rule } from "../rule.ts";
import { named } from "../words.ts";

export const requireTableSchema: Rule = ruleFor("create-relation", {
  id: "require-table-schema",
  summary: "a new table whose schema the search path decides",
  preset: "style",
  check(change) {
    if (change.unqualified !== true) return null;
    const { name } = change.relation;
    return {
      severity: "info",
      about: name,
      message: `${named(name)} is created without naming its schema`,
      label: "the search path decides where it goes",
      why: "whoever runs the migration with another search_path (a role's setting, a pooler, an extension's script) creates the table in another schema, and the app does not find it",
      help: `name it: \`CREATE TABLE ${name} (…)\``,
      evidence: [],
    };
  },
});
