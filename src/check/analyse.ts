import { loadGrammar } from "../engines/postgres/parse/load.ts";
import { loadPostgres } from "../engines/postgres/index.ts";
import { NEWEST_POSTGRES, POSTGRES_MAJORS, type PostgresEngine } from "../engines/postgres/engine.ts";
import { addedRelations } from "../model/apply/index.ts";
import type { Environment } from "../model/environment.ts";
import { LEDGER_TABLE } from "../model/ledger.ts";
import type { Migration, Problem, Statement } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import { displayName, type SchemaState } from "../model/schema.ts";
import { beforeReleases, compareWithPrevious, type BeforeRelease } from "./previous-version.ts";
import { decideReleases, UnknownMigration, type Releases } from "./applied.ts";
import { loadBeginning, type Beginning } from "./base-schema.ts";
import { compare, type ServingVersion } from "./compatibility.ts";
import { judgeStatements, type EnvironmentView } from "./environment-view.ts";
import { fold, unseenTables, type FoldedMigration, type ReadSteps } from "./fold.ts";
import { foundBeside, mentionFound } from "./found-schema.ts";
import { leftBehindKeys } from "./left-behind-keys.ts";
import { loadLive, loadPast, loadWriters, type LoadedLive, type Tables } from "./load-live.ts";
import { forDatabase, loadSources, type LoadedSources } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { withReleases } from "./releases.ts";
import { stagedDrops, takesAway, type StagedDrops } from "./staged.ts";
import { allPaths, upgradePaths, type UpgradePath } from "./upgrades.ts";

/** Everything that is known before anything is printed or rehearsed. */
export interface Analysis {
  readonly options: CheckOptions;
  readonly engine: PostgresEngine;
  readonly migrations: readonly Migration[];
  /** One per environment that is judged. */
  readonly views: readonly EnvironmentView[];
  /** By environment: whether what a statement takes away may go, by the releases on record. Absent without them. */
  readonly staged?: ReadonlyMap<string, StagedDrops>;
  readonly problems: readonly Problem[];
  /** The schema that folding began with as SQL, for a rehearsal to load. */
  readonly dumps: readonly string[];
  readonly origin: Beginning["origin"];
  readonly read?: {
    readonly sources: LoadedSources;
    /** Raw SQL in the working tree outside of the sources. */
    readonly writers: LiveVersion;
    /** Every version that was read, wherever it serves. */
    readonly versions: readonly LiveVersion[];
    /** Every table that ever stood in the schema; null where some of it was not shown. */
    readonly tables: Tables;
  };
}

/**
 * The Postgres migrations.
 * @param given the sources, where they are read already; without, what is for ClickHouse is a problem: nobody looks at it
 */
export async function analyse(run: CheckOptions, given: LoadedSources | null = null): Promise<Analysis> {
  const asked = await withReleases(run);
  const [engine, grammar, loaded] = await Promise.all([loadPostgres(), loadGrammar(), given ?? loadSources(asked)]);
  const sources = forDatabase(loaded, "postgres");
  let base = await loadBeginning(engine, asked, sources.sources);
  const options = withLive(asked, base);
  // Environments that have run different migrations are folded each in its own order.
  const raws: ReadSteps | null = options.config.environments.length > 1 ? new Map() : null;
  const onEmpty = fold(engine, sources.migrations, base.state, raws, base.certain, options.begun);
  const tables = knownTables(onEmpty, base);
  const live = await loadLive(options, sources.sources, tables);
  const writers = await loadWriters(options, sources.sources, tables);
  const first = base;
  const unseen = base.later ? new Map<string, Statement>() : unseenTables(onEmpty, base.state);
  const found = unseen.size === 0 ? null : foundBeside(engine, options, sources, live, [...unseen.keys()]);
  if (found?.kind === "usable") base = found.beginning;
  const folds = new Map<string, readonly FoldedMigration[]>();
  // A database ran what is applied before what is new, whatever order an empty one would run them in (apps of one Django project).
  const folded = (applied: ReadonlySet<string>): readonly FoldedMigration[] => {
    const key = [...applied].sort().join("\n");
    const known = folds.get(key);
    if (known !== undefined) return known;
    const rest = base.later ? sources.migrations.filter((m) => !base.holds(m, applied)) : sources.migrations;
    const order = [...rest.filter((m) => applied.has(m.id)), ...rest.filter((m) => !applied.has(m.id))];
    const same = base === first && order.length === sources.migrations.length && order.every((m, index) => m === sources.migrations[index]);
    const fresh = same ? onEmpty : fold(engine, order, base.state, raws, base.certain, options.begun);
    folds.set(key, fresh);
    return fresh;
  };
  const problems: Problem[] = [
    ...sources.problems,
    ...(given === null ? unreadClickHouse(loaded) : []),
    ...live.problems,
    ...(options.onRecord?.problems ?? []),
    ...writers.problems,
    ...base.problems,
    ...edited(sources, live),
    ...notYet(options),
    ...beginningProblems(base, sources, live),
    ...(base.later ? [] : mentionFound(notShown(onEmpty, base.state), found)),
  ];
  const previous = live.versions.some((version) => version.migrations !== null) ? null : await beforeReleases(sources.sources);
  const views: EnvironmentView[] = [];
  for (const environment of options.config.environments) {
    try {
      const seen = view(engine, environment, options, sources, live, writers, folded, base, previous);
      views.push(seen);
      if (base.later && !base.certain) problems.push(...notShown(folded(seen.releases.applied), base.state));
    } catch (error) {
      if (!(error instanceof UnknownMigration)) throw error;
      problems.push(unknownMigration(error));
    }
  }
  // Releases that serve nowhere any more are read only where something is taken away: they tell who used it last.
  const drops = allPaths(views).some((one) => one.judged.flat().some(({ statement }) => statement.changes.some(takesAway)));
  const past = drops ? await loadPast(options, sources.sources, tables) : new Map<string, null>();
  const staged = new Map(
    views.map((one) => [
      one.environment.name,
      stagedDrops({ options, engine, grammar, view: one, problems, versions: live.versions, writers }, past),
    ]),
  );
  return {
    options,
    engine,
    migrations: sources.migrations,
    views,
    staged,
    problems: unique(problems),
    dumps: base.dumps,
    origin: base.origin,
    read: { sources, writers, versions: live.versions, tables },
  };
}

/** A live database tells sizes and its major version, where the settings say nothing about them. */
function withLive(options: CheckOptions, { live }: Beginning): CheckOptions {
  if (live === null) return options;
  const environments = options.config.environments.map((environment) => ({
    ...environment,
    ...(environment.postgresFrom === "default" ? { postgres: nearestMajor(live.major), postgresFrom: "database" as const } : {}),
    profiles:
      live.profile === null || environment.assume !== null || environment.profiles.some(({ server }) => server.engine === "postgres")
        ? environment.profiles
        : [...environment.profiles, live.profile],
  }));
  return { ...options, config: { ...options.config, environments } };
}

function nearestMajor(major: number): number {
  return Math.min(Math.max(major, POSTGRES_MAJORS[0]), NEWEST_POSTGRES);
}

/** Where what the schema records and what else is said about what is applied do not fit together. */
function beginningProblems(base: Beginning, sources: LoadedSources, live: LoadedLive): Problem[] {
  const { recorded, origin } = base;
  if (recorded === null || origin.name === null) return [];
  const problems: Problem[] = [];
  const asked = sources.only === null ? [] : [...sources.only].filter((id) => recorded.ids.has(id));
  if (asked.length > 0) {
    problems.push({
      code: "applied-already",
      message: `${asked.join(", ")}: applied already, as ${origin.name} records; not judged`,
      help: "name a migration that is not applied, or leave out where the schema comes from",
      span: null,
      fatal: true,
    });
  }
  if (origin.from !== "file") return problems;
  const early = live.base === null ? [] : [...recorded.ids].filter((id) => live.base?.ids.has(id) === false);
  if (early.length > 0) {
    problems.push({
      code: "schema-too-new",
      message: `${origin.name} holds ${early.join(", ")}, which ${live.base?.name ?? ""} does not have: it would not be judged`,
      help: "give the schema as it is before these migrations: from the release that is deployed, or from the database (--database-url)",
      span: null,
      fatal: true,
    });
  } else if (sources.migrations.length > 0 && sources.migrations.every((m) => recorded.ids.has(m.id) || m.builtIn === true)) {
    problems.push({
      code: "nothing-new",
      message: `${origin.name} holds every migration that was found: nothing was judged`,
      help: "with --base REF the file is read as REF has it; or give the schema of the release that is deployed",
      span: null,
      fatal: true,
    });
  }
  return problems;
}

/** Every table that ever stood in the schema; null where some of it was not shown to tread. */
function knownTables(folded: readonly FoldedMigration[], { state, later }: Beginning): Tables {
  const names = new Set(state.relations.keys());
  let previous = state;
  for (const { after } of folded.flatMap((migration) => migration.statements)) {
    if (!after.complete && !later) return null;
    for (const name of addedRelations(after, previous)) names.add(name);
    previous = after;
  }
  return names;
}

function view(
  engine: PostgresEngine,
  environment: Environment,
  options: CheckOptions,
  sources: LoadedSources,
  live: LoadedLive,
  writers: LiveVersion,
  foldFor: (applied: ReadonlySet<string>) => readonly FoldedMigration[],
  base: Beginning,
  previous: BeforeRelease | null,
): EnvironmentView {
  const added = new Set(options.live.map((flag) => flag.name));
  const versions = live.versions.filter(
    (version) => environment.live === null || environment.live.includes(version.name) || added.has(version.name),
  );
  const window = environment.onRecord?.by === "window";
  // What a source says is applied is not said of installations that others run.
  const configured = window ? [] : sources.sources.flatMap(({ config }) => (config.appliedThrough === null ? [] : [config.appliedThrough]));
  const decide = (from: Environment): Releases =>
    decideReleases({
      migrations: sources.migrations,
      environment: from,
      live: versions,
      base: live.base,
      appliedThrough: options.appliedThrough === null ? configured : [options.appliedThrough],
      only: sources.only,
      recorded: base.recorded,
      later: base.later,
    });
  const [first, ...later] = upgradePaths(environment, versions, decide);
  const matrix = options.withoutMatrix !== true;
  const main = onePath(engine, environment, first, true, matrix, sources, live, writers, foldFor, base, previous);
  if (later.length === 0) return main;
  return {
    ...main,
    upgrades: later.map((path) => onePath(engine, environment, path, false, matrix, sources, live, writers, foldFor, base, null)),
  };
}

/**
 * @param whole with what is deployed at the end: the first path tells it, and those that begin later end in the same schema
 * @param matrix whether the queries are held against every schema
 */
function onePath(
  engine: PostgresEngine,
  environment: Environment,
  { versions, releases }: UpgradePath,
  whole: boolean,
  matrix: boolean,
  sources: LoadedSources,
  live: LoadedLive,
  writers: LiveVersion,
  foldFor: (applied: ReadonlySet<string>) => readonly FoldedMigration[],
  base: Beginning,
  previous: BeforeRelease | null,
): EnvironmentView {
  const folded = foldFor(releases.applied);
  const judged = judgeStatements(engine, environment, folded, releases);
  // A migration may send nothing (a change of Django's state only).
  const start = judged.flat()[0]?.before ?? folded.flatMap(({ statements }) => statements).at(-1)?.after ?? base.state;
  const serving: ServingVersion[] = versions.map((version) => ({ version, serves: "always" }));
  if (whole && live.working !== null) serving.push({ version: live.working, serves: "at-the-end" });
  // The repository's raw SQL is deployed with some version. Where live versions of the app were read, their own raw SQL is known;
  // otherwise the writers in the working tree are all there is to ask, and they serve throughout.
  const appsRead = versions.some((version) => version.migrations !== null);
  if (whole && writers.queries.length > 0) serving.push({ version: writers, serves: appsRead ? "at-the-end" : "always" });
  const throughout = compare(engine, environment.name, matrix ? serving : [], start, judged, releases.eachItsOwn);
  const before = releases.eachItsOwn ? previous : null;
  const compared = before === null ? throughout : compareWithPrevious(engine, environment.name, judged, before, throughout);
  const left = !whole || live.working === null ? [] : leftBehindKeys(live.working, versions, judged.flat().at(-1)?.after ?? start);
  const compatibility = left.length === 0 ? compared : { ...compared, unfit: [...compared.unfit, ...left] };
  const implied = before === null ? [] : judged.flatMap((release) => before(release) ?? []).slice(0, 1);
  return {
    environment,
    releases,
    versions: [
      ...versions,
      ...implied.map((version) => ({ ...version, queries: [] })),
      ...(appsRead || writers.queries.length === 0 ? [] : [writers]),
    ],
    applied: folded.filter(({ migration }) => releases.applied.has(migration.id)).map(({ migration }) => migration),
    held: base.later ? sources.migrations.filter((m) => base.holds(m, releases.applied)) : [],
    start,
    judged: judged.map((release) => release.map((one) => ({ ...one, breaks: compatibility.breaks.get(one) ?? [] }))),
    judgedMigrations: folded.filter(({ migration }) => !releases.applied.has(migration.id)).map(({ migration }) => migration),
    compatibility,
    next: live.working,
    previous: before,
    // Where it is on record what serves here, a rollback deploys the newest of that.
    rollback:
      (environment.onRecord === undefined ? live.versions : versions).findLast(
        (version) => version.migrations !== null && version.onRecord !== false,
      ) ?? null,
  };
}

/** A migration that a live version carries was changed since: what ran there is not what stands here. */
function edited(sources: LoadedSources, live: LoadedLive): Problem[] {
  const problems: Problem[] = [];
  for (const migration of sources.migrations) {
    const version = live.versions.find(({ migrations }) => {
      const hash = migrations?.get(migration.id);
      return hash !== undefined && hash !== migration.hash;
    });
    if (version === undefined || migration.repeatable === true) continue;
    problems.push({
      code: "edited-migration",
      message: `${migration.id} is released with ${version.name} and was changed since`,
      help: "databases that ran it do not get the change: restore it, and put the change into a new migration",
      span: migration.steps[0]?.span ?? { file: migration.path, line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: false,
    });
  }
  return problems;
}

/** Names that are used and never created: a schema that continues one which was not shown, or a misspelt name. Either way it is said. */
function notShown(folded: readonly FoldedMigration[], base: SchemaState): Problem[] {
  // What `tread plan --emit` writes for some tools asks the ledger, which no migration makes.
  const unseen = [...unseenTables(folded, base)].filter(([name]) => name !== LEDGER_TABLE);
  const first = unseen[0];
  if (first === undefined) return [];
  const names = unseen.map(([name]) => displayName(name));
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return [
    {
      code: "table-not-shown",
      message: `no migration that was read creates ${shown}: taken as ${names.length === 1 ? "a table that exists" : "tables that exist"}, with columns that are not known`,
      help: "show tread the schema: --schema FILE (structure.sql, schema.sql, pg_dump --schema-only), --database-url, or `base:` on the source; or correct the name",
      span: first[1].span,
      fatal: false,
    },
  ];
}

function unreadClickHouse(loaded: LoadedSources): Problem[] {
  const { sources } = forDatabase(loaded, "clickhouse");
  return sources.map(({ config }) => ({
    code: "clickhouse",
    message: `the ClickHouse migrations of ${config.root} were not looked at: this command is about Postgres`,
    help: "`tread check` judges both; name the folder of the Postgres migrations to leave the others out here",
    span: null,
    fatal: true,
  }));
}

/** Settings that are read and checked, and that nothing in this version acts upon: said, so that nobody relies on them. */
export function notYet({ config }: CheckOptions): Problem[] {
  const named: string[] = [];
  for (const environment of config.environments) {
    if (environment.supports !== null && environment.onRecord === undefined) named.push(`\`environments.${environment.name}.supports\``);
  }
  if (named.length === 0) return [];
  return [
    {
      code: "not-enforced",
      message: `${named.join(", ")}: read, and not acted upon, because no release is on record`,
      help: "`tread release add NAME --ref TAG` records one; every release inside of the range then counts as live there",
      span: null,
      fatal: false,
    },
  ];
}

function unknownMigration(error: UnknownMigration): Problem {
  const near = error.known.slice(-3).join(", ");
  return { code: "unknown-migration", message: error.message, help: `the last ids are ${near}`, span: null, fatal: true };
}

function unique(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter((problem) => {
    const key = `${problem.code}\0${problem.message}\0${problem.span?.file ?? ""}\0${problem.span?.line ?? ""}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
