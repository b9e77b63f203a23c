import type { ClickHouseState, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { tableKey } from "../../../model/clickhouse/schema.ts";
import type { Span } from "../../../text/span.ts";
import type { Name, ObjectName, Range } from "../parse/ast.ts";

/** What reading a statement needs to know. */
export interface Context {
  readonly state: ClickHouseState;
  /** The current database. */
  readonly database: string;
  readonly script: string;
  readonly spanOf: (start: number, end: number) => Span;
}

/** `database.table`, in the current database where none is written. */
export function resolve(name: ObjectName, context: Pick<Context, "database" | "state">): string {
  if (name.database === null && context.state.session.temporary?.has(name.name.text) === true) return name.name.text;
  return tableKey(name.database?.text ?? context.database, name.name.text);
}

/** The table of a qualified name; a temporary one has no database. */
export function tableOf(state: ClickHouseState, key: string): ClickHouseTable | undefined {
  return state.tables.get(key) ?? state.session.temporary?.get(key);
}

export function sourceText(range: Range, context: Pick<Context, "script">): string {
  return context.script.slice(range.start, range.end);
}

/** `n` and `n.a` are one name each. */
export function dotted(parts: readonly Name[]): string {
  return parts.map((p) => p.text).join(".");
}
