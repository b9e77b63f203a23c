import { analyse } from "../../check/analyse.ts";
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
import { placeOf } from "../drops/place.ts";
import { unusedObjects } from "./unused.ts";
import { usesShown } from "./uses-shown.ts";
import type { DropDecision } from "../drops/decide.ts";
import type { Place } from "../drops/drop-place.ts";
import { isOpen, judge, knownOf, pastUse } from "../drops/judge.ts";
import { droppedBy } from "../drops/waiting.ts";
import { dropPlaces, nothingLive, searchedCode } from "../../check/drop-places.ts";
import { mentionsOf } from "../drops/mentions.ts";

export interface EngineItems {
  readonly items: readonly DeprecationItem[];
  readonly problems: readonly Problem[];
  readonly environments: DeprecationsReport["environments"];
}

/** What is marked or unused in Postgres. @param options with the releases on record */
export async function postgresItems(options: CheckOptions, loaded: LoadedSources): Promise<EngineItems> {
  const [analysis, grammar] = await Promise.all([analyse({ ...options, withoutMatrix: true }, loaded).then(withProblems), loadGrammar()]);
  const { views, engine, read } = analysis;
  const environments = views.map(({ environment }) => environment);
  const paths = allPaths(views).map(withEverything);
  const states = [...new Set(paths.flatMap((view) => [view.start, view.judged.flat().at(-1)?.after ?? view.start]))];
  const working = views.find(({ next }) => next != null)?.next ?? null;
  const everyVersion = read?.versions ?? [];

  const sql = await sqlMarks(analysis, grammar, states);
  const marked = markedObjects(working, everyVersion, sql, states);
  const places = views.map(withEverything).flatMap((view) =>
    dropPlaces({
      options,
      engine,
      grammar,
      view,
      problems: analysis.problems,
      versions: everyVersion,
      writers: read?.writers ?? null,
      needsApplied: true,
    }),
  );
  const found = [...marked, ...unusedObjects(places, marked, working)];
  const judged = new Map(found.map((candidate) => [candidate, places.map((place) => ({ place, known: knownOf(place, candidate) }))]));
  const open = [...judged].filter(([, all]) => all.some(({ known }) => isOpen(known))).map(([candidate]) => candidate);
  const mentions = mentionsOf(searchedCode(options), open);
  // Releases that serve nowhere any more are read only where something may be dropped: they tell who used it last.
  const past =
    open.length === 0 || read === undefined || options.onRecord === undefined
      ? new Map<string, LiveVersion | null>()
      : await loadPast(options, read.sources.sources, read.tables);
  // What serves elsewhere was read as well, and may have served here.
  const elsewhere = new Map<string, LiveVersion | null>([...everyVersion.map((version) => [version.name, version] as const), ...past]);
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
        .map(({ place, known }) =>
          judge(place, known, {
            past: () =>
              [...elsewhere]
                .filter(([version]) => !place.live.some((one) => one.name === version))
                .map(([version, code]) => ({ version, use: pastUse(place, candidate.judgedAs, code, place.view.start) })),
            mentions: () => mentions(candidate, [...place.live, ...place.next]),
          }),
        );
      const worst = worstOf(here);
      verdicts[name] = worst.verdict;
      missing[name] = [...new Set(here.flatMap((one) => (one.verdict === worst.verdict ? one.missing : [])))];
      since[name] = worst.since;
      reasons[name] = worst.sentence;
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
      uses: usesShown(own.flatMap(({ known }) => known.uses)),
      dependents: [...new Set(own.flatMap(({ known }) => known.dependents.map(({ text }) => text)))],
      bytes: cost?.bytes ?? null,
      bytesFrom: cost?.from ?? null,
      verdicts,
      missing,
      reasons,
      safeSince: since,
      notes: [...new Set([...left, ...own.flatMap(({ place, known }) => [...known.notes, ...waiting(place, candidate, verdicts)])])],
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

function worstOf(all: readonly DropDecision[]): DropDecision {
  const order: readonly ItemVerdict[] = ["blocked", "unknown", "droppable"];
  const [worst] = all.toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return worst ?? { verdict: "unknown", missing: [], sentence: "not known", since: null };
}

/** A migration that waits and drops it. */
function waiting({ view }: Place, thing: Candidate, verdicts: Readonly<Record<string, ItemVerdict>>): string[] {
  const drop = verdicts[view.environment.name] === "droppable" ? droppedBy(view, thing) : null;
  return drop === null ? [] : [`${drop} drops it`];
}
