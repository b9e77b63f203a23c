import { refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { behindParenthesis, isPunct, isWord, plainly, spelled } from "../sql-statement.ts";

export const reindex: SqlFix = {
  id: "reindex",
  rules: ["scan-under-lock", "rewrite-under-lock", "hot-table-alter", "reindex-blocking"],
  propose({ judged, statement }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "reindex");
    const { tokens } = statement;
    if (change === undefined || change.concurrently || !isWord(tokens[0], "reindex")) return null;
    const at = isPunct(tokens[1], "(") ? behindParenthesis(tokens, 1) : 1;
    const what = tokens[at];
    if (what === undefined || tokens.slice(1, at).some((token) => isWord(token, "concurrently"))) return null;
    if (!isWord(what, "index", "table", "schema")) {
      return refused(
        "REINDEX DATABASE CONCURRENTLY leaves the system catalogs out, and SYSTEM cannot be rebuilt without blocking",
        "REINDEX TABLE CONCURRENTLY for the tables that need it",
      );
    }
    const head = plainly(statement, tokens.slice(0, at + 1));
    const word = spelled(statement, "CONCURRENTLY");
    return { kind: "remedy", summary: `${head} → ${head} ${word}`, edits: [insertion(what.end, ` ${word}`)], outside: true };
  },
};
