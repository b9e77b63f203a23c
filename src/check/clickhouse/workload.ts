import { ConfigError } from "../../config/config-error.ts";
import type { Expression, FromClause, Query as ParsedQuery } from "../../engines/clickhouse/parse/ast.ts";
import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { WorkloadQuery } from "../../rules/clickhouse/workload.ts";
import type { ClickHouseAnalysis } from "./analyse.ts";
import type { ClickHouseView } from "./view.ts";

/** A query as somebody asks it. */
export interface AskedQuery {
  readonly name: string;
  readonly sql: string;
  /** `120/min`; null where nobody says. */
  readonly frequency: string | null;
}

/**
 * What is asked of each table, from the files under `workload:` and the live versions.
 * @throws ConfigError for a workload file that cannot be read
 */
export async function loadWorkload(
  analysis: ClickHouseAnalysis,
): Promise<(view: ClickHouseView) => ReadonlyMap<string, readonly WorkloadQuery[]> | null> {
  const { workload, root } = analysis.options.config;
  // Only a new table asks: parsing thousands of queries for nothing would be most of a check.
  const asks = analysis.views.some((view) =>
    view.judged.flat().some(({ statement }) => statement.changes.some(({ kind }) => kind === "create-table")),
  );
  if (!asks) return () => null;
  const asked = workload.length === 0 ? [] : await readFiles(workload, root);
  const known = new Map<string, ReadonlyMap<string, readonly WorkloadQuery[]> | null>();
  return ({ versions }) => {
    const key = versions.map(({ name }) => name).join("\n");
    const before = known.get(key);
    if (before !== undefined) return before;
    const live = versions.flatMap(({ queries }) =>
      queries.filter(({ verb }) => verb === "select").map(({ sql, origin }) => ({ name: origin, sql, frequency: null })),
    );
    const all = [...asked, ...live];
    const answer = all.length === 0 ? null : workloadByTable(all, analysis.database);
    known.set(key, answer);
    return answer;
  };
}

async function readFiles(files: readonly string[], root: string): Promise<readonly AskedQuery[]> {
  const [{ readWorkload }, { AdviseError }] = await Promise.all([
    import("../../advise/workload/read-workload.ts"),
    import("../../advise/errors.ts"),
  ]);
  try {
    return readWorkload(files, root).queries.map(({ name, sql, frequency }) => ({ name, sql, frequency: `frequency ${frequency}` }));
  } catch (error) {
    if (!(error instanceof AdviseError)) throw error;
    throw new ConfigError("the workload", [{ span: null, setting: "workload", message: error.message, help: error.help }]);
  }
}

/** By table: which columns each query compares with a value, in a condition that every row must meet. */
export function workloadByTable(asked: readonly AskedQuery[], database = "default"): ReadonlyMap<string, readonly WorkloadQuery[]> {
  const byTable = new Map<string, WorkloadQuery[]>();
  for (const { name, sql, frequency } of asked) {
    for (const [table, filters] of filtersOf(sql, database)) {
      const known = byTable.get(table);
      const query = { name, table, filters: [...filters], frequency };
      if (known === undefined) byTable.set(table, [query]);
      else known.push(query);
    }
  }
  return byTable;
}

function filtersOf(sql: string, database: string): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const text = (expression: Expression): string => sql.slice(expression.at.start, expression.at.end).replaceAll(/\s+/g, " ").trim();
  for (const { statement } of parseScript(sql)) if (statement.kind === "select") query(statement.query);
  return found;

  function query(one: ParsedQuery): void {
    if (one.kind === "set-operation") {
      for (const part of one.queries) query(part);
    }
    if (one.kind !== "select") return;
    for (const element of one.with) if (element.kind === "query") query(element.query);
    const tables = one.from === null ? [] : tablesOf(one.from);
    const filters = new Set<string>();
    for (const condition of [one.prewhere, one.where]) if (condition !== null) conjuncts(condition, filters);
    // Of a join every table gets the names: what is no column of it does no harm.
    for (const table of tables) for (const filter of filters) (found.get(table) ?? setAndGet(found, table)).add(filter);
    for (const table of tables) if (!found.has(table)) found.set(table, new Set());
  }

  function tablesOf(from: FromClause): readonly string[] {
    const expressions = [from.first, ...from.joins.flatMap((element) => (element.kind === "join" ? [element.table] : []))];
    return expressions.flatMap(({ source }) => {
      if (source.kind === "subquery") query(source.query);
      if (source.kind === "parenthesised") return tablesOf(source.from);
      return source.kind === "table" ? [`${source.name.database?.text ?? database}.${source.name.name.text}`] : [];
    });
  }

  function conjuncts(expression: Expression, filters: Set<string>): void {
    if (expression.kind !== "function") return;
    const { name } = expression;
    if (name.toLowerCase() === "and") {
      for (const argument of expression.arguments) conjuncts(argument, filters);
      return;
    }
    if (!COMPARES.has(name.toLowerCase())) return;
    for (const argument of expression.arguments) {
      const own = text(argument);
      if (argument.kind === "identifier") filters.add(argument.parts.at(-1)?.text ?? own);
      // `toDate(at) = …` is met by a key that begins with the same expression; a function that keeps the order, by its column too.
      if (argument.kind === "function") {
        filters.add(own);
        if (MONOTONIC.test(argument.name))
          for (const inner of argument.arguments) if (inner.kind === "identifier") filters.add(inner.parts.at(-1)?.text ?? "");
      }
    }
  }
}

const COMPARES = new Set([
  "equals",
  "in",
  "globalin",
  "less",
  "lessorequals",
  "greater",
  "greaterorequals",
  "between",
  "like",
  "startswith",
  "isnull",
]);
const MONOTONIC = /^to(?:Date|DateTime|StartOf\w+|YYYYMM|YYYYMMDD|Year|Monday|UnixTimestamp)/;

function setAndGet(map: Map<string, Set<string>>, key: string): Set<string> {
  const set = new Set<string>();
  map.set(key, set);
  return set;
}
