import type { Rule } from "../rule.ts";
import { bytes, named } from "../words.ts";

/** Below this a disk that cannot hold a second copy has other troubles first. */
const NOTICED = 1e9;

export const diskSpaceForRewrite: Rule = {
  id: "disk-space-for-rewrite",
  summary: "a table of known size is written again beside itself: the disk must hold both",
  database: "postgres",
  check(statement, context) {
    return context.effects(statement).rewrites.flatMap((table) => {
      const size = context.size(table);
      if (size.bytes === null || size.bytes < NOTICED || !context.existedBefore(statement, table)) return [];
      return [
        {
          severity: "info" as const,
          about: table,
          message: `the disk must hold ${named(table)} twice: ${bytes(size.bytes)} more than now`,
          label: "the old files are given back only at COMMIT",
          why: "the new rows and indexes are written beside the old ones. A disk that is full ends the statement (SQLSTATE 53100) after all that work, and every other write of the server with it; the write-ahead log takes about as much again until it is archived",
          help: `look before: \`SELECT pg_size_pretty(pg_total_relation_size('${table}'));\` against what the volume has free; a change in batches needs no second copy`,
          evidence: [context.sizeEvidence(table)],
        },
      ];
    });
  },
};
