import type { Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import { orderOf } from "./ordering.ts";
import type { ForeignKey, RunningColumn, RunningModel, RunningModels } from "./running-model.ts";
import { columnSql, paramFor, query, tableSql } from "./sql.ts";

/**
 * What `.delete()` on a row of `model` asks of the tables that point to it, as `django.db.models.deletion.Collector` (5.2) does:
 * rows that nothing else depends on are deleted blindly by their foreign key; others are selected first (their key, and the columns
 * that further foreign keys point to; all columns when a delete signal listens); SET_NULL updates without reading, SET_DEFAULT
 * after reading; PROTECT and RESTRICT select; DO_NOTHING sends nothing. Join tables of many-to-many fields are in `join-table-queries.ts`.
 */
export function cascadeQueries(model: RunningModel, models: RunningModels): Query[] {
  const queries: Query[] = [];
  const blind = new Map<RunningModel, ForeignKey[]>();
  for (const key of models.pointingTo(model)) {
    if (isParentLink(key) && models.primaryKey(key.from).length === 0) continue;
    switch (key.onDelete) {
      case "DO_NOTHING":
        break;
      case "SET_NULL":
        queries.push(update(key, `${columnSql(key.from, key.column)} IN ($2)`, key.column));
        break;
      case "CASCADE":
        if (isBlind(key.from, key, models)) {
          const keys = blind.get(key.from);
          if (keys === undefined) blind.set(key.from, [key]);
          else keys.push(key);
        } else queries.push(selectRelated(key, models));
        break;
      case "PROTECT":
      case "RESTRICT":
        queries.push(selectRelated(key, models));
        break;
      default: {
        // SET_DEFAULT and SET(callable) fetch the rows and update them by their key; SET(value) leaves the SELECT out.
        queries.push(selectRelated(key, models));
        const own = models.primaryKey(key.from)[0];
        if (own !== undefined) queries.push(update(key, `${columnSql(key.from, own)} IN ($2)`, own));
      }
    }
  }
  for (const [from, keys] of blind) {
    const conditions = keys.map((k, i) => `${columnSql(from, k.column)} IN ($${i + 1})`).join(" OR ");
    queries.push(
      query(
        `DELETE FROM ${tableSql(from.table)} WHERE ${keys.length > 1 ? `(${conditions})` : conditions}`,
        keys.map((k) => paramFor(from.table, k.column.column)),
        via(from, keys[0]),
      ),
    );
  }
  for (const relation of model.genericRelations) {
    const to = models.get(relation.to);
    const type = to?.columns.find((c) => c.field === relation.contentType);
    const id = to?.columns.find((c) => c.field === relation.objectId);
    if (to === null || type === undefined || id === undefined) continue;
    const where = `(${columnSql(to, type)} = $1 AND ${columnSql(to, id)} IN ($2))`;
    const origin = { origin: `${to.origin}, when ${model.name} is deleted`, span: to.span };
    const params = [paramFor(to.table, type.column), paramFor(to.table, id.column)];
    const columns = to.columns.map((c) => columnSql(to, c)).join(", ");
    const verb = isBlind(to, null, models) ? "DELETE" : `SELECT ${columns}`;
    queries.push(query(`${verb} FROM ${tableSql(to.table)} WHERE ${where}`, params, origin));
  }
  return queries;
}

/** `Collector.can_fast_delete`: for rows reached through a foreign key, or (null) a generic relation. */
function isBlind(model: RunningModel, by: ForeignKey | null, models: RunningModels): boolean {
  if (model.deleteSignals || model.genericRelations.length > 0) return false;
  if (model.parents.some((p) => p.link !== by?.column.column)) return false;
  const line = models.lineage(model);
  if (line.some((m) => isJoined(m, models))) return false;
  // The parents' foreign keys count too: a child inherits the relations that point to them.
  return line.every((m) => models.pointingTo(m).every((k) => k.onDelete === "DO_NOTHING" || k === by || line.includes(k.from)));
}

/** The rows that depend on others: their key, and what further foreign keys point to; everything when a signal listens. */
function selectRelated(key: ForeignKey, models: RunningModels): Query {
  const { from } = key;
  const line = models.lineage(from);
  const own = models.primaryKey(from);
  const joined = line.filter((m) => isJoined(m, models)).flatMap((m) => models.primaryKey(m));
  const inherited = line.filter((m) => m !== from && m.genericRelations.length > 0).flatMap((m) => models.primaryKey(m));
  const referenced = new Set([...joined, ...inherited, ...line.flatMap((m) => models.pointingTo(m).map((k) => k.toColumn))]);
  const all = from.deleteSignals || referenced.size === 0;
  const columns = line.flatMap((m) =>
    m.columns.filter((c) => all || referenced.has(c) || (m === from && own.includes(c))).map((c) => ({ m, sql: columnSql(m, c) })),
  );
  const joins: string[] = [];
  if (columns.some((c) => c.m !== from)) {
    for (const m of line.toReversed()) {
      for (const { label, link } of m.parents) {
        const parent = models.get(label);
        const target = parent === null ? undefined : models.primaryKey(parent)[0];
        if (parent === null || target === undefined) continue;
        const on = `(${tableSql(m.table)}.${quoteIdentifier(link)} = ${columnSql(parent, target)})`;
        joins.push(` INNER JOIN ${tableSql(parent.table)} ON ${on}`);
      }
    }
  }
  const order = joins.length > 0 ? { sql: "", joins: "" } : orderOf(from, models);
  const select = `SELECT ${columns.map((c) => c.sql).join(", ")} FROM ${tableSql(from.table)}${joins.join("")}${order.joins}`;
  return query(
    `${select} WHERE ${columnSql(from, key.column)} IN ($1)${order.sql}`,
    [paramFor(from.table, key.column.column)],
    via(from, key),
  );
}

function isJoined(model: RunningModel, models: RunningModels): boolean {
  return models.all.some((m) => m.joinTables.some((j) => j.owner === model.label || j.target === model.label));
}

/** The collector's UPDATE of rows that stay. */
function update(key: ForeignKey, where: string, by: RunningColumn): Query {
  const { from, column } = key;
  return query(
    `UPDATE ${tableSql(from.table)} SET ${quoteIdentifier(column.column)} = $1 WHERE ${where}`,
    [paramFor(from.table, column.column, key.onDelete === "SET_NULL"), paramFor(from.table, by.column)],
    via(from, key),
  );
}

function isParentLink(key: ForeignKey): boolean {
  return key.from.parents.some((p) => p.link === key.column.column);
}

function via(from: RunningModel, key: ForeignKey | undefined): { origin: string; span: RunningModel["span"] } {
  return { origin: key === undefined ? from.origin : `${from.origin}, when ${key.to.name} is deleted`, span: from.span };
}
