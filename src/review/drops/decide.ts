import type { Release, ReleaseRecord, StagedDrop } from "../../model/release.ts";
import { longDate } from "../../text/date.ts";
import { listed } from "../../text/listed.ts";
import { isLive, liveIn, wasDeployed, type ServingPlace } from "../releases/live.ts";
import { safeSince } from "./since.ts";

/**
 * What a version does with the thing that is to be dropped.
 * - `certain`: it sends a query that needs it.
 * - `latent`: it can send one, though no code of it was seen to (a delete, while a many-to-many field is in its models).
 * - `unread`: the version itself, or something in it that may use the thing, could not be read.
 */
export type Use = "none" | "certain" | "latent" | "unread";

export interface VersionUse {
  readonly version: string;
  readonly use: Use;
}

/** What one version that serves, or the working tree, has to do with the thing. */
export interface VersionFacts extends VersionUse {
  /** `release`: retires. `beside`: workers and exports, which somebody must change. `next`: what is deployed next. */
  readonly stands: "release" | "beside" | "next";
  /** `v1.42 reads it (Person (people/models.py:12))`; of what it is certain to do. */
  readonly because: string;
  /** What is to be done about it where it does not simply retire: `take it out of workers (workers/main.go:12)`. */
  readonly steps: readonly string[];
  /** What somebody must look at before it can be said that it does not use it. */
  readonly doubts: readonly string[];
}

/** Something in the database that hangs on the thing. */
export interface Obstacle {
  /** `in-the-way`: it must go first. `unread`: nobody can tell. */
  readonly kind: "in-the-way" | "unread";
  readonly step: string;
  /** `view public.active_person depends on it`. */
  readonly because: string;
}

/** Everything that is known of one thing in one environment without looking further than what serves there. */
export interface LiveFacts {
  readonly place: ServingPlace;
  /** Nothing is on record as live here: what is to be done about that. Null where something is. */
  readonly nothing: string | null;
  /** Why nothing can be called safe here: something could not be read at all. As steps. */
  readonly doubts: readonly string[];
  /** What serves, oldest first. */
  readonly live: readonly VersionFacts[];
  /** The working tree: its app and the raw SQL in it. */
  readonly next: readonly VersionFacts[];
  readonly obstacles: readonly Obstacle[];
  /** What must be done to the database before a version that does not know the thing can serve (`DROP NOT NULL`). */
  readonly loosen: readonly string[];
  /** A newer release than all that serve here, which does without it and serves elsewhere; null where none is known. */
  readonly successor: string | null;
  /** What a version that does without it is to do without, for the reader: `public.person.email`. */
  readonly shown: string;
}

/** What takes longer to find out, and is asked only where nothing else stands in the way. */
export interface DropFacts extends LiveFacts {
  /** Null: nothing is on record, and the settings say what is live. */
  readonly record: ReleaseRecord | null;
  readonly now: Date;
  /** Releases that do not serve here, as far as somebody looked; what is not listed was not looked at. */
  readonly past: () => readonly VersionUse[];
  /** What the text of the live code and of the working tree says beside the queries, as steps. */
  readonly mentions: () => readonly string[];
}

export interface DropDecision extends StagedDrop {
  /** The day since when nothing that was live here used it; null where it is not droppable or the record does not reach back to it. */
  readonly since: string | null;
}

/** What stands in the way of a drop by what serves: the next step first. */
export interface Hindrances {
  readonly blocked: readonly string[];
  readonly unknown: readonly string[];
  readonly because: readonly string[];
}

/** @returns null where nothing is on record as live: then nothing is known */
export function hindrances({ place, nothing, doubts, live, next, obstacles, loosen, shown, successor }: LiveFacts): Hindrances | null {
  if (nothing !== null) return null;
  const blocked: string[] = [];
  const because: string[] = [];
  const unknown: string[] = [...doubts];
  const users = live.filter(({ use }) => use === "certain");
  const nextUsers = next.filter(({ use }) => use === "certain");
  const newest = live.findLast(({ stands }) => stands === "release");
  if (nextUsers.length > 0 || (newest !== undefined && users.includes(newest))) blocked.push(...loosen);
  if (nextUsers.length > 0) {
    blocked.push(...nextUsers.flatMap(({ steps }) => steps));
    because.push(...nextUsers.map((one) => one.because));
  } else if (newest !== undefined && users.includes(newest))
    blocked.push(
      successor === null
        ? `release a version that no longer uses ${shown} (the working tree does not)`
        : `deploy ${successor} in ${place.name}`,
    );
  for (const user of users) {
    because.push(user.because);
    if (user.stands === "release") blocked.push(gone(user.version, place));
    else blocked.push(...user.steps);
  }
  for (const { version, use, doubts: own, stands } of [...live, ...next]) {
    unknown.push(...own);
    if (use === "unread" && own.length === 0) unknown.push(`make ${stands === "next" ? "the working tree" : version} readable`);
  }
  for (const { kind, step, because: why } of obstacles) {
    if (kind === "unread") unknown.push(step);
    else {
      blocked.push(step);
      because.push(why);
    }
  }
  return { blocked: unique(blocked), unknown: unique(unknown), because };
}

/**
 * Whether something may be dropped in one environment: the one place where that is decided, for `check` and for `deprecations`, for
 * Postgres and for ClickHouse. Nothing that serves there, and nothing that will, reads, writes or deletes it; nothing that could not be
 * read may; nothing in the database hangs on it; and a release that does without it is on record as deployed there.
 */
export function decideDrop(facts: DropFacts): DropDecision {
  const { place, record, now, nothing } = facts;
  const found = hindrances(facts);
  if (found === null) return doubt([...(nothing === null ? [] : [nothing]), ...facts.doubts]);
  const { blocked, unknown, because } = found;
  if (blocked.length > 0) return refused(because[0] ?? blocked[0] ?? "", [...blocked, ...unknown]);
  if (unknown.length > 0) return doubt(unknown);
  const mentions = facts.mentions();
  if (mentions.length > 0) return doubt(mentions);
  const byHand = facts.live.filter(({ use }) => use === "latent").map(({ version }) => version);
  const hands = byHand.length === 0 ? {} : { byHand };
  if (record === null)
    return {
      verdict: "droppable",
      sentence: `safe to drop now: nothing that is live in ${place.name} uses it${caveat(byHand)}`,
      missing: [],
      since: null,
      ...hands,
    };
  const here = liveIn(record, place, now);
  const unread = here.releases
    .filter(({ name }) => !facts.live.some(({ version }) => version === name))
    .map(({ name }) => `make ${name} readable`);
  if (unread.length > 0) return doubt(unread);
  const [first] =
    here.by === "window" ? here.releases : here.releases.filter(({ environments }) => wasDeployed(environments.get(place.name), now));
  if (first === undefined) {
    const [planned] = here.releases;
    if (planned === undefined) return doubt([`record what is live: \`tread release live NAME --environment ${place.name}\``]);
    return refused(`${planned.name} does without it and is not deployed in ${place.name} yet`, [`deploy ${planned.name}`]);
  }
  const past = facts.past();
  const uses = new Map(past.map(({ version, use }) => [version, use]));
  const toCome = comingHere(record, here.releases, place);
  const coming = toCome.find(({ name }) => uses.get(name) === "certain");
  if (coming !== undefined)
    return refused(`${coming.name} is released, uses it, and is still to come to ${place.name}`, [
      `release a version after ${coming.name} that does without it`,
    ]);
  const unseen = toCome.filter(({ name }) => (uses.get(name) ?? "unread") === "unread").map(({ name }) => name);
  if (unseen.length > 0) return doubt(unseen.map((name) => `make ${name}, which is still to come to ${place.name}, readable`));
  return {
    verdict: "droppable",
    sentence: `${safeSentence(facts, record, first, uses, here.by)}${caveat(byHand)}`,
    missing: [],
    since: safeSince(record, place, now, (name) =>
      facts.live.some(({ version }) => version === name) ? "none" : (uses.get(name) ?? "unread"),
    ),
    ...hands,
  };
}

function refused(why: string, missing: readonly string[]): DropDecision {
  return { verdict: "blocked", sentence: `not safe yet: ${why}`, missing: unique(missing), since: null };
}

function doubt(missing: readonly string[]): DropDecision {
  return { verdict: "unknown", sentence: `not known to be safe: ${missing[0] ?? ""}`, missing: unique(missing), since: null };
}

/**
 * The release in which a many-to-many field exists unused is what a drop waits for. While the field is in its models, a delete that no
 * code does (a shell, an admin page that is added) would still query the table: worth saying, and no use.
 */
function caveat(byHand: readonly string[]): string {
  return byHand.length === 0
    ? ""
    : `; ${listed(byHand)} still ${byHand.length === 1 ? "has" : "have"} it in the models: no code uses it or deletes on either side, and doing so by hand would fail`;
}

function gone(name: string, { supports }: ServingPlace): string {
  return supports === null ? `retire ${name}` : `raise \`supports\` above ${name}`;
}

/** Releases newer than all that serve here, and not retired here: the next deploy may bring them. */
function comingHere(record: ReleaseRecord, live: readonly Release[], place: ServingPlace): readonly Release[] {
  const newest = live.at(-1);
  const at = newest === undefined ? -1 : record.releases.indexOf(newest);
  return record.releases.slice(at + 1).filter(({ environments }) => environments.get(place.name)?.retired == null);
}

function safeSentence(
  { place, now }: DropFacts,
  record: ReleaseRecord,
  first: Release,
  uses: ReadonlyMap<string, Use>,
  by: "record" | "window",
): string {
  if (by === "window")
    return `safe since ${first.name}, the oldest release inside of \`supports: ${place.supports ?? ""}\`, and every later one do without it`;
  const last = record.releases.findLast(({ name }) => uses.get(name) === "certain");
  const deployment = last?.environments.get(place.name);
  if (last === undefined) return `safe since ${first.name} is live; no other release on record uses it`;
  if (deployment === undefined || deployment.retired === null || isLive(deployment, now))
    return `safe since ${first.name} is live; ${last.name}, which used it, is not on record as deployed in ${place.name}`;
  return `safe since ${first.name} is live and ${last.name} was retired on ${longDate(deployment.retired)}`;
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
