import type { Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { ForeignKey, RunningColumn, RunningModel, RunningModels } from "./running-model.ts";
import { columnSql, paramFor, query, tableSql } from "./sql.ts";

/**
 * What `.delete()` on a row of `model` asks of the tables that point to it, as `django.db.models.deletion.Collector` (5.2) does:
 * rows that nothing else depends on are deleted blindly by their foreign key; others are selected first (their key, and the columns
 * that further foreign keys point to; all columns when a delete signal listens); SET_NULL and SET_DEFAULT update without reading;
 * PROTECT and RESTRICT select; DO_NOTHING sends nothing. Join tables of many-to-many fields are in `join-table-queries.ts`.
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
      case "SET_DEFAULT":
        queries.push(update(key, `${columnSql(key.from, key.column)} IN ($2)`, key.column));
        break;
      case "CASCADE":
        if (canDeleteBlindly(key, models)) {
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
        // SET(value) updates, SET(callable) selects first; which of them it is does not change the tables and columns.
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
    const columns = to.columns.filter((c) => c.selected).map((c) => columnSql(to, c));
    const origin = { origin: `${to.origin}, when ${model.name} is deleted`, span: to.span };
    const params = [paramFor(to.table, type.column), paramFor(to.table, id.column)];
    queries.push(query(`SELECT ${columns.join(", ")} FROM ${tableSql(to.table)} WHERE ${where}`, params, origin));
  }
  return queries;
}

/** `Collector.can_fast_delete` for rows reached through a foreign key. */
function canDeleteBlindly(key: ForeignKey, models: RunningModels): boolean {
  const { from } = key;
  if (from.deleteSignals || from.genericRelations.length > 0) return false;
  if (from.parents.some((p) => p.link !== key.column.column)) return false;
  const line = models.lineage(from);
  const joined = models.all.some((m) => m.joinTables.some((j) => line.some((l) => j.owner === l.label || j.target === l.label)));
  if (joined) return false;
  // The parent's own foreign keys count too: `get_fields` of a child lists the relations that it inherits.
  return line.every((m) => models.pointingTo(m).every((k) => k.onDelete === "DO_NOTHING" || k === key || line.includes(k.from)));
}

function selectRelated(key: ForeignKey, models: RunningModels): Query {
  const { from } = key;
  const line = models.lineage(from);
  const own = models.primaryKey(from);
  const joinable = line.flatMap((m) => m.parents.map((p) => ({ child: m, link: p.link, parent: models.get(p.label) })));
  const referenced = line.flatMap((m) => models.pointingTo(m).map((k) => k.toColumn));
  const all = from.deleteSignals || (referenced.length === 0 && !isJoined(from, models));
  const columns = all
    ? line.flatMap((m) => m.columns.map((c) => columnSql(m, c)))
    : [...new Set([...own, ...from.columns.filter((c) => referenced.includes(c))])].map((c) => columnSql(from, c));
  const joins = all
    ? joinable.toReversed().map(({ child, link, parent }) => {
        const target = parent === null ? undefined : models.primaryKey(parent)[0];
        if (parent === null || target === undefined) return "";
        const on = `(${tableSql(child.table)}.${quoteIdentifier(link)} = ${columnSql(parent, target)})`;
        return ` INNER JOIN ${tableSql(parent.table)} ON ${on}`;
      })
    : [];
  return query(
    `SELECT ${columns.join(", ")} FROM ${tableSql(from.table)}${joins.join("")} WHERE ${columnSql(from, key.column)} IN ($1)`,
    [paramFor(from.table, key.column.column)],
    via(from, key),
  );
}

function isJoined(model: RunningModel, models: RunningModels): boolean {
  return models.all.some((m) => m.joinTables.some((j) => j.owner === model.label || j.target === model.label));
}

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
