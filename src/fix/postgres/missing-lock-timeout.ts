import { blocksWrites } from "../../model/effects.ts";
import { sizeOf } from "../../model/environment.ts";
import type { JudgedStatement } from "../../model/judged.ts";
import { milliseconds } from "../../rules/words.ts";
import { positionOf, refused, type SqlFix, type SqlProblem } from "../contract.ts";
import { insertion, type Edit } from "../edits.ts";
import { above, locate, spelled } from "../sql-statement.ts";
import { shareSession } from "../tools/index.ts";

/** What a statement outside of latency-critical tables may wait for a lock; as in the help of the rule. */
const USUAL_MS = 2000;

/**
 * One line above the first statement that takes a blocking lock: SET LOCAL inside of a transaction, SET outside of one, where it is
 * switched off again for what runs CONCURRENTLY.
 */
export const missingLockTimeout: SqlFix = {
  id: "missing-lock-timeout",
  rules: ["missing-lock-timeout"],
  last: true,
  propose(problem) {
    const { judged, siblings, statement } = problem;
    const { migration } = judged;
    const timeout = timeoutFor(problem);
    const set = (words: string, value: string): string => `${spelled(statement, words)} lock_timeout = ${value};`;
    const alone = migration.transaction === "single-query" && siblings.length === 1;
    if (alone && judged.statement.changes.some((change) => change.kind === "maintenance" || change.kind === "opaque")) {
      return refused(
        "with a second statement in the file it would run in a transaction",
        "set lock_timeout for the role or the connection that migrates: ALTER ROLE … SET lock_timeout",
      );
    }
    const place = (line: string, at: JudgedStatement): Edit | null => {
      const found = at === judged ? statement : locate(statement.file, at.statement);
      if (found === null) return null;
      const previous = siblings[positionOf(siblings, at) - 1];
      const from = previous === undefined ? 0 : (locate(statement.file, previous.statement)?.end ?? 0);
      const breakpoint = migration.transaction === "all-pending" && migration.layout === "drizzle" ? "--> statement-breakpoint" : "";
      return insertion(above(found, from), `${line}${breakpoint}${statement.file.newline}${found.indent}`);
    };
    if (judged.statement.transaction !== null || alone) {
      const edit = place(set("SET LOCAL", timeout), judged);
      return edit === null ? null : { kind: "remedy", summary: `SET LOCAL lock_timeout = ${timeout}`, edits: [edit] };
    }
    const edits: (Edit | null)[] = [];
    let on = false;
    for (const sibling of siblings.slice(positionOf(siblings, judged))) {
      if (sibling.statement.changes.some((change) => change.kind === "set" && change.setting === "lock_timeout")) break;
      if (on && waitsLong(sibling)) edits.push(place(set("SET", "0"), sibling));
      else if (!on && (sibling === judged || blocks(sibling))) edits.push(place(set("SET", timeout), sibling));
      else continue;
      on = !on;
    }
    const last = siblings.at(-1);
    const end = last === undefined ? null : locate(statement.file, last.statement);
    if (end !== null && shareSession(migration.layout))
      edits.push(insertion(end.end, `;${statement.file.newline}${end.indent}${spelled(statement, "RESET")} lock_timeout`));
    if (edits.includes(null)) return null;
    return { kind: "remedy", summary: `SET lock_timeout = ${timeout}`, edits: edits.filter((edit) => edit !== null) };
  },
};

function timeoutFor({ judged, environments, thresholds }: SqlProblem): string {
  const hot = (judged.predicted?.locks ?? []).some(({ relation }) =>
    environments.some((environment) => sizeOf(environment, relation, thresholds).hot),
  );
  return `'${milliseconds(hot ? Math.min(thresholds.stallMs, USUAL_MS) : USUAL_MS).replace(" ", "")}'`;
}

function blocks(judged: JudgedStatement): boolean {
  return judged.statement.transaction === null && (judged.predicted?.locks ?? []).some(({ mode }) => blocksWrites(mode));
}

/** Between its phases it waits for every older transaction and blocks nobody: a timeout would leave it half done. */
export function waitsLong(judged: JudgedStatement): boolean {
  return judged.statement.changes.some(
    (change) =>
      (change.kind === "create-index" || change.kind === "drop-index" || change.kind === "reindex" || change.kind === "detach-partition") &&
      change.concurrently,
  );
}
