import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import { tableOf } from "../changes/context.ts";
import { simpleType } from "../changes/types.ts";
import type { Expression, FromClause, Query, TableExpression, TableFunction } from "../parse/ast.ts";
import { columnsOf, followView, note, problem, unclear, type Findings, type Scope, type Source, type SourceColumn } from "./scope.ts";

type SubQuery = (query: Query, outer: Scope | null) => Source;

interface Gathered {
  readonly sources: Source[];
  readonly arrayJoined: Expression[];
  readonly conditions: Expression[];
}

const SYSTEM = new Set(["system", "information_schema", "INFORMATION_SCHEMA", "_table_function"]);

/** Everything in FROM, in order. */
export function sourcesOf(from: FromClause, scope: Scope, findings: Findings, sub: SubQuery, gathered: Gathered): void {
  add(from.first, scope, findings, sub, gathered);
  for (const join of from.joins) {
    if (join.kind === "array-join") {
      gathered.arrayJoined.push(...join.expressions);
      continue;
    }
    add(join.table, scope, findings, sub, gathered);
    if (join.on !== null) gathered.conditions.push(join.on);
    if (join.using !== null) gathered.conditions.push(...join.using);
  }
}

function add(table: TableExpression, scope: Scope, findings: Findings, sub: SubQuery, gathered: Gathered): void {
  const { source } = table;
  if (source.kind === "parenthesised") {
    sourcesOf(source.from, scope, findings, sub, gathered);
    return;
  }
  const found = one(source, scope, findings, sub);
  const alias = table.alias?.text ?? null;
  const columns =
    table.columnAliases.length === 0 || found.columns === null
      ? found.columns
      : new Map([...found.columns.values()].map((c, i) => [table.columnAliases[i]?.text ?? `c${i}`, c]));
  gathered.sources.push({ ...found, columns, names: alias === null ? found.names : [alias] });
}

function one(
  source: Exclude<TableExpression["source"], { kind: "parenthesised" }>,
  scope: Scope,
  findings: Findings,
  sub: SubQuery,
): Source {
  switch (source.kind) {
    case "subquery":
      return sub(source.query, { ...scope, sources: [], aliases: new Set() });
    case "function":
      return functionSource(source.function, scope, findings, sub);
    case "values":
      return { names: [], table: null, columns: null };
    case "table": {
      const { name } = source;
      const cte = name.database === null ? scope.ctes.get(name.name.text) : undefined;
      if (cte !== undefined) return { ...cte(), names: [name.name.text] };
      return sourceOfTable(name.database?.text ?? null, name.name.text, findings);
    }
    default:
      return source satisfies never;
  }
}

/** A table by its name as written, with a problem where it does not exist. */
export function sourceOfTable(database: string | null, name: string, findings: Findings): Source {
  const { state } = findings;
  const inDatabase = database ?? findings.database;
  const key = database === null && state.session.temporary?.has(name) === true ? name : `${inDatabase}.${name}`;
  const names = [name, `${inDatabase}.${name}`];
  if (SYSTEM.has(inDatabase)) return { names, table: key, columns: null };
  const table = tableOf(state, key);
  if (table === undefined) {
    missingTable(state, inDatabase, key, findings);
    return { names, table: key, columns: null };
  }
  note(findings, key, null);
  followView(table, findings);
  return { names, table: key, columns: columnsOf(table) };
}

function missingTable(state: ClickHouseState, database: string, key: string, findings: Findings): void {
  if (!state.complete) {
    unclear(findings, `table ${key} is created by no migration that is known here`);
    note(findings, key, null);
    return;
  }
  if (!state.databases.has(database)) problem(findings, 81, `Database ${database} does not exist`);
  else problem(findings, 60, `Unknown table expression identifier '${key}'`);
}

const column = (type: string): SourceColumn => ({ type: simpleType(type), from: [], inStar: true });
const KNOWN_FUNCTIONS: Readonly<Record<string, ReadonlyMap<string, SourceColumn>>> = {
  numbers: new Map([["number", column("UInt64")]]),
  numbers_mt: new Map([["number", column("UInt64")]]),
  zeros: new Map([["zero", column("UInt8")]]),
  zeros_mt: new Map([["zero", column("UInt8")]]),
  generate_series: new Map([["generate_series", column("UInt64")]]),
};

function functionSource(call: TableFunction, scope: Scope, findings: Findings, sub: SubQuery): Source {
  const known = KNOWN_FUNCTIONS[call.name.toLowerCase()] ?? KNOWN_FUNCTIONS[call.name];
  if (known !== undefined) return { names: [call.name], table: null, columns: known };
  const lower = call.name.toLowerCase();
  const first = call.arguments[0];
  if (lower === "view" && first?.kind === "subquery") return sub(first.query, { ...scope, sources: [], aliases: new Set() });
  if (lower === "remote" || lower === "remotesecure" || lower === "cluster" || lower === "clusterallreplicas") {
    const parts = call.arguments.slice(1, 3).map((a) => textOf(a));
    const [one, two] = parts;
    const path = (one ?? "").split(".");
    if (one !== null && one !== undefined && path.length === 2) return sourceOfTable(path[0] ?? null, path[1] ?? "", findings);
    if (one && two && !/[-:,]/.test(one)) return sourceOfTable(one, two, findings);
  }
  // A parametrised view.
  const view = tableOf(findings.state, `${findings.database}.${call.name}`);
  if (view?.kind === "view") {
    note(findings, view.name, null);
    followView(view, findings);
    return { names: [call.name], table: view.name, columns: columnsOf(view) };
  }
  unclear(findings, `the columns of the table function ${call.name} are not known`);
  return { names: [call.name], table: null, columns: null };
}

function textOf(e: Expression): string | null {
  if (e.kind === "literal" && e.value.type === "string") return e.value.value;
  return e.kind === "identifier" ? e.parts.map((p) => p.text).join(".") : null;
}
