import type { ClickHouseState } from "../../../model/clickhouse/schema.ts";
import type { Query } from "../../../model/query.ts";
import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import { NEWEST_CLICKHOUSE, type ClickHouseFate } from "../engine.ts";
import { resolve, tableOf, type Context } from "../changes/context.ts";
import { readExpression } from "../changes/expression.ts";
import { widthOf } from "../changes/literals.ts";
import { insertColumns } from "../changes/statements.ts";
import { parseScript } from "../parse/index.ts";
import type { Statement } from "../parse/ast.ts";
import { columnsNamed } from "../predict/outcome.ts";
import { insertable, insertFate } from "./inserts.ts";
import { analyseQuery } from "./query.ts";

const fails = (code: number, message: string): ClickHouseFate => ({ kind: "fails", code, sqlstate: String(code), message });
const unknown = (reason: string): ClickHouseFate => ({ kind: "unknown", reason });
const WORKS: ClickHouseFate = { kind: "works" };

/** What a live version's query would meet in a schema. @param database of unqualified names */
export function bindClickHouse(query: Pick<Query, "sql">, state: ClickHouseState, database = "default"): ClickHouseFate {
  const statements = parseScript(query.sql);
  if (statements.length === 0) return unknown("it holds no statement");
  for (const { statement } of statements) {
    const context: Context = { state, database: state.session.database ?? database, script: query.sql, spanOf: () => NOWHERE };
    const fate = fateOf(statement, context);
    if (fate.kind !== "works") return fate;
  }
  return WORKS;
}

const NOWHERE = { file: "", line: 1, column: 1, endLine: 1, endColumn: 1 };

function fateOf(s: Statement, context: Context): ClickHouseFate {
  switch (s.kind) {
    case "syntax-error":
      return unknown(`it does not parse: ${s.message}`);
    case "opaque":
      return unknown(s.reason);
    case "select":
      return analysed(s.query, context);
    case "insert":
      return insertOf(s, context);
    case "delete":
    case "update": {
      const name = resolve(s.name, context);
      const table = tableOf(context.state, name);
      if (table === undefined)
        return context.state.complete ? fails(60, `Table ${name} does not exist`) : unknown(`table ${name} is not known`);
      if (!table.columnsKnown) return unknown(`the columns of ${name} are not known`);
      const where = readExpression(s.where, context);
      const named = [
        ...where.columns,
        ...(s.kind === "update" ? s.assignments.flatMap((a) => [a.column.text, ...readExpression(a.expression, context).columns]) : []),
      ];
      const missing = named.find((c) => columnsNamed(table, [c]).length === 0 && !c.startsWith("_"));
      return missing === undefined ? WORKS : fails(47, `Missing columns: '${missing}'`);
    }
    case "describe":
    case "check":
      if (s.table !== null) {
        const name = resolve(s.table, context);
        return tableOf(context.state, name) !== undefined
          ? WORKS
          : context.state.complete
            ? fails(60, `Table ${name} does not exist`)
            : unknown(`table ${name} is not known`);
      }
      return s.query === null ? WORKS : analysed(s.query, context);
    case "explain":
      return s.statement === null ? WORKS : fateOf(s.statement, context);
    case "show":
    case "exists":
    case "watch":
    case "set":
    case "use":
    case "system":
    case "kill":
    case "transaction":
      return WORKS;
    case "optimize":
    case "truncate": {
      const target = s.kind === "optimize" ? s.name : s.target.kind === "table" ? s.target.name : null;
      if (target === null) return WORKS;
      const name = resolve(target, context);
      return tableOf(context.state, name) !== undefined
        ? WORKS
        : context.state.complete
          ? fails(60, `Table ${name} does not exist`)
          : unknown(`table ${name} is not known`);
    }
    default:
      return unknown("a statement that changes the schema is no query of an app");
  }
}

function analysed(query: Parameters<typeof analyseQuery>[0], context: Context): ClickHouseFate {
  const analysis = analyseQuery(query, context);
  const [first] = analysis.problems;
  if (first !== undefined) return problemFate(first, context);
  return analysis.unclear === null ? WORKS : unknown(analysis.unclear);
}

/** A query of an app runs today: a function that is not known here is one of its server's own, unless a migration dropped it. */
function problemFate({ code, message }: ClickHouseError, context: Context): ClickHouseFate {
  const name = code === 46 ? /'(.+)'/.exec(message)?.[1] : undefined;
  return name === undefined || context.state.formerFunctions?.has(name) === true
    ? fails(code, message)
    : unknown(`the function ${name} is none of ClickHouse ${NEWEST_CLICKHOUSE}, and no migration that is known here made it`);
}

function insertOf(s: Extract<Statement, { kind: "insert" }>, context: Context): ClickHouseFate {
  const selected = s.source.kind === "select" ? analyseQuery(s.source.query, context) : null;
  const first = selected?.problems[0];
  if (first !== undefined) return problemFate(first, context);
  if (s.target.kind === "function")
    return selected?.unclear === null ? WORKS : unknown(`it inserts into the table function ${s.target.function.name}`);
  const name = resolve(s.target.name, context);
  const { columns, except } = insertColumns(s.columns);
  const table = tableOf(context.state, name);
  if (table?.columnsKnown === true) {
    const missing = except.find((c) => !table.columns.some((t) => t.name === c));
    if (missing !== undefined) return fails(16, `No such column ${missing} in table ${name}`);
  }
  const fate = insertFate(name, columns, context.state);
  if (fate.problem !== null) return fails(fate.problem.code, fate.problem.message);
  if (table?.columnsKnown === true && columns === null && except.length === 0) {
    const width = insertable(table).length;
    if (s.source.kind === "values") {
      const given = widthOf(context.script.slice(s.source.data.start, s.source.data.end));
      if (given !== null && given !== width) return fails(62, `Cannot parse expression: ${given} values for ${width} columns`);
    }
    const outputs = selected?.outputs?.length ?? null;
    if (outputs !== null && outputs !== width) return fails(20, `Number of columns doesn't match: ${outputs} selected for ${width}`);
  }
  if (selected !== null && selected.unclear !== null) return unknown(selected.unclear);
  return fate.unclear === null ? WORKS : unknown(fate.unclear);
}
