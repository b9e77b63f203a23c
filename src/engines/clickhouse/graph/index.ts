import type { ClickHouseState, ClickHouseTable } from "../../../model/clickhouse/schema.ts";
import { namedTables } from "../../../model/clickhouse/schema.ts";

/** How rows or reads get from one object to another. */
export interface Edge {
  /** Where rows come from. */
  readonly from: string;
  /** Where they arrive, or who reads them. */
  readonly to: string;
  /**
   * - `feeds`: an INSERT into `from` runs the materialized view `to`.
   * - `writes`: the materialized view or the Distributed or Buffer table `from` sends rows to `to`.
   * - `reads`: the view, Distributed, Merge or Buffer table, or dictionary `to` reads `from` when it is read itself.
   */
  readonly via: "feeds" | "writes" | "reads";
}

const QUEUES = /^(?:Kafka|RabbitMQ|NATS|S3Queue|AzureQueue|FileLog|PostgreSQLReplication|Redis)$/;

/** Rows come in by themselves, without an INSERT of an app. */
export function isQueue(table: ClickHouseTable): boolean {
  return table.engine !== null && QUEUES.test(table.engine.name);
}

/** Materialized views that an INSERT into a table runs: their query reads it first, and it was not renamed away from them. */
export function viewsFedBy(name: string, state: ClickHouseState): readonly ClickHouseTable[] {
  const views: ClickHouseTable[] = [];
  for (const key of state.dependents.get(name) ?? []) {
    const table = state.tables.get(key);
    if (table?.kind === "materialized-view" && table.unsubscribed !== true && table.select?.reads[0]?.table === name) views.push(table);
  }
  return views;
}

/** Where the rows of an INSERT go on to: the table behind a Distributed or Buffer table, the target of a view. */
export function writesTo(table: ClickHouseTable): string | null {
  if (table.target !== null) return table.target;
  return table.forwards?.kind === "distributed" || table.forwards?.kind === "buffer" || table.forwards?.kind === "alias"
    ? table.forwards.table
    : null;
}

/** Edges that begin or end at a table. */
function edgesOf(table: ClickHouseTable, state: ClickHouseState): readonly Edge[] {
  const edges: Edge[] = [];
  const { name } = table;
  for (const read of namedTables(table)) {
    if (read === table.target) continue;
    if (table.kind === "materialized-view" && read === table.select?.reads[0]?.table) edges.push({ from: read, to: name, via: "feeds" });
    else edges.push({ from: read, to: name, via: "reads" });
  }
  const onward = writesTo(table);
  if (onward !== null) edges.push({ from: name, to: onward, via: "writes" });
  for (const key of state.dependents.get(name) ?? []) {
    const other = state.tables.get(key);
    if (other === undefined) continue;
    if (writesTo(other) === name) edges.push({ from: key, to: name, via: "writes" });
    if (namedTables(other).includes(name) && other.target !== name) {
      edges.push({
        from: name,
        to: key,
        via: other.kind === "materialized-view" && other.select?.reads[0]?.table === name ? "feeds" : "reads",
      });
    }
  }
  return edges;
}

/** Everything that is reached from a table along the rows (`down`) or against them (`up`), nearest first, itself left out. */
export function reach(name: string, state: ClickHouseState, direction: "up" | "down"): readonly string[] {
  const seen = new Set([name]);
  const queue = [name];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const table = state.tables.get(at);
    if (table === undefined) continue;
    for (const edge of edgesOf(table, state)) {
      const next = direction === "down" ? (edge.from === at ? edge.to : null) : edge.to === at ? edge.from : null;
      if (next !== null && !seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  seen.delete(name);
  return [...seen];
}

/** The objects around a table as edges: its whole chain, upstream and downstream. */
export function chainOf(name: string, state: ClickHouseState): readonly Edge[] {
  const names = new Set([name, ...reach(name, state, "up"), ...reach(name, state, "down")]);
  const edges = new Map<string, Edge>();
  for (const key of names) {
    const table = state.tables.get(key);
    if (table === undefined) continue;
    for (const edge of edgesOf(table, state)) edges.set(`${edge.from} ${edge.via} ${edge.to}`, edge);
  }
  return [...edges.values()];
}

/** Objects whose definition names a table, or one of its columns. A star names every column. */
export function dependentsOf(name: string, column: string | null, state: ClickHouseState): readonly ClickHouseTable[] {
  const found: ClickHouseTable[] = [];
  for (const key of state.dependents.get(name) ?? []) {
    const table = state.tables.get(key);
    if (table === undefined) continue;
    if (column === null) {
      found.push(table);
      continue;
    }
    const reads = [...(table.select?.reads ?? []), ...(table.dictionary?.sourceQuery?.reads ?? [])].filter((r) => r.table === name);
    const named = reads.some((r) => r.star || r.columns.includes(column));
    const passes =
      (table.target === name && table.columns.some((c) => c.name === column)) ||
      (table.forwards?.table === name && table.columns.some((c) => c.name === column)) ||
      (table.dictionary?.sourceTable === name && table.columns.some((c) => c.name === column));
    if (named || passes) found.push(table);
  }
  for (const [, table] of mergesOver(name, state)) if (column === null || table.columns.some((c) => c.name === column)) found.push(table);
  return found;
}

/** Merge tables whose pattern takes in a table. They are few; every table is looked at. */
function mergesOver(name: string, state: ClickHouseState): readonly (readonly [string, ClickHouseTable])[] {
  const dot = name.indexOf(".");
  const database = name.slice(0, dot);
  const bare = name.slice(dot + 1);
  return [...state.tables].filter(([, table]) => {
    const pattern = table.forwards?.pattern ?? null;
    if (pattern === null) return false;
    const inDatabase = pattern.databaseIsRegexp ? matches(pattern.database, database) : pattern.database === database;
    return inDatabase && matches(pattern.table, bare);
  });
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}
