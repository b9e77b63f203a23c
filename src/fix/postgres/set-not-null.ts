import { bareName, displayName } from "../../model/schema.ts";
import { sqlName } from "../../rules/words.ts";
import { refused, type SqlFix } from "../contract.ts";
import { alterTable, hasChildren, isWord, plainly, spelled } from "../sql-statement.ts";
import { notValid } from "./not-valid.ts";

const named = notValid("not-null", "set-not-null");

/** 18 knows NOT NULL … NOT VALID; before it a validated CHECK is the proof that SET NOT NULL takes instead of a scan (12 and newer). */
export const setNotNull: SqlFix = {
  id: "set-not-null",
  rules: ["set-not-null"],
  propose(problem) {
    const { judged, statement, environments, finding } = problem;
    const changes = judged.statement.changes.filter((change) => change.kind === "set-not-null");
    if (finding.liveVersions.length > 0) {
      return refused(
        `${finding.liveVersions.join(", ")} still write NULL into it`,
        "first release a version that always fills the column, and wait until the old one is gone",
      );
    }
    if (changes.length === 0) return named.propose(problem);
    const parts = alterTable(statement);
    if (parts === null || changes.length !== judged.statement.changes.length || parts.actions.length !== changes.length) {
      return refused("the statement does something else, too", "put SET NOT NULL into a statement of its own, and run --fix again");
    }
    if (parts.only && hasChildren(judged.before, changes[0]?.table ?? ""))
      return refused("ONLY leaves the tables below it out", "follow the help of the finding with ONLY in every statement");
    const newest = environments.every(({ postgres }) => postgres >= 18);
    const first: string[] = [];
    const validate: string[] = [];
    const then: string[] = [];
    const say = (words: string): string => spelled(statement, words);
    for (const [n, change] of changes.entries()) {
      const action = parts.actions[n] ?? [];
      // ALTER [COLUMN] name SET NOT NULL
      const at = isWord(action[1], "column") ? 2 : 1;
      const token = action[at];
      if (!isWord(action[0], "alter") || token === undefined || action.length !== at + 4)
        return refused("its parts could not be told apart", "put SET NOT NULL into a statement of its own, and run --fix again");
      const column = plainly(statement, [token]);
      // The name that SET NOT NULL itself would give its constraint on 18, so that the schema comes out the same.
      const name = `${bareName(change.table)}_${change.column}_${newest ? "not_null" : "present"}`;
      const taken = judged.before.relations.get(change.table)?.constraints.some((constraint) => constraint.name === name) === true;
      if (Buffer.byteLength(name) > 63 || taken) {
        return refused(
          `a name for the constraint on ${displayName(change.table)}.${change.column} ${taken ? "is taken" : "would be longer than Postgres' 63 bytes"}`,
          "follow the help of the finding with a name of your own",
        );
      }
      const constraint = sqlName(name);
      const add = `${parts.head} ${say("ADD CONSTRAINT")} ${constraint}`;
      first.push(
        newest
          ? `${add} ${say("NOT NULL")} ${column} ${say("NOT VALID")}`
          : `${add} ${say("CHECK")} (${column} ${say("IS NOT NULL")}) ${say("NOT VALID")}`,
      );
      validate.push(`${parts.head} ${say("VALIDATE CONSTRAINT")} ${constraint}`);
      if (newest) continue;
      then.push(`${parts.head} ${plainly(statement, action)}`, `${parts.head} ${say("DROP CONSTRAINT")} ${constraint}`);
    }
    const newline = `;${statement.file.newline}${statement.indent}`;
    const columns = changes.map((change) => change.column).join(", ");
    return {
      kind: "remedy",
      summary: newest
        ? `${columns}: NOT NULL is added NOT VALID and validated in a transaction of its own`
        : `${columns}: a CHECK, NOT VALID and then validated, proves it before SET NOT NULL`,
      edits: [{ start: statement.start, end: statement.end, text: first.join(newline) }],
      after: [...validate, ...then],
      named: `require_${changes[0]?.column ?? "column"}`,
    };
  },
};
