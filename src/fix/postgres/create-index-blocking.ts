import { displayName } from "../../model/schema.ts";
import { refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { isWord, plainly, spelled } from "../sql-statement.ts";

export const createIndexBlocking: SqlFix = {
  id: "create-index-blocking",
  rules: ["create-index-blocking"],
  propose({ judged, statement }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "create-index");
    if (change === undefined) return null;
    const { tokens } = statement;
    const at = isWord(tokens[1], "unique") ? 2 : 1;
    const index = tokens[at];
    if (!isWord(tokens[0], "create") || index === undefined || !isWord(index, "index")) {
      return refused("the index is made by something else than CREATE INDEX", "build it with CREATE INDEX CONCURRENTLY before it");
    }
    if (judged.before.relations.get(change.table)?.kind === "partitioned-table") {
      // The partitions that the migrations know need not be all: jobs and extensions make them too, and the parent's index stays
      // invalid until the last one is attached.
      const partitions = [...judged.before.relations.values()].filter((relation) => relation.partitionOf === change.table);
      const named = partitions.map((relation) => `\`${displayName(relation.name)}\``).join(", ");
      const known = partitions.length === 0 ? "" : ` (the migrations know ${named})`;
      return refused(
        `${displayName(change.table)} is partitioned, where Postgres refuses CONCURRENTLY`,
        `in three migrations: CREATE INDEX … ON ONLY ${displayName(change.table)}; CREATE INDEX CONCURRENTLY on each partition${known}; ALTER INDEX … ATTACH PARTITION for each`,
      );
    }
    const head = plainly(statement, tokens.slice(0, at + 1));
    const word = spelled(statement, "CONCURRENTLY");
    return { kind: "remedy", summary: `${head} → ${head} ${word}`, edits: [insertion(index.end, ` ${word}`)], outside: true };
  },
};
