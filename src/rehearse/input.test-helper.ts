import type { Change } from "../model/change.ts";
import type { Environment } from "../model/environment.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { CodeFacts, ParsedMigration, Statement, TransactionMode } from "../model/migration.ts";
import type { LiveVersion, Param, Query } from "../model/query.ts";
import type { SchemaState } from "../model/schema.ts";
import type { RehearseInput } from "./types.ts";

const span = { file: "migrations/test.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface MigrationSpec {
  readonly id: string;
  readonly transaction?: TransactionMode;
  readonly source?: string;
  /** SQL, or code that stands for itself. */
  readonly statements: readonly (
    | string
    | { readonly code: string; readonly facts: CodeFacts }
    | { readonly sql: string; readonly changes: readonly Change[] }
  )[];
}

/** A migration as `check` hands it over, one statement per string. */
export function migration(spec: MigrationSpec): ParsedMigration {
  const transaction = spec.transaction ?? "none";
  let open: number | null = transaction === "none" || (transaction === "single-query" && spec.statements.length === 1) ? null : 0;
  const statements = spec.statements.map((entry, index): Statement => {
    const sql = typeof entry === "string" ? entry : "sql" in entry ? entry.sql : entry.code;
    if (/^begin/i.test(sql) && open === null) open = index + 1;
    const placed = open;
    if (/^(commit|rollback)\b(?! to)/i.test(sql) && transaction === "none") open = null;
    return {
      index,
      sql,
      kind: typeof entry === "object" && "code" in entry ? "code" : "sql",
      span,
      operation: null,
      changes: typeof entry === "object" && "changes" in entry ? entry.changes : [],
      opaque: null,
      syntaxError: null,
      transaction: placed,
      reverse: "unknown",
      suppressions: [],
      facts: typeof entry === "object" && "facts" in entry ? entry.facts : null,
    };
  });
  return {
    id: spec.id,
    path: `migrations/${spec.id}.sql`,
    source: spec.source ?? "sql-dir",
    database: "postgres",
    transaction,
    statements,
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash: "",
  };
}

const nothing: SchemaState = {
  relations: new Map(),
  types: new Map(),
  functions: new Map(),
  sequences: new Map(),
  extensions: new Set(),
  schemas: new Set(["public"]),
  session: { inTransaction: false, searchPath: ["public"], lockTimeout: null, statementTimeout: null, timeZone: null, held: new Map() },
  complete: true,
};

export function judged(migrations: readonly ParsedMigration[]): JudgedStatement[] {
  return migrations.flatMap((migration) =>
    migration.statements.map((statement) => ({
      migration,
      statement,
      before: nothing,
      after: nothing,
      predicted: null,
      observed: null,
      heldBefore: [],
      heldAfter: [],
      breaks: [],
    })),
  );
}

export function query(sql: string, params: readonly (Partial<Param> | string)[] = [], more: Partial<Query> = {}): Query {
  const verb = /^\s*(select|insert|update|delete)/i.exec(sql)?.[1]?.toLowerCase() ?? "other";
  return {
    sql,
    verb: verb as Query["verb"],
    origin: "app/models.py:12",
    span: null,
    params: params.map((param) => (typeof param === "string" ? { column: param, null: false } : { column: null, null: false, ...param })),
    use: "certain",
    usedAt: null,
    callsPerSecond: null,
    ...more,
  };
}

export function version(name: string, queries: readonly Query[]): LiveVersion {
  return { name, database: "postgres", queries, migrations: null, dynamic: [], problems: [] };
}

export const cloud: Environment = {
  name: "cloud",
  postgres: 18,
  postgresFrom: "default",
  assume: null,
  profiles: [],
  live: null,
  appliedThrough: null,
};

/** An environment in which the tables are as large as said. */
export function sized(rows: Readonly<Record<string, number>>): Environment {
  const tables = Object.entries(rows).map(([table, count]) => ({
    table,
    rows: count,
    bytes: null,
    indexBytes: null,
    readsPerSecond: null,
    writesPerSecond: null,
    longestTransactionSeconds: null,
    columns: [],
  }));
  return {
    ...cloud,
    profiles: [{ format: "tread.scale/1", collectedAt: "2026-11-21T08:00:00Z", server: { engine: "postgres", version: "18.4" }, tables }],
  };
}

export function input(spec: {
  readonly before: readonly string[];
  readonly migrations: readonly MigrationSpec[];
  readonly versions?: readonly LiveVersion[];
  readonly environment?: Environment;
  readonly maxRows?: number;
  readonly signal?: AbortSignal;
  readonly releaseOf?: (migration: string) => string;
  readonly growth?: RehearseInput["growth"];
}): RehearseInput {
  return {
    environment: spec.environment ?? cloud,
    thresholds: { largeRows: 1_000_000, hotReadsPerSecond: 1000, stallMs: 10 },
    applied: [migration({ id: "0001_initial", statements: spec.before })],
    before: nothing,
    judged: judged(spec.migrations.map(migration)),
    versions: spec.versions ?? [],
    maxRows: spec.maxRows ?? 2000,
    offline: false,
    signal: spec.signal ?? new AbortController().signal,
    growth: spec.growth ?? null,
    ...(spec.releaseOf === undefined ? {} : { releaseOf: spec.releaseOf }),
  };
}
