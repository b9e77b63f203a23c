import type {
  Expression,
  FromClause,
  IdentifierExpression,
  LiteralExpression,
  ObjectName,
  Query,
  SelectQuery,
  TableExpression,
  TableFunction,
} from "./ast.ts";
import { children, ofOrder, ofWindow } from "./walk.ts";

/** The columns that an expression names, in order, each as often as it stands there; parameters of lambdas are none. Queries in it are left out. */
export function columnsRead(expression: Expression): readonly IdentifierExpression[] {
  const found: IdentifierExpression[] = [];
  const visit = (node: Expression, bound: readonly string[]): void => {
    if (node.kind === "identifier") {
      if (!bound.includes(node.parts[0]?.text ?? "")) found.push(node);
      return;
    }
    const inner = node.kind === "lambda" ? [...bound, ...node.parameters.map((parameter) => parameter.text)] : bound;
    for (const child of children(node)) visit(child, inner);
  };
  visit(expression, []);
  return found;
}

/** The literals within an expression, in order. */
export function literalsOf(expression: Expression): readonly LiteralExpression[] {
  if (expression.kind === "literal") return [expression];
  return children(expression).flatMap(literalsOf);
}

/** A table that a query reads, and what of it. */
export interface TableRead {
  readonly source: { readonly kind: "table"; readonly name: ObjectName } | { readonly kind: "function"; readonly function: TableFunction };
  /**
   * Columns that are certainly this table's: those qualified with its name or alias, and the bare ones where nothing else stands in FROM.
   * A path into a column (`properties.name`) is given as its first name.
   */
  readonly columns: ReadonlySet<string>;
  /** `*`, `t.*` or COLUMNS: columns that only the schema knows. */
  readonly all: boolean;
  /** Columns that may be this table's or another one's in the same FROM. */
  readonly ambiguous: ReadonlySet<string>;
}

/** The tables that a query reads, those of its subqueries, CTEs and unions included; a name of a CTE is no table. */
export function tablesRead(query: Query): readonly TableRead[] {
  const reads: TableRead[] = [];
  visitQuery(query, new Set(), reads);
  return reads;
}

function visitQuery(query: Query, named: ReadonlySet<string>, reads: TableRead[]): void {
  if (query.kind === "explain") visitQuery(query.query, named, reads);
  else if (query.kind === "set-operation") for (const one of query.queries) visitQuery(one, named, reads);
  else visitSelect(query, named, reads);
}

function visitSelect(select: SelectQuery, outer: ReadonlySet<string>, reads: TableRead[]): void {
  const named = new Set(outer);
  for (const element of select.with) {
    if (element.kind !== "query") continue;
    // A recursive query reads itself; any other sees the names before it.
    if (select.recursive) named.add(element.name.text);
    visitQuery(element.query, named, reads);
    named.add(element.name.text);
  }
  const expressions = expressionsOf(select);
  for (const query of expressions.flatMap(queriesIn)) visitQuery(query, named, reads);
  if (select.from === null) return;
  const tables = tablesOf(select.from);
  for (const table of tables) {
    if (table.source.kind === "subquery") visitQuery(table.source.query, named, reads);
    if (table.source.kind === "function")
      for (const query of table.source.function.arguments.flatMap(queriesIn)) visitQuery(query, named, reads);
  }
  const aliases = new Set(expressions.flatMap(aliasesIn));
  for (const table of tables) {
    const read = readOf(table, tables, expressions, aliases);
    const isNamed = read?.source.kind === "table" && read.source.name.database === null && named.has(read.source.name.name.text);
    if (read !== null && !isNamed) reads.push(read);
  }
}

function tablesOf(from: FromClause): readonly TableExpression[] {
  const joined = from.joins.flatMap((join) => (join.kind === "join" ? [join.table] : []));
  return [from.first, ...joined].flatMap((table) => (table.source.kind === "parenthesised" ? tablesOf(table.source.from) : [table]));
}

/** Every expression of a SELECT, but for those of the queries in it. */
function expressionsOf(select: SelectQuery): readonly Expression[] {
  const { groupBy, limitBy } = select;
  const joins = select.from === null ? [] : joinExpressions(select.from);
  return [
    ...select.with.flatMap((element) => (element.kind === "expression" ? [element.expression] : [])),
    ...select.distinctOn,
    ...select.columns,
    ...joins,
    ...[select.prewhere, select.where, select.having, select.qualify, select.limit, select.offset].filter((part) => part !== null),
    ...(groupBy === null ? [] : [...groupBy.expressions, ...groupBy.groupingSets.flat()]),
    ...select.windows.flatMap((window) => ofWindow(window.definition)),
    ...(select.orderBy === null || select.orderBy.all ? [] : select.orderBy.elements.flatMap(ofOrder)),
    ...(limitBy === null || limitBy.by === "all" ? [] : limitBy.by),
  ];
}

function joinExpressions(from: FromClause): readonly Expression[] {
  const inner = [from.first, ...from.joins.flatMap((join) => (join.kind === "join" ? [join.table] : []))].flatMap((table) =>
    table.source.kind === "parenthesised" ? joinExpressions(table.source.from) : [],
  );
  return [
    ...inner,
    ...from.joins.flatMap((join) =>
      join.kind === "array-join" ? join.expressions : [...(join.on === null ? [] : [join.on]), ...(join.using ?? [])],
    ),
  ];
}

function queriesIn(expression: Expression): readonly Query[] {
  if (expression.kind === "subquery") return [expression.query];
  return children(expression).flatMap(queriesIn);
}

function aliasesIn(expression: Expression): readonly string[] {
  const own = expression.alias === null ? [] : [expression.alias.text];
  return [...own, ...children(expression).flatMap(aliasesIn)];
}

function readOf(
  table: TableExpression,
  tables: readonly TableExpression[],
  expressions: readonly Expression[],
  aliases: ReadonlySet<string>,
): TableRead | null {
  if (table.source.kind !== "table" && table.source.kind !== "function") return null;
  const name = nameOf(table);
  const columns = new Set<string>();
  const ambiguous = new Set<string>();
  let all = false;
  for (const expression of expressions) {
    all ||= readsAll(expression, table, name);
    for (const column of columnsRead(expression)) {
      const parts = column.parts.map((part) => part.text);
      const qualified = qualifies(parts, table, name);
      const [first = ""] = parts;
      if (qualified > 0) columns.add(parts[qualified] ?? first);
      else if (tables.length > 1) {
        if (!tables.some((other) => qualifies(parts, other, nameOf(other)) > 0)) ambiguous.add(first);
      }
      // An alias may hide a column of its own name: `sum(amount) AS amount`.
      else if (!aliases.has(first) || expression.alias?.text === first) columns.add(first);
    }
  }
  return { source: table.source, columns, all, ambiguous };
}

function nameOf(table: TableExpression): ObjectName | null {
  return table.source.kind === "table" ? table.source.name : null;
}

/** How many of the parts name the table: `t.a` one, `db.t.a` two, `a` none. */
function qualifies(parts: readonly string[], table: TableExpression, name: ObjectName | null): number {
  if (parts.length > 1 && table.alias !== null && parts[0] === table.alias.text) return 1;
  if (name === null) return 0;
  if (parts.length > 2 && name.database !== null && parts[0] === name.database.text && parts[1] === name.name.text) return 2;
  return parts.length > 1 && table.alias === null && parts[0] === name.name.text ? 1 : 0;
}

function readsAll(expression: Expression, table: TableExpression, name: ObjectName | null): boolean {
  if ((expression.kind === "asterisk" || expression.kind === "columns") && expression.expression === null) {
    const qualifier = expression.qualifier.map((part) => part.text);
    const listed = expression.kind === "columns" && expression.pattern === null;
    if (!listed && (qualifier.length === 0 || qualifies([...qualifier, "*"], table, name) > 0)) return true;
  }
  // count(*) counts rows; it reads no column.
  if (expression.kind === "function" && expression.name.toLowerCase() === "count") return false;
  return children(expression).some((child) => readsAll(child, table, name));
}

/**
 * The names of a query's columns, null for those that only the schema knows (`*`, COLUMNS) or that the engine makes up from the expression.
 * Of a union they are those of its first query.
 */
export function outputNames(query: Query): readonly (string | null)[] {
  if (query.kind === "explain") return ["explain"];
  if (query.kind === "set-operation") return query.queries[0] === undefined ? [] : outputNames(query.queries[0]);
  return query.columns.map((column) => {
    if (column.alias !== null) return column.alias.text;
    return column.kind === "identifier" ? (column.parts[column.parts.length - 1]?.text ?? null) : null;
  });
}
