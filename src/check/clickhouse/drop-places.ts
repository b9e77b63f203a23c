import { resolve } from "node:path";
import { readQueryFile } from "../../apps/index.ts";
import type { ClickHouseState } from "../../model/clickhouse/schema.ts";
import type { LiveVersion } from "../../model/query.ts";
import { clickHouseUses } from "../../review/deprecations/clickhouse/references.ts";
import type { ClickHousePlace } from "../../review/deprecations/clickhouse/judge.ts";
import type { DropFacts, VersionUse } from "../../review/drops/decide.ts";
import type { Thing } from "../../review/drops/dependents.ts";
import { mentionsOf } from "../../review/drops/mentions.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { searchedCode } from "../drop-places.ts";
import type { CheckOptions } from "../options.ts";
import type { ClickHouseAnalysis } from "./analyse.ts";
import type { ClickHouseView } from "./view.ts";

/** What production asks, by the files under `workload:`: it counts beside the live versions. */
const WORKLOAD = "workload";

/** What a drop in ClickHouse is judged by, in each environment. */
export interface ClickHouseDropPlaces {
  readonly places: readonly ClickHousePlace[];
  /**
   * What takes longer to find out: what releases that serve no more asked, and what code names beside the queries.
   * @param things everything that will be asked for: the code is searched for all of it at once
   */
  readonly lookFor: (things: readonly Thing[]) => (place: ClickHousePlace, thing: Thing) => Pick<DropFacts, "past" | "mentions">;
}

/**
 * One place per view. Its live versions are those that serve there, with what they ask of ClickHouse, and the workload.
 * @param needsApplied the schema is asked for as it is now: nothing is safe where nothing tells what is applied
 */
export async function clickHouseDropPlaces(
  { options, engine, problems, database }: Pick<ClickHouseAnalysis, "options" | "engine" | "problems" | "database">,
  views: readonly ClickHouseView[],
  needsApplied: boolean,
): Promise<ClickHouseDropPlaces> {
  const { config, onRecord } = options;
  const workload = await workloadOf(options);
  const releases = new Set([
    ...config.live.flatMap((entry) => (entry.kind === "app" ? [entry.name] : [])),
    ...(onRecord?.record.releases ?? []).map(({ name }) => name),
  ]);
  const places = views.map((view): ClickHousePlace => {
    const { name, onRecord: own } = view.environment;
    const asking = [...view.versions, ...(workload === null ? [] : [workload])].filter(
      (version) => version.queries.length > 0 || releases.has(version.name),
    );
    return {
      view,
      engine,
      database,
      live: asking.map((version) => clickHouseUses(engine, version, view.start, database)),
      nothing:
        own !== undefined && own.doubt !== null
          ? `record what is live in ${name}: ${own.doubt}`
          : asking.some((version) => version.name !== WORKLOAD && version.queries.length > 0)
            ? null
            : `say what asks ClickHouse in ${name} (\`live: - { name: api, sql: queries.sql, database: clickhouse }\`, or a query_log export)`,
      doubts: [
        ...(needsApplied && view.releases.eachItsOwn
          ? ["say what is applied here: `appliedThrough: ID`, or a live version that carries the migrations"]
          : []),
        ...problems.filter(({ fatal }) => fatal).map(({ message }) => `make readable: ${message}`),
      ],
      isRelease: (version) => releases.has(version),
      onRecord: own === undefined ? null : (onRecord ?? null),
    };
  });
  const given = await givenQueries(options);
  return {
    places,
    lookFor(things) {
      const listed = onRecord?.listed ?? [];
      // The queries of a release that serves nowhere any more stand in every later tree as well, and are nobody else's.
      const retired = listed.filter(({ name, kind }) => kind === "sql" && !config.live.some((one) => one.name === name));
      const mentions = mentionsOf(searchedCode({ ...options, config: { ...config, live: [...config.live, ...retired] } }), things, true);
      const pastUse = (state: ClickHouseState, thing: Thing, name: string): VersionUse => {
        const version = given.get(name);
        const uses = version === undefined ? null : clickHouseUses(engine, version, state, database);
        if (uses !== null && uses.of(thing.table, thing.column).length > 0) return { version: name, use: "certain" };
        const doubt = (uses !== null && uses.unread(thing.table, thing.column).length > 0) || mentions(thing, [{ name }]).length > 0;
        return { version: name, use: doubt ? "unread" : "none" };
      };
      return (place, thing) => {
        const serving = new Set(place.live.map(({ version }) => version.name));
        return {
          past: () =>
            (place.onRecord?.record.releases ?? [])
              .filter(({ name }) => !serving.has(name))
              .map(({ name }) => pastUse(place.view.start, thing, name)),
          mentions: () =>
            mentions(thing, [...place.live.map(({ version }) => version).filter(({ name }) => name !== WORKLOAD), { name: "working" }]),
        };
      };
    },
  };
}

/** What each release asks, where the settings say it: those that serve nowhere any more tell who used a thing last. */
async function givenQueries({ config, cwd, onRecord }: CheckOptions): Promise<ReadonlyMap<string, LiveVersion>> {
  const found = new Map<string, LiveVersion>();
  const releases = new Set((onRecord?.record.releases ?? []).map(({ name }) => name));
  for (const entry of onRecord?.listed ?? []) {
    if (entry.kind !== "sql" || entry.database !== "clickhouse" || !releases.has(entry.name)) continue;
    const shown = diskFiles(config.root, cwd).display(entry.path);
    const version = await readQueryFile({ path: resolve(config.root, entry.path), shown, name: entry.name, database: "clickhouse" });
    const known = found.get(entry.name);
    found.set(entry.name, known === undefined ? version : { ...known, queries: [...known.queries, ...version.queries] });
  }
  return found;
}

async function workloadOf({ config, cwd }: CheckOptions): Promise<LiveVersion | null> {
  const versions: LiveVersion[] = [];
  for (const path of config.workload) {
    const shown = diskFiles(config.root, cwd).display(path);
    versions.push(await readQueryFile({ path: resolve(config.root, path), shown, name: WORKLOAD, database: "clickhouse" }));
  }
  const [first] = versions;
  return first === undefined ? null : { ...first, queries: versions.flatMap(({ queries }) => queries), onRecord: false };
}

/** The names of the versions that serve at a place, without what only says what production asks. */
export function servingNames({ live }: ClickHousePlace): readonly string[] {
  return live.map(({ version }) => version.name).filter((name) => name !== WORKLOAD);
}
