import type { SilentCorruption } from "../../model/clickhouse/effects.ts";
import type { ClickHouseTable, KeyPart } from "../../model/clickhouse/schema.ts";
import type { Evidence } from "../../model/report.ts";
import { grouped } from "../../text/numbers.ts";
import { list } from "../words.ts";

export { bytes, capital, list, sentences } from "../words.ts";
export { counted, grouped as count } from "../../text/numbers.ts";

/** A table or column in a sentence: in backticks, without `default.`. */
export function named(name: string): string {
  return `\`${shown(name)}\``;
}

export function namedList(names: readonly string[]): string {
  return list(names.map(named));
}

function shown(name: string): string {
  return name.startsWith("default.") ? name.slice("default.".length) : name;
}

/** An identifier as SQL to paste: in backticks only where it must be. */
export function sqlName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/** A qualified table as SQL to paste, without `default.`. */
export function sqlTable(qualified: string): string {
  const dot = qualified.indexOf(".");
  if (dot === -1) return sqlName(qualified);
  const [database, table] = [qualified.slice(0, dot), qualified.slice(dot + 1)];
  return database === "default" ? sqlName(table) : `${sqlName(database)}.${sqlName(table)}`;
}

export function sqlString(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** `(tenant_id, toDate(at))` */
export function keyText(parts: readonly KeyPart[]): string {
  return `(${parts.map(({ expression, descending }) => `${expression.sql}${descending ? " DESC" : ""}`).join(", ")})`;
}

/** The query that decides it, as evidence: `value` is the SQL to run. */
export function preCheck(query: string): Evidence {
  return { kind: "query", text: `decided by: ${query}`, from: "static", value: query };
}

/** How to ask, and how to give the answer back. */
export function askFirst(queries: string | readonly string[]): string {
  const all = typeof queries === "string" ? [queries] : queries;
  return `ask first, on one replica of every shard:\n${all.map((query) => `${query};`).join("\n")}\n0 is the all-clear: \`tread check --pre-checks FILE.sql\` writes such queries down, \`--facts\` takes the answers`;
}

export function rowsOf(rows: number): string {
  return `${grouped(rows)} ${rows === 1 ? "row" : "rows"}`;
}

/** The same damage, however often it is predicted. */
export function keyOfSilent({ kind, decidedBy, columns, table }: SilentCorruption): string {
  return `${kind}\n${decidedBy ?? ""}\n${(columns ?? []).join(",")}\n${table ?? ""}`;
}

/** What a table is, in words: `Distributed table`, `materialized view`, `Kafka table`. */
export function whatIs(table: ClickHouseTable): string {
  switch (table.kind) {
    case "table":
      return `${table.engine?.name ?? ""} table`.trim();
    case "materialized-view":
      return "materialized view";
    case "refreshable-view":
      return "refreshable materialized view";
    case "live-view":
      return "live view";
    case "window-view":
      return "window view";
    case "view":
    case "dictionary":
      return table.kind;
    default:
      return table.kind satisfies never;
  }
}
