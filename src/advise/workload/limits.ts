import type { Range } from "../../engines/clickhouse/parse/ast.ts";
import { isSelect, numberLiteral, parsedQuery, replaceRanges, walkSyntax } from "./syntax.ts";

/** A LIMIT or OFFSET of a query that is a plain number. */
export interface Limit {
  readonly at: Range;
  readonly value: number;
}

export function limitsIn(sql: string): readonly Limit[] {
  const limits = new Map<number, Limit>();
  walkSyntax(parsedQuery(sql), (node) => {
    if (!isSelect(node)) return;
    for (const part of [node.limit, node.offset]) {
      const number = numberLiteral(part);
      if (number !== null && Number.isSafeInteger(number.value)) limits.set(number.at.start, { at: number.at, value: number.value });
    }
  });
  return [...limits.values()];
}

/**
 * The query with its limits divided by `scale`: to find 100 rows in a tenth of the rows, a query that stops early would read ten times as
 * large a share of them.
 */
export function scaleLimits(sql: string, limits: readonly Limit[], scale: number): string {
  if (scale <= 1) return sql;
  return replaceRanges(
    sql,
    limits.map(({ at, value }) => ({ at, by: String(value === 0 ? 0 : Math.max(1, Math.round(value / scale))) })),
  );
}
