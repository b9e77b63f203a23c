import { referenceReader } from "../review/drops/uses.ts";
import { problemTexts } from "../review/drops/problem-texts.ts";
import type { SearchedCode } from "../review/drops/mentions.ts";
import { entryOf } from "./releases.ts";
import type { Place } from "../review/drops/drop-place.ts";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import type { Grammar } from "../engines/postgres/parse/grammar.ts";
import type { Problem } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import type { EnvironmentView } from "./environment-view.ts";
import type { CheckOptions } from "./options.ts";
import { allPaths } from "./upgrades.ts";

export interface DropPlacesInput {
  readonly options: CheckOptions;
  readonly engine: PostgresEngine;
  readonly grammar: Grammar;
  readonly view: EnvironmentView;
  readonly problems: readonly Problem[];
  /** Every version that was read, wherever it serves. */
  readonly versions: readonly LiveVersion[];
  /** Raw SQL found in the working tree; null where it was not looked for. */
  readonly writers: LiveVersion | null;
  /** Nothing tells what is applied here, and the answer needs it: the schema is asked for as it is now. */
  readonly needsApplied: boolean;
}

/** What a drop in one environment is judged by: one place per way on which an upgrade may come there, with all that serves on any. */
export function dropPlaces(input: DropPlacesInput): readonly [Place, ...Place[]] {
  const { options, engine, grammar, view, writers } = input;
  const paths = allPaths([view]);
  const live = [...new Map(paths.flatMap(({ versions }) => versions).map((version) => [version.name, version])).values()];
  const next = [view.next ?? null, writers === null ? null : { ...writers, name: "working" }].filter((version) => version !== null);
  const releases = new Set([
    ...(options.onRecord?.record.releases ?? []).map(({ name }) => name),
    ...options.config.live.flatMap((entry) => (entry.kind === "app" ? [entry.name] : [])),
    ...options.live.map(({ name }) => name),
  ]);
  const shared = {
    engine,
    live,
    next,
    elsewhere: input.versions.filter(({ name }) => !live.some((version) => version.name === name)),
    nothing: nothingLive(view, live),
    doubts: doubtsOf(input, live),
    onRecord: view.environment.onRecord === undefined ? null : (options.onRecord ?? null),
    isRelease: (name: string) => releases.has(name),
    textOf: problemTexts(options),
    usesOf: referenceReader(grammar),
  };
  const [first = view, ...later] = paths;
  return [{ ...shared, view: first }, ...later.map((path) => ({ ...shared, view: path }))];
}

/** Where the code of the working tree and of every release on record is, those that serve nowhere included. */
export function searchedCode(options: CheckOptions): SearchedCode {
  const { config, onRecord } = options;
  const known = new Set(config.live.flatMap((entry) => (entry.kind === "app" ? [entry.name] : [])));
  const others = (onRecord?.record.releases ?? [])
    .filter(({ name }) => !known.has(name))
    .flatMap((release) => entryOf(release, options, []) ?? []);
  return { ...options, config: { ...config, live: [...config.live, ...others] } };
}

/** What is to be done where nothing says what is live, or null. */
export function nothingLive({ environment }: EnvironmentView, live: readonly LiveVersion[]): string | null {
  const { onRecord, name } = environment;
  if (onRecord !== undefined && onRecord.doubt !== null) return `record what is live in ${name}: ${onRecord.doubt}`;
  if (live.some((version) => version.onRecord !== false)) return null;
  return `record what is live in ${name} (\`tread release live NAME --environment ${name}\`, or \`live:\` in the config)`;
}

const UNAPPLIED = "say what is applied here: `appliedThrough: ID`, or a live version that carries the migrations";

/** Problems of versions, which count where these serve. */
const OF_VERSIONS: ReadonlySet<string> = new Set(["release-gone", "release-moved", "missing-ref", "no-repository", "no-git"]);

/** Why nothing can be called safe in an environment: what could not be read at all. */
function doubtsOf({ options, problems, versions, view, needsApplied }: DropPlacesInput, live: readonly LiveVersion[]): string[] {
  const expected = view.environment.live ?? [...options.config.live, ...options.live].map(({ name }) => name);
  // Queries for ClickHouse are asked for there.
  const others = new Set(
    options.config.live.flatMap((entry) => (entry.kind === "sql" && entry.database === "clickhouse" ? [entry.name] : [])),
  );
  const absent = expected.filter((name) => !others.has(name) && !live.some((version) => version.name === name));
  const own = new Set(versions.flatMap((version) => version.problems.map(({ message }) => message)));
  return [
    ...(needsApplied && view.releases.eachItsOwn ? [UNAPPLIED] : []),
    ...absent.map((name) => {
      const why =
        problems.find(({ fatal, message }) => fatal && message.includes(name)) ?? problems.find(({ code }) => OF_VERSIONS.has(code));
      return `make ${name} readable${why === undefined ? "" : `: ${why.message}`}`;
    }),
    ...problems
      .filter(({ fatal, code, message }) => fatal && !OF_VERSIONS.has(code) && !own.has(message))
      .map(({ message, help }) => `make readable: ${message}${help === "" ? "" : ` (${help})`}`),
  ];
}
