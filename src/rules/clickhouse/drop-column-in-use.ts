import { refusalRule } from "./predicted.ts";
import type { ClickHouseRule } from "./rule.ts";
import { list, named, namedList } from "./words.ts";

export const dropColumnInUse: ClickHouseRule = refusalRule(["drop-column", "clear-column"], {
  id: "drop-column-in-use",
  summary: "dropping or clearing a column that a key, TTL, constraint, default, projection, engine or view needs: refused",
  words({ kind, table, column }, _error, statement, context) {
    const known = context.table(statement, table);
    if (known === null || !known.columns.some(({ name }) => name === column)) return null;
    const uses = (columns: readonly string[]): boolean => columns.some((name) => name === column || name.startsWith(`${column}.`));
    const holders = [
      ...((known.orderBy ?? []).some(({ expression }) => uses(expression.columns)) ? ["the sorting key"] : []),
      ...(known.partitionBy !== null && uses(known.partitionBy.columns) ? ["the partition key"] : []),
      ...(known.sampleBy !== null && uses(known.sampleBy.columns) ? ["SAMPLE BY"] : []),
      ...(known.ttl.some(({ expression }) => uses(expression.columns)) ? ["the TTL"] : []),
      ...known.constraints.filter(({ expression }) => uses(expression.columns)).map(({ name }) => `constraint ${named(name)}`),
      ...known.indexes.filter(({ expression }) => uses(expression.columns)).map(({ name }) => `index ${named(name)}`),
      ...known.projections.filter(({ columns }) => uses(columns)).map(({ name }) => `projection ${named(name)}`),
      ...known.columns
        .filter((one) => one.name !== column && uses(one.default?.expression?.columns ?? []))
        .map(({ name }) => `the default of ${named(name)}`),
      ...((known.engine?.familyArgs ?? []).some(({ columns }) => uses(columns)) ? [`the engine (${known.engine?.family ?? ""})`] : []),
    ];
    const views = context
      .graph(statement.before)
      .fedBy(table)
      .filter(({ select }) => select?.reads.some((read) => read.table === table && uses(read.columns)) === true);
    const by = [
      ...holders,
      ...(views.length === 0 ? [] : [`the materialized view${views.length === 1 ? "" : "s"} ${namedList(views.map(({ name }) => name))}`]),
    ];
    if (by.length === 0) return null;
    return {
      message: `${named(column)} of ${named(table)} cannot be ${kind === "drop-column" ? "dropped" : "cleared"}: ${list(by)} ${by.length === 1 ? "needs" : "need"} it`,
      why: "ClickHouse refuses it, and in a migration what stands before it has run by then.",
      help:
        views.length > 0 && holders.length === 0
          ? "first `ALTER TABLE <view> MODIFY QUERY …` without the column, in the same plan, then drop it"
          : holders.some((holder) => /key|SAMPLE|engine/.test(holder))
            ? "a key and an engine are for life: leave the column, or move the rows into a new table without it and EXCHANGE the two"
            : "drop what needs it first, in the same plan and in this order; rename the column to say that it is on its way out",
    };
  },
});
