import { bareName } from "../../model/schema.ts";
import { sqlName } from "../../rules/words.ts";
import { positionOf, refused, type SqlFix } from "../contract.ts";
import { insertion } from "../edits.ts";
import { above, behindName, isPunct, isWord, locate, plainly, spelled } from "../sql-statement.ts";

/** The invalid index that a failed try left is dropped, instead of passed over. */
export const concurrentlyIfNotExists: SqlFix = {
  id: "concurrently-if-not-exists",
  rules: ["concurrently-if-not-exists"],
  evenInfo: true,
  propose({ judged, siblings, statement }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "create-index");
    if (change === undefined) return null;
    const byHand = `DROP INDEX CONCURRENTLY IF EXISTS ${bareName(change.index.name)} in a migration before it, and CREATE INDEX CONCURRENTLY without IF NOT EXISTS`;
    const table = judged.before.relations.get(change.table);
    if (!judged.before.complete || table === undefined) {
      return refused("whether the index is there already is not known: not all of the schema was shown", byHand);
    }
    if ([...judged.before.relations.values()].some((relation) => relation.indexes.some((index) => index.name === change.index.name))) {
      return refused("an index of that name is there already, which the statement is meant to pass over", byHand);
    }
    if (judged.migration.transaction !== "none" || judged.statement.transaction !== null) {
      return refused("with a second statement in the file it would run in a transaction", byHand);
    }
    const { tokens, file } = statement;
    const at = tokens.findIndex((token, n) => isWord(token, "if") && isWord(tokens[n + 1], "not") && isWord(tokens[n + 2], "exists"));
    const [first, last, name] = [tokens[at], tokens[at + 2], tokens[at + 3]];
    const on = at + 4;
    if (first === undefined || last === undefined || name === undefined || !isWord(tokens[on], "on")) return null;
    const tableFrom = isWord(tokens[on + 1], "only") ? on + 2 : on + 1;
    const tableTo = behindName(tokens, tableFrom);
    const schema = isPunct(tokens[tableTo - 2], ".") ? plainly(statement, tokens.slice(tableFrom, tableTo - 1)) : "";
    const target = `${schema}${sqlName(bareName(change.index.name))}`;
    const previous = siblings[positionOf(siblings, judged) - 1];
    const from = previous === undefined ? 0 : (locate(file, previous.statement)?.end ?? 0);
    const gap = /^[ \t]/.test(file.text.slice(last.end)) ? 1 : 0;
    return {
      kind: "remedy",
      summary: "an index that a failed try left is dropped first; without IF NOT EXISTS",
      edits: [
        insertion(
          above(statement, from),
          `${spelled(statement, "DROP INDEX CONCURRENTLY IF EXISTS")} ${target};${file.newline}${statement.indent}`,
        ),
        { start: first.start, end: last.end + gap, text: "" },
      ],
    };
  },
};
