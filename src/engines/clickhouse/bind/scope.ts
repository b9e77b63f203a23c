import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseSelect, ClickHouseState, ClickHouseTable, ClickHouseType } from "../../../model/clickhouse/schema.ts";

export interface SourceColumn {
  readonly type: ClickHouseType | null;
  /** Columns of tables that the value comes from. */
  readonly from: readonly { readonly table: string; readonly column: string }[];
  /** `*` gives it: not MATERIALIZED, ALIAS, EPHEMERAL. */
  readonly inStar: boolean;
}

/** One thing in FROM. */
export interface Source {
  /** Names by which its columns may be qualified: alias, or `t` and `db.t`. */
  readonly names: readonly string[];
  /** Qualified, for a table. */
  readonly table: string | null;
  /** Null: not told. */
  readonly columns: ReadonlyMap<string, SourceColumn> | null;
  /** Of a query: everything that it gives in order, names that come twice included. */
  readonly given?: readonly (readonly [string, SourceColumn])[];
}

export interface Scope {
  readonly sources: readonly Source[];
  readonly aliases: ReadonlySet<string>;
  /** Types of what aliases stand for, as far as they were told. */
  readonly aliasTypes: Map<string, ClickHouseType | null>;
  readonly ctes: ReadonlyMap<string, () => Source>;
  readonly outer: Scope | null;
}

export interface QueryAnalysis extends Omit<ClickHouseSelect, "sql" | "tree" | "database"> {
  /** What the server would refuse it for, in the order in which it was met. */
  readonly problems: readonly ClickHouseError[];
}

/** What the analysis of one query gathers over all of its parts. */
export interface Findings {
  readonly state: ClickHouseState;
  readonly database: string;
  readonly reads: Map<string, { columns: Set<string>; star: boolean }>;
  readonly problems: ClickHouseError[];
  star: boolean;
  unclear: string | null;
  /** Views that are being followed, so that two that read each other end. */
  readonly following: readonly string[];
  /** The analysis of a view's own query; null where the query is not known. */
  readonly viewAnalysis: (view: ClickHouseTable) => QueryAnalysis | null;
}

/** Columns that every table of a family has besides its own. */
const VIRTUAL = new Set(
  `_part _part_index _part_uuid _partition_id _partition_value _sample_factor _part_offset _part_granule_offset _part_starting_offset
_part_data_version _row_exists _block_number _block_offset _disk_name _distance _table _database _shard_num _topic _key _offset _partition
_timestamp _timestamp_ms _raw_message _error _headers _exception _path _file _size _time _etag _tags _data_lake_snapshot_version _row_number _nats_stream _subject
_exchange_name _channel_id _delivery_tag _redelivered _message_id _state _parts _mutation_version`.split(/\s+/),
);

export function isVirtual(name: string): boolean {
  return VIRTUAL.has(name.split(".")[0] ?? name);
}

/** The columns of a table as a query sees them. */
export function columnsOf(table: ClickHouseTable): ReadonlyMap<string, SourceColumn> | null {
  if (!table.columnsKnown) return null;
  const columns = new Map<string, SourceColumn>();
  for (const column of table.columns) {
    const kind = column.default?.kind;
    if (kind === "EPHEMERAL") continue;
    columns.set(column.name, {
      type: column.typeKnown ? column.type : null,
      from: [{ table: table.name, column: column.name }],
      inStar: kind !== "MATERIALIZED" && kind !== "ALIAS",
    });
  }
  return columns;
}

export function note(findings: Findings, table: string, column: string | null): void {
  let read = findings.reads.get(table);
  if (read === undefined) {
    read = { columns: new Set(), star: false };
    findings.reads.set(table, read);
  }
  if (column !== null) read.columns.add(column);
}

export function problem(findings: Findings, code: number, message: string): void {
  findings.problems.push({ code, message });
}

export function unclear(findings: Findings, reason: string): void {
  findings.unclear ??= reason;
}

export type Found = { readonly column: SourceColumn; readonly name: string; readonly rest: readonly string[] };

/** A column of a source by a path that may go on into it: `a`, `n.a`, `json.path`. */
export function findColumn(source: Source, path: readonly string[]): Found | null {
  if (source.columns === null) return null;
  for (let length = path.length; length > 0; length--) {
    const name = path.slice(0, length).join(".");
    const column = source.columns.get(name);
    if (column !== undefined) return { column, name, rest: path.slice(length) };
  }
  const prefix = `${path[0] ?? ""}.`;
  const nested = [...source.columns].find(([name]) => name.startsWith(prefix));
  // A Nested as a whole.
  if (path.length === 1 && nested !== undefined) return { column: { ...nested[1], type: null }, name: nested[0], rest: [] };
  return null;
}

/** Whether a type has what a path into it names. Null: cannot be told. */
export function hasSubcolumn(type: ClickHouseType | null, rest: readonly string[]): boolean {
  const [first, ...more] = rest;
  if (first === undefined || type === null) return true;
  const inner = type.inner;
  switch (type.name) {
    case "Nullable":
    case "LowCardinality":
      return first === "null" || hasSubcolumn(inner[0]?.type ?? null, rest);
    case "Array":
      return /^size\d+$/.test(first) || hasSubcolumn(inner[0]?.type ?? null, rest);
    case "Map":
      return first === "keys" || first === "values" || /^size\d+$/.test(first) || first.startsWith("key_");
    case "Tuple":
    case "Nested": {
      const at = inner.find((i) => i.name === first) ?? (/^\d+$/.test(first) ? inner[Number(first) - 1] : undefined);
      return at === undefined ? false : hasSubcolumn(at.type, more);
    }
    case "String":
      return first === "size";
    case "JSON":
    case "Dynamic":
    case "Variant":
    case "Geometry":
    case "QBit":
    case "Point":
      return true;
    default:
      return false;
  }
}

/** Reading a plain view runs its query: what that fails with, the reader fails with. */
export function followView(view: ClickHouseTable, findings: Findings): void {
  if (view.kind !== "view" || findings.following.includes(view.name)) return;
  const analysis = findings.viewAnalysis(view);
  const first = analysis?.problems[0];
  if (first !== undefined) problem(findings, first.code, `${first.message}: in the view ${view.name}`);
  else if (analysis === null) unclear(findings, `the query of the view ${view.name} is not known`);
  else if (analysis.unclear !== null) unclear(findings, `in the view ${view.name}, ${analysis.unclear}`);
}
