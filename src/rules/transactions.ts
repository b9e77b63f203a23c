import type { JudgedStatement } from "../model/judged.ts";
import { changesOf } from "./rule.ts";

/** What the statements of a migration do to transactions by themselves, whatever the tool puts around them. */
export interface OwnTransactions {
  /** BEGIN that no COMMIT or ROLLBACK follows. */
  readonly unclosed: JudgedStatement | null;
  /** BEGIN inside of a transaction that the statements opened themselves. */
  readonly nested: readonly JudgedStatement[];
  /** COMMIT and ROLLBACK that no BEGIN precedes. */
  readonly stray: readonly JudgedStatement[];
  readonly begins: readonly JudgedStatement[];
}

export function ownTransactions(statements: readonly JudgedStatement[]): OwnTransactions {
  let open: JudgedStatement | null = null;
  const nested: JudgedStatement[] = [];
  const stray: JudgedStatement[] = [];
  const begins: JudgedStatement[] = [];
  for (const statement of statements) {
    for (const change of statement.statement.changes) {
      if (change.kind === "begin") {
        begins.push(statement);
        if (open !== null) nested.push(statement);
        open ??= statement;
      } else if (change.kind === "commit" || change.kind === "rollback") {
        if (open === null) stray.push(statement);
        // COMMIT AND CHAIN opens the next one at once, as a BEGIN in the same statement.
        open = null;
      }
    }
  }
  const chained = open !== null && changesOf(open, "commit").length > 0;
  return { unclosed: chained ? null : open, nested, stray, begins };
}
