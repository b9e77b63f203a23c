import type { ClickHouseConstant, ClickHouseExpression } from "../../../model/clickhouse/schema.ts";
import type { Expression, Query } from "../parse/ast.ts";
import { dotted, resolve, sourceText, type Context } from "./context.ts";
import { canonicalExpression } from "./render.ts";

/** Functions whose next answer may be another: clocks, random numbers, the place where they run. */
const VOLATILE = new Set(
  `now now64 nowinblock nowinblock64 today yesterday current_timestamp curdate current_date utctimestamp utc_timestamp rand rand32 rand64
randcanonical randuniform randnormal randlognormal randbinomial randnegativebinomial randpoisson randbernoulli randexponential
randchisquared randstudentt randfisherf randomstring randomfixedstring randomprintableascii randomstringutf8 fuzzbits generateuuidv4
generateuuidv7 generateulid generatesnowflakeid generaterandomstructure rownumberinblock rownumberinallblocks blocknumber
runningdifference neighbor hostname fqdn currentuser user uptime serveruuid getmacro connectionid connection_id queryid query_id
initialqueryid initial_query_id currentqueryid randconstant timezone servertimezone generateserialid`.split(/\s+/),
);

/** Functions whose first argument names a dictionary or a Join table. */
const NAMES_TABLE = /^(?:dict(?:get|has|is|ge)|joinget)/i;

export function isVolatileFunction(name: string): boolean {
  return VOLATILE.has(name.toLowerCase());
}

interface Seen {
  readonly columns: Set<string>;
  readonly functions: Set<string>;
  readonly tables: Set<string>;
  volatile: boolean;
}

/** An expression of DDL or of a mutation: what it names. Names within its subqueries are theirs and not columns here. */
export function readExpression(e: Expression, context: Context): ClickHouseExpression {
  const seen: Seen = { columns: new Set(), functions: new Set(), tables: new Set(), volatile: false };
  const aliases = new Set<string>();
  collectAliases(e, aliases);
  visit(e, seen, new Set(), aliases, context);
  const canonical = canonicalExpression(e);
  return {
    sql: canonical.includes("…") ? sourceText(e.at, context).replace(/\s+/g, " ") : canonical,
    columns: [...seen.columns],
    functions: [...seen.functions],
    tables: [...seen.tables],
    constant: constantOf(e),
    volatile: seen.volatile,
    tree: e,
  };
}

function collectAliases(e: Expression, aliases: Set<string>): void {
  if (e.alias !== null) aliases.add(e.alias.text);
  for (const child of childrenOf(e)) collectAliases(child, aliases);
}

/** Expressions directly inside, without those of subqueries. */
export function childrenOf(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case "function":
      return [
        ...(e.parameters ?? []),
        ...e.arguments,
        ...(e.filter === null ? [] : [e.filter]),
        ...(e.over === null || "text" in e.over ? [] : [...e.over.partitionBy, ...e.over.orderBy.map((o) => o.expression)]),
      ];
    case "lambda":
      return [e.body];
    case "cast":
      return [e.operand];
    case "columns":
      return e.columns;
    case "literal":
    case "identifier":
    case "subquery":
    case "asterisk":
    case "parameter":
      return [];
    default:
      return e satisfies never;
  }
}

function visit(e: Expression, seen: Seen, bound: ReadonlySet<string>, aliases: ReadonlySet<string>, context: Context): void {
  switch (e.kind) {
    case "identifier": {
      const name = dotted(e.parts);
      const first = e.parts[0]?.text ?? "";
      if (!bound.has(first) && !aliases.has(name)) seen.columns.add(name);
      return;
    }
    case "lambda": {
      const inner = new Set([...bound, ...e.parameters.map((p) => p.text)]);
      visit(e.body, seen, inner, aliases, context);
      return;
    }
    case "subquery":
      for (const table of tablesOf(e.query, context)) seen.tables.add(table);
      return;
    case "function": {
      seen.functions.add(e.name);
      if (isVolatileFunction(e.name)) seen.volatile = true;
      const [first, second] = e.arguments;
      if (NAMES_TABLE.test(e.name) && first !== undefined) {
        const named = tableNamed(first, context);
        if (named !== null) seen.tables.add(named);
        for (const argument of e.arguments.slice(first.kind === "identifier" ? 1 : 0)) visit(argument, seen, bound, aliases, context);
        return;
      }
      // `x IN t`: a name on the right may be a table.
      if (/^(?:global)?(?:not)?in$/i.test(e.name) && second?.kind === "identifier" && first !== undefined) {
        const named = tableNamed(second, context);
        if (named !== null && context.state.tables.has(named)) {
          seen.tables.add(named);
          visit(first, seen, bound, aliases, context);
          return;
        }
      }
      break;
    }
    case "literal":
    case "cast":
    case "asterisk":
    case "columns":
    case "parameter":
      break;
    default:
      return e satisfies never;
  }
  for (const child of childrenOf(e)) visit(child, seen, bound, aliases, context);
}

/** `dictGet('db.d', …)`, `dictGet(db.d, …)`, `IN db.t`: the qualified name, or null where it is computed. */
export function tableNamed(e: Expression, context: Pick<Context, "database">): string | null {
  const name =
    e.kind === "literal" && e.value.type === "string"
      ? e.value.value
      : e.kind === "identifier"
        ? e.parts.map((p) => p.text).join(".")
        : null;
  if (name === null || name === "") return null;
  return name.includes(".") ? name : `${context.database}.${name}`;
}

/** Tables that a query names anywhere, CTEs left out. */
function tablesOf(query: Query, context: Context): string[] {
  const found = new Set<string>();
  const ctes = new Set<string>();
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) walk(item);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const node = value as { kind?: unknown; name?: unknown };
    if (node.kind === "query" && typeof node.name === "object") ctes.add((node.name as { text: string }).text);
    if (node.kind === "table" && typeof node.name === "object" && node.name !== null && "name" in node.name) {
      const name = node.name as Parameters<typeof resolve>[0];
      if (name.database !== null || !ctes.has(name.name.text)) found.add(resolve(name, context));
    }
    for (const [key, item] of Object.entries(value)) if (key !== "at") walk(item);
  };
  walk(query);
  return [...found];
}

export function constantOf(e: Expression): ClickHouseConstant | null {
  if (e.kind === "literal") {
    switch (e.value.type) {
      case "number":
        return { kind: "number", text: e.value.text };
      case "string":
        return { kind: "string", text: e.value.value };
      case "boolean":
        return { kind: "bool", value: e.value.value };
      case "null":
        return { kind: "null" };
      default:
        return e.value satisfies never;
    }
  }
  if (e.kind === "function" && e.name === "negate") {
    const inner = e.arguments[0] === undefined ? null : constantOf(e.arguments[0]);
    return inner?.kind === "number" ? { kind: "number", text: inner.text.startsWith("-") ? inner.text.slice(1) : `-${inner.text}` } : null;
  }
  if (e.kind === "function" && (e.name === "array" || e.name === "tuple" || e.name === "map")) {
    return e.arguments.every((a) => constantOf(a) !== null) ? { kind: "other", text: canonicalExpression(e) } : null;
  }
  if (e.kind === "cast") {
    const inner = constantOf(e.operand);
    return inner === null ? null : { kind: "other", text: canonicalExpression(e) };
  }
  return null;
}
