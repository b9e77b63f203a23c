import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseExpression, ClickHouseState } from "../../../model/clickhouse/schema.ts";
import { childrenOf, tableNamed } from "../changes/expression.ts";
import { tableOf } from "../changes/context.ts";
import type { Expression } from "../parse/ast.ts";
import { functionProblem } from "./functions.ts";
import { analyseQuery } from "./query.ts";

interface Surroundings {
  readonly state: ClickHouseState;
  /** Of unqualified names in subqueries. */
  readonly database: string;
}

/**
 * What an expression of DDL or of a mutation fails with besides its columns: functions that are not there (46) or take another number of
 * arguments (42), subqueries over what is not there (60, 47), dictionaries (36). Arguments are met before the call around them.
 */
export function expressionProblem(expression: ClickHouseExpression, surroundings: Surroundings): ClickHouseError | null {
  return expression.tree === null ? null : problemIn(expression.tree as Expression, surroundings);
}

function problemIn(e: Expression, around: Surroundings): ClickHouseError | null {
  if (e.kind === "subquery") return analyseQuery(e.query, around).problems[0] ?? null;
  for (const child of childrenOf(e)) {
    const found = problemIn(child, around);
    if (found !== null) return found;
  }
  if (e.kind !== "function") return null;
  return functionProblem(e, around.state) ?? dictionaryProblem(e, around);
}

/** Measured on 26.7: a default or a mutation over a dictionary that is not there is refused with 36. */
function dictionaryProblem(e: Extract<Expression, { kind: "function" }>, { state, database }: Surroundings): ClickHouseError | null {
  const [first] = e.arguments;
  if (!/^dict(?:get|has|is)/i.test(e.name) || first === undefined || !state.complete) return null;
  const named = tableNamed(first, { database });
  return named === null || tableOf(state, named) !== undefined ? null : { code: 36, message: `Dictionary (\`${named}\`) not found` };
}
