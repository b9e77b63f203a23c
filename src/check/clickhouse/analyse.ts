import { loadClickHouse } from "../../engines/clickhouse/index.ts";
import { CLICKHOUSE_VERSIONS, NEWEST_CLICKHOUSE, type ClickHouseEngine } from "../../engines/clickhouse/engine.ts";
import type { EnvironmentConfig } from "../../config/parsed-config.ts";
import type { Migration, Problem } from "../../model/migration.ts";
import { counted } from "../../text/numbers.ts";
import { decideReleases, UnknownMigration } from "../applied.ts";
import { forDatabase, loadSources, type LoadedSources } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";
import { loadClickHouseBeginning, type ClickHouseBeginning } from "./beginning.ts";
import { compareClickHouse } from "./compatibility.ts";
import { foldClickHouse, unseenClickHouseTables, type ClickHouseReads, type FoldedClickHouse } from "./fold.ts";
import { loadClickHouseLive, type LoadedClickHouseLive } from "./load-live.ts";
import { judgeClickHouse, largestReplica, type ClickHouseView } from "./view.ts";

/** Everything that is known of the ClickHouse migrations before anything is printed or rehearsed. */
export interface ClickHouseAnalysis {
  readonly options: CheckOptions;
  readonly engine: ClickHouseEngine;
  readonly migrations: readonly Migration[];
  /** One per environment that is judged. */
  readonly views: readonly ClickHouseView[];
  readonly problems: readonly Problem[];
  /** The schema that folding began with as SQL, for a rehearsal to load. */
  readonly dumps: readonly string[];
  /** Of unqualified names. */
  readonly database: string;
  readonly origin: ClickHouseBeginning["origin"];
}

/** A live server tells the schema, what is applied, sizes and its version. Nothing of it is loaded by a check that asks none. */
async function fromServer(
  engine: ClickHouseEngine,
  asked: CheckOptions,
  migrations: readonly Migration[],
): Promise<{ readonly base: ClickHouseBeginning; readonly options: CheckOptions } | null> {
  if (asked.clickhouse === undefined || asked.clickhouse === null) return null;
  const { askClickHouse, withServer } = await import("./live-server.ts");
  const base = await askClickHouse(engine, asked.clickhouse, migrations);
  return { base, options: withServer(asked, base) };
}

/** @param given the sources, where they are read already */
export async function analyseClickHouse(asked: CheckOptions, given: LoadedSources | null = null): Promise<ClickHouseAnalysis> {
  const [engine, loaded] = await Promise.all([loadClickHouse(), given ?? loadSources(asked)]);
  const sources = forDatabase(loaded, "clickhouse");
  const others = new Set(forDatabase(loaded, "postgres").migrations.map(({ id }) => id));
  const server = await fromServer(engine, asked, sources.migrations);
  const base = server?.base ?? loadClickHouseBeginning(engine, asked, sources.sources, others.size === 0);
  const options = server?.options ?? asked;
  const live = await loadClickHouseLive(options, sources.sources);
  const raws: ClickHouseReads = new Map();
  const onEmpty = foldClickHouse(engine, sources.migrations, base.state, raws, base.certain, base.database);
  const folds = new Map<string, readonly FoldedClickHouse[]>();
  const foldFor = (applied: ReadonlySet<string>): readonly FoldedClickHouse[] => {
    const key = [...applied].sort().join("\n");
    const known = folds.get(key);
    if (known !== undefined) return known;
    const rest = base.later ? sources.migrations.filter(({ id }) => !applied.has(id)) : sources.migrations;
    const order = [...rest.filter(({ id }) => applied.has(id)), ...rest.filter(({ id }) => !applied.has(id))];
    const same = order.length === sources.migrations.length && order.every((migration, at) => migration === sources.migrations[at]);
    const fresh = same ? onEmpty : foldClickHouse(engine, order, base.state, raws, base.certain, base.database);
    folds.set(key, fresh);
    return fresh;
  };
  const problems: Problem[] = [
    ...(given === null ? loaded.problems : []),
    ...live.problems,
    ...base.problems,
    ...edited(sources, live),
    ...options.config.environments.flatMap(unknownVersion),
    // A live server holds what there is: what is missing there is refused, and said so.
    ...(base.certain ? [] : notShown(onEmpty, base)),
  ];
  const views: ClickHouseView[] = [];
  for (const environment of options.config.environments) {
    try {
      views.push(view(engine, environment, options, sources, live, foldFor, base, others));
    } catch (error) {
      if (!(error instanceof UnknownMigration)) throw error;
      const near = error.known.slice(-3).join(", ");
      problems.push({ code: "unknown-migration", message: error.message, help: `the last ids are ${near}`, span: null, fatal: true });
    }
  }
  return {
    options,
    engine,
    migrations: sources.migrations,
    views,
    problems,
    dumps: base.dumps,
    database: base.database,
    origin: base.origin,
  };
}

function view(
  engine: ClickHouseEngine,
  environment: EnvironmentConfig,
  options: CheckOptions,
  sources: LoadedSources,
  live: LoadedClickHouseLive,
  foldFor: (applied: ReadonlySet<string>) => readonly FoldedClickHouse[],
  base: ClickHouseBeginning,
  /** Ids of the other engine's migrations: one that is named as the last applied is none of these. */
  others: ReadonlySet<string>,
): ClickHouseView {
  const added = new Set(options.live.map((flag) => flag.name));
  const versions = live.versions.filter(({ name }) => environment.live === null || environment.live.includes(name) || added.has(name));
  const configured = sources.sources.flatMap(({ config }) => (config.appliedThrough === null ? [] : [config.appliedThrough]));
  const asked = (options.appliedThrough === null ? configured : [options.appliedThrough]).filter((id) => !others.has(id));
  const here = environment.appliedThrough !== null && others.has(environment.appliedThrough) ? null : environment.appliedThrough;
  const releases = decideReleases({
    migrations: sources.migrations,
    environment: { ...environment, appliedThrough: here },
    live: versions,
    base: live.base,
    appliedThrough: asked,
    only: sources.only,
    recorded: base.recorded ?? null,
    later: base.later,
  });
  const folded = foldFor(releases.applied);
  const version = environment.clickhouse ?? NEWEST_CLICKHOUSE;
  const judged = judgeClickHouse(engine, version, largestReplica(environment), folded, releases);
  const start = judged.flat()[0]?.before ?? folded.flatMap(({ statements }) => statements).at(-1)?.after ?? base.state;
  const compatibility = compareClickHouse(engine, environment.name, versions, start, judged, releases.eachItsOwn, base.database);
  return {
    environment,
    version,
    releases,
    versions,
    applied: folded.filter(({ migration }) => releases.applied.has(migration.id)).map(({ migration }) => migration),
    held: base.later ? sources.migrations.filter(({ id }) => releases.applied.has(id)) : [],
    start,
    judged: judged.map((release) => release.map((one) => ({ ...one, breaks: compatibility.breaks.get(one) ?? [] }))),
    judgedMigrations: folded.filter(({ migration }) => !releases.applied.has(migration.id)).map(({ migration }) => migration),
    compatibility,
  };
}

/** A migration that a live version carries was changed since: what ran there is not what stands here. */
function edited(sources: LoadedSources, live: LoadedClickHouseLive): Problem[] {
  return sources.migrations.flatMap((migration): Problem[] => {
    const version = live.versions.find(({ migrations }) => {
      const hash = migrations?.get(migration.id);
      return hash !== undefined && hash !== migration.hash;
    });
    if (version === undefined || migration.repeatable === true) return [];
    return [
      {
        code: "edited-migration",
        message: `${migration.id} is released with ${version.name} and was changed since`,
        help: "servers that ran it do not get the change: restore it, and put the change into a new migration",
        span: migration.steps[0]?.span ?? { file: migration.path, line: 1, column: 1, endLine: 1, endColumn: 1 },
        fatal: false,
      },
    ];
  });
}

/** Names that are used and never created: a schema that continues one which was not shown, or a misspelt name. Either way it is said. */
function notShown(folded: readonly FoldedClickHouse[], base: ClickHouseBeginning): Problem[] {
  const unseen = [...unseenClickHouseTables(folded, base.state)];
  const [first] = unseen;
  if (first === undefined) return [];
  const names = unseen.map(([name]) => name.replace(/^default\./, ""));
  const shown = names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
  return [
    {
      code: "table-not-shown",
      message: `no ClickHouse migration that was read creates ${shown}: taken as ${names.length === 1 ? "a table that exists" : "tables that exist"}, with columns that are not known`,
      help: "show tread the schema: `schema:` on the source, or --schema FILE, with what `SHOW CREATE` prints; --clickhouse-url asks a server; or correct the name",
      span: first[1].span,
      fatal: false,
    },
  ];
}

function unknownVersion({ name, clickhouse }: EnvironmentConfig): Problem[] {
  if (clickhouse === null) return [];
  const [oldest] = CLICKHOUSE_VERSIONS;
  const newer = compareVersions(clickhouse, NEWEST_CLICKHOUSE) > 0;
  if (!newer && compareVersions(clickhouse, oldest) >= 0) return [];
  return [
    {
      code: "clickhouse-version",
      message: `${name}: ClickHouse ${clickhouse} is ${newer ? "newer" : "older"} than what tread knows: judged as ${newer ? NEWEST_CLICKHOUSE : oldest}`,
      help: `tread knows ${counted(CLICKHOUSE_VERSIONS.length, "series", "series")}, ${oldest} to ${NEWEST_CLICKHOUSE}: rehearse what depends on it on a server of that version`,
      span: null,
      fatal: false,
    },
  ];
}

/** Over the first two numbers: `25.8.14.1` and `25.8` are one series. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(".").map(Number));
  return (x?.[0] ?? 0) - (y?.[0] ?? 0) || (x?.[1] ?? 0) - (y?.[1] ?? 0);
}
