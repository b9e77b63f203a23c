import { refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { atCommas, isWord, plainly, spelled } from "../sql-statement.ts";

export const dropIndexBlocking: SqlFix = {
  id: "drop-index-blocking",
  rules: ["drop-index-blocking", "hot-table-alter"],
  evenInfo: true,
  propose({ judged, statement }) {
    const changes = judged.statement.changes.filter((candidate) => candidate.kind === "drop-index");
    const { tokens } = statement;
    const index = tokens[1];
    if (changes.length === 0 || !isWord(tokens[0], "drop") || index === undefined || !isWord(index, "index")) return null;
    if (changes.some((change) => change.concurrently)) return null;
    const last = tokens.at(-1);
    if (isWord(last, "cascade")) {
      return refused(
        "CASCADE cannot be said together with CONCURRENTLY",
        "drop what depends on the index by itself, then DROP INDEX CONCURRENTLY",
      );
    }
    const onPartitioned = (judged.predicted?.locks ?? []).some(
      ({ relation }) => judged.before.relations.get(relation)?.kind === "partitioned-table",
    );
    if (onPartitioned) {
      return refused(
        "the index belongs to a partitioned table, where Postgres refuses CONCURRENTLY",
        "SET lock_timeout before it, and run it again when it gives up",
      );
    }
    const word = spelled(statement, "CONCURRENTLY");
    const head = plainly(statement, tokens.slice(0, 2));
    const ifExists = isWord(tokens[2], "if") && isWord(tokens[3], "exists");
    const restrict = isWord(last, "restrict");
    const names = atCommas(tokens.slice(ifExists ? 4 : 2, restrict ? -1 : undefined));
    if (names.length === 1) {
      return { kind: "remedy", summary: `${head} → ${head} ${word}`, edits: [insertion(index.end, ` ${word}`)], outside: true };
    }
    // CONCURRENTLY takes one name only.
    const [first, ...others] = names.map((name) => {
      const prefix = `${head} ${word}${ifExists ? ` ${spelled(statement, "IF EXISTS")}` : ""}`;
      return `${prefix} ${plainly(statement, name)}${restrict ? ` ${spelled(statement, "RESTRICT")}` : ""}`;
    });
    return {
      kind: "remedy",
      summary: `one ${head} ${word} for each of the ${names.length} indexes`,
      edits: [{ start: statement.start, end: statement.end, text: first ?? "" }],
      outside: true,
      after: others,
      together: true,
    };
  },
};
