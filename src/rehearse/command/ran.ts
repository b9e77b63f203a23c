import type { EngineError, TableLock } from "../../model/effects.ts";
import type { Relations } from "../observe/relations.ts";
import type { ProxiedStatement } from "../../engines/postgres/proxy/types.ts";

/** A statement that ran, waiting for its transaction to end before it is repeated on the twin. */
export interface Ran {
  readonly key: string;
  readonly order: number;
  readonly bookkeeping: boolean;
  readonly statement: ProxiedStatement;
  readonly error: EngineError | null;
  durationMs: number;
  readonly from: number;
  to: number;
  readonly heldAfter: readonly TableLock[];
  /** How often the same statement ran, with other values. */
  times: number;
  /** Set when it has been reported while it may still be repeated. */
  reported: { times: number; durationMs: number | null } | null;
}

export interface Connection {
  ran: Ran[];
  /** Changes to rows by the shape of their SQL: code that goes row by row sends one statement 100,000 times. */
  readonly shapes: Map<string, Ran>;
  /** Names of savepoints with how many statements had run by then. */
  savepoints: { readonly name: string; readonly at: number }[];
  atStart: Relations;
}

/** The SQL without its values, apart for each side of a transaction. */
export function shapeOf(statement: ProxiedStatement): string {
  const bare = statement.sql.replace(/'(?:[^']|'')*'/g, "?").replace(/(?<![\w"$])\d+(?:\.\d+)?/g, "?");
  // IN lists of different lengths are the same statement.
  return `${statement.inTransaction}${bare.replace(/\?(?:\s*,\s*\?)+/g, "?")}`;
}

export function repeat(ran: Ran, durationMs: number, to: number): void {
  ran.times++;
  ran.durationMs = Math.round((ran.durationMs + durationMs) * 10) / 10;
  ran.to = to;
  if (ran.reported === null) return;
  ran.reported.times = ran.times;
  ran.reported.durationMs = ran.durationMs;
}

/** What the next transaction sends is its own. */
export function forgetTransaction(connection: Connection): void {
  for (const [shape, ran] of connection.shapes) if (ran.statement.inTransaction) connection.shapes.delete(shape);
}
