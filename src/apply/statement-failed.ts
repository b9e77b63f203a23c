import type { JudgedStatement } from "../model/judged.ts";

/** The server refused a statement; its transaction is rolled back. */
export class StatementFailed extends Error {
  override readonly name = "StatementFailed";
  readonly sqlstate: string;
  readonly statement: JudgedStatement;
  /** It was refused at COMMIT: any statement of the transaction may be the cause. */
  readonly atCommit: boolean;
  /** What the server added. */
  readonly detail: string | null;

  constructor(error: Error & { readonly code: string; readonly detail?: string }, statement: JudgedStatement, atCommit = false) {
    super(error.message, { cause: error });
    this.sqlstate = error.code;
    this.statement = statement;
    this.atCommit = atCommit;
    this.detail = error.detail ?? null;
  }
}
