import { isMergeTree, type ClickHouseExpression, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { columnsNamed, engineColumns, sortingKey } from "./outcome.ts";

export interface ColumnUser {
  readonly kind: "key" | "engine" | "default" | "index" | "projection" | "constraint" | "ttl";
  /** As the reader knows it: `ORDER BY`, `index by_url`. */
  readonly name: string;
}

/** What of a table's own definition goes by one of its columns. */
export function usersOf(table: ClickHouseTable, column: string): readonly ColumnUser[] {
  const names = (e: ClickHouseExpression | null | undefined): boolean =>
    e !== null && e !== undefined && columnsNamed(table, e.columns).includes(column);
  const users: ColumnUser[] = [];
  if (isMergeTree(table)) {
    if (sortingKey(table).some((k) => names(k.expression))) users.push({ kind: "key", name: "ORDER BY" });
    if (table.primaryKey?.some((k) => names(k.expression)) === true) users.push({ kind: "key", name: "PRIMARY KEY" });
    if (names(table.partitionBy)) users.push({ kind: "key", name: "PARTITION BY" });
    if (names(table.sampleBy)) users.push({ kind: "key", name: "SAMPLE BY" });
    if (engineColumns(table).includes(column)) users.push({ kind: "engine", name: table.engine?.name ?? "ENGINE" });
  }
  for (const c of table.columns) {
    if (c.name === column) continue;
    if (names(c.default?.expression)) users.push({ kind: "default", name: `${c.default?.kind ?? "DEFAULT"} of ${c.name}` });
    if (names(c.ttl)) users.push({ kind: "ttl", name: `TTL of ${c.name}` });
  }
  for (const i of table.indexes) if (names(i.expression)) users.push({ kind: "index", name: `index ${i.name}` });
  for (const p of table.projections) if (p.columns.includes(column)) users.push({ kind: "projection", name: `projection ${p.name}` });
  for (const c of table.constraints) if (names(c.expression)) users.push({ kind: "constraint", name: `constraint ${c.name}` });
  for (const t of table.ttl) if (names(t.expression) || names(t.where)) users.push({ kind: "ttl", name: "TTL" });
  return users;
}
