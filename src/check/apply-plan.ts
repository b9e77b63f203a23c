import { relative } from "node:path";
import { prepareBackfill } from "../apply/backfill/prepare.ts";
import { unitsOf } from "../apply/units.ts";
import { isUnreadable } from "../config/located.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import type { LedgerEntry } from "../model/ledger.ts";
import type { Migration } from "../model/migration.ts";
import type { StagedDrop } from "../model/release.ts";
import { ledgerSource } from "../plan/ledger-names.ts";
import { planMigrations } from "../plan/running/migrations.ts";
import type { Plan } from "../plan/types.ts";
import type { Files } from "../sources/source.ts";
import { sqlName, sqlTable } from "../text/sql-name.ts";
import { type Span, wholeSpan } from "../text/span.ts";
import { analyse, type Analysis } from "./analyse.ts";
import { type DownPlan, planDown } from "./apply-down.ts";
import { type ApplyPlan, needsNoTransaction, writesOf } from "./apply.ts";
import { type Acceptance, gate, irreversibleIn } from "./apply-gate.ts";
import { buildReport } from "./build-report.ts";
import { forDatabase, loadSources, type LoadedSource, type LoadedSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { withReview } from "./review.ts";

/** The migrations that a plan's steps are; spans name the plan's file. */
export async function migrationsOf(
  plan: Plan,
  file: { readonly shown: string; readonly text: string },
  { cwd, config }: CheckOptions,
): Promise<readonly Migration[]> {
  const { readYaml } = await import("../config/read-yaml.ts");
  const read = readYaml(file.shown, file.text, file.shown.endsWith(".json") ? "json" : "yaml");
  const spanOf = (phase: number, step: number): Span =>
    isUnreadable(read) ? wholeSpan(file.shown, file.text) : read.span(["phases", phase, "steps", step], "value");
  return planMigrations(plan, relative(cwd, config.root).replaceAll("\\", "/"), spanOf);
}

/**
 * Judges steps of a plan against the live schema, as `tread apply` does with migrations.
 * @param steps those that are to run, in order
 * @throws ConfigError, DatabaseTrouble, BadDirective
 */
export async function judgeSteps(
  plan: Plan,
  steps: readonly Migration[],
  entries: readonly LedgerEntry[],
  accept: readonly Acceptance[],
  asked: CheckOptions,
  version: string,
): Promise<ApplyPlan> {
  const source = ledgerSource(plan.name);
  const begun = new Map<string, number>();
  for (const { id } of steps) {
    const entry = entries.find((one) => one.source === source && one.migration === id && one.state !== "undone");
    const done = (entry?.steps ?? []).filter(({ state }) => state === "done").map(({ to }) => to);
    if (done.length > 0) begun.set(id, Math.max(...done));
  }
  const { analysis, options } = await analysed(steps, { ...asked, begun });
  const engine = await loadPostgres();
  const report = await withReview(buildReport(analysis, version, null), options, analysis.views, null);
  const view = analysis.views[0] ?? null;
  const judged = view?.judged.flat() ?? [];
  const units = unitsOf(judged, {
    keyOf: ({ migration }) => ({ source, migration: migration.id }),
    needsNoTransaction: (statement) => needsNoTransaction(engine, statement, analysis),
    prepare: (statement) => prepareBackfill(engine, statement, { writes: writesOf(engine, view, judged) }),
  });
  return {
    report,
    view,
    units,
    ...gate(report, judged, accept, analysis),
    drift: { edited: [], missing: [], outOfOrder: [], halfTakenBack: [] },
    empty: [],
    irreversible: judged.flatMap(irreversibleIn),
  };
}

/**
 * Plans the way back of steps that have run, the newest first.
 * @param all every step of the plan that sends SQL; `only` names those that are taken back
 * @throws NoWayBack, ConfigError, DatabaseTrouble
 */
export async function planStepsBack(
  all: readonly Migration[],
  only: readonly string[],
  entries: readonly LedgerEntry[],
  accept: readonly Acceptance[],
  asked: CheckOptions,
  version: string,
): Promise<DownPlan> {
  const loaded = forDatabase(await loadSources(asked), "postgres");
  const given = withSteps(
    { ...loaded, sources: loaded.sources.map((source) => ({ ...source, migrations: [] })), migrations: [] },
    all,
    asked,
  );
  return await planDown(asked, entries, { to: null, only, accept }, version, given);
}

/** The project with the steps as its newest migrations; everything else is in the live schema. */
async function analysed(
  steps: readonly Migration[],
  asked: CheckOptions,
): Promise<{ readonly analysis: Analysis; readonly options: CheckOptions }> {
  const loaded = forDatabase(await loadSources(asked), "postgres");
  const options: CheckOptions = { ...asked, paths: [], recorded: new Set(loaded.migrations.map(({ id }) => id)) };
  return { analysis: await analyse(options, withSteps(loaded, steps, asked)), options };
}

function withSteps(loaded: LoadedSources, steps: readonly Migration[], { config }: CheckOptions): LoadedSources {
  const own: LoadedSource = {
    config: { type: "sql-dir", root: ".", database: "postgres", options: {}, appliedThrough: null, base: null },
    files: NO_FILES,
    folder: config.root,
    migrations: steps,
  };
  return {
    sources: [...loaded.sources, own],
    migrations: [...loaded.migrations, ...steps],
    // A database may be changed by plans alone.
    problems: loaded.problems.filter(({ code }) => code !== "nothing-found"),
    only: null,
  };
}

const NO_FILES: Files = {
  label: "plan",
  list: () => [],
  read: (path) => {
    throw Object.assign(new Error(`${path} is no file`), { code: "ENOENT" });
  },
  exists: () => false,
  display: (path) => path,
};

/** Whether `public.person.email` or `public.person` may go, by what is on record; null where nothing is. */
export async function unusedNow(what: string, asked: CheckOptions): Promise<StagedDrop | null> {
  const [schema = "", table = "", ...rest] = what.split(".");
  const column = rest.length === 0 ? null : rest.join(".");
  const qualified = `${schema}.${table}`;
  const sql = column === null ? `DROP TABLE ${sqlTable(qualified)}` : `ALTER TABLE ${sqlTable(qualified)} DROP COLUMN ${sqlName(column)}`;
  const probe: Migration = {
    id: `unused ${what}`,
    path: `unused ${what}`,
    source: "plan",
    layout: "plain",
    database: "postgres",
    transaction: "none",
    steps: [{ kind: "sql", sql, span: wholeSpan("", sql), verbatim: false, operation: null, reverse: "unknown", suppressions: [] }],
    down: "unknown",
    dependsOn: [],
    replaces: [],
    hash: "",
  };
  const { analysis } = await analysed([probe], asked);
  const view = analysis.views[0];
  const judged = view?.judged.flat().find(({ migration }) => migration.id === probe.id);
  if (view === undefined || judged === undefined) return null;
  const drops = analysis.staged?.get(view.environment.name);
  return drops?.(judged, { tables: [qualified], columns: column === null ? [] : [column] }) ?? null;
}
