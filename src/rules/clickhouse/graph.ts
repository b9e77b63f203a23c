import type { ClickHouseState, ClickHouseTable } from "../../model/clickhouse/schema.ts";

/** Who stands around a table: what an INSERT sets off, and who reads it under another name. */
export interface Graph {
  /** Materialized views that an INSERT into the table feeds. */
  fedBy(table: string): readonly ClickHouseTable[];
  /** Materialized views that write into the table. */
  into(table: string): readonly ClickHouseTable[];
  /** Distributed tables over the table. */
  distributedOver(table: string): readonly ClickHouseTable[];
  buffersOver(table: string): readonly ClickHouseTable[];
  /** Plain views that read the table. */
  viewsOver(table: string): readonly ClickHouseTable[];
  /** Dictionaries that are filled from the table. */
  dictionariesOf(table: string): readonly ClickHouseTable[];
  /** Everything that a value written into the table passes through, with itself, up to the tables where rows stay. */
  chain(table: string): readonly string[];
}

interface Index {
  readonly fed: ReadonlyMap<string, readonly ClickHouseTable[]>;
  readonly into: ReadonlyMap<string, readonly ClickHouseTable[]>;
  readonly distributed: ReadonlyMap<string, readonly ClickHouseTable[]>;
  readonly buffers: ReadonlyMap<string, readonly ClickHouseTable[]>;
  readonly views: ReadonlyMap<string, readonly ClickHouseTable[]>;
  readonly dictionaries: ReadonlyMap<string, readonly ClickHouseTable[]>;
}

const indexes = new WeakMap<ClickHouseState["tables"], Graph>();

/** Built once per set of tables: folding shares what did not change. */
export function graphOf(state: ClickHouseState): Graph {
  const known = indexes.get(state.tables);
  if (known !== undefined) return known;
  const graph = graphFrom(indexOf(state));
  indexes.set(state.tables, graph);
  return graph;
}

export function isMaterializedView(table: ClickHouseTable): boolean {
  return table.kind === "materialized-view" || table.kind === "refreshable-view";
}

function indexOf(state: ClickHouseState): Index {
  const index = { fed: new Map(), into: new Map(), distributed: new Map(), buffers: new Map(), views: new Map(), dictionaries: new Map() };
  const add = (map: Map<string, ClickHouseTable[]>, key: string, table: ClickHouseTable): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, [table]);
    else known.push(table);
  };
  for (const table of state.tables.values()) {
    const { select, target, forwards, dictionary, kind } = table;
    if (kind === "materialized-view" && table.unsubscribed !== true && select?.reads[0] !== undefined)
      add(index.fed, select.reads[0].table, table);
    if (target !== null) add(index.into, target, table);
    if (kind === "view") for (const { table: read } of select?.reads ?? []) add(index.views, read, table);
    if (forwards?.table !== null && forwards?.table !== undefined) {
      if (forwards.kind === "distributed") add(index.distributed, forwards.table, table);
      if (forwards.kind === "buffer") add(index.buffers, forwards.table, table);
    }
    const source = dictionary?.sourceTable ?? dictionary?.sourceQuery?.reads[0]?.table ?? null;
    if (source !== null) add(index.dictionaries, source, table);
  }
  return index;
}

function graphFrom(index: Index): Graph {
  const none: readonly ClickHouseTable[] = [];
  const graph: Graph = {
    fedBy: (table) => index.fed.get(table) ?? none,
    into: (table) => index.into.get(table) ?? none,
    distributedOver: (table) => index.distributed.get(table) ?? none,
    buffersOver: (table) => index.buffers.get(table) ?? none,
    viewsOver: (table) => index.views.get(table) ?? none,
    dictionariesOf: (table) => index.dictionaries.get(table) ?? none,
    chain(table) {
      const seen = new Set<string>([table]);
      for (const name of seen) for (const view of graph.fedBy(name)) if (view.target !== null) seen.add(view.target);
      return [...seen];
    },
  };
  return graph;
}
