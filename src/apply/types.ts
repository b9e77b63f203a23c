import type { Client } from "pg";
import type { Backfill } from "./backfill/prepare.ts";
import type { LedgerKey } from "../ledger/postgres/ledger.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import type { TableLock } from "../model/effects.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { ParsedMigration } from "../model/migration.ts";

/** How a unit is run (docs/apply.md). */
export type Strategy =
  /** Its strong locks are taken together, first, without ever standing in a queue for longer than the budget. */
  | "locks-first"
  /** A transaction that takes no lock that traffic would wait for. */
  | "transaction"
  /** Postgres allows it only outside of a transaction: CREATE INDEX CONCURRENTLY, VACUUM, … */
  | "alone"
  /** Batches of rows, each a transaction. */
  | "backfill"
  /** SET and its like: sent whenever the migration is begun or gone on with, recorded nowhere. */
  | "session";

/** What one migration has in a unit; a unit of Drizzle's holds several migrations. */
export interface UnitPart {
  readonly key: LedgerKey;
  readonly migration: ParsedMigration;
  /** Index of the first statement, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the statements' SQL, hex. */
  readonly hash: string;
  /** With it, every statement of the migration is done. */
  readonly last: boolean;
  /** It is the way back of this migration, which is undone when it is done. */
  readonly undoes?: LedgerKey;
}

/** What runs, and is recorded, as one step. */
export interface Unit {
  readonly strategy: Strategy;
  readonly parts: readonly UnitPart[];
  /** What is sent, BEGIN and COMMIT left out: they are tread's to send. */
  readonly statements: readonly JudgedStatement[];
  /** How its transaction is begun, as the migration says it. */
  readonly begin: string;
  /** Locks that reads or writes would wait for, on what exists before the unit; sorted by relation. */
  readonly locks: readonly TableLock[];
  /** Set for a backfill. */
  readonly backfill?: Backfill;
}

/** Limits that the user sets. Milliseconds. */
export interface ApplyLimits {
  /** Longest that anybody may have to wait because of one lock of tread's. */
  readonly stallMs: number;
  /** Longest that tread looks for the right moment for one step. */
  readonly lockLimitMs: number;
  /** Ends an autovacuum that stands in the way (never one against wraparound). */
  readonly cancelAutovacuum: boolean;
  /** Ends sessions that hold a lock while idle in a transaction for longer than this; null: never. */
  readonly endIdleAfterMs: number | null;
  /**
   * Sent with steps that hold strong locks, null for what the server is set up for. `off`: others wait for neither disk nor standby while
   * they wait for tread, which waits for both when the locks are free again.
   */
  readonly synchronousCommit: "local" | "on" | "remote_apply" | "remote_write" | "off" | null;
}

/** The connections of one run. */
export interface ApplySession {
  readonly target: Target;
  readonly version: string;
  readonly major: number;
  readonly user: string;
  readonly superuser: boolean;
  /** Runs what is applied. */
  readonly runner: Client;
  /** Holds the advisory lock, and looks while the runner is busy. */
  readonly watcher: Client;
  /** A connection was lost: the runner is opened again. */
  reconnect(): Promise<ApplySession>;
  close(): Promise<void>;
}
