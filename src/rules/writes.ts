import type { JudgedStatement } from "../model/judged.ts";
import type { RuleContext } from "./rule.ts";
import { changesOf } from "./rule.ts";

/** A write whose cost grows with a table: SQL without a bound, or code that goes through rows. */
export interface GrowingWrite {
  readonly table: string;
  /** The table whose rows are gone through: the written one, or the source of an INSERT … SELECT. */
  readonly driven: string;
  readonly columns: readonly string[];
  readonly verb: "insert" | "update" | "delete" | "merge" | "copy";
  /** No filter, or one that is no filter. */
  readonly wholeTable: boolean;
  /** Every row is looked at, because nothing in the conditions lets an index help; else the conditions decide how many. */
  readonly everyRow: boolean;
  /** One statement per row, from code. */
  readonly perRow: boolean;
  /** Code that works in slices: harmless only when each has a transaction of its own. */
  readonly batched: boolean;
}

/** Tables created in the same release are empty: what is written to them grows with what is read for it. */
export function growingWrites(statement: JudgedStatement, context: RuleContext): readonly GrowingWrite[] {
  const existed = (table: string): boolean => context.existedBefore(statement, table);
  const inSql = changesOf(statement, "write").flatMap((change): readonly GrowingWrite[] => {
    if (change.bounded) return [];
    const { table, verb, wholeTable, columns } = change;
    const everyRow = (driven: string): boolean => wholeTable || (change.fullReads?.includes(driven) ?? true);
    const common = { table, verb, wholeTable, columns, perRow: false, batched: false };
    if (verb === "update" || verb === "delete" || verb === "merge") {
      return existed(table) ? [{ ...common, driven: table, everyRow: everyRow(table) }] : [];
    }
    return change.reads.filter(existed).map((driven) => ({ ...common, driven, everyRow: everyRow(driven) }));
  });
  const inCode = context.accesses(statement).flatMap((access): readonly GrowingWrite[] => {
    if (access.verb === "select" || !existed(access.table) || !(access.perRow || access.wholeTable)) return [];
    const { table, verb, wholeTable, perRow, batched, columns } = access;
    return [{ table, driven: table, verb, wholeTable, perRow, batched, columns, everyRow: true }];
  });
  return [...inSql, ...inCode];
}
