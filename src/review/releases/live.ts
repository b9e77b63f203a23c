import type { Deployment, Release, ReleaseRecord } from "../../model/release.ts";
import { inRange, versionOf } from "./version.ts";

/** What an environment says about the versions that serve there. */
export interface ServingPlace {
  readonly name: string;
  /** `>=1.40`: installations that others run and upgrade when they like. */
  readonly supports: string | null;
}

/** The releases that may be serving in one environment. */
export interface LiveReleases {
  /** Oldest first. Empty: nothing is on record as live here. */
  readonly releases: readonly Release[];
  /** `window`: installations of every version in the range, which may skip versions when they upgrade. */
  readonly by: "record" | "window";
  /** Releases of which no semantic version is known, so that nobody can tell whether the window holds them: counted as live. */
  readonly unversioned: readonly Release[];
}

/** Whether the day or moment has come. A day begins when it begins furthest east (UTC+14). */
export function hasCome(date: string, now: Date): boolean {
  const start = Date.parse(date);
  return (date.includes("T") ? start : start - 14 * 3_600_000) <= now.getTime();
}

/** It serves, or will: what is planned is counted with what serves, so that nothing is taken from under it. */
export function isLive(deployment: Deployment | undefined, now: Date): boolean {
  return deployment !== undefined && (deployment.retired === null || !hasCome(deployment.retired, now));
}

/** It has served there: what is planned does not count. */
export function wasDeployed(deployment: Deployment | undefined, now: Date): boolean {
  return deployment !== undefined && hasCome(deployment.live, now);
}

/**
 * The releases that may be serving in an environment (docs/releases.md). With `supports`, every release inside of the range, whatever
 * the record says about this environment: installations are run by others, and nobody knows which of them they run.
 */
export function liveIn(record: ReleaseRecord, place: ServingPlace, now: Date): LiveReleases {
  const { supports } = place;
  if (supports === null) {
    const releases = record.releases.filter(({ environments }) => isLive(environments.get(place.name), now));
    return { releases, by: "record", unversioned: [] };
  }
  const unversioned = record.releases.filter((release) => versionOf(release) === null);
  const releases = record.releases.filter((release) => {
    const version = versionOf(release);
    return version === null || inRange(version, supports);
  });
  return { releases, by: "window", unversioned };
}
