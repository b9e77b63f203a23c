import { quoteIdentifier } from "../../text/quote.ts";
import type { RunningModel, RunningModels } from "./running-model.ts";
import { columnSql, tableSql } from "./sql.ts";

/** `Meta.ordering` as SQL: it belongs to every plain list, and to what the delete collector selects. */
export interface Order {
  /** ` ORDER BY …` with its leading space, or nothing. */
  readonly sql: string;
  /** Joins that paths through foreign keys need (`content_type__app_label`), each with a leading space. */
  readonly joins: string;
}

export function orderOf(model: RunningModel, models: RunningModels): Order {
  const terms: string[] = [];
  const joins: string[] = [];
  for (const name of model.ordering) add(model, name.replace(/^[-+]/, "").split("__"), name.startsWith("-"), 0);
  return { sql: terms.length === 0 ? "" : ` ORDER BY ${terms.join(", ")}`, joins: joins.map((j) => ` ${j}`).join("") };

  function add(at: RunningModel, path: readonly string[], descending: boolean, depth: number): void {
    const [first, ...rest] = path;
    if (first === undefined || depth > 4) return;
    const column = first === "pk" ? models.primaryKey(at)[0] : at.columns.find((c) => c.field === first || c.attname === first);
    if (column === undefined) return;
    const key = models.foreignKeys.find((k) => k.from === at && k.column === column);
    // `ordering = ["team"]` means the order of teams; `team_id` means the column.
    const further = rest.length > 0 ? [rest] : column.field === first ? (key?.to.ordering.map((o) => [o]) ?? []) : [];
    if (key === undefined || further.length === 0 || key.to === model) {
      terms.push(`${columnSql(at, column)} ${descending ? "DESC" : "ASC"}`);
      return;
    }
    const join = `${column.null ? "LEFT OUTER" : "INNER"} JOIN ${tableSql(key.to.table)} ON (${columnSql(at, column)} = ${tableSql(key.to.table)}.${quoteIdentifier(key.toColumn.column)})`;
    if (!joins.includes(join)) joins.push(join);
    for (const next of further) {
      const [name = "", ...others] = next;
      const bare = name.replace(/^[-+]/, "");
      add(key.to, [...bare.split("__"), ...others], descending !== name.startsWith("-"), depth + 1);
    }
  }
}
