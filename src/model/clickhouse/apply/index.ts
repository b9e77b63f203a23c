import type { Origin } from "../../schema.ts";
import { PersistentMap } from "../../persistent.ts";
import type { ClickHouseChange } from "../change.ts";
import type { ClickHouseSession, ClickHouseState } from "../schema.ts";
import { columnHandlers } from "./column-changes.ts";
import { objectHandlers } from "./object-changes.ts";
import { propertyHandlers } from "./property-changes.ts";
import type { Handlers } from "./store.ts";
import { tableHandlers } from "./table-changes.ts";

const FRESH_SESSION: ClickHouseSession = { database: null, settings: new Map() };

/**
 * A server as it starts: the databases `default` and `system`.
 * @param options.complete the migrations create everything (see `ClickHouseState.complete`); default true
 */
export function emptyClickHouseState(options: { readonly complete?: boolean } = {}): ClickHouseState {
  const origin = { migration: null };
  return {
    databases: PersistentMap.from([
      ["default", { name: "default", engine: "Atomic", engineArgs: [], comment: null, cluster: null, origin }],
    ]),
    tables: PersistentMap.empty(),
    dependents: PersistentMap.empty(),
    detached: PersistentMap.empty(),
    dropped: PersistentMap.empty(),
    functions: PersistentMap.empty(),
    namedCollections: PersistentMap.empty(),
    objects: new Set(),
    session: FRESH_SESSION,
    complete: options.complete ?? true,
  };
}

/** The state as a new session finds it: what USE and SET did is gone, and so are temporary tables. */
export function withFreshSession(state: ClickHouseState): ClickHouseState {
  return { ...state, session: FRESH_SESSION };
}

const same = (_change: ClickHouseChange, state: ClickHouseState): ClickHouseState => state;

const handlers: Handlers<ClickHouseChange["kind"]> = {
  ...tableHandlers,
  ...columnHandlers,
  ...propertyHandlers,
  ...objectHandlers,
  "alter-update": same,
  "alter-delete": same,
  "lightweight-update": same,
  "lightweight-delete": same,
  "apply-deleted-mask": same,
  "apply-patches": same,
  "rewrite-parts": same,
  insert: same,
  partition: same,
  system: same,
  kill: same,
  backup: same,
  read: same,
  // What was restored is known only to the backup.
  restore: (_change, state) => (state.complete ? { ...state, complete: false } : state),
  // What was not understood may have created anything: from here on a missing table is unknown, not an error.
  opaque: (change, state) => (change.mayTouch === null && state.complete ? { ...state, complete: false } : state),
};

/**
 * The schema after a change. Pure; shares what did not change. A change to something that the state does not know leaves it as it
 * is: whether that is an error is for the engine's prediction to say.
 * @param origin stamped on what the change creates
 */
export function applyClickHouse(change: ClickHouseChange, state: ClickHouseState, origin: Origin): ClickHouseState {
  const handler = handlers[change.kind] as (change: ClickHouseChange, state: ClickHouseState, origin: Origin) => ClickHouseState;
  return handler(change, state, origin);
}
