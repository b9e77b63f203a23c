import type { AlterCommand, ObjectName, ParsedStatement } from "../../../engines/clickhouse/parse/ast.ts";

/** What a statement says of itself: it is no corruption that a DELETE deletes. */
export interface Declared {
  /** Its own table, where it has one; `database.table`. */
  readonly table: string | null;
  /** Columns by the name before. */
  readonly renamedColumns: ReadonlyMap<string, string>;
  /** Tables by the name before, of RENAME. */
  readonly renamedTables: ReadonlyMap<string, string>;
  /** Columns that it gives values. */
  readonly assigned: ReadonlySet<string>;
  /** Columns whose values it takes away, be there a column of that name afterwards. */
  readonly cleared: ReadonlySet<string>;
  /** What has expired by TTLs that stand already becomes the default now. */
  readonly expires: boolean;
  /** Rows come or go by its words. */
  readonly rowsChange: boolean;
  /** It takes rows away for good and does not say which: TRUNCATE, DROP, CREATE OR REPLACE. */
  readonly takes: boolean;
  /** It takes a view, and what the view forwarded, away. */
  readonly unwires: boolean;
  /** It gives a view another query: what arrives may well be other values. */
  readonly recomputes: boolean;
  /** It only looks, or sets the session: nothing can have changed. */
  readonly harmless: boolean;
}

const NOTHING: Declared = {
  table: null,
  renamedColumns: new Map(),
  renamedTables: new Map(),
  assigned: new Set(),
  cleared: new Set(),
  expires: false,
  rowsChange: false,
  takes: false,
  unwires: false,
  recomputes: false,
  harmless: false,
};

/** @param database of unqualified names */
export function declaredBy({ statement }: ParsedStatement, database: string): Declared {
  const nameOf = (name: ObjectName): string => `${name.database?.text ?? database}.${name.name.text}`;
  switch (statement.kind) {
    case "alter-table":
      return { ...NOTHING, table: nameOf(statement.name), ...alters(statement.commands) };
    case "drop":
    case "detach":
      return {
        ...NOTHING,
        rowsChange: true,
        takes: statement.kind === "drop",
        unwires: true,
        table: statement.names[0] === undefined ? null : nameOf(statement.names[0]),
      };
    case "drop-database":
    case "detach-database":
      return { ...NOTHING, rowsChange: true, takes: statement.kind === "drop-database", unwires: true };
    case "truncate":
      return { ...NOTHING, rowsChange: true, takes: true, table: statement.target.kind === "table" ? nameOf(statement.target.name) : null };
    case "optimize":
      // A merge folds what the engine is there to fold. Which rows DEDUPLICATE takes for one, the statement does not say.
      return { ...NOTHING, rowsChange: !statement.deduplicate, table: nameOf(statement.name) };
    case "insert":
      return { ...NOTHING, rowsChange: true, table: statement.target.kind === "table" ? nameOf(statement.target.name) : null };
    case "delete":
      return { ...NOTHING, rowsChange: true, table: nameOf(statement.name) };
    case "update":
      return { ...NOTHING, table: nameOf(statement.name), assigned: new Set(statement.assignments.map(({ column }) => column.text)) };
    case "create-table":
      return {
        ...NOTHING,
        table: nameOf(statement.name),
        rowsChange: statement.orReplace || statement.replace,
        takes: statement.orReplace || statement.replace,
      };
    case "create-materialized-view":
      return { ...NOTHING, table: nameOf(statement.name), rowsChange: true, recomputes: true };
    case "create-view":
      return { ...NOTHING, table: nameOf(statement.name) };
    case "rename":
      return {
        ...NOTHING,
        table: statement.pairs[0] === undefined ? null : nameOf(statement.pairs[0].from),
        recomputes: true,
        renamedTables:
          statement.object === "table" ? new Map(statement.pairs.map(({ from, to }) => [nameOf(from), nameOf(to)])) : new Map(),
      };
    case "set":
    case "use":
    case "select":
    case "show":
    case "describe":
    case "exists":
    case "explain":
      return { ...NOTHING, harmless: true };
    default:
      return NOTHING;
  }
}

const ROWS: ReadonlySet<AlterCommand["kind"]> = new Set([
  "delete",
  "drop-partition",
  "detach-partition",
  "attach-partition",
  "move-partition",
  "fetch-partition",
  "apply-deleted-mask",
]);

function alters(
  commands: readonly AlterCommand[],
): Pick<Declared, "renamedColumns" | "assigned" | "cleared" | "expires" | "rowsChange" | "takes" | "recomputes"> {
  const renamedColumns = new Map<string, string>();
  const assigned = new Set<string>();
  const cleared = new Set<string>();
  for (const command of commands) {
    if (command.kind === "rename-column") renamedColumns.set(command.column.text, command.to.text);
    if (command.kind === "update") for (const { column } of command.assignments) assigned.add(column.text);
    if (command.kind === "clear-column" || command.kind === "drop-column") cleared.add(command.column.text);
    // What has expired becomes the default.
    if (command.kind === "modify-column" && command.column.ttl !== null) cleared.add(command.column.name.text);
  }
  return {
    renamedColumns,
    assigned,
    cleared,
    expires: commands.some(({ kind }) => kind === "materialize-ttl"),
    rowsChange: commands.some(({ kind }) => ROWS.has(kind)),
    takes: commands.some(({ kind }) => kind === "drop-partition"),
    recomputes: commands.some((c) => c.kind === "modify-query" || (c.kind === "modify-column" && c.column.default !== null)),
  };
}
