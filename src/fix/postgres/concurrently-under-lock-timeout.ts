import { milliseconds } from "../../rules/words.ts";
import { positionOf, type SqlFix } from "../contract.ts";
import { insertion, type Edit } from "../edits.ts";
import { above, locate, spelled } from "../sql-statement.ts";
import { waitsLong } from "./missing-lock-timeout.ts";

export const concurrentlyUnderLockTimeout: SqlFix = withoutTimeout("concurrently-under-lock-timeout", "lock_timeout");

/** Switches a time-out off for a run of CONCURRENTLY statements, and on again for what follows them. */
export function withoutTimeout(rule: string, setting: "lock_timeout" | "statement_timeout"): SqlFix {
  return {
    id: rule,
    rules: [rule],
    propose({ judged, siblings, statement }) {
      const { session } = judged.before;
      const timeout = setting === "lock_timeout" ? session.lockTimeout : session.statementTimeout;
      if (timeout === null || judged.migration.transaction !== "none" || judged.statement.transaction !== null) return null;
      const here = positionOf(siblings, judged);
      const previous = siblings[here - 1];
      // The first of a run switches it off for all of them.
      if (previous !== undefined && waitsLong(previous)) return null;
      let last = here;
      for (let next = siblings[last + 1]; next !== undefined && waitsLong(next); next = siblings[last + 1]) last++;
      const { newline } = statement.file;
      const from = previous === undefined ? 0 : (locate(statement.file, previous.statement)?.end ?? 0);
      const edits: Edit[] = [
        insertion(above(statement, from), `${spelled(statement, "SET")} ${setting} = 0;${newline}${statement.indent}`),
      ];
      const end = siblings[last];
      if (end !== undefined && last + 1 < siblings.length) {
        const found = locate(statement.file, end.statement);
        if (found === null) return null;
        const value = `'${milliseconds(timeout).replace(" ", "")}'`;
        edits.push(insertion(found.end, `;${newline}${found.indent}${spelled(statement, "SET")} ${setting} = ${value}`));
      }
      return { kind: "remedy", summary: `SET ${setting} = 0 while it runs`, edits };
    },
  };
}
