import type { ClickHouseRule } from "./rule.ts";
import { isAtLeast } from "./context.ts";

export const needsNewerServer: ClickHouseRule = {
  id: "needs-newer-server",
  summary: "a statement that the environment's version of ClickHouse does not know yet",
  check(statement, context) {
    const newer = statement.statement.changes.flatMap(({ since }) =>
      since === undefined || isAtLeast(context.version, since.version) ? [] : [since],
    );
    const [first] = newer;
    if (first === undefined) return [];
    return [
      {
        severity: "error",
        message: `${first.what} needs ClickHouse ${first.version}, and ${context.environment.name} runs ${context.version}`,
        label: `code ${first.code} there`,
        why: "the server answers with an error, and what stands before it in the migration has run by then",
        help: `write it as ${context.version} knows it, or upgrade first; the version of an environment is \`environments.${context.environment.name}.clickhouse\``,
        evidence: [
          {
            kind: "error",
            text: `code ${first.code} on ${context.version}: ${first.what} exists since ${first.version}`,
            from: "static",
            value: { code: first.code, since: first.version },
          },
        ],
        supersedes: ["refused"],
      },
    ];
  },
};
