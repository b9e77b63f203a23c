import { isMergeTree, type ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { refused, type Outcome } from "./outcome.ts";

/** Kinds of ALTER that engines differ in. */
export type AlterKind =
  | "add-column"
  | "modify-column"
  | "drop-column"
  | "rename-column"
  | "comment-column"
  | "table-comment"
  | "mutation"
  | "property"
  | "settings"
  | "partition"
  | "query";

const COLUMNS = new Set<AlterKind>(["add-column", "modify-column", "drop-column", "rename-column", "comment-column"]);

/** Engines besides the MergeTree family that take some ALTERs, with those they take. Measured on 26.7. */
const NO_RENAME = new Set<AlterKind>([...COLUMNS].filter((kind) => kind !== "rename-column"));
const TAKES: Readonly<Record<string, ReadonlySet<AlterKind>>> = {
  Distributed: COLUMNS,
  Buffer: NO_RENAME,
  Merge: NO_RENAME,
  Memory: new Set([...COLUMNS, "mutation", "settings"]),
  Null: NO_RENAME,
  Alias: new Set([...COLUMNS, "mutation", "settings", "property", "partition"]),
  Join: new Set<AlterKind>(["mutation"]),
  EmbeddedRocksDB: new Set<AlterKind>(["mutation", "settings"]),
  KeeperMap: new Set<AlterKind>(["mutation"]),
};

/** What the server answers where a table's engine does not take a kind of ALTER; null where it does. */
export function alterable(table: ClickHouseTable, kind: AlterKind): Outcome | null {
  if (kind === "table-comment") return null;
  if (table.kind === "dictionary") return refused(48, `Alter of type is not supported by storage Dictionary`);
  if (table.kind === "view") return kind === "comment-column" ? null : refused(48, "Alter of type is not supported by storage View");
  if (table.kind !== "table") return kind === "query" || kind === "comment-column" ? null : viewAlter(table, kind);
  if (isMergeTree(table) || table.engine === null) return null;
  if (kind === "comment-column") return null;
  const takes = TAKES[table.engine.name];
  if (takes?.has(kind) === true) return null;
  return refused(48, `Alter of this type is not supported by storage ${table.engine.name}`);
}

function viewAlter(table: ClickHouseTable, kind: AlterKind): Outcome | null {
  // Mutations and partitions of a materialized view go to its inner table.
  if (table.inner && (kind === "mutation" || kind === "partition" || kind === "property" || kind === "settings")) return null;
  return refused(48, `Alter of this type is not supported by storage MaterializedView (${table.name})`);
}
