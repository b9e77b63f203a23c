import type { JudgedStatement } from "../model/judged.ts";
import { bareName, type SchemaState } from "../model/schema.ts";
import type { RuleContext } from "./rule.ts";
import { changesOf } from "./rule.ts";

/** A column that a statement fills from another one, once. */
export interface CopiedColumn {
  readonly table: string;
  readonly column: string;
  readonly from: { readonly relation: string; readonly column: string };
  /** INSERT … SELECT: rows, and not values of rows that are there. */
  readonly rows: boolean;
}

/** What SQL and code copy. A column that is computed from itself (`SET email = lower(email)`) is no copy. */
export function copiedColumns(statement: JudgedStatement, context: RuleContext): readonly CopiedColumn[] {
  const writes = [...changesOf(statement, "write"), ...context.accesses(statement)];
  return writes.flatMap(({ table, verb, copies }) =>
    (copies ?? [])
      .filter(({ column, from }) => !from.some((source) => source.relation === table && source.column === column))
      .flatMap(({ column, from }) => from.map((source) => ({ table, column, from: source, rows: verb === "insert" }))),
  );
}

/** How a trigger keeps the copy in step with what is written to its source; null when none does. */
export function triggerInStep(state: SchemaState, { table, column, from }: CopiedColumn): string | null {
  const triggers = state.relations.get(from.relation)?.triggers ?? [];
  for (const { name, function: routine, events } of triggers) {
    if (!events.some((event) => /insert|update/i.test(event))) continue;
    const body = routine === null ? undefined : state.functions.get(routine);
    const { names, assigns } = body ?? {};
    // What cannot be read may keep it in step: a person wrote it for some reason.
    if (names === undefined || assigns === undefined) return name;
    const writesIt = from.relation === table ? assigns.has(column) : names.has(bareName(table)) || names.has(table);
    if (writesIt) return name;
  }
  return null;
}
