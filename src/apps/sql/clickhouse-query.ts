import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import type { ParsedStatement } from "../../engines/clickhouse/parse/ast.ts";
import type { Query } from "../../model/query.ts";
import { clickhousePlaceholders } from "./clickhouse-placeholders.ts";
import type { Origin } from "./to-query.ts";

export type ClickHouseRead =
  | { readonly kind: "query"; readonly query: Query; readonly tables: readonly string[] }
  /** Nothing to ask a schema: SET, SHOW, SYSTEM, DDL. */
  | { readonly kind: "utility" }
  | { readonly kind: "invalid"; readonly message: string; /** UTF-16 offset into the SQL as written. */ readonly at: number };

/**
 * One statement as the app sends it. `{name:Type}` stays, the server knows it; what drivers and `normalizeQuery` leave (`?`, `%(name)s`,
 * `$1`) becomes a value that fits anywhere.
 * @param database of names that say none, where the export tells it
 */
export function toClickHouseQuery(written: string, from: Origin, database: string | null = null): ClickHouseRead {
  const sql = written.includes("$") ? clickhousePlaceholders(written, "numbered") : written;
  const asWritten = only(sql);
  const filled = asWritten.kind === "syntax-error" ? clickhousePlaceholders(sql) : sql;
  const read = filled === sql ? asWritten : only(filled);
  if (read.kind === "syntax-error") {
    const first = asWritten.kind === "syntax-error" ? asWritten : read;
    return { kind: "invalid", message: first.message, at: Math.min(first.at, sql.length) };
  }
  if (read.kind === "none") return { kind: "utility" };
  if (read.kind === "several") return { kind: "invalid", message: "several statements where one was expected", at: 0 };
  const verb = verbOf(read.parsed);
  if (verb === null) return { kind: "utility" };
  const names = tableNames(read.parsed);
  return {
    kind: "query",
    tables: names.map(({ database: own, name }) => (own === null ? name : `${own}.${name}`)),
    query: {
      sql: database === null || database === "default" ? filled : qualified(filled, names, database),
      verb,
      origin: from.origin,
      span: from.span,
      params: parameterNames(filled).map(() => ({ column: null, null: false })),
      use: "certain",
      usedAt: null,
      callsPerSecond: from.callsPerSecond ?? null,
    },
  };
}

type Only =
  | { readonly kind: "one"; readonly parsed: ParsedStatement }
  | { readonly kind: "none" }
  | { readonly kind: "several" }
  | { readonly kind: "syntax-error"; readonly message: string; readonly at: number };

function only(sql: string): Only {
  const statements = parseScript(sql);
  const [parsed, second] = statements;
  if (parsed === undefined) return { kind: "none" };
  for (const { statement } of statements)
    if (statement.kind === "syntax-error") return { kind: "syntax-error", message: statement.message, at: statement.position };
  return second === undefined ? { kind: "one", parsed } : { kind: "several" };
}

/** Null: it asks nothing of a table's rows. */
export function verbOf({ statement }: ParsedStatement): Query["verb"] | null {
  switch (statement.kind) {
    case "select":
    case "insert":
    case "update":
    case "delete":
      return statement.kind;
    case "alter-table":
      // An app that sends mutations: DELETE and UPDATE as ClickHouse had them first.
      return statement.commands.some(({ kind }) => kind === "update")
        ? "update"
        : statement.commands.some(({ kind }) => kind === "delete")
          ? "delete"
          : null;
    case "opaque":
      return "other";
    default:
      return null;
  }
}

interface TableName {
  readonly database: string | null;
  readonly name: string;
  /** Where the name begins in the text. */
  readonly at: number;
}

/** Every table that the statement names, without the names that its own WITH gives. */
function tableNames(parsed: ParsedStatement): TableName[] {
  const found: TableName[] = [];
  const given = new Set<string>();
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (!isRecord(node)) return;
    if (node["kind"] === "query" && isRecord(node["name"]) && typeof node["name"]["text"] === "string") given.add(node["name"]["text"]);
    const named =
      node["kind"] === "table" || ["insert", "update", "delete", "alter-table"].includes(String(node["kind"])) ? node["name"] : null;
    if (isRecord(named)) {
      const own = nameOf(named["database"]);
      const name = nameOf(named["name"]);
      if (name !== null) found.push({ database: own?.text ?? null, name: name.text, at: (own ?? name).at });
    }
    for (const value of Object.values(node)) if (typeof value === "object") visit(value);
  };
  visit(parsed.statement);
  return found.filter(({ database, name }) => database !== null || !given.has(name));
}

function nameOf(node: unknown): { readonly text: string; readonly at: number } | null {
  if (!isRecord(node) || typeof node["text"] !== "string" || !isRecord(node["at"]) || typeof node["at"]["start"] !== "number") return null;
  return { text: node["text"], at: node["at"]["start"] };
}

function qualified(sql: string, names: readonly TableName[], database: string): string {
  let out = "";
  let last = 0;
  const prefix = /^[A-Za-z_]\w*$/.test(database) ? `${database}.` : `\`${database.replaceAll("`", "\\`")}\`.`;
  const places = [...new Set(names.filter((one) => one.database === null).map(({ at }) => at))].sort((a, b) => a - b);
  for (const at of places) {
    out += sql.slice(last, at) + prefix;
    last = at;
  }
  return out + sql.slice(last);
}

/** `{name:Type}`, each name once. */
function parameterNames(sql: string): string[] {
  return [...new Set([...sql.matchAll(/\{\s*([A-Za-z_]\w*)\s*:/g)].map((match) => match[1] ?? ""))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Whether it only looks at the server's own tables. */
export function asksOnlySystem(tables: readonly string[]): boolean {
  return tables.length > 0 && tables.every((table) => /^(?:system|information_schema)\./i.test(table));
}
