import type { Query } from "../../model/query.ts";
import { quoteIdentifier } from "../../text/quote.ts";
import type { ForeignKey, RunningColumn, RunningModel, RunningModels } from "./running-model.ts";
import { orderOf } from "./ordering.ts";
import { columnSql, keyEquals, paramFor, query, tableSql } from "./sql.ts";

/** The part of a SELECT that one model decides: its columns with those of its multi-table parents, and the joins to them. */
interface Shape {
  readonly columns: readonly string[];
  readonly joins: readonly string[];
}

/**
 * SELECTs of a model as Django's compiler writes them (measured against 5.2 in `oracle.test.ts`): every concrete column by name,
 * parents' columns first and joined by the parent link, columns that the default manager defers left out.
 */
export function selectQueries(model: RunningModel, models: RunningModels): Query[] {
  const key = models.primaryKey(model);
  if (key.length === 0) return [];
  const { columns, joins } = shape(model, models, null);
  const select = `SELECT ${columns.join(", ")} FROM ${[tableSql(model.table), ...joins].join(" ")}`;
  const one = query(
    `${select} WHERE ${keyEquals(model, key, 1)} LIMIT 21`,
    key.map((c) => paramFor(model.table, c.column)),
    model,
  );
  const order = orderOf(model, models);
  const list = query(
    `${select}${joins.length > 0 ? "" : order.joins}${joins.length > 0 && order.joins !== "" ? "" : order.sql} LIMIT 21`,
    [],
    model,
  );
  return [one, list];
}

/** `select_related("team")`: the model's columns and all columns of the foreign key's target. */
export function joinQuery(key: ForeignKey, models: RunningModels): Query {
  const from = shape(key.from, models, null);
  const taken = new Set(models.lineage(key.from).map((m) => m.table));
  // A manager does not apply to a joined model, but a field that it defers is normally one on its way out: without a
  // `select_related` seen in the code the join is taken to leave it out as well.
  const to = shape(key.to, models, taken);
  const kind = key.column.null ? "LEFT OUTER JOIN" : "INNER JOIN";
  const alias = taken.has(key.to.table) ? `T${taken.size + 1}` : null;
  const name = alias === null ? tableSql(key.to.table) : quoteIdentifier(alias);
  const on = `(${columnSql(key.from, key.column)} = ${name}.${quoteIdentifier(key.toColumn.column)})`;
  const joins = [
    ...from.joins,
    `${kind} ${tableSql(key.to.table)}${alias === null ? "" : ` ${quoteIdentifier(alias)}`} ON ${on}`,
    ...to.joins.map((j) => j.replace(/^INNER/, key.column.null ? "LEFT OUTER" : "INNER")),
  ];
  return query(
    `SELECT ${[...from.columns, ...to.columns].join(", ")} FROM ${[tableSql(key.from.table), ...joins].join(" ")} LIMIT 21`,
    [],
    key.from,
  );
}

/** @param taken tables that the FROM clause names already; they get an alias, as Django gives them one (T3, T4, …) */
function shape(model: RunningModel, models: RunningModels, taken: ReadonlySet<string> | null): Shape {
  const columns: string[] = [];
  const joins: string[] = [];
  const line = models.lineage(model);
  const aliases = new Map<RunningModel, string>();
  let next = (taken?.size ?? 0) + 1;
  for (const m of line.toReversed()) aliases.set(m, taken?.has(m.table) === true ? quoteIdentifier(`T${next++}`) : tableSql(m.table));
  const nameOf = (m: RunningModel): string => aliases.get(m) ?? tableSql(m.table);
  for (const m of line) for (const c of selected(m)) columns.push(`${nameOf(m)}.${quoteIdentifier(c.column)}`);
  // Nearest parent first: a join may only name what stands to its left.
  for (const m of line.toReversed()) {
    for (const { label, link } of m.parents) {
      const parent = models.get(label);
      const target = parent === null ? undefined : models.primaryKey(parent)[0];
      if (parent === null || target === undefined) continue;
      const as = nameOf(parent) === tableSql(parent.table) ? "" : ` ${nameOf(parent)}`;
      const on = `(${nameOf(m)}.${quoteIdentifier(link)} = ${nameOf(parent)}.${quoteIdentifier(target.column)})`;
      joins.push(`INNER JOIN ${tableSql(parent.table)}${as} ON ${on}`);
    }
  }
  return { columns, joins: [...new Set(joins)] };
}

function selected(model: RunningModel): readonly RunningColumn[] {
  return model.columns.filter((c) => c.selected);
}
