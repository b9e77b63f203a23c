/**
 * Where `tread apply` writes down what ran: a server that holds this table is one that tread looks after. Defined here, because what must
 * never touch such a server has to know the name too.
 */
export const LEDGER_TABLE = "tread.ledger";

/**
 * Where a migration stands:
 * - `running`: some of its steps are done, or one was begun.
 * - `done`: every step is. `adopted`: it had run before tread kept the ledger. `undone`: its way back has run.
 * - `failed`: a step ended with an error; what was begun in a transaction is rolled back.
 */
export type LedgerState = "running" | "done" | "adopted" | "undone" | "failed";

/** One migration as the ledger of a database records it. */
export interface LedgerEntry {
  /** Folder of the source; with `migration` the key. */
  readonly source: string;
  readonly migration: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly hash: string;
  readonly state: LedgerState;
  /** Version of tread that wrote it. */
  readonly tool: string;
  /** Who ran it: the role, and the user and host of the machine. */
  readonly by: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
  /** Findings that were accepted, as `rule: reason`. */
  readonly accepted: readonly string[];
  readonly steps: readonly LedgerStep[];
}

/**
 * One step: a transaction, or a statement outside of one.
 * - `intended`: it was begun outside of a transaction and its end is not known: the catalogue tells.
 * - `done`, `failed`.
 */
export interface LedgerStep {
  /** The statement it begins with, and the one after its last. */
  readonly from: number;
  readonly to: number;
  readonly state: "intended" | "done" | "failed";
  /** SHA-256 of its SQL, hex. */
  readonly hash: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Milliseconds from the first request for a lock until it was had, over all attempts. */
  readonly lockWaitMs: number | null;
  /** Milliseconds during which its strong locks were held, its COMMIT included; the longest request in a queue counts too. */
  readonly lockHoldMs: number | null;
  readonly attempts: number;
  readonly rows: number | null;
  readonly error: string | null;
}
