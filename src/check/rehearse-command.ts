import type { JudgedStatement } from "../model/judged.ts";
import type { CodeAccess, Migration, Problem, SqlStep, Statement } from "../model/migration.ts";
import { rehearseCommand, type CommandOutcome, type CommandStatement, type RehearseEvents } from "../rehearse/index.ts";
import { bookkeepingSql } from "../sources/bookkeeping/index.ts";
import type { SchemaState } from "../model/schema.ts";
import type { Span } from "../text/span.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { compare } from "./compatibility.ts";
import { judgeStatements, type EnvironmentView } from "./environment-view.ts";
import { fold } from "./fold.ts";
import { withProblems, type CheckResult } from "./index.ts";
import { chooseView, finish, rehearsedOf, withObservation, type RehearseOptions } from "./rehearse.ts";

const COMMAND = "command";

/**
 * `tread rehearse -- <command>`: somebody's own migrate command runs against a real server behind a proxy. What it sends is judged
 * like a migration: predicted from the schema before it, observed where it ran.
 * @throws EngineUnavailable when no server can be started
 */
export async function rehearseCommandProject(
  options: RehearseOptions,
  command: readonly string[],
  version: string,
  events: RehearseEvents,
): Promise<CheckResult> {
  const analysis = withProblems(await analyse(options));
  const view = chooseView(analysis.views);
  const [program, ...args] = command;
  if (view === null || program === undefined) return finish(analysis, version, null);
  const planned = view.judged.flat();
  const result = await rehearseCommand(
    {
      environment: view.environment,
      thresholds: options.config.thresholds,
      applied: view.applied,
      before: view.start,
      judged: planned,
      base: analysis.dumps,
      versions: [...view.versions],
      maxRows: options.maxRows,
      offline: options.offline,
      signal: options.signal,
      command: program,
      args,
      cwd: options.cwd,
      env: process.env,
      bookkeeping: forRehearsal(bookkeepingSql([...(view.held ?? []), ...view.applied]), view.start),
    },
    events,
  );
  const ran = result.statements.filter((statement) => !statement.bookkeeping);
  const seen = judgeRan(
    analysis,
    view,
    ran,
    planned,
    command.join(" "),
    new Map(result.report.seeded.map(({ table, rows }) => [table, rows])),
  );
  const judged = { ...seen, judged: seen.judged.map((release) => release.map((one) => withObservation(one, result))) };
  const problem = problemOf(result.outcome);
  // The other environments' own verdicts are about files, not about what the command did.
  const merged: Analysis = {
    ...analysis,
    views: [judged],
    problems: problem === null ? analysis.problems : [...analysis.problems, problem],
  };
  return finish(merged, version, rehearsedOf(result));
}

/** A schema that holds the tool's table already (a live database, a dump of it) gets this record and not a second table. */
function forRehearsal<T extends { readonly sql: readonly string[] }>(books: T, start: SchemaState): T {
  const sql = books.sql.map((statement) => {
    const table = /^CREATE TABLE ([\w.]+) /.exec(statement)?.[1];
    if (table !== undefined)
      return start.relations.has(table.includes(".") ? table : `public.${table}`) ? `DELETE FROM ${table}` : statement;
    return statement.replace(/^CREATE SCHEMA (?=\w)/, "CREATE SCHEMA IF NOT EXISTS ");
  });
  return { ...books, sql };
}

/** The statements that ran, as one migration of their own on top of what is applied. */
function judgeRan(
  analysis: Analysis,
  view: EnvironmentView,
  ran: readonly CommandStatement[],
  planned: readonly JudgedStatement[],
  command: string,
  seeded: ReadonlyMap<string, number>,
): EnvironmentView {
  const { engine } = analysis;
  const places = new Places(planned, command);
  const stepOf = (statement: CommandStatement): SqlStep => {
    const known = places.of(statement.sql);
    return {
      kind: "sql",
      sql: statement.sql,
      span: known?.span ?? places.nowhere,
      verbatim: false,
      operation: known?.operation ?? null,
      reverse: known?.reverse ?? "unknown",
      suppressions: known?.suppressions ?? [],
    };
  };
  const steps = inTransactions(ran, stepOf, places.nowhere);
  const migration: Migration = {
    id: COMMAND,
    path: command,
    source: COMMAND,
    database: "postgres",
    transaction: "none",
    steps: steps.map(({ step }) => step),
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash: "",
  };
  const folded = fold(engine, [migration], view.start, new Map()).map(({ migration: parsed, statements, ...rest }) => {
    const kept = statements
      .flatMap((one, at) => (steps[at]?.ran === null ? [] : [one]))
      .map((one, at) => ({ ...one, statement: { ...asItRan(one.statement, ran[at], seeded), index: at } }));
    return { ...rest, migration: { ...parsed, statements: kept.map(({ statement }) => statement) }, statements: kept };
  });
  const judged = judgeStatements(engine, view.environment, folded, { ...view.releases, applied: new Set() });
  const serving = view.versions.map((version) => ({ version, serves: "always" as const }));
  const compatibility = compare(engine, view.environment.name, serving, view.start, judged, false);
  return {
    ...view,
    judged: judged.map((release) => release.map((one) => ({ ...one, breaks: compatibility.breaks.get(one) ?? [] }))),
    judgedMigrations: folded.map(({ migration: parsed }) => parsed),
    compatibility,
  };
}

interface RanStep {
  readonly step: SqlStep;
  /** Null for the BEGIN and COMMIT around what ran in one transaction: SET LOCAL means nothing without them, and nobody is shown them. */
  readonly ran: CommandStatement | null;
}

function inTransactions(ran: readonly CommandStatement[], stepOf: (statement: CommandStatement) => SqlStep, nowhere: Span): RanStep[] {
  const steps: RanStep[] = [];
  const control = (sql: string): void => {
    const step = { kind: "sql", sql, span: nowhere, verbatim: false, operation: null, reverse: "unknown", suppressions: [] } as const;
    steps.push({ step, ran: null });
  };
  let open: number | null = null;
  for (const statement of ran) {
    if (statement.transaction !== open) {
      if (open !== null) control("COMMIT");
      if (statement.transaction !== null) control("BEGIN");
      open = statement.transaction;
    }
    steps.push({ step: stepOf(statement), ran: statement });
  }
  if (open !== null) control("COMMIT");
  return steps;
}

/** From this many repetitions on it is a loop and no coincidence. */
const A_LOOP = 20;

/** One statement sent again and again with other values is code that goes row by row, whatever its source says. */
function asItRan(statement: Statement, ran: CommandStatement | undefined, seeded: ReadonlyMap<string, number>): Statement {
  if (ran === undefined) return statement;
  const accesses =
    ran.times < A_LOOP
      ? []
      : statement.changes.flatMap((change): CodeAccess[] =>
          change.kind !== "write" || change.verb === "merge" || change.verb === "copy"
            ? []
            : [
                {
                  table: change.table,
                  columns: change.columns,
                  verb: change.verb,
                  perRow: true,
                  batched: false,
                  wholeTable: ran.times >= (seeded.get(change.table) ?? Infinity) / 2,
                  span: statement.span,
                },
              ],
        );
  return { ...statement, transaction: ran.transaction, facts: accesses.length === 0 ? null : { opaque: null, accesses } };
}

/** Where a statement stands in the migrations, when its text is one that they were expected to send. */
class Places {
  readonly nowhere: Span;
  private readonly planned = new Map<string, Statement[]>();

  constructor(planned: readonly JudgedStatement[], command: string) {
    this.nowhere = { file: command, line: 1, column: 1, endLine: 1, endColumn: 1 };
    for (const { statement } of planned) {
      const key = normalised(statement.sql);
      this.planned.set(key, [...(this.planned.get(key) ?? []), statement]);
    }
  }

  of(sql: string): Statement | undefined {
    return this.planned.get(normalised(sql))?.shift();
  }
}

function normalised(sql: string): string {
  return sql.replaceAll(/\s+/g, " ").replace(/;\s*$/, "").trim();
}

function problemOf(outcome: CommandOutcome): Problem | null {
  if (outcome.kind === "completed") return null;
  const last = outcome.kind === "failed" && outcome.tail.length > 0 ? `\n${outcome.tail.slice(-5).join("\n")}` : "";
  return { code: `command-${outcome.kind}`, message: outcome.message, help: `${outcome.help}${last}`, span: null, fatal: true };
}
