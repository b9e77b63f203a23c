import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { CatalogueTable } from "../../model/clickhouse/topology.ts";
import { quoted, quotedName } from "./intents.ts";

export interface NewKeys {
  /** With its parentheses; null: as it is. */
  readonly sorting: string | null;
  /** Null: as it is; empty: none. */
  readonly partition: string | null;
}

/** The definition of a table in parts, as its server writes it. */
export interface TableText {
  /** What stands between the name and ENGINE: columns, indexes, projections, constraints. */
  readonly elements: string;
  readonly engine: string;
  readonly engineName: string;
  readonly engineArguments: readonly string[];
  readonly partitionBy: string | null;
  readonly orderBy: string;
  readonly primaryKey: string | null;
  readonly sampleBy: string | null;
  readonly ttl: string | null;
  readonly settings: string | null;
}

/** Null: it could not be read, or is no table of the MergeTree family. */
export function tableText({ create }: CatalogueTable): TableText | null {
  const [parsed] = parseScript(create);
  const statement = parsed?.statement;
  if (statement === undefined || statement.kind !== "create-table") return null;
  const { storage, elements } = statement;
  if (storage === null || storage.engine === null || storage.orderBy === null || elements === null) return null;
  const slice = (range: { readonly start: number; readonly end: number }): string => create.slice(range.start, range.end);
  const span = (all: readonly { readonly at: { readonly start: number; readonly end: number } }[]): string | null => {
    const [first, last] = [all.at(0), all.at(-1)];
    return first === undefined || last === undefined ? null : create.slice(first.at.start, last.at.end);
  };
  return {
    elements: create.slice(statement.name.at.end, storage.at.start).trim(),
    engine: slice(storage.engine.at),
    engineName: storage.engine.name,
    engineArguments: (storage.engine.arguments ?? []).map(({ at }) => slice(at)),
    partitionBy: storage.partitionBy === null ? null : slice(storage.partitionBy.at),
    orderBy: slice(storage.orderBy.at),
    primaryKey: storage.primaryKey === null ? null : slice(storage.primaryKey.at),
    sampleBy: storage.sampleBy === null ? null : slice(storage.sampleBy.at),
    ttl: span(storage.ttl),
    settings: span(storage.settings),
  };
}

/** CREATE of a table like another one, under another name, and with other keys or another engine where they are given. */
export function createLike(text: TableText, name: string, engine: string, keys: NewKeys): string {
  const partition = keys.partition ?? text.partitionBy ?? "";
  // A primary key that was shorter than the sorting key means nothing for another one.
  const primary = keys.sorting === null ? text.primaryKey : null;
  return [
    `CREATE TABLE ${quoted(name)} ${text.elements}`,
    `ENGINE = ${engine}`,
    partition === "" ? "" : `PARTITION BY ${partition}`,
    primary === null ? "" : `PRIMARY KEY ${primary}`,
    `ORDER BY ${keys.sorting ?? text.orderBy}`,
    text.sampleBy === null ? "" : `SAMPLE BY ${text.sampleBy}`,
    text.ttl === null ? "" : `TTL ${text.ttl}`,
    text.settings === null ? "" : `SETTINGS ${text.settings}`,
  ]
    .filter((part) => part !== "")
    .join(" ");
}

/**
 * The engine of the new table: a replicated one gets a path of its own in Keeper, under the same replica's name. Macros that name the
 * table, or are made new with it, would give the same path or one per host: there the path that the catalogue shows is taken.
 */
export function engineOfNew(text: TableText, table: CatalogueTable, suffix: string): string {
  if (!/^(?:Replicated|Shared)/.test(text.engineName) || table.replica === null) return text.engine;
  const [path, replica, ...own] = text.engineArguments;
  const written = path?.startsWith("'") === true && replica?.startsWith("'") === true;
  const portable = written && !/\{(?:uuid|table|database)\}/.test(path);
  const newPath = portable ? `${path.slice(0, -1)}${suffix}'` : `'${table.replica.zookeeperPath}${suffix}'`;
  const newReplica = portable ? replica : `'${table.replica.replicaName}'`;
  return `${text.engineName}(${[newPath, newReplica, ...(written ? own : text.engineArguments)].join(", ")})`;
}

/** The engine that keeps the same rows on one host alone. */
export function plainEngine(text: TableText): string {
  const name = text.engineName.replace(/^(?:Replicated|Shared)/, "");
  const replicated = name !== text.engineName;
  const own = replicated && text.engineArguments[0]?.startsWith("'") === true ? text.engineArguments.slice(2) : text.engineArguments;
  return own.length === 0 ? name : `${name}(${own.join(", ")})`;
}

export function mirrorQuery(name: string, to: string, table: string, columns: readonly string[]): string {
  return `CREATE MATERIALIZED VIEW ${quoted(name)} TO ${quoted(to)} AS SELECT ${columns.map(quotedName).join(", ")} FROM ${quoted(table)}`;
}
