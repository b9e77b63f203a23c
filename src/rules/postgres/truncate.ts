import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { namedList, sentences } from "../words.ts";

export const truncate: Rule = {
  id: "truncate",
  summary: "TRUNCATE empties a table that versions of the app still read",
  database: "postgres",
  kinds: ["truncate"],
  check(statement, context) {
    return changesOf(statement, "truncate").flatMap((change) => {
      const locked = context.blockingLocks(statement).map((lock) => lock.relation);
      const tables = [...new Set([...change.names, ...(change.cascade ? locked : [])])].filter((table) =>
        context.existedBefore(statement, table),
      );
      if (tables.length === 0) return [];
      const along = tables.filter((table) => !change.names.includes(table));
      return [
        {
          severity: "error" as const,
          message: `TRUNCATE deletes every row of ${namedList(tables)}`,
          label: "gone at once, for every version that serves",
          why: sentences(
            "The rows cannot be brought back, and ACCESS EXCLUSIVE makes reads and writes wait.",
            along.length > 0 && `CASCADE empties ${namedList(along)} too, which only refer to what was named.`,
          ),
          help: "if nobody needs the rows, say so: `-- tread-ignore truncate: <reason>`; otherwise delete in batches what is really to go",
          evidence: [...tables.map((table) => context.sizeEvidence(table)), ...context.evidence(statement, tables)],
          supersedes: ["rewrite-under-lock"],
        },
      ];
    });
  },
};
