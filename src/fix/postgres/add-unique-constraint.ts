import { bareName, displayName } from "../../model/schema.ts";
import { sqlName } from "../../rules/words.ts";
import { refused, type SqlFix } from "../contract.ts";
import { alterTable, behindParenthesis, isPunct, isWord, plainly, spelled } from "../sql-statement.ts";

/** UNIQUE and PRIMARY KEY take over an index that was built CONCURRENTLY under the same name. */
export const addUniqueConstraint: SqlFix = {
  id: "add-unique-constraint",
  rules: ["add-unique-constraint"],
  propose({ judged, statement }) {
    const change = judged.statement.changes.find((candidate) => candidate.kind === "add-constraint");
    const parts = alterTable(statement);
    const action = parts?.actions[0];
    if (change === undefined || parts === null || action === undefined || parts.actions.length !== 1 || !isWord(action[0], "add")) {
      return refused("the statement does something else, too", "put the constraint into an ALTER TABLE of its own, and run --fix again");
    }
    const { constraint, table, usingIndex } = change;
    const relation = judged.before.relations.get(table);
    if (usingIndex !== null) {
      return refused(
        "the columns of its index may be NULL, which the primary key proves by reading every row",
        `make ${constraint.columns.join(", ")} NOT NULL first, in stages`,
      );
    }
    if (constraint.kind === "exclusion") {
      return refused("EXCLUDE has no form that does not block", "see `tread explain add-unique-constraint`");
    }
    if (relation?.kind === "partitioned-table") {
      return refused(
        `${displayName(table)} is partitioned, where Postgres refuses CONCURRENTLY`,
        "build a unique index on each partition concurrently, then one ON ONLY the table, and attach them",
      );
    }
    if (constraint.kind === "primary-key") {
      const unproved = constraint.columns.filter((name) => relation?.columns.find((column) => column.name === name)?.notNull !== true);
      if (unproved.length > 0) {
        return refused(
          `${unproved.join(", ")} may be NULL, which a primary key proves by reading every row`,
          `make ${unproved.join(", ")} NOT NULL first, in stages; then CREATE UNIQUE INDEX CONCURRENTLY and ADD PRIMARY KEY USING INDEX`,
        );
      }
    }
    // ADD [CONSTRAINT name] {UNIQUE [NULLS [NOT] DISTINCT] | PRIMARY KEY} (…) [INCLUDE (…)] [WITH (…)] [USING INDEX TABLESPACE t] [deferrable]
    let at = isWord(action[1], "constraint") ? 3 : 1;
    const words = isWord(action[at], "unique") ? "UNIQUE" : "PRIMARY KEY";
    at += words === "UNIQUE" ? 1 : 2;
    const nullsFrom = at;
    while (isWord(action[at], "nulls", "not", "distinct")) at++;
    const nulls = plainly(statement, action.slice(nullsFrom, at));
    const from = at;
    if (!isPunct(action[at], "(")) return refused("its parts could not be told apart", "follow the help of the finding");
    at = behindParenthesis(action, at);
    const keys = plainly(statement, action.slice(from, at));
    const options: string[] = [];
    if (isWord(action[at], "include") && isPunct(action[at + 1], "(")) {
      const end = behindParenthesis(action, at + 1);
      options.push(plainly(statement, action.slice(at, end)));
      at = end;
    }
    if (nulls !== "") options.push(nulls);
    if (isWord(action[at], "with") && isPunct(action[at + 1], "(")) {
      const end = behindParenthesis(action, at + 1);
      options.push(plainly(statement, action.slice(at, end)));
      at = end;
    }
    if (isWord(action[at], "using") && isWord(action[at + 1], "index") && isWord(action[at + 2], "tablespace")) {
      options.push(plainly(statement, action.slice(at + 2, at + 4)));
      at += 4;
    }
    const rest = action.slice(at);
    const deferrable = rest.every((token) => isWord(token, "not", "deferrable", "initially", "deferred", "immediate"));
    if (!deferrable || action.slice(from, behindParenthesis(action, from)).some((token) => isWord(token, "without"))) {
      return refused("the constraint has a clause that an index cannot take over", "follow the help of the finding");
    }
    const say = (text: string): string => spelled(statement, text);
    const name = sqlName(constraint.name);
    const target = parts.table;
    const attributes = rest.length === 0 ? "" : ` ${plainly(statement, rest)}`;
    return {
      kind: "remedy",
      summary: `${bareName(constraint.name)} is built as an index CONCURRENTLY and then becomes the constraint`,
      edits: [
        {
          start: statement.start,
          end: statement.end,
          text: [say("CREATE UNIQUE INDEX CONCURRENTLY"), name, say("ON"), target, keys, ...options].join(" "),
        },
      ],
      outside: true,
      after: [`${parts.head} ${say("ADD CONSTRAINT")} ${name} ${say(`${words} USING INDEX`)} ${name}${attributes}`],
      named: `add_${constraint.name}`,
    };
  },
};
