import type { SessionControl } from "../engines/postgres/proxy/types.ts";
import type { SchemaState, Session as Settings } from "../model/schema.ts";
import type { Understood } from "./footing.ts";
import type { historyOf } from "./history.ts";

/** A statement of the command that is on its way. */
export interface Running {
  readonly sql: string;
  readonly understood: Understood;
  /** `performance.now()` when it was first about to run. */
  readonly since: number;
  attempts: number;
  /** Set from the moment on at which the server has it. */
  sent: boolean;
  /** Set when tread has cancelled it. `working`: it had its locks and held them too long. */
  cancelled: { readonly working: boolean; readonly why: string } | null;
  /** How often it was cancelled while it held what it needed. */
  tooLong: number;
  /** The command was told that it failed, by tread's doing. */
  gaveUp: boolean;
}

/** What the transaction has done so far. */
export interface Open {
  /** It holds locks that reads or writes wait for. */
  strong: boolean;
  changes: number;
  history: ReturnType<typeof historyOf>;
  /** Nobody's BEGIN has opened it: it ends with its message or its Sync. */
  readonly implicit: boolean;
  readonly before: SchemaState;
}

/** One connection of the command's. */
export interface GuardedSession {
  readonly control: SessionControl;
  settings: Settings;
  running: Running | null;
  /** The statement for whose sake a message of several is run again. */
  replayed: Running | null;
  /** What it is doing, or did last. */
  last: string;
  open: Open | null;
  /** The transaction has tread's savepoint, before which it held nothing strong. */
  savepoint: boolean;
  /** What `lock_timeout` was before tread set it, as SHOW writes it; null: it is the client's own now. */
  theirs: string | null;
  /** ms, while it is tread's. */
  ours: number | null;
  /** What `lock_timeout` was when the session began. */
  readonly first: string;
  /** An action of tread's is on its way that must not meet the next statement. */
  acting: Promise<void>;
}
