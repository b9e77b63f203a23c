import type { Rule } from "../rule.ts";
import { ruleFor } from "../rule.ts";
import { sqlName } from "../words.ts";

export const pinExtensionVersion: Rule = ruleFor("create-extension", {
  id: "pin-extension-version",
  summary: "CREATE EXTENSION without a VERSION takes whichever the server has",
  preset: "style",
  check(change, statement) {
    if (change.version !== undefined || statement.before.extensions.has(change.name)) return null;
    return {
      severity: "info",
      about: change.name,
      message: `extension \`${change.name}\` is created in whichever version the server has`,
      label: "no VERSION",
      why: "installations on different images get different functions and operators under one name, and what works on one fails on another",
      help: `\`CREATE EXTENSION IF NOT EXISTS ${sqlName(change.name)} VERSION '…';\`, and ALTER EXTENSION … UPDATE TO in a later migration`,
      evidence: [],
    };
  },
});
