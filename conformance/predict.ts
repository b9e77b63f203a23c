import type { PostgresEngine } from "../src/engines/postgres/engine.ts";
import { split } from "../src/engines/postgres/parse/split.ts";
import { apply, emptyState } from "../src/model/apply/index.ts";
import type { Change } from "../src/model/change.ts";
import { NO_EFFECTS, type PostgresEffects } from "../src/model/effects.ts";
import type { SqlStep } from "../src/model/migration.ts";
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
  const broken = engine.read(step(sql)).find((raw) => raw.syntaxError !== null)?.syntaxError;
  if (broken !== undefined && broken !== null) {
    // The grammar itself says of some forms that they are not implemented (feature_not_supported).
    const sqlstate = broken.message.includes("not yet implemented") ? "0A000" : "42601";
    return { effects: { ...NO_EFFECTS, error: { sqlstate, message: broken.message } }, opaque: null };
  }
  const changes = changesOf(engine, sql, before);
  const { major, inTransaction, isEmpty } = options;
  const effects = engine.predict(changes, before, { version: major, inTransaction, isEmpty });
  // A statement of which it is known that it fails needs no further understanding.
  const opaque = effects.error === null ? changes.flatMap((change) => (change.kind === "opaque" ? [change.reason] : []))[0] : undefined;
  return { effects, opaque: opaque ?? null };
}

function changesOf(engine: PostgresEngine, sql: string, state: SchemaState): Change[] {
  const changes: Change[] = [];
  for (const raw of engine.read(step(sql))) changes.push(...engine.changes(raw, state));
  return changes;
}

function step(sql: string): SqlStep {
  return {
    kind: "sql",
    sql,
    span: wholeSpan("conformance.sql", sql),
    verbatim: true,
    operation: null,
    reverse: "unknown",
    suppressions: [],
  };
}
