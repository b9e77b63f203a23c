import { analyse, type Analysis } from "../../check/analyse.ts";
import type { EnvironmentView } from "../../check/environment-view.ts";
import { loadPast } from "../../check/load-live.ts";
import { withProblems } from "../../check/index.ts";
import type { LoadedSources } from "../../check/load-sources.ts";
import type { CheckOptions } from "../../check/options.ts";
import { allPaths } from "../../check/upgrades.ts";
import { loadGrammar } from "../../engines/postgres/parse/load.ts";
import type { Problem } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import { costOf } from "./bytes.ts";
import { sqlMarks } from "./collect-sql-marks.ts";
import { dated } from "./dated.ts";
import type { DeprecationItem, DeprecationsReport, ItemVerdict } from "./item.ts";
import { leftBehind } from "./left-behind.ts";
import { keyOf, markedObjects, type Candidate } from "./objects.ts";
import { placeOf } from "./place.ts";
import { problemTexts } from "./problem-texts.ts";
import { unusedObjects } from "./unused.ts";
import { usesShown } from "./uses-shown.ts";
import { versionUses } from "./uses.ts";
import { judge, type Judgement, type Place } from "./verdict.ts";
import { safetyOf } from "./safe-since.ts";
import { mentionsOf } from "./mentions.ts";

export interface EngineItems {
  readonly items: readonly DeprecationItem[];
  readonly problems: readonly Problem[];
  readonly environments: DeprecationsReport["environments"];
}

/** What is marked or unused in Postgres. @param options with the releases on record */
export async function postgresItems(options: CheckOptions, loaded: LoadedSources): Promise<EngineItems> {
  const [analysis, grammar] = await Promise.all([analyse(options, loaded).then(withProblems), loadGrammar()]);
  const { views, engine, read } = analysis;
  const environments = views.map(({ environment }) => environment);
  const paths = allPaths(views).map(withEverything);
  const states = [...new Set(paths.flatMap((view) => [view.start, view.judged.flat().at(-1)?.after ?? view.start]))];
  const working = views.find(({ next }) => next != null)?.next ?? null;
  const everyVersion = read?.versions ?? [];
  const writers = read === undefined ? null : { ...read.writers, name: "working" };
  const next = [working, writers].filter((version) => version !== null);

  const sql = await sqlMarks(analysis, grammar, states);
  const marked = markedObjects(working, everyVersion, sql, states);
  const releases = new Set([
    ...(options.onRecord?.record.releases ?? []).map(({ name }) => name),
    ...options.config.live.flatMap((entry) => (entry.kind === "app" ? [entry.name] : [])),
    ...options.live.map(({ name }) => name),
  ]);
  const textOf = problemTexts(options);
  const places = paths.map((view): Place => {
    const everyone = paths.filter((path) => path.environment.name === view.environment.name).flatMap((path) => path.versions);
    const live = [...new Map(everyone.map((version) => [version.name, version])).values()];
    return {
      view,
      engine,
      live: live.map((version) => versionUses(grammar, version, view.start)),
      next: next.map((version) => versionUses(grammar, version, view.start)),
      nothing: nothingLive(view, live),
      doubts: doubtsOf(analysis, view, live),
      isRelease: (name) => releases.has(name),
      textOf,
    };
  });
  const found = [...marked, ...unusedObjects(places, marked, working)];
  const judged = new Map(found.map((candidate) => [candidate, places.map((place) => ({ place, judgement: judge(place, candidate) }))]));
  const mentions = await mentionsOf(options, judged, places);
  const past = await pastOf(analysis, judged);
  // The mark of a field that is gone may be left in a release that serves nowhere any more.
  const inPast = new Map(
    markedObjects(
      null,
      [...past.values()].filter((version) => version !== null),
      [],
      states,
    ).map((candidate) => [keyOf(candidate), candidate.marks]),
  );
  const candidates = found.map((candidate) => ({
    judgedAs: candidate,
    ...candidate,
    marks: candidate.marks.length > 0 ? candidate.marks : (inPast.get(keyOf(candidate)) ?? []),
  }));
  const dates = dated(analysis, candidates);
  const items = candidates.map((candidate): DeprecationItem => {
    const verdicts: Record<string, ItemVerdict> = {};
    const missing: Record<string, readonly string[]> = {};
    const reasons: Record<string, string> = {};
    const since: Record<string, string | null> = {};
    const own = judged.get(candidate.judgedAs) ?? [];
    for (const { name } of environments) {
      const here = own
        .filter(({ place }) => place.view.environment.name === name)
        .map(({ judgement }) => withMentions(judgement, candidate, name, mentions));
      const worst = worstOf(here);
      const gone = worst.verdict === "droppable" && here.every((one) => one.absent === true);
      const safe = worst.verdict === "droppable" && !gone ? safetyOf(analysis, grammar, name, candidate, past) : null;
      const staged = safe?.staged ?? null;
      verdicts[name] = staged?.verdict ?? worst.verdict;
      missing[name] = staged?.missing ?? [...new Set(here.flatMap((one) => (one.verdict === worst.verdict ? one.missing : [])))];
      since[name] = safe?.day ?? null;
      reasons[name] = staged?.sentence ?? worst.reason;
    }
    const left = leftBehind(places, candidate);
    const cost = costOf(environments, candidate);
    const mark = candidate.marks[0] ?? null;
    return {
      kind: candidate.kind,
      name: keyOf(candidate),
      database: "postgres",
      marked: candidate.marks.length > 0,
      mark: mark === null ? null : { by: mark.by, text: mark.text, place: placeOf(mark) },
      since: dates.of(candidate),
      uses: usesShown(own.flatMap(({ judgement }) => judgement.uses)),
      dependents: [...new Set(own.flatMap(({ judgement }) => judgement.dependents.map(({ text }) => text)))],
      bytes: cost?.bytes ?? null,
      bytesFrom: cost?.from ?? null,
      verdicts,
      missing,
      reasons,
      safeSince: since,
      notes: [...new Set([...left, ...own.flatMap(({ judgement }) => judgement.notes)])],
    };
  });
  const notes: Problem[] = dates.doubt === null ? [] : [{ code: "no-history", message: dates.doubt, help: "", span: null, fatal: false }];
  return {
    items,
    problems: [...analysis.problems, ...notes],
    environments: views.map((view) => ({
      name: view.environment.name,
      live: [
        ...new Set(
          allPaths([view]).flatMap(({ versions }) => versions.filter(({ onRecord }) => onRecord !== false).map(({ name }) => name)),
        ),
      ],
      doubt: nothingLive(view, view.versions),
    })),
  };
}

/** Where nothing says what is applied, the schema after all migrations is looked at; nothing is called safe by it. */
function withEverything(view: EnvironmentView): EnvironmentView {
  if (!view.releases.eachItsOwn) return view;
  const start = view.judged.flat().at(-1)?.after ?? view.start;
  return { ...view, start, judged: [], applied: [...view.applied, ...view.judgedMigrations], judgedMigrations: [] };
}

const UNAPPLIED = "say what is applied here: `appliedThrough: ID`, or a live version that carries the migrations";

/** Problems of versions, which count where these serve. */
const OF_VERSIONS = new Set(["release-gone", "release-moved", "missing-ref", "no-repository", "no-git"]);

/** Why nothing can be called safe in an environment: what could not be read at all. */
function doubtsOf(
  { options, problems, read }: Analysis,
  { environment, releases }: EnvironmentView,
  live: readonly LiveVersion[],
): string[] {
  const expected = environment.live ?? [...options.config.live, ...options.live].map(({ name }) => name);
  // Queries for ClickHouse are asked for there.
  const others = new Set(
    options.config.live.flatMap((entry) => (entry.kind === "sql" && entry.database === "clickhouse" ? [entry.name] : [])),
  );
  const absent = expected.filter((name) => !others.has(name) && !live.some((version) => version.name === name));
  const silent = live.filter(
    (version) => version.onRecord !== false && version.queries.length === 0 && (version.declares ?? []).length === 0,
  );
  const own = new Set((read?.versions ?? []).flatMap((version) => version.problems.map(({ message }) => message)));
  return [
    ...(releases.eachItsOwn ? [UNAPPLIED] : []),
    ...absent.map((name) => {
      const why =
        problems.find(({ fatal, message }) => fatal && message.includes(name)) ?? problems.find(({ code }) => OF_VERSIONS.has(code));
      return `make ${name} readable${why === undefined ? "" : `: ${why.message}`}`;
    }),
    ...silent.map(
      ({ name }) => `say what ${name} asks of the database: no query of it was found (\`live: - { name: ${name}, sql: FILE }\`)`,
    ),
    ...problems
      .filter(({ fatal, code, message }) => fatal && !OF_VERSIONS.has(code) && !own.has(message))
      .map(({ message, help }) => `make readable: ${message}${help === "" ? "" : ` (${help})`}`),
  ];
}

function nothingLive({ environment }: Analysis["views"][number], live: readonly LiveVersion[]): string | null {
  const { onRecord, name } = environment;
  if (onRecord !== undefined && onRecord.doubt !== null) return `record what is live in ${name}: ${onRecord.doubt}`;
  if (live.some((version) => version.onRecord !== false)) return null;
  return `record what is live in ${name} (\`tread release live NAME --environment ${name}\`, or \`live:\` in the config)`;
}

function worstOf(judgements: readonly Judgement[]): Judgement {
  const order: readonly ItemVerdict[] = ["blocked", "unknown", "droppable"];
  for (const verdict of order) {
    const found = judgements.find((one) => one.verdict === verdict);
    if (found !== undefined) return found;
  }
  return { verdict: "unknown", missing: [], reason: "not known", uses: [], dependents: [], notes: [] };
}

function withMentions(
  judgement: Judgement,
  candidate: Candidate,
  environment: string,
  mentions: Awaited<ReturnType<typeof mentionsOf>>,
): Judgement {
  const found = judgement.verdict === "droppable" ? mentions(candidate, environment) : [];
  const [first] = found;
  return first === undefined ? judgement : { ...judgement, verdict: "unknown", missing: found, reason: `not known: ${first}` };
}

/** Releases that serve nowhere any more, read only where something is droppable: they tell who used it last. */
async function pastOf(
  analysis: Analysis,
  judged: ReadonlyMap<Candidate, readonly { readonly judgement: Judgement }[]>,
): Promise<ReadonlyMap<string, LiveVersion | null>> {
  const { options, read } = analysis;
  const droppable = [...judged.values()].some((all) => all.some(({ judgement }) => judgement.verdict === "droppable"));
  if (!droppable || read === undefined || options.onRecord === undefined) return new Map();
  return loadPast(options, read.sources.sources, read.tables);
}
