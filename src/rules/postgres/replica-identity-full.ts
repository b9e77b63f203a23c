import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const replicaIdentityFull: Rule = {
  id: "replica-identity-full",
  summary: "REPLICA IDENTITY FULL logs every old row whole and makes subscribers look for it",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    return changesOf(statement, "alter-table-other").flatMap(({ table, action, options }) => {
      if (action !== "REPLICA IDENTITY" || options?.["identity"] !== "full" || !context.existedBefore(statement, table)) return [];
      const key = context.table(statement, table)?.constraints.some((constraint) => constraint.kind === "primary-key") === true;
      return [
        {
          severity: "info" as const,
          about: table,
          message: `every UPDATE and DELETE of ${named(table)} logs the whole old row from here on`,
          label: "the change itself is brief",
          why: "the write-ahead log grows by the old row of each change, large texts included, and a subscriber without a fitting index finds each row by reading its whole table",
          help: key
            ? `the primary key identifies the rows already: \`ALTER TABLE ${sqlTable(table)} REPLICA IDENTITY DEFAULT;\``
            : `a unique index over NOT NULL columns does it as well: \`ALTER TABLE ${sqlTable(table)} REPLICA IDENTITY USING INDEX …;\``,
          evidence: context.evidence(statement, [table]),
        },
      ];
    });
  },
};
