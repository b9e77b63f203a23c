import type { Change } from "../change.ts";
import type { Origin, SchemaState } from "../schema.ts";
import { PersistentMap } from "./persistent-map.ts";
import { columnHandlers } from "./column-changes.ts";
import { constraintHandlers } from "./constraint-changes.ts";
import { indexHandlers } from "./index-changes.ts";
import { objectHandlers } from "./object-changes.ts";
import { triggerHandlers } from "./trigger-changes.ts";
import { typeHandlers } from "./type-changes.ts";
import { relationHandlers } from "./relation-changes.ts";
import { RelationMap } from "./relations.ts";
import { freshSession, sessionHandlers } from "./session-changes.ts";
import { SequenceMap } from "./sequences.ts";
import type { Handlers } from "./store.ts";

export { addedRelations, childrenOf, foreignKeysTo, indexOwner, rowTypeUsers, treeOf, viewsOn } from "./relations.ts";
export { chooseName, indexColumnLabels, indexNameAddition, isRelationName, makeObjectName } from "./names.ts";
export { indexBehind } from "./constraint-changes.ts";
export { columnsWithDefault, objectKey, relationsWithDefault } from "./object-changes.ts";
export { schemaOf } from "./store.ts";
export { typedTables } from "./type-changes.ts";

export interface EmptyOptions {
  /** The migrations create everything (see `SchemaState.complete`). Default true. */
  readonly complete?: boolean;
  /** The session's time zone, where the tool sets one (Django: UTC). */
  readonly timeZone?: string | null;
}

/** A database as `CREATE DATABASE` makes it. */
export function emptyState(options: EmptyOptions = {}): SchemaState {
  return {
    relations: RelationMap.empty,
    types: PersistentMap.empty(),
    functions: PersistentMap.empty(),
    sequences: SequenceMap.empty,
    extensions: new Set(["plpgsql"]),
    schemas: new Set(["public"]),
    session: freshSession(options.timeZone ?? null),
    complete: options.complete ?? true,
  };
}

const handlers: Handlers<Change["kind"]> = {
  ...relationHandlers,
  ...columnHandlers,
  ...constraintHandlers,
  ...indexHandlers,
  ...typeHandlers,
  ...objectHandlers,
  ...triggerHandlers,
  ...sessionHandlers,
  write: (_change, state) => state,
  read: (_change, state) => state,
  "lock-table": (_change, state) => state,
  // What was not understood may have created anything: from here on a missing table is unknown, not an error.
  opaque: (change, state) => (change.mayTouch === null && state.complete ? { ...state, complete: false } : state),
};

/**
 * The schema after a change. Pure; shares what did not change. A change to something that the state does not know leaves it as it
 * is: whether that is an error is for the engine's prediction to say.
 * @param origin stamped on relations and types that the change creates
 */
export function apply(change: Change, state: SchemaState, origin: Origin): SchemaState {
  const handler = handlers[change.kind] as (change: Change, state: SchemaState, origin: Origin) => SchemaState;
  return handler(change, state, origin);
}
