import { tokensOf } from "../../engines/postgres/parse/lexer.ts";
import type { Statement } from "../../model/migration.ts";
import { displayName } from "../../model/schema.ts";
import { refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { isWord, plainly, spelled } from "../sql-statement.ts";

/** Needs a unique index over plain columns and all rows, and a view that holds something (manual, REFRESH MATERIALIZED VIEW). */
export const refreshMaterializedView: SqlFix = {
  id: "refresh-materialized-view",
  rules: ["refresh-materialized-view", "rewrite-under-lock", "scan-under-lock", "hot-table-alter"],
  propose({ judged, statement, earlier }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "refresh-materialized-view");
    const { tokens } = statement;
    const view = tokens[2];
    if (change === undefined || change.concurrently || view === undefined) return null;
    if (!isWord(tokens[0], "refresh") || !isWord(tokens[1], "materialized") || !isWord(view, "view")) return null;
    const name = displayName(change.name);
    if (!change.withData) {
      return refused("WITH NO DATA empties the view, which CONCURRENTLY cannot", "leave it, under a lock_timeout: nothing is read for it");
    }
    const relation = judged.before.relations.get(change.name);
    const unique = relation?.indexes.some(
      (index) => index.unique && index.valid && index.predicate === null && index.columns.every((column) => column !== null),
    );
    if (relation === undefined || unique !== true) {
      return refused(
        `no unique index over plain columns of ${name} is known, without which Postgres refuses CONCURRENTLY`,
        `CREATE UNIQUE INDEX CONCURRENTLY on a key of ${name}, then REFRESH MATERIALIZED VIEW CONCURRENTLY`,
      );
    }
    if (mayBeEmpty(change.name, earlier())) {
      return refused(
        `${name} may never have been filled, and the first filling cannot be CONCURRENTLY`,
        "leave the first REFRESH as it is, and use CONCURRENTLY from the second one on",
      );
    }
    const head = plainly(statement, tokens.slice(0, 3));
    const word = spelled(statement, "CONCURRENTLY");
    // In a transaction it is allowed.
    return { kind: "remedy", summary: `${head} → ${head} ${word}`, edits: [insertion(view.end, ` ${word}`)] };
  },
};

/** What filled or made the view last said WITH NO DATA: then it holds nothing. */
function mayBeEmpty(view: string, earlier: readonly Statement[]): boolean {
  const last = earlier.findLast(({ changes }) =>
    changes.some(
      (change) =>
        (change.kind === "create-relation" && change.relation.name === view) ||
        (change.kind === "refresh-materialized-view" && change.name === view),
    ),
  );
  const words = tokensOf(last?.sql ?? "").slice(-3);
  return words.length === 3 && words.map((token) => token.text).join(" ") === "with no data";
}
