import type { LiveVersion, OpenTable } from "../../model/query.ts";
import type { SchemaState } from "../../model/schema.ts";
import { listed } from "../../text/listed.ts";
import {
  decideDrop,
  hindrances,
  type DropDecision,
  type DropFacts,
  type LiveFacts,
  type Obstacle,
  type Use,
  type VersionFacts,
} from "./decide.ts";
import { dependentsOf, type Dependent, type Thing } from "./dependents.ts";
import type { Place, Subject } from "./drop-place.ts";
import { namedElsewhere } from "./named-elsewhere.ts";
import { opaqueBefore } from "./opaque.ts";
import { placeOf } from "./place.ts";
import { tryDrop } from "./try-drop.ts";
import { names, type ObjectUse, type VersionUses } from "./uses.ts";
import { goneBy, whenAbsent } from "./waiting.ts";
import { beforeRelease, loosen, placesOf, sentenceOf, shownName } from "./words.ts";

/** Where on its way an environment is looked at: now, or before a statement that waits. */
export interface Moment {
  /** A schema that has the thing: what uses it is told there. */
  readonly state: SchemaState;
  /** The schema as the drop meets it: what hangs on it then. */
  readonly before: SchemaState;
  /** Postgres takes the statement as it stands (CASCADE, or what hangs on it goes in the same statement). */
  readonly cascade: boolean;
}

/** What is known of a thing in one environment by what serves there, with what a reader is shown of it. */
export interface Known {
  readonly facts: LiveFacts;
  readonly uses: readonly ObjectUse[];
  readonly dependents: readonly Dependent[];
  readonly notes: readonly string[];
  /** The schema does not have it (any more, yet, or as far as was read). */
  readonly absent: DropDecision | null;
}

/** What is known of a thing in Postgres. */
export function knownOf(place: Place, subject: Subject, moment: Moment | null = null): Known {
  const { view } = place;
  const { state, before, cascade } = moment ?? { state: view.start, before: view.start, cascade: false };
  const held = (versions: readonly LiveVersion[]) => versions.map((version) => place.usesOf(version, state));
  const [live, next] = [held(place.live), held(place.next)];
  const all = [...live, ...next].flatMap((version) => version.of(subject.table, subject.column));
  const dependents = [...dependentsOf(before, subject), ...namedElsewhere(view, before, subject)];
  const facts: LiveFacts = {
    place: {
      name: view.environment.name,
      supports: view.environment.onRecord?.by === "window" ? view.environment.onRecord.supports : null,
    },
    nothing: place.nothing,
    doubts: place.doubts,
    live: live.map((version) => factsOf(place, subject, version, place.isRelease(version.version.name) ? "release" : "beside")),
    next: next.map((version) => factsOf(place, subject, version, "next")),
    obstacles: [...dependents.flatMap((one) => obstacleOf(place, subject, one, cascade)), ...opaqueBefore(view, subject).map(unread)],
    loosen: loosen(before, subject),
    successor: successorOf(place, subject, state),
    shown: shownName(subject),
  };
  const absent = place.nothing === null && moment === null ? whenAbsent(view, subject) : null;
  const tried = place.nothing === null && absent === null && hindrances(facts)?.blocked.length === 0;
  return {
    facts: tried ? { ...facts, obstacles: [...facts.obstacles, ...refusedBy(place, subject, [...live, ...next], before, cascade)] } : facts,
    uses: all.filter(({ query }) => query.use === "certain"),
    dependents: absent === null ? dependents : [],
    notes: latentNote(subject, facts, all),
    absent,
  };
}

/** What is known, decided. @param looked what takes longer to find out */
export function judge(place: Place, { facts, absent }: Known, looked: Pick<DropFacts, "past" | "mentions">): DropDecision {
  if (absent !== null) return absent;
  const { record, now } = place.onRecord ?? { record: null, now: new Date(0) };
  return decideDrop({ ...facts, ...looked, record, now });
}

/** Whether nothing that serves stands in the way: only then it is worth looking further. */
export function isOpen({ facts, absent }: Pick<Known, "facts" | "absent">): boolean {
  const found = absent === null ? hindrances(facts) : null;
  return found !== null && found.blocked.length === 0 && found.unknown.length === 0;
}

/** What a release that does not serve here does with the thing. */
export function pastUse(place: Place, { table, column }: Subject, version: LiveVersion | null, state: SchemaState): Use {
  // One in which not one query was found was looked for in the wrong place, or is in a language that tread does not read.
  if (version === null || version.queries.length === 0) return "unread";
  const uses = place.usesOf(version, state);
  const found = uses.of(table, column);
  if (found.some(({ query }) => query.use === "certain")) return "certain";
  if (
    version.dynamic.some(({ tables }) => tables.length === 0 || tables.includes(table)) ||
    uses.unread(table, column).length > 0 ||
    openTo(version, { table, column }).length > 0
  )
    return "unread";
  return found.length > 0 ? "latent" : "none";
}

function factsOf(place: Place, subject: Subject, uses: VersionUses, stands: VersionFacts["stands"]): VersionFacts {
  const { version } = uses;
  const found = uses.of(subject.table, subject.column);
  const certain = found.filter(({ query }) => query.use === "certain");
  const name = nameOf(version);
  const doubts = [
    ...version.dynamic
      .filter(({ tables }) => tables.length === 0 || tables.includes(subject.table))
      .map(({ span, reason }) => `look at ${placeOf(span)} (${name}): ${reason}`),
    ...uses
      .unread(subject.table, subject.column)
      .map(({ query, reason }) => `look at ${query.span === null ? query.origin : placeOf(query.span)} (${name}): ${reason}`),
    ...openTo(version, subject).map(({ span, reason }) => `look at ${placeOf(span)} (${name}): ${reason}`),
    ...unreadPlaces(version, subject, place.textOf),
  ];
  // In a language that tread does not read, or looked for in the wrong place.
  if (stands !== "next" && version.onRecord !== false && version.queries.length === 0)
    doubts.push(`say what ${name} asks of the database: no query of it was found (\`live: - { name: ${version.name}, sql: FILE }\`)`);
  const steps =
    stands === "next" ? beforeRelease(subject, certain) : certain.length > 0 ? [`take it out of ${name} (${placesOf(certain)})`] : [];
  return {
    version: version.name,
    stands,
    use: certain.length > 0 ? "certain" : doubts.length > 0 ? "unread" : found.length > 0 ? "latent" : "none",
    because: sentenceOf(certain, name),
    steps,
    doubts,
  };
}

/** Why a version may ask for a column that was not read of it. */
function openTo({ openTables = [] }: LiveVersion, { table, column }: Thing): readonly OpenTable[] {
  return column === null
    ? []
    : openTables.filter(
        (open) => open.table === table && (open.columns?.some((name) => name === column || `${name}_id` === column) ?? true),
      );
}

/** The next release by the record that was read because it serves elsewhere, and does without the thing. */
function successorOf(place: Place, subject: Subject, state: SchemaState): string | null {
  const order = (place.onRecord?.record.releases ?? []).map(({ name }) => name);
  const newest = Math.max(-1, ...place.live.map(({ name }) => order.indexOf(name)));
  for (const name of order.slice(newest + 1)) {
    const version = place.elsewhere.find((one) => one.name === name);
    if (version !== undefined) return pastUse(place, subject, version, state) === "none" ? name : null;
  }
  return null;
}

function obstacleOf({ view }: Place, subject: Subject, dependent: Dependent, cascade: boolean): Obstacle[] {
  const { step, effect, text } = dependent;
  if (step === null || effect === "goes-along" || (cascade && dependent.cascades === true)) return [];
  if (effect === "unread") return [unread(step)];
  const migration = goneBy(view, subject, dependent);
  return [
    {
      kind: "in-the-way",
      step: migration === null ? step : `apply ${migration}, which takes ${text} away`,
      because: `${text} depends on it`,
    },
  ];
}

function unread(step: string): Obstacle {
  return { kind: "unread", step, because: "" };
}

/** What Postgres says to the drop, and which queries would fail after it: what reading them missed, the binder finds. */
function refusedBy(
  { engine, view }: Place,
  subject: Subject,
  versions: readonly VersionUses[],
  before: SchemaState,
  cascade: boolean,
): Obstacle[] {
  const { error, after } = tryDrop(engine, before, subject, view.environment.postgres, cascade);
  if (error !== null)
    return [{ kind: "in-the-way", step: `make way for the drop: ${error}`, because: `Postgres refuses the drop: ${error}` }];
  for (const version of versions) {
    for (const query of new Set(version.of(subject.table, null).map((use) => use.query))) {
      if (query.use !== "certain") continue;
      if (engine.bind(query, after).kind !== "fails" || engine.bind(query, before).kind === "fails") continue;
      const what = `\`${query.sql.slice(0, 80)}\` (${query.origin}) would fail`;
      return [
        {
          kind: "in-the-way",
          step: `take it out of ${nameOf(version.version)}: ${what}`,
          because: `${what} in ${nameOf(version.version)}`,
        },
      ];
    }
  }
  return [];
}

/** Another field's table, seldom asked for, names the columns of this one as well: where the model is read, that says nothing new. */
function latentNote({ kind }: Subject, { live, next }: LiveFacts, all: readonly ObjectUse[]): string[] {
  const certain = new Set(all.filter(({ query }) => query.use === "certain").map(({ version }) => version));
  const latent = [...live, ...next].filter(({ version }) => all.some((use) => use.version === version)).map(({ version }) => version);
  if (latent.length === 0 || certain.size > 0) return [];
  const shown = listed([...new Set(latent)]);
  return [
    kind === "m2m"
      ? `${shown} ${latent.length === 1 ? "has" : "have"} the field in the models and no code uses it or deletes on either side; doing so by hand (a shell) would query the table until the field has left the models`
      : `no code of ${shown} was seen to use it, though it could be asked for by hand`,
  ];
}

/** Problems of a version that hide code from us: counted where the text, or what can be read of it, names the thing. */
function unreadPlaces(version: LiveVersion, { table, column }: Subject, textOf: Place["textOf"]): string[] {
  const bare = table.slice(table.indexOf(".") + 1);
  return version.problems.flatMap((problem) => {
    const { code, message, span, fatal } = problem;
    const where = span === null ? nameOf(version) : `${placeOf(span)} (${nameOf(version)})`;
    if (fatal) return [`look at ${where}: ${message}`];
    if (!/^(?:unreadable|too-large|syntax|raw-sql-not-understood)$/.test(code)) return [];
    const text = textOf(problem);
    if (text !== null && !names(text, bare) && (column === null || !names(text, column))) return [];
    return [`look at ${where}: ${message}`];
  });
}

function nameOf(version: LiveVersion): string {
  return version.name === "working" ? "the working tree" : version.name;
}
