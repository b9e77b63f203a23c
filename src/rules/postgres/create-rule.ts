import type { Hazard, Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { list, named } from "../words.ts";

export const createRule: Rule = {
  id: "create-rule",
  summary: "a rule rewrites the statements of the versions that serve",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    return changesOf(statement, "alter-table-other").flatMap(({ table, action, instead }): Hazard[] => {
      if (action !== "CREATE RULE" || !context.existedBefore(statement, table)) return [];
      // A view may only be written through a rule or a trigger.
      if (context.table(statement, table)?.kind === "view") return [];
      const writers = instead === undefined ? [] : context.versionWrites(table).filter(({ verb }) => verb === instead.of);
      if (instead !== undefined && writers.length > 0) {
        const versions = [...new Set(writers.map(({ version }) => version))];
        return [
          {
            severity: "error" as const,
            about: table,
            message: `every ${instead.of.toUpperCase()} of ${list(versions)} on ${named(table)} does ${instead.nothing ? "nothing" : "something else"} from here on`,
            label: "it succeeds, and is not done",
            why: `DO INSTEAD takes the place of the statement: no error tells the version that its ${instead.of.toUpperCase()} changed no row, only a count of 0${instead.of === "insert" ? "; with RETURNING it fails (SQLSTATE 0A000)" : ""}`,
            help: "release first a version that no longer sends it; or refuse it with a trigger that raises an error, so that somebody notices",
            evidence: [
              {
                kind: "query",
                text: `${writers[0]?.version ?? ""} sends ${instead.of.toUpperCase()} (${writers[0]?.query.origin ?? ""})`,
                from: "static" as const,
                witness: "the queries of the live versions",
                value: { versions, queries: writers.map(({ query }) => query.origin) },
              },
              ...context.evidence(statement, [table]),
            ],
            liveVersions: versions,
          },
        ];
      }
      return [
        {
          severity: "info" as const,
          about: table,
          message: `a rule on ${named(table)} rewrites statements of the versions that serve`,
          label: "what they send is not what runs",
          why: "a rule replaces or doubles the statement before it is planned: volatile expressions run twice, the count of rows that comes back is another one, and INSERT … RETURNING fails where the rule returns nothing (SQLSTATE 0A000)",
          help: "a trigger does the same per row and sees the values; a partitioned table distributes rows by itself",
          evidence: context.evidence(statement, [table]),
        },
      ];
    });
  },
};
