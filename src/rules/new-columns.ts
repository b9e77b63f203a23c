import type { JudgedStatement } from "../model/judged.ts";
import type { Column } from "../model/schema.ts";
import { changesOf } from "./rule.ts";

/** A column that a statement brings, with its new table or by itself. */
export interface NewColumn {
  readonly table: string;
  readonly column: Column;
  /** `serial` and its like. */
  readonly serial: boolean;
}

/** Columns that are written out here: those of a partition or of a child table are decided where its parent is. */
export function newColumns(statement: JudgedStatement): readonly NewColumn[] {
  const owned = new Set(
    changesOf(statement, "create-sequence").flatMap(({ sequence }) =>
      sequence.ownedBy === null ? [] : [`${sequence.ownedBy.relation}.${sequence.ownedBy.column ?? ""}`],
    ),
  );
  const created = changesOf(statement, "create-relation").flatMap(({ relation }) => {
    if (relation.kind === "view" || relation.kind === "materialized-view") return [];
    if (relation.partitionOf !== null || relation.inherits.length > 0 || isTemporary(relation.name)) return [];
    return relation.columns.map((column) => ({ table: relation.name, column, serial: owned.has(`${relation.name}.${column.name}`) }));
  });
  const added = changesOf(statement, "add-column").map(({ table, column, serial }) => ({ table, column, serial }));
  return [...created, ...added.filter(({ table }) => !isTemporary(table))];
}

export function isTemporary(relation: string): boolean {
  return relation.startsWith("pg_temp");
}
