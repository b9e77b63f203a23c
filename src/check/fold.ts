import type { PostgresEngine, RawStatement } from "../engines/postgres/engine.ts";
import { addedRelations, apply } from "../model/apply/index.ts";
import type { Change, ChangeBody } from "../model/change.ts";
import type { Migration, ParsedMigration, Statement, Step } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import { touched } from "../model/touched.ts";
import type { Span } from "../text/span.ts";

/** One statement between the schema before and after it. The same for every environment: only what was run decides a schema. */
export interface FoldedStatement {
  readonly statement: Statement;
  readonly before: SchemaState;
  readonly after: SchemaState;
}

export interface FoldedMigration {
  readonly migration: ParsedMigration;
  readonly statements: readonly FoldedStatement[];
}

/** What a step's text was split into. Splitting does not depend on the schema, so several folds may share it. */
export type ReadSteps = Map<Step, readonly RawStatement[]>;

/** How many statements of a migration, from its first on, have run already: a live schema holds their work. */
export type BegunMigrations = ReadonlyMap<string, number>;

/**
 * Reads every migration's statements and folds them into the schema, one after the other, in the order in which a database ran them.
 * @param raws null where there is one fold: a syntax tree that is let go when its statement is done costs the garbage collector little
 * @param certain the base is all there is (a live database): a table that is missing there is an error
 * @param begun of these migrations only the rest is folded: of what has run only the session's settings count again
 */
export function fold(
  engine: PostgresEngine,
  migrations: readonly Migration[],
  base: SchemaState,
  raws: ReadSteps | null,
  certain = false,
  begun: BegunMigrations = new Map(),
): readonly FoldedMigration[] {
  const run = (start: SchemaState, unseen: Unseen | null): FoldedMigration[] | null => {
    let state = start;
    const done: FoldedMigration[] = [];
    for (const migration of migrations) {
      const folded = foldMigration(engine, migration, state, start, raws ?? new Map(), begun.get(migration.id) ?? 0);
      state = folded.end;
      done.push({ migration: folded.migration, statements: folded.statements });
      if (unseen !== null) for (const statement of folded.statements) if (unseen.in(statement).length > 0) return null;
    }
    return done;
  };
  // Migrations that alter tables which nothing creates continue a schema that tread was not shown: from then on a missing table is
  // something unknown and no error. The first such statement tells it, and all of them are folded again.
  const first = run(base, !certain && base.complete ? new Unseen(base) : null);
  return first ?? run({ ...base, complete: false }, null) ?? [];
}

/** Gone through in order: which tables statements use that nothing before them has shown. */
class Unseen {
  readonly #seen: Set<string>;

  constructor(base: SchemaState) {
    this.#seen = new Set(base.relations.keys());
  }

  in({ statement, before, after }: FoldedStatement): readonly string[] {
    const unseen: string[] = [];
    for (const change of statement.changes) {
      for (const name of touched(change)) {
        if (this.#seen.has(name) || [before, after].some(({ relations, sequences }) => relations.has(name) || sequences.has(name)))
          continue;
        if (!/^(?:pg_catalog|information_schema|pg_temp)\./.test(name)) unseen.push(name);
      }
    }
    for (const name of addedRelations(after, before)) this.#seen.add(name);
    return unseen;
  }
}

/** Tables that statements use and that nothing which tread was shown creates, each with the statement that first names it. */
export function unseenTables(folded: readonly FoldedMigration[], base: SchemaState): ReadonlyMap<string, Statement> {
  const unseen = new Unseen(base);
  const found = new Map<string, Statement>();
  for (const { statements } of folded)
    for (const one of statements) for (const name of unseen.in(one)) if (!found.has(name)) found.set(name, one.statement);
  return found;
}

function foldMigration(
  engine: PostgresEngine,
  migration: Migration,
  before: SchemaState,
  fresh: SchemaState,
  raws: ReadSteps,
  done: number,
): { migration: ParsedMigration; statements: readonly FoldedStatement[]; end: SchemaState } {
  const origin = { migration: migration.id };
  const groups = new TransactionGroups(migration, () => countStatements(engine, migration.steps, raws));
  const whole: Span = migration.steps[0]?.span ?? { file: migration.path, line: 1, column: 1, endLine: 1, endColumn: 1 };
  const run = (state: SchemaState, body: ChangeBody): SchemaState => apply({ ...body, span: whole }, state, origin);

  let state: SchemaState = { ...before, session: fresh.session };
  if (groups.wrapped) state = run(state, { kind: "begin" });
  const statements: FoldedStatement[] = [];
  let index = 0;
  const add = (statement: Omit<Statement, "index" | "transaction">): void => {
    const transaction = groups.place(statement.changes);
    const start = state;
    const at = index++;
    const settings = at < done && statement.changes.every(({ kind }) => kind === "set") && statement.changes.length > 0;
    if (at < done && !settings) return;
    for (const change of statement.changes) state = apply(change, state, origin);
    // Code moves rows around, as a rule; of a statement or an operation nobody knows.
    if (statement.opaque !== null && statement.kind !== "code") state = { ...state, doubted: state.relations };
    statements.push({ statement: { ...statement, index: at, transaction }, before: start, after: state });
  };
  const addSql = (step: Extract<Step, { kind: "sql" }>): void => {
    for (const raw of readOnce(engine, step, raws)) {
      const changes = raw.tree === null ? [] : engine.changes(raw, state);
      const opaque = raw.opaque ?? changes.find((change) => change.kind === "opaque")?.reason ?? null;
      add({
        sql: raw.sql,
        kind: "sql",
        span: raw.span,
        operation: step.operation,
        changes,
        opaque: raw.syntaxError === null ? opaque : null,
        syntaxError: raw.syntaxError,
        reverse: step.reverse,
        suppressions: [...step.suppressions, ...raw.suppressions],
        facts: null,
        ...(raw.copyData === undefined ? {} : { copyData: raw.copyData }),
        ...(raw.directives === undefined ? {} : { directives: raw.directives }),
      });
    }
  };
  for (const step of migration.steps) {
    const opened = groups.enter(step, () => countStatements(engine, [step], raws));
    if (opened) state = run(state, { kind: "begin" });
    if (step.kind === "sql") addSql(step);
    else add(stepStatement(step, engine, state));
    if (opened) {
      state = run(state, { kind: "commit" });
      groups.leave();
    }
  }
  if (state.session.inTransaction) state = run(state, { kind: "commit" });
  const { steps: _, ...rest } = migration;
  return { migration: { ...rest, statements: statements.map((s) => s.statement) }, statements, end: state };
}

/** Code and what a source could not read are statements too: they take part in order and in transactions. */
function stepStatement(
  step: Exclude<Step, { kind: "sql" }>,
  engine: PostgresEngine,
  state: SchemaState,
): Omit<Statement, "index" | "transaction"> {
  const common = {
    sql: step.operation,
    span: step.span,
    operation: step.operation,
    syntaxError: null,
    reverse: step.reverse,
    suppressions: step.suppressions,
  };
  const changes: Change[] = [];
  let opaque = step.kind === "opaque" ? step.reason : step.facts.opaque;
  for (const sql of (step.kind === "opaque" ? step.assumed : step.facts.sql) ?? []) {
    for (const raw of engine.read({
      kind: "sql",
      sql,
      span: step.span,
      verbatim: false,
      operation: step.operation,
      reverse: step.reverse,
      suppressions: [],
    })) {
      opaque ??= raw.opaque ?? raw.syntaxError?.message ?? null;
      if (raw.tree !== null) changes.push(...engine.changes(raw, state));
    }
  }
  opaque ??= changes.find((change) => change.kind === "opaque")?.reason ?? null;
  return step.kind === "opaque"
    ? { ...common, kind: "opaque", changes, opaque, facts: null }
    : { ...common, kind: "code", changes, opaque, facts: step.facts };
}

function readOnce(engine: PostgresEngine, step: Extract<Step, { kind: "sql" }>, raws: ReadSteps): readonly RawStatement[] {
  let read = raws.get(step);
  if (read === undefined) {
    read = engine.read(step);
    raws.set(step, read);
  }
  return read;
}

function countStatements(engine: PostgresEngine, steps: readonly Step[], raws: ReadSteps): number {
  let count = 0;
  for (const step of steps) count += step.kind === "sql" ? readOnce(engine, step, raws).length : 1;
  return count;
}

/** Numbers the transactions of one migration as its tool opens them and as BEGIN and COMMIT inside it move them. */
class TransactionGroups {
  readonly wrapped: boolean;
  private readonly afterCommit: boolean;
  private current: number | null;
  private next = 1;

  constructor(migration: Migration, count: () => number) {
    // One simple Query with several statements is one implicit transaction; a single statement runs by itself
    // (manual, 54.2.2.1 Multiple Statements in a Simple Query).
    this.afterCommit = migration.transaction === "single-query" && count() > 1;
    this.wrapped = migration.transaction === "per-migration" || migration.transaction === "all-pending" || this.afterCommit;
    this.current = this.wrapped ? 0 : null;
  }

  /** A step may have a transaction of its own in a migration without one (Django's `atomic=True` on an operation). */
  enter(step: Step, count: () => number): boolean {
    if (this.current !== null || step.kind === "opaque" || step.transaction === undefined) return false;
    if (step.transaction === "single-query" && count() < 2) return false;
    this.current = this.next++;
    return true;
  }

  leave(): void {
    this.current = null;
  }

  place(changes: readonly Change[]): number | null {
    const opens = changes.some((change) => change.kind === "begin");
    const ends = changes.some((change) => change.kind === "commit" || change.kind === "rollback");
    if (opens && this.current === null) this.current = this.next++;
    const placed = this.current;
    if (ends) this.current = this.afterCommit ? this.next++ : null;
    return placed;
  }
}
