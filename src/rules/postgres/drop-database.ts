import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";

export const dropDatabase: Rule = {
  id: "drop-database",
  summary: "DROP DATABASE: everything in it is gone",
  database: "postgres",
  kind: "maintenance",
  check(statement) {
    const drops = changesOf(statement, "maintenance").flatMap((change) => (change.command === "DROP DATABASE" ? [change.name ?? ""] : []));
    return drops.map((name) => ({
      severity: "error" as const,
      about: name,
      message: `DROP DATABASE deletes \`${name}\` with everything in it`,
      label: "no way back but a backup",
      why: `the tables, their rows and whatever else lives in \`${name}\` are gone at once, for every app that uses it; while anybody is connected it fails (SQLSTATE 55006), and inside a transaction it always does (25001)`,
      help: "take it out of the migrations. A database that is no longer needed is dropped by hand, after a backup that was restored once to see that it can be",
      evidence: [],
      supersedes: ["statement-fails"],
    }));
  },
};
