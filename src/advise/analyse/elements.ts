import type { TableDefinition } from "../table/definition.ts";
import { keyExpression } from "./key-expression.ts";
import { type Operator, type QueryReads, walk } from "./query-reads.ts";
import type { TreeNode } from "./query-tree.ts";

/** Something that may stand in a sorting key. */
export interface KeyElement {
  readonly sql: string;
  /** Columns that it is a function of. */
  readonly columns: readonly string[];
  /** The value of the element tells the value of these columns: the column itself. */
  readonly determines: readonly string[];
  /** Why it is looked at: the more work of the workload asks for it, the more. */
  readonly weight: number;
  /** Indexes of the queries that it could help. */
  readonly queries: ReadonlySet<number>;
}

/** How much of a query's work a condition of a kind may save, compared with the others: decides only what is looked at first. */
const WORTH: Readonly<Record<Operator, number>> = {
  equals: 1,
  in: 0.9,
  range: 0.8,
  prefix: 0.6,
  contains: 0.05,
  null: 0.3,
  other: 0.2,
};

/** Types that cannot be in a key, or in which a key orders nothing that a query asks for. */
const NO_KEY = /^(?:Array|Map|JSON|Object|Dynamic|Variant|AggregateFunction|Nested|Tuple|SimpleAggregateFunction\(.*(?:Array|Map))/;
const TIME = /^(?:LowCardinality\()?(?:Nullable\()?(DateTime64|DateTime|Date32|Date)\b/;

/**
 * What the keys are made of: the filters, groups and orders of the workload, the time columns rounded, and the present key.
 * @param reads of each query, with its frequency
 */
export function keyElements(
  definition: TableDefinition,
  reads: readonly { readonly reads: QueryReads; readonly frequency: number }[],
  most: number,
): KeyElement[] {
  const types = new Map(definition.columns.filter((c) => c.kind === "stored").map((c) => [c.name, c.type]));
  const found = new Map<string, { columns: Set<string>; determines: Set<string>; weight: number; queries: Set<number> }>();
  const total = reads.reduce((sum, { frequency }) => sum + frequency, 0);

  const add = (sql: string, columns: readonly string[], determines: readonly string[], weight: number, query: number | null): void => {
    const entry = found.get(sql) ?? { columns: new Set(), determines: new Set(), weight: 0, queries: new Set() };
    for (const column of columns) entry.columns.add(column);
    for (const column of determines) entry.determines.add(column);
    entry.weight += weight;
    if (query !== null) entry.queries.add(query);
    found.set(sql, entry);
  };
  const addColumn = (name: string, weight: number, query: number, rounded: boolean): void => {
    const type = types.get(name);
    if (type === undefined || NO_KEY.test(type)) return;
    const sql = keyExpression({ kind: "column", name, type, source: 0, expression: null }) ?? name;
    add(sql, [name], [name], weight, query);
    if (!rounded) return;
    for (const bucket of bucketsOf(sql, type)) add(bucket, [name], [], weight * 0.7, query);
  };
  const addNode = (node: TreeNode, weight: number, query: number, rounded: boolean): void => {
    if (node.kind === "column") return addColumn(node.name, weight, query, rounded);
    const columns = new Set<string>();
    walk(node, (part) => void (part.kind === "column" && columns.add(part.name)));
    const sql = keyExpression(node);
    const fits = sql !== null && node.kind === "function" && !NO_KEY.test(node.type) && [...columns].every((c) => types.has(c));
    if (fits) add(sql, [...columns], [], weight, query);
    for (const column of columns) addColumn(column, weight * (fits ? 0.5 : 0.4), query, rounded);
  };

  for (const [index, { reads: query, frequency }] of reads.entries()) {
    const share = frequency / Math.max(total, Number.MIN_VALUE);
    for (const filter of query.filters) {
      addNode(filter.on, share * WORTH[filter.operator] * (filter.certain ? 1 : 0.4), index, isTimed(filter.operator));
    }
    for (const key of query.groupBy) addNode(key, share * 0.1, index, false);
    for (const key of query.orderBy) addNode(key, share * 0.3, index, false);
  }
  for (const element of definition.orderBy) {
    if (found.has(element)) continue;
    const columns = [...types.keys()].filter((name) => mentions(element, name));
    add(element, columns, types.has(element) ? [element] : [], 0.01, null);
  }
  return [...found]
    .map(([sql, entry]) => ({
      sql,
      columns: [...entry.columns],
      determines: [...entry.determines],
      weight: entry.weight,
      queries: entry.queries,
    }))
    .sort((a, b) => b.weight - a.weight || (a.sql < b.sql ? -1 : 1))
    .slice(0, most);
}

function isTimed(operator: Operator): boolean {
  return operator === "range" || operator === "equals" || operator === "in";
}

/** A time column rounded, coarsest last: a key that starts with the exact time has no room for anything after it. */
function bucketsOf(sql: string, type: string): string[] {
  switch (TIME.exec(type)?.[1]) {
    case "DateTime":
    case "DateTime64":
      return [`toDate(${sql})`, `toStartOfHour(${sql})`, `toMonday(${sql})`, `toStartOfMonth(${sql})`];
    case "Date":
    case "Date32":
      return [`toMonday(${sql})`, `toStartOfMonth(${sql})`];
    default:
      return [];
  }
}

/** Whether a name stands in an expression as a word of its own. */
export function mentions(expression: string, name: string): boolean {
  for (let at = expression.indexOf(name); at !== -1; at = expression.indexOf(name, at + 1)) {
    const before = expression[at - 1] ?? " ";
    const after = expression[at + name.length] ?? " ";
    if (!/[A-Za-z0-9_]/.test(before) && !/[A-Za-z0-9_]/.test(after)) return true;
  }
  return false;
}
