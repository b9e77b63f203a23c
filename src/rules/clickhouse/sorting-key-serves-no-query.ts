import type { ClickHouseRule } from "./rule.ts";
import { clickHouseRuleFor } from "./rule.ts";
import { keyText, list, named } from "./words.ts";

export const sortingKeyServesNoQuery: ClickHouseRule = clickHouseRuleFor("create-table", {
  id: "sorting-key-serves-no-query",
  summary: "a new table whose sorting key begins with what no known query filters by",
  check({ table }, statement, context) {
    const first = table.orderBy?.[0]?.expression;
    if (first === undefined || table.engine?.family.endsWith("MergeTree") !== true || context.effects(statement).error !== null)
      return null;
    const end = context.end ?? statement.after;
    const names = [
      table.name,
      ...context
        .graph(end)
        .distributedOver(table.name)
        .map(({ name }) => name),
    ];
    const queries = names.flatMap((name) => context.queriesOn(name)).filter(({ filters }) => filters.length > 0);
    if (queries.length === 0) return null;
    // A condition on a column narrows a key that begins with a function of it (toDate(at)), and the reverse does not hold.
    const served = queries.filter(({ filters }) => filters.some((filter) => filter === first.sql || first.columns.includes(filter)));
    if (served.length > 0) return null;
    const filters = [...new Set(queries.flatMap((query) => query.filters))];
    return {
      severity: "error",
      about: table.name,
      message: `the sorting key ${keyText(table.orderBy ?? [])} of ${named(table.name)} serves ${queries.length === 1 ? "not the one query on it: it reads every row" : `none of its ${queries.length} queries: each reads every row`}`,
      label: `no query filters by ${first.sql}`,
      why: `Only a condition on the beginning of the key skips rows. The known queries filter by ${list(filters.slice(0, 6).map(named))}. The key can hardly be changed once there are rows.`,
      help: `\`tread advise ${table.name}\` measures keys against this workload; as a start, what most queries filter by, with few values first`,
      evidence: queries.slice(0, 3).map(({ name, filters: own, frequency }) => ({
        kind: "query" as const,
        text: `${name}${frequency === null ? "" : ` (${frequency})`} filters by ${list(own.map(named))}`,
        from: "static" as const,
        value: { name, filters: own },
      })),
    };
  },
});
