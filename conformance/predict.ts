import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { split } from "../src/engines/postgres/parse/split.ts";
import { apply, emptyState } from "../src/model/apply/index.ts";
import type { Change } from "../src/model/change.ts";
import type { PostgresEffects } from "../src/model/effects.ts";
import type { SchemaState } from "../src/model/schema.ts";
import { wholeSpan } from "../src/text/span.ts";

export interface Prediction {
  readonly effects: PostgresEffects;
  /** Why the statement was not understood, or null. Then its effects mean nothing. */
  readonly opaque: string | null;
}

/** A database as the suite makes it: empty, in UTC. */
export const START: SchemaState = emptyState({ timeZone: "UTC" });

/** The statements of a script, as psql splits it. */
export function statements(sql: string): string[] {
  return split(sql).map((piece) => sql.slice(piece.start, piece.end));
}

/** Folds a script into a state, as `check` does. Reasons for what was not understood go into `opaque`. */
export function fold(engine: PostgresEngine, sql: string, from: SchemaState = START, opaque: string[] = []): SchemaState {
  let state = from;
  for (const statement of statements(sql)) {
    for (const change of changesOf(engine, statement, state)) {
      if (change.kind === "opaque") opaque.push(`${change.reason}: ${statement.slice(0, 80)}`);
      state = apply(change, state, { migration: "conformance" });
    }
  }
  return state;
}

export function begin(state: SchemaState): SchemaState {
  return apply({ kind: "begin", span: wholeSpan("begin.sql", "") }, state, { migration: null });
}

export function predictStatement(
  engine: PostgresEngine,
  sql: string,
  before: SchemaState,
  options: { readonly major: number; readonly inTransaction: boolean; readonly isEmpty: (table: string) => boolean },
): Prediction {
  const changes = changesOf(engine, sql, before);
  const { major, inTransaction, isEmpty } = options;
  return {
    effects: engine.predict(changes, before, { version: major, inTransaction, isEmpty }),
    opaque: changes.flatMap((change) => (change.kind === "opaque" ? [change.reason] : []))[0] ?? null,
  };
}

function changesOf(engine: PostgresEngine, sql: string, state: SchemaState): Change[] {
  const step = {
    kind: "sql",
    sql,
    span: wholeSpan("conformance.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  } as const;
  const changes: Change[] = [];
  for (const raw of engine.read(step)) changes.push(...engine.changes(raw, state));
  return changes;
}
