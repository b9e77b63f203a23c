import type { QueryNode, TreeNode } from "./query-tree.ts";

/** A condition on the table's rows, as `analyse` found it in a query. */
export interface Filter {
  /** The side that reads the table: a column, or a function of columns. In terms of the table's own columns. */
  readonly on: TreeNode;
  readonly operator: Operator;
  /** Constants that it is compared with, as the analyzer prints them. */
  readonly constants: readonly Constant[];
  /** False within OR and NOT: the rows that fulfil it may be anywhere. */
  readonly certain: boolean;
}

export interface ForeignColumn {
  /** `database.table` */
  readonly table: string;
  readonly column: string;
}

export type Constant = Extract<TreeNode, { kind: "constant" }>;

export type Operator = "equals" | "in" | "range" | "prefix" | "contains" | "null" | "other";

/** What a query wants of the table under advice. */
export interface QueryReads {
  /** All tables and views that it names, `database.table`. */
  readonly tables: ReadonlySet<string>;
  readonly filters: readonly Filter[];
  readonly groupBy: readonly TreeNode[];
  /** Only of queries with LIMIT: there, reading in order saves work. */
  readonly orderBy: readonly TreeNode[];
  /** Columns of the table that the query reads anywhere. */
  readonly columns: ReadonlySet<string>;
  /** Those of them that decide which rows are read: in conditions, groups, orders and joins. */
  readonly deciding: ReadonlySet<string>;
  readonly final: boolean;
  /** Columns of other tables that the table's own are compared with: through IN (SELECT …) and joins. */
  readonly links: readonly { readonly other: ForeignColumn; readonly on: TreeNode }[];
  /** Conditions on columns of other tables. */
  readonly elsewhere: readonly { readonly other: ForeignColumn; readonly operator: Operator; readonly constants: readonly Constant[] }[];
  /** It has a LIMIT, or reads the table in a subquery: what EXPLAIN ESTIMATE says differs from what is read. */
  readonly mustRun: boolean;
  /** It filters through an aggregate, a join or a subquery of another table in ways that were not followed. */
  readonly aggregates: boolean;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  equals: "equals",
  isNotDistinctFrom: "equals",
  in: "in",
  globalIn: "in",
  nullIn: "in",
  globalNullIn: "in",
  has: "in",
  hasAny: "in",
  less: "range",
  lessOrEquals: "range",
  greater: "range",
  greaterOrEquals: "range",
  like: "prefix",
  startsWith: "prefix",
  ilike: "contains",
  match: "contains",
  hasToken: "contains",
  hasTokenCaseInsensitive: "contains",
  multiSearchAny: "contains",
  multiSearchAnyCaseInsensitive: "contains",
  position: "contains",
  positionCaseInsensitive: "contains",
  endsWith: "contains",
  isNull: "null",
  isNotNull: "null",
};

/**
 * @param isTarget whether a name is the table under advice
 * @param views trees of the views that queries may name
 */
export function readsOf(tree: TreeNode, isTarget: (name: string) => boolean, views: ReadonlyMap<string, TreeNode>): QueryReads {
  const sources = new Map<number, TreeNode>();
  const tables = new Set<string>();
  const columns = new Set<string>();
  const deciding = new Set<string>();
  const filters: Filter[] = [];
  const groupBy: TreeNode[] = [];
  const orderBy: TreeNode[] = [];
  let final = false;
  let targets = 0;
  let limited = false;
  let aggregates = false;

  walk(tree, (node) => {
    if (node.kind === "table") {
      sources.set(node.id, node);
      tables.add(node.table);
      final ||= node.final && isTarget(node.table);
      if (isTarget(node.table)) targets++;
    } else if (node.kind === "query" || node.kind === "union") sources.set(node.id, node);
  });

  // Ids are numbered per tree: those of a view's own tree are looked up in its own sources.
  const resolver = (known: ReadonlyMap<number, TreeNode>): ((node: TreeNode) => TreeNode | null) => {
    const resolve = (node: TreeNode): TreeNode | null => {
      switch (node.kind) {
        case "constant":
          return node;
        case "column": {
          if (node.expression !== null) return resolve(node.expression);
          const source = known.get(node.source);
          if (source?.kind === "table") {
            if (isTarget(source.table)) return node;
            const view = views.get(source.table);
            return view?.kind === "query" ? throughView(view, node.name) : null;
          }
          if (source?.kind === "query") {
            const inner = source.projection[source.columns.indexOf(node.name)];
            return inner === undefined ? null : resolve(inner);
          }
          return null;
        }
        case "function": {
          if (node.aggregate) return null;
          const args = node.arguments.map(resolve);
          return args.includes(null) ? null : { ...node, arguments: args as TreeNode[] };
        }
        default:
          return null;
      }
    };
    return resolve;
  };
  const throughView = (view: QueryNode, column: string): TreeNode | null => {
    const inner = view.projection[view.columns.indexOf(column)];
    return inner === undefined ? null : resolver(sourcesOf(view))(inner);
  };
  const resolve = resolver(sources);
  const links: QueryReads["links"][number][] = [];
  const elsewhere: QueryReads["elsewhere"][number][] = [];
  /** The column of another table that a node gives, or null. */
  const foreign = (node: TreeNode | undefined): ForeignColumn | null => {
    if (node?.kind === "query") return foreign(node.projection[0]);
    if (node?.kind !== "column") return null;
    const source = sources.get(node.source);
    if (source?.kind === "table")
      return isTarget(source.table) || views.has(source.table) ? null : { table: source.table, column: node.name };
    return source?.kind === "query" ? foreign(source.projection[source.columns.indexOf(node.name)]) : null;
  };
  walk(tree, (node) => {
    if (node.kind !== "function" || OPERATORS[node.name] === undefined) return;
    const [left, right] = node.arguments;
    for (const [own, other] of [
      [left, right],
      [right, left],
    ]) {
      const found = foreign(other);
      if (found === null || own === undefined) continue;
      const on = own.kind === "constant" ? null : resolve(own);
      if (on !== null && readsColumn(on)) links.push({ other: found, on });
      else if (own.kind === "constant") elsewhere.push({ other: found, operator: OPERATORS[node.name] ?? "other", constants: [own] });
    }
  });

  const condition = (node: TreeNode | null, certain: boolean, resolveIn: (node: TreeNode) => TreeNode | null): void => {
    if (node === null || node.kind !== "function") {
      // A bare UInt8 column as a condition.
      const bare = node === null ? null : resolveIn(node);
      if (bare?.kind === "column") filters.push({ on: bare, operator: "equals", constants: [], certain });
      return;
    }
    if (node.name === "and") return node.arguments.forEach((part) => condition(part, certain, resolveIn));
    if (node.name === "or" || node.name === "not" || node.name === "xor")
      return node.arguments.forEach((part) => condition(part, false, resolveIn));
    const operator = OPERATORS[node.name] ?? "other";
    const constants = node.arguments.filter((part): part is Constant => part.kind === "constant");
    for (const side of node.arguments) {
      if (side.kind === "constant" || side.kind === "query" || side.kind === "union") continue;
      // (a, b) IN ((1, 2), …) is a condition on a and on b.
      const parts = side.kind === "function" && side.name === "tuple" ? side.arguments : [side];
      for (const part of parts) {
        const on = resolveIn(part);
        if (on !== null && readsColumn(on)) filters.push({ on, operator, constants: parts.length === 1 ? constants : [], certain });
      }
    }
  };
  const collect = (node: TreeNode, resolveIn: (node: TreeNode) => TreeNode | null): void =>
    walk(node, (part) => {
      if (part.kind === "column") {
        const own = resolveIn(part);
        if (own !== null) walk(own, (column) => void (column.kind === "column" && columns.add(column.name)));
      }
      if (part.kind !== "query") return;
      const joins = part.from.filter((source) => source.kind === "other");
      for (const decides of [part.prewhere, part.where, part.having, ...part.groupBy, ...part.orderBy, ...joins]) {
        if (decides === null) continue;
        walk(decides, (column) => {
          const own = column.kind === "column" ? resolveIn(column) : null;
          if (own !== null) walk(own, (base) => void (base.kind === "column" && deciding.add(base.name)));
        });
      }
      condition(part.prewhere, true, resolveIn);
      condition(part.where, true, resolveIn);
      // HAVING over a group-by column is pushed down; over an aggregate it resolves to nothing.
      condition(part.having, true, resolveIn);
      for (const key of part.groupBy) {
        const own = resolveIn(key);
        if (own !== null && readsColumn(own)) groupBy.push(own);
      }
      aggregates ||= part.groupBy.length > 0 || part.projection.some((output) => output.kind === "function" && output.aggregate);
      limited ||= part.limit;
      if (!part.limit) return;
      for (const key of part.orderBy) {
        const own = resolveIn(key);
        if (own !== null && readsColumn(own)) orderBy.push(own);
      }
    });
  collect(tree, resolve);
  for (const [name, view] of views) {
    if (!tables.has(name)) continue;
    collect(view, resolver(sourcesOf(view)));
    walk(view, (node) => {
      if (node.kind !== "table") return;
      tables.add(node.table);
      if (isTarget(node.table)) targets++;
    });
  }
  return {
    tables,
    filters,
    groupBy,
    orderBy,
    columns,
    deciding,
    links,
    elsewhere,
    final,
    mustRun: limited || targets > 1 || final,
    aggregates,
  };
}

function sourcesOf(tree: TreeNode): ReadonlyMap<number, TreeNode> {
  const sources = new Map<number, TreeNode>();
  walk(tree, (node) => {
    if (node.kind === "table" || node.kind === "query" || node.kind === "union") sources.set(node.id, node);
  });
  return sources;
}

function readsColumn(node: TreeNode): boolean {
  let found = false;
  walk(node, (part) => {
    found ||= part.kind === "column";
  });
  return found;
}

/** Every node, parents first. What a constant was folded from is not walked: it reads nothing. */
export function walk(node: TreeNode, visit: (node: TreeNode) => void): void {
  visit(node);
  for (const child of childrenOf(node)) walk(child, visit);
}

function childrenOf(node: TreeNode): readonly TreeNode[] {
  switch (node.kind) {
    case "column":
      return node.expression === null ? [] : [node.expression];
    case "constant":
    case "table":
      return [];
    case "function":
      return [...node.parameters, ...node.arguments];
    case "union":
      return node.queries;
    case "other":
      return node.children;
    case "query":
      return [
        ...node.projection,
        ...node.from,
        ...[node.prewhere, node.where, node.having].filter((part) => part !== null),
        ...node.groupBy,
        ...node.orderBy,
      ];
    default:
      return node satisfies never;
  }
}
