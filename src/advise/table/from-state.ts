import type { ClickHouseColumn, ClickHouseState, ClickHouseTable } from "../../model/clickhouse/schema.ts";
import { isMergeTree } from "../../model/clickhouse/schema.ts";
import { nearest } from "../../text/nearest.ts";
import { quoteName } from "../engine/lab.ts";
import { AdviseError } from "../errors.ts";
import type { ColumnDefinition, Neighbour, Schema, TableDefinition } from "./definition.ts";

/**
 * The table under advice, and what else the workload may name, out of a folded schema.
 * @param asked `hits` or `web.hits`; a Distributed, Buffer or materialized view's name leads to the table that holds its rows
 * @param from where the schema came from, for messages
 * @throws AdviseError when there is no such table, or its rows have no sorting key
 */
export function schemaOf(state: ClickHouseState, asked: string, from: string): Schema {
  const named = find(state, asked, from);
  const table = holder(state, named);
  if (!isMergeTree(table))
    throw new AdviseError(
      `${table.name} is ${table.kind === "table" ? `a ${table.engine?.name ?? "table"} table` : `a ${table.kind}`}: it has no sorting key`,
      "only tables of the MergeTree family have one",
    );
  if (!table.columnsKnown)
    throw new AdviseError(
      `the columns of ${table.name} are not known from ${from}`,
      "give its CREATE TABLE, as SHOW CREATE prints it, with --schema",
    );
  const readAs = [table.name, ...readers(state, table.name)];
  const views = [...state.tables.values()].filter((view) => view.kind === "materialized-view" || view.kind === "refreshable-view");
  const definition: TableDefinition = {
    database: table.database,
    table: table.table,
    family: table.engine?.family ?? "MergeTree",
    familyArgs: (table.engine?.familyArgs ?? []).map(({ sql }) => sql),
    replicated: table.engine?.replicated ?? false,
    cluster: table.cluster,
    columns: columnsOf(table),
    orderBy: (table.orderBy ?? table.primaryKey ?? []).map(
      ({ expression, descending }) => plainName(expression.sql) + (descending ? " DESC" : ""),
    ),
    primaryKey:
      table.primaryKey === null || table.orderBy === null ? null : table.primaryKey.map(({ expression }) => plainName(expression.sql)),
    partitionBy: table.partitionBy?.sql ?? null,
    sampleBy: table.sampleBy?.sql ?? null,
    ttl: table.ttl.map(({ text }) => text),
    indexes: table.indexes.map((index) => ({
      text: `${quoteName(index.name)} ${index.expression.sql} TYPE ${index.type}${index.typeArgs.length === 0 ? "" : `(${index.typeArgs.join(", ")})`}${index.granularity === null ? "" : ` GRANULARITY ${index.granularity}`}`,
      columns: index.expression.columns,
    })),
    projections: table.projections.map(({ name }) => name),
    settings: table.settings,
    readAs,
    views: {
      from: views.filter((view) => view.select?.reads[0]?.table === table.name).map(({ name }) => name),
      into: views.filter((view) => view.target === table.name).map(({ name }) => name),
    },
  };
  const neighbours = [...state.tables.values()].flatMap((other): Neighbour[] => {
    if (readAs.includes(other.name)) return [];
    if (other.kind === "view") return [{ name: other.name, kind: "view", columns: [], select: other.select?.sql ?? null }];
    return other.columnsKnown && other.columns.length > 0
      ? [{ name: other.name, kind: "table", columns: columnsOf(other), select: null }]
      : [];
  });
  return { definition, neighbours, from };
}

function find(state: ClickHouseState, asked: string, from: string): ClickHouseTable {
  const exact = state.tables.get(asked);
  if (exact !== undefined) return exact;
  const plain = asked.replaceAll("`", "").replaceAll('"', "");
  const byName = [...state.tables.values()].filter((table) => table.name === plain || table.table === plain);
  const [only] = byName;
  if (only !== undefined && byName.length === 1) return only;
  if (byName.length > 1)
    throw new AdviseError(`${asked} is ambiguous: ${byName.map(({ name }) => name).join(", ")}`, "name it with its database");
  const names = [...state.tables.values()].filter((table) => isMergeTree(table) || table.forwards !== null).map(({ name }) => name);
  const meant = nearest(plain, [...names, ...names.map((name) => name.slice(name.indexOf(".") + 1))]);
  throw new AdviseError(
    `${from} creates no table ${asked}`,
    meant !== null
      ? `did you mean ${meant}?`
      : names.length === 0
        ? "it creates no table with a sorting key"
        : `it has ${names.slice(0, 10).join(", ")}`,
  );
}

/** Through Distributed, Buffer, and a materialized view's TO, to the table with the rows. */
function holder(state: ClickHouseState, start: ClickHouseTable): ClickHouseTable {
  let table = start;
  for (const seen = new Set<string>(); !seen.has(table.name);) {
    seen.add(table.name);
    const next = table.forwards?.table ?? table.target;
    const behind = next === null || next === undefined ? undefined : state.tables.get(next);
    if (behind === undefined) return table;
    table = behind;
  }
  return table;
}

/** Distributed, Buffer and alias tables that read a table, also through each other. */
function readers(state: ClickHouseState, name: string): string[] {
  const found: string[] = [];
  for (const table of state.tables.values()) {
    if (table.forwards?.table !== name || table.forwards.kind === "merge" || found.includes(table.name)) continue;
    found.push(table.name, ...readers(state, table.name));
  }
  return found;
}

function columnsOf(table: ClickHouseTable): ColumnDefinition[] {
  return table.columns.map((column: ClickHouseColumn) => ({
    name: column.name,
    type: column.type.text,
    kind: column.default?.kind === "ALIAS" ? "alias" : column.default?.kind === "EPHEMERAL" ? "ephemeral" : "stored",
    expression: column.default?.expression?.sql ?? null,
    codec:
      column.codec === null
        ? null
        : column.codec.map(({ name, args }) => (args.length === 0 ? name : `${name}(${args.join(", ")})`)).join(", "),
  }));
}

/** A quoted name that needs no quotes, without them: keys are compared as text. */
function plainName(sql: string): string {
  return /^`[A-Za-z_][A-Za-z0-9_]*`$/.test(sql) ? sql.slice(1, -1) : sql;
}
