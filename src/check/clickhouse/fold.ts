import type { ClickHouseEngine, RawClickHouseStatement } from "../../engines/clickhouse/engine.ts";
import { applyClickHouse, withFreshSession } from "../../model/clickhouse/apply/index.ts";
import type { ClickHouseChange } from "../../model/clickhouse/change.ts";
import type { ClickHouseParsedMigration, ClickHouseStatement } from "../../model/clickhouse/judged.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { Migration, Step } from "../../model/migration.ts";
import { needsTables } from "./touched.ts";

/** One statement between the schema before and after it. The same for every environment. */
export interface FoldedClickHouseStatement {
  readonly statement: ClickHouseStatement;
  readonly before: ClickHouseState;
  readonly after: ClickHouseState;
}

export interface FoldedClickHouse {
  readonly migration: ClickHouseParsedMigration;
  readonly statements: readonly FoldedClickHouseStatement[];
}

/** What a step's text was split into: it does not depend on the schema, so folds share it. */
export type ClickHouseReads = Map<Step, readonly RawClickHouseStatement[]>;

/** The database of unqualified names, where neither the migration nor the schema before it says which. */
export const DEFAULT_DATABASE = "default";

/**
 * Reads every migration's statements and folds them into the schema, in the order in which a server ran them.
 * @param certain the base is all there is (a live server): a table that is missing there is an error
 */
export function foldClickHouse(
  engine: ClickHouseEngine,
  migrations: readonly Migration[],
  base: ClickHouseState,
  raws: ClickHouseReads,
  certain = false,
  /** Of unqualified names. */
  database: string = DEFAULT_DATABASE,
): readonly FoldedClickHouse[] {
  const run = (start: ClickHouseState): FoldedClickHouse[] => {
    let state = start;
    return migrations.map((migration) => {
      const folded = foldMigration(engine, migration, state, raws, database);
      state = folded.end;
      return { migration: folded.migration, statements: folded.statements };
    });
  };
  const first = run(base);
  // Migrations that alter tables which nothing creates continue a schema that tread was not shown: seen only after one pass.
  return !certain && base.complete && unseenClickHouseTables(first, base).size > 0 ? run({ ...base, complete: false }) : first;
}

/** Tables that statements need and that nothing which tread was shown creates, each with the statement that first names it. */
export function unseenClickHouseTables(
  folded: readonly FoldedClickHouse[],
  base: ClickHouseState,
): ReadonlyMap<string, ClickHouseStatement> {
  const unseen = new Map<string, ClickHouseStatement>();
  const created = new Set<string>();
  for (const { statements } of folded) {
    for (const { statement, before } of statements) {
      for (const change of statement.changes) {
        for (const name of needsTables(change)) {
          if (/^(?:system|information_schema|INFORMATION_SCHEMA)\./.test(name) || unseen.has(name)) continue;
          const known = before.tables.has(name) || before.detached.has(name) || before.session.temporary?.has(name) === true;
          if (!known && !base.tables.has(name) && !created.has(name)) unseen.set(name, statement);
        }
        for (const name of creates(change)) created.add(name);
      }
    }
  }
  return unseen;
}

function creates(change: ClickHouseChange): readonly string[] {
  if (change.kind === "create-table") return [change.table.name];
  if (change.kind === "rename-table") return [change.to];
  return change.kind === "attach-table" || change.kind === "undrop-table" ? [change.name] : [];
}

function foldMigration(
  engine: ClickHouseEngine,
  migration: Migration,
  before: ClickHouseState,
  raws: ClickHouseReads,
  database: string,
): {
  readonly migration: ClickHouseParsedMigration;
  readonly statements: readonly FoldedClickHouseStatement[];
  readonly end: ClickHouseState;
} {
  const origin = { migration: migration.id };
  // Tools open a connection of their own for each migration, or at most each run: what SET and USE did is not relied upon.
  let state = withFreshSession(before);
  const statements: FoldedClickHouseStatement[] = [];
  const add = (statement: Omit<ClickHouseStatement, "index">): void => {
    const start = state;
    for (const change of statement.changes) state = applyClickHouse(change, state, origin);
    statements.push({ statement: { ...statement, index: statements.length }, before: start, after: state });
  };
  for (const step of migration.steps) {
    if (step.kind !== "sql") {
      add(stepStatement(step, engine, state, database));
      continue;
    }
    for (const raw of readOnce(engine, step, raws)) {
      const changes = raw.tree === null ? [] : engine.changes(raw, state, { database });
      add({
        sql: raw.sql,
        kind: "sql",
        span: raw.span,
        operation: step.operation,
        changes,
        opaque: raw.syntaxError === null ? (raw.opaque ?? opaqueReason(changes)) : null,
        syntaxError: raw.syntaxError,
        reverse: step.reverse,
        suppressions: [...step.suppressions, ...raw.suppressions],
        facts: null,
      });
    }
  }
  const { steps: _, ...rest } = migration;
  return { migration: { ...rest, statements: statements.map(({ statement }) => statement) }, statements, end: state };
}

/** Code and what a source could not read are statements too: they take part in the order. */
function stepStatement(
  step: Exclude<Step, { kind: "sql" }>,
  engine: ClickHouseEngine,
  state: ClickHouseState,
  database: string,
): Omit<ClickHouseStatement, "index"> {
  const changes: ClickHouseChange[] = [];
  let opaque = step.kind === "opaque" ? step.reason : step.facts.opaque;
  for (const sql of (step.kind === "opaque" ? step.assumed : step.facts.sql) ?? []) {
    const { operation, reverse, span } = step;
    for (const raw of engine.read({ kind: "sql", sql, span, verbatim: false, operation, reverse, suppressions: [] })) {
      opaque ??= raw.opaque ?? raw.syntaxError?.message ?? null;
      if (raw.tree !== null) changes.push(...engine.changes(raw, state, { database }));
    }
  }
  return {
    sql: step.operation,
    kind: step.kind,
    span: step.span,
    operation: step.operation,
    changes,
    opaque: opaque ?? opaqueReason(changes),
    syntaxError: null,
    reverse: step.reverse,
    suppressions: step.suppressions,
    facts: step.kind === "code" ? step.facts : null,
  };
}

function opaqueReason(changes: readonly ClickHouseChange[]): string | null {
  for (const change of changes) if (change.kind === "opaque") return change.reason;
  return null;
}

function readOnce(
  engine: ClickHouseEngine,
  step: Extract<Step, { kind: "sql" }>,
  raws: ClickHouseReads,
): readonly RawClickHouseStatement[] {
  let read = raws.get(step);
  if (read === undefined) {
    read = engine.read(step);
    raws.set(step, read);
  }
  return read;
}
