import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { ClickHouseJudged } from "../../model/clickhouse/judged.ts";
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
  /** Replicated tables with this path in Keeper. */
  withPath(path: string): readonly ClickHouseTable[];
  /** Everything that a value written into the table passes through, with itself, up to the tables where rows stay. */
  chain(table: string): readonly string[];
}

export function isMaterializedView(table: ClickHouseTable): boolean {
  return table.kind === "materialized-view" || table.kind === "refreshable-view";
}

type Relation = "fed" | "into" | "distributed" | "buffers" | "views" | "dictionaries" | "path";

/** What a table refers to, by relation. */
function references(table: ClickHouseTable): readonly (readonly [Relation, string])[] {
  const { select, target, forwards, dictionary, kind } = table;
  const found: (readonly [Relation, string])[] = [];
  const [first] = select?.reads ?? [];
  if (kind === "materialized-view" && table.unsubscribed !== true && first !== undefined) found.push(["fed", first.table]);
  if (target !== null) found.push(["into", target]);
  if (kind === "view") for (const { table: read } of select?.reads ?? []) found.push(["views", read]);
  if (forwards?.kind === "distributed" && forwards.table !== null) found.push(["distributed", forwards.table]);
  if (forwards?.kind === "buffer" && forwards.table !== null) found.push(["buffers", forwards.table]);
  const source = dictionary?.sourceTable ?? dictionary?.sourceQuery?.reads[0]?.table ?? null;
  if (source !== null) found.push(["dictionaries", source]);
  const path = replicaPath(table);
  if (path !== null) found.push(["path", path]);
  return found;
}

/** Path of a Replicated table in Keeper as written; null where it has none, or it is no text. */
export function replicaPath({ engine }: Pick<ClickHouseTable, "engine">): string | null {
  if (engine?.replicated !== true) return null;
  const [first] = engine.args;
  return first?.constant?.kind === "string" ? first.constant.text : null;
}

/**
 * The graphs of all states that statements, in order, go through. A thousand statements have a thousand states, each with all the
 * tables: who may refer to a table in any of them is gathered once, and a state is only asked whether it still does.
 */
export function graphsOf(statements: readonly ClickHouseJudged[]): (state: ClickHouseState) => Graph {
  const candidates = new Map<string, Set<string>>();
  const add = (table: ClickHouseTable | undefined): void => {
    for (const [relation, to] of table === undefined ? [] : references(table)) {
      const key = `${relation} ${to}`;
      const known = candidates.get(key);
      if (known === undefined) candidates.set(key, new Set([table?.name ?? ""]));
      else known.add(table?.name ?? "");
    }
  };
  const [first] = statements;
  if (first !== undefined) for (const table of first.before.tables.values()) add(table);
  for (const { statement, after } of statements)
    for (const change of statement.changes) {
      const names = madeBy(change);
      if (names === null) for (const table of after.tables.values()) add(table);
      else for (const name of names) add(after.tables.get(name));
    }
  const known = new WeakMap<ClickHouseState["tables"], Graph>();
  return (state) => {
    let graph = known.get(state.tables);
    if (graph === undefined) known.set(state.tables, (graph = graphFrom(candidates, state)));
    return graph;
  };
}

/** Tables that are another after the change; null: any. */
function madeBy(change: ClickHouseChange): readonly string[] | null {
  switch (change.kind) {
    case "create-table":
      return [change.table.name];
    case "rename-table":
      return [change.to];
    case "exchange-tables":
      return [change.name, change.with];
    case "attach-table":
    case "undrop-table":
      return [change.name];
    case "modify-query":
      return [change.table];
    case "rename-database":
    case "attach-database":
    case "opaque":
      return null;
    default:
      return [];
  }
}

function graphFrom(candidates: ReadonlyMap<string, ReadonlySet<string>>, state: ClickHouseState): Graph {
  const ask = (relation: Relation, table: string): readonly ClickHouseTable[] =>
    [...(candidates.get(`${relation} ${table}`) ?? [])].flatMap((name) => {
      const there = state.tables.get(name);
      return there !== undefined && references(there).some(([kind, to]) => kind === relation && to === table) ? [there] : [];
    });
  const graph: Graph = {
    fedBy: (table) => ask("fed", table),
    into: (table) => ask("into", table),
    distributedOver: (table) => ask("distributed", table),
    buffersOver: (table) => ask("buffers", table),
    viewsOver: (table) => ask("views", table),
    dictionariesOf: (table) => ask("dictionaries", table),
    withPath: (path) => ask("path", path),
    chain(table) {
      const seen = new Set<string>([table]);
      for (const name of seen) for (const view of graph.fedBy(name)) if (view.target !== null) seen.add(view.target);
      return [...seen];
    },
  };
  return graph;
}
