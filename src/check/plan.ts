import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { apply, emptyState } from "../model/apply/index.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { SchemaState } from "../model/schema.ts";
import { makePlan, recipeFor } from "../plan/make-plan.ts";
import { pieces, understand, wordsOf } from "../plan/from-finding/requests.ts";
import { splitPlan, TOGETHER, withDroppedDefaults, type Piece } from "../plan/from-finding/split.ts";
import type { PlanRequest, Scene } from "../plan/recipe.ts";
import { PlanTrouble } from "../plan/trouble.ts";
import type { Plan } from "../plan/types.ts";
import { withoutPlan } from "../plan/words/clickhouse.ts";
import { nearest } from "../text/nearest.ts";
import { nearestVerb, type ReadWords } from "../plan/words/read.ts";
import { writtenBy, type Written, type WrittenStatement } from "../plan/written.ts";
import { analyse, type Analysis } from "./analyse.ts";
import type { EnvironmentView } from "./environment-view.ts";
import { checked } from "./index.ts";
import { loadSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";

/** What was planned, and where plans of the project lie. */
export interface Planned {
  readonly plans: readonly Plan[];
  /** Statements for which no plan was made, with the reason: lines for people. */
  readonly left: readonly string[];
  readonly project: PlanProject;
}

export interface PlanProject {
  /** Absolute folder that holds the migrations' folder. */
  readonly beside: string;
}

/** @throws PlanTrouble, ConfigError, DatabaseTrouble */
export async function planFromWords(said: ReadWords, options: CheckOptions): Promise<Planned> {
  const [engine, analysis] = await Promise.all([loadPostgres(), analyse(options)]);
  const view = viewOf(analysis, withoutPlan(said.words.split(" ")[0] ?? ""));
  const schema = endOf(view);
  const written = writtenIn(engine, analysis, view);
  const sql = said.sql;
  const marks = sql.every((line) => line.startsWith("--"));
  const { changes, after } = marks ? { changes: [], after: schema } : understand(engine, sql, schema);
  const request: PlanRequest = {
    words: said.words,
    sql,
    changes,
    recipe: said.recipe ?? null,
    fill: said.fill ?? null,
    from: null,
  };
  const scene = sceneOf(analysis, schema, written, breaksOf(engine, view, schema, after));
  return { plans: [makePlan(request, scene)], left: [], project: projectOf(analysis) };
}

/** Findings that are about what stands around a statement, and go with it when it has a place of its own. */
const BESIDE: ReadonlySet<string> = new Set(["missing-lock-timeout", "statement-after-access-exclusive"]);

/**
 * One plan for each statement of the migration in which something was found and for which there is a recipe.
 * @param named an id or a path
 * @throws PlanTrouble where it is not known, nothing is found in it, or no recipe is for what was found
 */
export async function planFromMigration(named: string, options: CheckOptions): Promise<Planned> {
  const path = existsSync(resolve(options.cwd, named)) ? named : null;
  // Of tools with a folder for each migration, what came before it lies beside that folder.
  const inProject = path === null || (await isOfProject(path, options));
  const { report, analyses } = await checked(inProject ? options : { ...options, paths: [path] }, "");
  const analysis = analyses.postgres;
  if (analysis === null)
    throw new PlanTrouble(
      `${named}: for ClickHouse; plans of phases are made for Postgres`,
      `tread plan --cluster ${named} --clickhouse-url <url> orders it, on one server as on many (docs/cluster-walk.md); tread check says what each statement does`,
    );
  const view = viewOf(analysis);
  const judged = view.judged.flat();
  const id = path === null ? named : (judged.find(({ migration }) => samePath(options.cwd, migration.path, path))?.migration.id ?? named);
  const own = judged.filter(({ migration }) => migration.id === id || migration.id.split(/[./]/).at(-1) === id);
  if (own.length === 0) throw await unknownMigration(named, options);
  const engine = await loadPostgres();
  const written = writtenIn(engine, analysis, view);
  const plans: Plan[] = [];
  const left: string[] = [];
  const parts: Piece[] = [];
  let together = false;
  for (const statement of own) {
    const found = report.findings.filter(
      (finding) =>
        finding.migration === statement.migration.id && finding.statement === statement.statement.index && finding.severity !== "info",
    );
    const rule = found[0]?.rule ?? null;
    if (statement.statement.kind !== "sql") {
      if (found.length > 0)
        left.push(
          `${place(statement)}: code, which no plan can say as steps (${rule ?? ""}): put it into a migration of its own, in batches that each commit`,
        );
      continue;
    }
    together ||= found.some((finding) => TOGETHER.has(finding.rule));
    let before = statement.before;
    for (const sql of pieces(statement.statement.sql)) {
      const { changes, after } = understand(engine, [sql], before);
      // A write of many rows has no other recipe: it runs in batches, in its place among the others.
      together ||= found.length > 0 && changes.some((change) => change.kind === "write" && !change.bounded);
      parts.push({
        sql,
        changes,
        scene: sceneOf(analysis, before, written, breaksOf(engine, view, before, after)),
        words: changes.map(wordsOf).join(", "),
        place: place(statement),
        from: { migration: statement.migration.id, path: statement.migration.path, statement: statement.statement.index, rule },
        found: found.some((finding) => !TOGETHER.has(finding.rule) && !BESIDE.has(finding.rule)),
      });
      before = after;
    }
  }
  const whole = withDroppedDefaults(parts);
  if (together && left.length === 0) return { plans: [splitPlan(id, whole, engine)], left, project: projectOf(analysis) };
  for (const { sql, also = [], changes, scene, words, place: where, from } of whole) {
    if (from.rule === null) continue;
    const request: PlanRequest = { words, sql: [sql, ...also], changes, recipe: null, fill: null, from };
    if (recipeFor(request, scene) === null) left.push(`${where}: no recipe for ${words} (${from.rule})`);
    else plans.push(makePlan(request, scene));
  }
  if (plans.length === 0 && left.length === 0)
    throw new PlanTrouble(
      `${id}: nothing was found in it that needs a plan`,
      "apply it as it is; `tread check` says what was looked at",
      0,
    );
  if (plans.length === 0)
    throw new PlanTrouble(left.join("\n"), "`tread plan changes` lists what has a recipe; `tread check` says what to do by hand");
  return { plans, left, project: projectOf(analysis) };
}

async function isOfProject(path: string, options: CheckOptions): Promise<boolean> {
  try {
    return (await loadSources(options)).migrations.some((migration) => samePath(options.cwd, migration.path, path));
  } catch {
    // Without a config or folder that is known by itself, the path is all there is.
    return false;
  }
}

function samePath(cwd: string, path: string, asked: string): boolean {
  const [own, other] = [resolve(cwd, path), resolve(cwd, asked)];
  return own === other || own.startsWith(`${other}/`);
}

function place({ statement }: JudgedStatement): string {
  return `${statement.span.file}:${statement.span.line}`;
}

async function unknownMigration(named: string, options: CheckOptions): Promise<PlanTrouble> {
  const { migrations } = await loadSources(options);
  const there = migrations.find(({ id }) => id === named);
  if (there !== undefined)
    return new PlanTrouble(
      `${named} is applied already`,
      "a plan is for what is still to come; say the change in words to plan it on top: tread plan changes",
    );
  const near =
    nearestVerb(named) ??
    nearest(
      named,
      migrations.map(({ id }) => id),
    );
  return new PlanTrouble(
    `${named}: neither a migration of this project nor a change`,
    `${near === null ? "" : `did you mean ${near}? `}name its id or its path, or say the change in words: tread plan changes`,
  );
}

/** @param other thrown where the project's migrations are all for ClickHouse */
function viewOf(analysis: Analysis, other: PlanTrouble | null = null): EnvironmentView {
  const view = analysis.views[0];
  const fatal = analysis.problems.find((problem) => problem.fatal);
  if (
    view === undefined ||
    (fatal !== undefined && analysis.views.every(({ judged, applied }) => judged.length === 0 && applied.length === 0))
  )
    throw fatal?.code === "clickhouse" && other !== null
      ? other
      : new PlanTrouble(
          fatal?.message ?? "no schema is known to plan for",
          fatal?.help ?? "name a config, or a schema with --schema or --database-url",
          3,
        );
  return view;
}

/** After everything that the migrations do. */
function endOf(view: EnvironmentView): SchemaState {
  return view.judged.flat().at(-1)?.after ?? view.start;
}

function sceneOf(analysis: Analysis, schema: SchemaState, written: Written, breaks: readonly string[] | null): Scene {
  const majors = [...new Set(analysis.views.map(({ environment }) => environment.postgres))].sort((a, b) => a - b);
  // What the session of the last migration has set is not there when the plan runs.
  return { schema: { ...schema, session: emptyState().session }, majors, written, breaks };
}

/** Queries of the versions on record that the unsafe form breaks; null where none is on record. */
function breaksOf(engine: PostgresEngine, view: EnvironmentView, before: SchemaState, after: SchemaState): readonly string[] | null {
  const versions = view.versions.filter((version) => version.onRecord !== false);
  if (versions.length === 0) return null;
  return versions.flatMap((version) =>
    version.queries.flatMap((query) => {
      const fate = engine.bind(query, after);
      return fate.kind === "fails" && engine.bind(query, before).kind === "works"
        ? [`${version.name}: ${query.sql} (${fate.message})`]
        : [];
    }),
  );
}

function writtenIn(engine: PostgresEngine, analysis: Analysis, view: EnvironmentView): Written {
  const statements: WrittenStatement[] = [];
  let state = emptyState();
  for (const dump of analysis.dumps) {
    const span = { file: "dump", line: 1, column: 1, endLine: 1, endColumn: 1 };
    for (const raw of engine.read({
      kind: "sql",
      sql: dump,
      span,
      verbatim: true,
      operation: null,
      reverse: "unknown",
      suppressions: [],
    })) {
      const changes = raw.tree === null ? [] : engine.changes(raw, state);
      for (const change of changes) state = apply(change, state, { migration: null });
      statements.push({ sql: raw.sql, changes });
    }
  }
  for (const migration of view.applied) statements.push(...migration.statements);
  for (const { statement } of view.judged.flat()) statements.push(statement);
  return writtenBy(statements);
}

function projectOf(analysis: Analysis): PlanProject {
  const source = analysis.read?.sources.sources.find(({ config }) => config.database === "postgres");
  if (source === undefined) return { beside: analysis.options.config.root };
  const root = resolve(source.folder, source.config.root);
  return { beside: source.config.type === "sql-dir" ? dirname(root) : join(root) };
}
