import type { Param, Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { RunningColumn, RunningModel, RunningModels } from "./running-model.ts";
import { columnSql, keyEquals, paramFor, query, tableSql } from "./sql.ts";

/**
 * What `save()` and `delete()` send for the model's own table. Multi-table parents are models of their own: their tables are
 * written by their own queries, with the same columns.
 *
 * INSERT names every local concrete column except generated ones and an automatic key without a value; a column with `db_default`
 * is sent as the keyword DEFAULT while unset; what the database fills in comes back by RETURNING (django.db.models.base, 5.2).
 */
export function writeQueries(model: RunningModel, models: RunningModels): Query[] {
  const key = models.primaryKey(model);
  const queries = [insert(model, false)];
  const nullable = written(model).some((c) => c.null);
  if (nullable) queries.push(insert(model, true));
  const updated = model.columns.filter((c) => !c.primaryKey && !c.generated);
  if (key.length > 0 && updated.length > 0) {
    const set = updated.map((c, i) => `${quoteIdentifier(c.column)} = $${i + 1}`).join(", ");
    const where = keyEquals(model, key, updated.length + 1);
    queries.push(
      query(
        `UPDATE ${tableSql(model.table)} SET ${set} WHERE ${where}`,
        [...updated, ...key].map((c) => paramFor(model.table, c.column)),
        model,
      ),
    );
  }
  if (key.length > 0) {
    const names = key.map((c) => columnSql(model, c)).join(", ");
    const values = key.map((_, i) => `$${i + 1}`).join(", ");
    const where = key.length === 1 ? `${names} IN (${values})` : `(${names}) IN ((${values}))`;
    queries.push(
      query(
        `DELETE FROM ${tableSql(model.table)} WHERE ${where}`,
        key.map((c) => paramFor(model.table, c.column)),
        model,
      ),
    );
  }
  return queries;
}

function insert(model: RunningModel, withNulls: boolean): Query {
  const params: Param[] = [];
  const columns = written(model);
  const value = (c: RunningColumn): string => {
    if (c.dbDefault && !(withNulls && c.null)) return "DEFAULT";
    params.push(paramFor(model.table, c.column, withNulls && c.null));
    return `$${params.length}`;
  };
  const values = columns.map(value);
  const returned = model.columns.filter((c) => c.auto || c.dbDefault || c.generated);
  const body =
    columns.length === 0 ? "DEFAULT VALUES" : `(${columns.map((c) => quoteIdentifier(c.column)).join(", ")}) VALUES (${values.join(", ")})`;
  const returning = returned.length === 0 ? "" : ` RETURNING ${returned.map((c) => columnSql(model, c)).join(", ")}`;
  return query(`INSERT INTO ${tableSql(model.table)} ${body}${returning}`, params, model);
}

function written(model: RunningModel): readonly RunningColumn[] {
  return model.columns.filter((c) => !c.generated && !(c.auto && c.primaryKey));
}
