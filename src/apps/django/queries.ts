import type { Query } from "../../model/query.ts";
import { cascadeQueries } from "./cascade-queries.ts";
import { joinTableQueries } from "./join-table-queries.ts";
import type { JoinTable, RunningModels } from "./running-model.ts";
import { joinQuery, selectQueries } from "./select-queries.ts";
import type { Use } from "./sql.ts";
import { writeQueries } from "./write-queries.ts";

/**
 * Everything that the ORM of a running version may send on Postgres for its models: pure, from the models alone.
 * @param useOf whether the code was seen to use a many-to-many field, and where
 */
export function ormQueries(models: RunningModels, useOf: (join: JoinTable) => Use): Query[] {
  const queries: Query[] = [];
  for (const model of models.all) {
    queries.push(...selectQueries(model, models), ...writeQueries(model, models), ...cascadeQueries(model, models));
    for (const join of model.joinTables) queries.push(...joinTableQueries(join, models, useOf(join)));
  }
  for (const key of models.foreignKeys) queries.push(joinQuery(key, models));
  const seen = new Set<string>();
  return queries.filter((q) => {
    const id = `${q.use} ${q.params.map((p) => (p.null ? "0" : "1")).join("")} ${q.sql}`;
    return !seen.has(id) && seen.add(id) !== undefined;
  });
}
