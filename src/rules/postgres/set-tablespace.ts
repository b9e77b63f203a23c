import { heavyHazards } from "../heavy.ts";
import type { Rule } from "../rule.ts";
import { changesOf } from "../rule.ts";
import { named, sqlTable } from "../words.ts";

export const setTablespace: Rule = {
  id: "set-tablespace",
  summary: "SET TABLESPACE copies the files of a table while nobody can read it",
  database: "postgres",
  kinds: ["alter-table-other"],
  check(statement, context) {
    const changes = changesOf(statement, "alter-table-other").filter(({ action }) => action.startsWith("SET TABLESPACE"));
    if (changes.length === 0) return [];
    return heavyHazards(
      statement,
      context,
      changes.map(({ table }) => table),
      {
        message: ({ table }) => `${named(table)} is copied to another tablespace under a lock`,
        label: "the files are copied while reads and writes wait",
        why: "Its indexes stay where they are until they are moved by themselves.",
        help: ({ table }) =>
          `\`pg_repack --table=${sqlTable(table)} --tablespace=… --moveidx\` moves it beside the traffic; for a partitioned table give new partitions the tablespace and leave the old ones; or a maintenance window`,
      },
    );
  },
};
