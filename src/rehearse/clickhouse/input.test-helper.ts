import { parseScript } from "../../engines/clickhouse/parse/index.ts";
import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { applyClickHouse, emptyClickHouseState, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import { type ClickHouseEffects, type SilentCorruption, silentOf } from "../../model/clickhouse/effects.ts";
import type { ClickHouseJudged, ClickHouseParsedMigration, ClickHouseStatement } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Environment } from "../../model/environment.ts";
import type { LiveVersion, Query } from "../../model/query.ts";
import { rehearseClickHouse } from "./index.ts";
import type { ClickHouseRehearseInput, ClickHouseRehearseResult } from "./types.ts";

const span = { file: "migrations/test.sql", line: 1, column: 1, endLine: 1, endColumn: 1 };

export interface Rehearsed extends ClickHouseRehearseResult {
  /** What was observed of the statements under judgement, in order. */
  readonly observed: readonly (ClickHouseEffects | null)[];
  readonly predicted: readonly (ClickHouseEffects | null)[];
}

export interface Scene {
  /** Applied already, rows included. */
  readonly applied: string;
  /** Under judgement: one migration per text. */
  readonly judged: string | readonly string[];
  readonly queries?: readonly string[];
  readonly environment?: Partial<Environment>;
  readonly input?: Partial<ClickHouseRehearseInput>;
}

/** Rehearses a scene as `check` would hand it over: read, folded and predicted by the engine's own understanding. */
export async function rehearseScene({ applied, judged, queries = [], environment = {}, input = {} }: Scene): Promise<Rehearsed> {
  const before = await fold("0001_start", applied, emptyClickHouseState());
  const entries: ClickHouseJudged[] = [];
  let { state } = before;
  for (const [at, sql] of (typeof judged === "string" ? [judged] : judged).entries()) {
    const next = await fold(`${String(at + 2).padStart(4, "0")}_change`, sql, state);
    ({ state } = next);
    entries.push(...next.judged);
  }
  const result = await rehearseClickHouse(
    {
      environment: {
        name: "cloud",
        postgres: 18,
        postgresFrom: "default",
        assume: null,
        profiles: [],
        live: null,
        appliedThrough: null,
        ...environment,
      },
      database: "default",
      base: [],
      applied: [before.migration],
      judged: entries,
      versions: queries.length === 0 ? [] : [version(queries)],
      maxRows: 2000,
      growth: null,
      signal: new AbortController().signal,
      ...input,
    },
    { progress: () => {} },
  );
  return { ...result, observed: result.statements.map(({ observed }) => observed), predicted: entries.map(({ predicted }) => predicted) };
}

/** All silent damage of one statement. */
export function damage(effects: ClickHouseEffects | null | undefined): readonly SilentCorruption[] {
  return effects == null ? [] : silentOf(effects);
}

async function fold(
  id: string,
  script: string,
  start: ClickHouseState,
): Promise<{ readonly migration: ClickHouseParsedMigration; readonly judged: ClickHouseJudged[]; readonly state: ClickHouseState }> {
  const engine = await loadClickHouse();
  let state = withFreshSession(start);
  const statements: ClickHouseStatement[] = [];
  const folded: Omit<ClickHouseJudged, "migration">[] = [];
  const step = { kind: "sql" as const, sql: script, span, verbatim: true, operation: null, reverse: "unknown" as const, suppressions: [] };
  for (const raw of engine.read(step)) {
    const changes = raw.tree === null ? [] : engine.changes(raw, state, { database: "default" });
    const statement: ClickHouseStatement = {
      index: statements.length,
      sql: raw.sql,
      kind: "sql",
      span,
      operation: null,
      changes,
      opaque: raw.opaque,
      syntaxError: raw.syntaxError,
      reverse: "unknown",
      suppressions: [],
      facts: null,
    };
    const before = state;
    for (const change of changes) state = applyClickHouse(change, state, { migration: id });
    statements.push(statement);
    const predicted = engine.predict(changes, before, { version: "26.7", isEmpty: () => false });
    folded.push({ statement, before, after: state, predicted, observed: null, breaks: [] });
  }
  const migration: ClickHouseParsedMigration = {
    id,
    path: `migrations/${id}.sql`,
    source: "sql-dir",
    database: "clickhouse",
    transaction: "none",
    statements,
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash: "",
  };
  return { migration, judged: folded.map((one) => ({ migration, ...one })), state };
}

function version(queries: readonly string[]): LiveVersion {
  return {
    name: "v1",
    database: "clickhouse",
    migrations: null,
    dynamic: [],
    problems: [],
    queries: queries.map((sql): Query => ({
      sql,
      verb: parseScript(sql)[0]?.statement.kind === "insert" ? "insert" : "select",
      origin: "reports/queries.sql",
      span: null,
      params: [],
      use: "certain",
      usedAt: null,
      callsPerSecond: null,
    })),
  };
}
