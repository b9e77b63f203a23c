import type { Statement } from "../../model/migration.ts";
import { controlOf, withoutComments } from "./control.ts";

export interface Undone {
  /** Statements that a later ROLLBACK of the same transaction takes back. */
  readonly statements: ReadonlySet<Statement>;
  /** ROLLBACKs of which it is known what they take back. */
  readonly rollbacks: ReadonlySet<Statement>;
}

const SAVEPOINT = /^savepoint\s+"?([^\s";]+)/i;
const ROLLBACK_TO = /^rollback\s+(?:work\s+|transaction\s+)?to\s+(?:savepoint\s+)?"?([^\s";]+)/i;

/**
 * What a file takes back by itself. Nobody else ever sees it, and after the ROLLBACK the schema is the one before: such statements need no
 * copy that follows them.
 *
 * @param transaction its statements in order, BEGIN and ROLLBACK included
 */
export function undoneIn(transaction: readonly Statement[]): Undone {
  const statements = new Set<Statement>();
  const rollbacks = new Set<Statement>();
  const savepoints: { readonly name: string; readonly at: number }[] = [];
  for (const [i, statement] of transaction.entries()) {
    const sql = withoutComments(statement.sql);
    const savepoint = SAVEPOINT.exec(sql)?.[1]?.toLowerCase();
    if (savepoint !== undefined) savepoints.push({ name: savepoint, at: i });
    const control = controlOf(statement.sql);
    if (control.kind !== "transaction" || !control.undoes) continue;
    const name = ROLLBACK_TO.exec(sql)?.[1]?.toLowerCase();
    const from = name === undefined ? 0 : savepoints.findLast((one) => one.name === name)?.at;
    if (from === undefined) continue;
    rollbacks.add(statement);
    for (const earlier of transaction.slice(from, i)) if (controlOf(earlier.sql).kind !== "transaction") statements.add(earlier);
  }
  return { statements, rollbacks };
}
