import type { Change } from "../model/change.ts";
import { spellLock } from "../model/effects.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Evidence } from "../model/report.ts";
import type { BlockingWork, RuleContext } from "./rule.ts";
import { counted, named } from "./words.ts";

/**
 * Work that is done on a table or on its partitions and children, worst first.
 * @param change only what this sub-command does; without it the whole statement
 */
export function workOn(statement: JudgedStatement, context: RuleContext, table: string, change?: Change): readonly BlockingWork[] {
  const work = change === undefined ? context.blockingWork(statement) : context.workOfChange(statement, change);
  const own = work.filter((item) => item.table === table);
  const below = work.filter((item) => isBelow(statement, item.table, table));
  return [...own, ...below];
}

/** Where no migration creates the table, the prediction knows no index to name: what the change must do is presumed. */
export function presumedWork(
  statement: JudgedStatement,
  context: RuleContext,
  table: string,
  kind: BlockingWork["kind"],
): readonly BlockingWork[] {
  if (context.table(statement, table) !== null) return [];
  return context.blockingLocks(statement).flatMap(({ relation, mode }) => (relation === table ? [{ table, kind, mode }] : []));
}

function isBelow(statement: JudgedStatement, table: string, parent: string): boolean {
  const relation = statement.before.relations.get(table);
  if (relation === undefined) return false;
  return [relation.partitionOf, ...relation.inherits].some(
    (above) => above === parent || (above !== null && isBelow(statement, above, parent)),
  );
}

export function worstSeverity(context: RuleContext, tables: readonly string[]): "error" | "info" {
  return tables.some((table) => context.workSeverity(table) === "error") ? "error" : "info";
}

/** `2,004,118,230 rows`, `every row`: how many rows a sentence is about. */
export function rowsOf(context: RuleContext, table: string): string {
  const { rows } = context.size(table);
  return rows === null ? "every row" : counted(rows, "row");
}

/** What waits, and why it does or does not matter here: the part of `why` that depends on the environment. */
export function whoWaits(context: RuleContext, work: BlockingWork): string {
  const size = context.size(work.table);
  const who = work.mode === "AccessExclusive" ? "reads and writes" : "writes";
  const held = `${spellLock(work.mode)} on ${named(work.table)} makes ${who} wait`;
  if (size.kind === "small") return `${held}, here only for a moment (${size.rows === null ? size.witness : counted(size.rows, "row")}).`;
  return `${held} until ${rowsOf(context, work.table)} ${work.kind === "rewrite" ? "have been written again" : "have been read"}${size.rows === null ? " (size unknown, taken as large)" : ""}.`.replace(
    "every row have",
    "every row has",
  );
}

export function workEvidence(statement: JudgedStatement, context: RuleContext, tables: readonly string[]): readonly Evidence[] {
  return [...context.evidence(statement, tables), ...tables.slice(0, 3).map((table) => context.sizeEvidence(table))];
}

/** Generic rules that a specific one makes superfluous. */
export const GENERIC_WORK = ["rewrite-under-lock", "scan-under-lock", "hot-table-alter"] as const;
