import type { Release, ReleaseRecord, StagedDrop } from "../../model/release.ts";
import { longDate } from "../../text/date.ts";
import { isLive, liveIn, wasDeployed, type ServingPlace } from "./live.ts";

/** What a version does with the thing that is to be dropped. */
export interface VersionUse {
  readonly version: string;
  /**
   * - `certain`: it sends a query that needs it.
   * - `latent`: it can send one, though no code of it was seen to (a delete, while a many-to-many field is in its models).
   * - `dynamic`: something in it that could not be read may use it.
   * - `unread`: the version itself could not be read.
   */
  readonly use: "none" | "certain" | "latent" | "dynamic" | "unread";
}

export interface StagedInput {
  readonly record: ReleaseRecord;
  readonly place: ServingPlace;
  readonly now: Date;
  /** Everything that serves here: the live releases, and what is live beside them (workers, exports, `--live`). */
  readonly live: readonly VersionUse[];
  /** Releases that do not serve here, as far as somebody looked. */
  readonly past: readonly VersionUse[];
}

/**
 * Whether something may be dropped in one environment: nothing that serves there reads or writes it, and a release that does without it
 * is on record as deployed there. What could not be read makes it `unknown`, never `droppable`.
 */
export function decideDrop(input: StagedInput): StagedDrop {
  const { record, place, now } = input;
  const here = liveIn(record, place, now);
  const uses = new Map(input.live.map(({ version, use }) => [version, use]));
  if (here.releases.length === 0) return nothingLive(place);
  const unread = here.releases.filter(({ name }) => (uses.get(name) ?? "unread") === "unread").map(({ name }) => name);
  const users = input.live.filter(({ use }) => use === "certain");
  if (users.length > 0) return blocked(input, users, `${names(users)} still ${users.length === 1 ? "uses" : "use"} it`);
  const dynamic = input.live.filter(({ use }) => use === "dynamic");
  if (dynamic.length > 0)
    return doubt(
      `${names(dynamic)} may use it in a way that cannot be read`,
      dynamic.map(({ version }) => `look at what cannot be read in ${version}`),
    );
  const unreadOthers = input.live.filter(({ use }) => use === "unread").map(({ version }) => version);
  const closed = [...new Set([...unread, ...unreadOthers])];
  if (closed.length > 0)
    return doubt(
      `${listed(closed)} could not be read`,
      closed.map((name) => `make ${name} readable`),
    );
  const deployed =
    here.by === "window" ? here.releases : here.releases.filter(({ environments }) => wasDeployed(environments.get(place.name), now));
  const first = deployed[0];
  if (first === undefined) {
    const [planned] = here.releases;
    const name = planned?.name ?? "";
    return {
      verdict: "blocked",
      sentence: `not safe yet: ${name} does without it and is not deployed in ${place.name} yet`,
      missing: [`deploy ${name}`],
    };
  }
  const looked = new Map(input.past.map(({ version, use }) => [version, use]));
  const used = new Set(input.past.filter(({ use }) => use === "certain" || use === "dynamic").map(({ version }) => version));
  const toCome = comingHere(record, here.releases, place);
  const coming = toCome.find(({ name }) => used.has(name));
  if (coming !== undefined) {
    return {
      verdict: "blocked",
      sentence: `not safe yet: ${coming.name} is released, uses it, and is still to come to ${place.name}`,
      missing: [`release a version after ${coming.name} that does without it`],
    };
  }
  const unseen = toCome.filter(({ name }) => (looked.get(name) ?? "unread") === "unread").map(({ name }) => name);
  if (unseen.length > 0)
    return doubt(
      `${listed(unseen)}, still to come to ${place.name}, could not be read`,
      unseen.map((name) => `make ${name} readable`),
    );
  const byHand = input.live.filter(({ use }) => use === "latent").map(({ version }) => version);
  return {
    verdict: "droppable",
    sentence: `${safeSentence(input, first, used, here.by)}${caveat(input.live)}`,
    missing: [],
    ...(byHand.length === 0 ? {} : { byHand }),
  };
}

/**
 * The release in which a many-to-many field exists unused is what a drop waits for. While the field is in its models, a delete that no
 * code does (a shell, an admin page that is added) would still query the table: worth saying, and no use.
 */
function caveat(live: readonly VersionUse[]): string {
  const latent = live.filter(({ use }) => use === "latent");
  return latent.length === 0
    ? ""
    : `; ${names(latent)} still ${latent.length === 1 ? "has" : "have"} it in the models: no code deletes on either side, and a delete by hand would fail`;
}

function nothingLive({ name, supports }: ServingPlace): StagedDrop {
  const window = supports === null ? "" : ` inside of \`supports: ${supports}\``;
  return {
    verdict: "unknown",
    sentence: `not known to be safe: no release${window} is on record as live in ${name}`,
    missing: [supports === null ? `record what is live: \`tread release live NAME --environment ${name}\`` : `record a release${window}`],
  };
}

function blocked(input: StagedInput, users: readonly VersionUse[], why: string): StagedDrop {
  const { record, place, now } = input;
  const { releases, by } = liveIn(record, place, now);
  const newest = releases.at(-1);
  const missing = users.map(({ version }) => {
    const release = releases.find(({ name }) => name === version);
    if (release === undefined) return `${version} must do without it`;
    if (release === newest) return `release and deploy a version that does without it, then ${gone(release, by)}`;
    return gone(release, by);
  });
  return { verdict: "blocked", sentence: `not safe yet: ${why}`, missing };
}

function gone(release: Release, by: "record" | "window"): string {
  return by === "record" ? `retire ${release.name}` : `raise \`supports\` above ${release.name}`;
}

function doubt(why: string, missing: readonly string[]): StagedDrop {
  return { verdict: "unknown", sentence: `not known to be safe: ${why}`, missing };
}

/** Releases newer than all that serve here, and not retired here: the next deploy may bring them. */
function comingHere(record: ReleaseRecord, live: readonly Release[], place: ServingPlace): readonly Release[] {
  const newest = live.at(-1);
  const at = newest === undefined ? -1 : record.releases.indexOf(newest);
  return record.releases.slice(at + 1).filter(({ environments }) => environments.get(place.name)?.retired == null);
}

function safeSentence({ record, place, now }: StagedInput, first: Release, used: ReadonlySet<string>, by: "record" | "window"): string {
  if (by === "window")
    return `safe since ${first.name}, the oldest release inside of \`supports: ${place.supports ?? ""}\`, and every later one do without it`;
  const last = record.releases.findLast(({ name }) => used.has(name));
  const deployment = last?.environments.get(place.name);
  if (last === undefined) return `safe since ${first.name} is live; no other release on record uses it`;
  if (deployment === undefined || deployment.retired === null || isLive(deployment, now))
    return `safe since ${first.name} is live; ${last.name}, which used it, is not on record as deployed in ${place.name}`;
  return `safe since ${first.name} is live and ${last.name} was retired on ${longDate(deployment.retired)}`;
}

function names(versions: readonly VersionUse[]): string {
  return listed(versions.map(({ version }) => version));
}

function listed(all: readonly string[]): string {
  return all.length < 2 ? all.join("") : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
}
