import type { Session, SchemaState } from "../schema.ts";
import type { Handlers } from "./store.ts";

const NOTHING_HELD: Session["held"] = new Map();

/** A connection as it begins: `"$user", public`, no transaction, nothing set. */
export function freshSession(timeZone: string | null = null): Session {
  return {
    inTransaction: false,
    searchPath: ["public"],
    lockTimeout: null,
    statementTimeout: null,
    timeZone,
    defaultTimeZone: timeZone,
    held: NOTHING_HELD,
  };
}

export const sessionHandlers: Handlers<
  "begin" | "commit" | "rollback" | "savepoint" | "release" | "rollback-to" | "set" | "prepare" | "deallocate"
> = {
  begin(_change, state) {
    // BEGIN inside of a transaction is a warning and nothing else.
    if (state.session.inTransaction) return state;
    return {
      ...state,
      session: { ...state.session, inTransaction: true, held: NOTHING_HELD },
      transaction: { start: state, afterCommit: state.session, savepoints: [] },
    };
  },

  commit(_change, state) {
    const { transaction, ...rest } = state;
    const session = transaction?.afterCommit ?? state.session;
    return { ...rest, session: { ...session, inTransaction: false, held: NOTHING_HELD } };
  },

  /** Without a BEGIN of its own (the migration's tool opened the transaction) the state before is not known here: it stays. */
  rollback(_change, state) {
    if (state.transaction !== undefined) return state.transaction.start;
    return { ...state, session: { ...state.session, inTransaction: false, held: NOTHING_HELD } };
  },

  savepoint(change, state) {
    const transaction = state.transaction ?? { start: state, afterCommit: state.session, savepoints: [] };
    return { ...state, transaction: { ...transaction, savepoints: [...transaction.savepoints, { name: change.name ?? "", state }] } };
  },

  release(change, state) {
    if (state.transaction === undefined) return state;
    const at = state.transaction.savepoints.findLastIndex((s) => s.name === (change.name ?? ""));
    return at === -1 ? state : { ...state, transaction: { ...state.transaction, savepoints: state.transaction.savepoints.slice(0, at) } };
  },

  "rollback-to"(change, state) {
    const savepoints = state.transaction?.savepoints ?? [];
    const at = savepoints.findLastIndex((s) => s.name === (change.name ?? ""));
    const saved = savepoints[at];
    if (saved === undefined || state.transaction === undefined) return state;
    // The savepoint itself stays. Locks taken after it are given back (manual, ROLLBACK TO SAVEPOINT), so `held` returns too.
    return { ...saved.state, transaction: { ...state.transaction, savepoints: savepoints.slice(0, at + 1) } };
  },

  set(change, state) {
    // SET LOCAL outside of a transaction has no effect (manual, SET).
    if (change.local && !state.session.inTransaction) return state;
    const given = { ...change.session, ...defaultsOf(change.setting, change.value, state.session) };
    const session: Session = { ...state.session, ...given };
    const next: SchemaState = { ...state, session };
    if (state.transaction === undefined || change.local) return next;
    return { ...next, transaction: { ...state.transaction, afterCommit: { ...state.transaction.afterCommit, ...given } } };
  },

  // Prepared statements outlive a rollback (manual, PREPARE): they are the session's and no part of the transaction.
  prepare: (change, state) => withPrepared(state, new Map([...(state.session.prepared ?? []), [change.name, change.sql]])),
  deallocate: (change, state) =>
    withPrepared(state, new Map([...(state.session.prepared ?? [])].filter(([name]) => change.name !== null && name !== change.name))),
};

/** RESET TimeZone returns to what the tool or the server has set, not to nothing. */
/** What the server or the tool had set before anybody said SET is what RESET and SET … TO DEFAULT return to. */
function defaultsOf(setting: string, value: string | null, session: Session): Partial<Session> {
  if (value !== null) return {};
  return {
    ...(setting === "timezone" || setting === "all" ? { timeZone: session.defaultTimeZone ?? null } : {}),
    ...((setting === "search_path" || setting === "all") && session.defaultSearchPath !== undefined
      ? { searchPath: session.defaultSearchPath }
      : {}),
  };
}

function withPrepared(state: SchemaState, prepared: ReadonlyMap<string, string>): SchemaState {
  const next = { ...state, session: { ...state.session, prepared } };
  if (state.transaction === undefined) return next;
  const { start, afterCommit } = state.transaction;
  const begun = { ...start, session: { ...start.session, prepared } };
  return { ...next, transaction: { ...state.transaction, start: begun, afterCommit: { ...afterCommit, prepared } } };
}
