import semver from "semver";
import type { Release } from "../../model/release.ts";

/**
 * The semantic version in the name of a release, or null. `v1.43`, `1.43.0-rc.1`, `release-1.42` and `api@2.0.1` name one; missing parts
 * are 0. A calendar version with a leading zero (`2026.03.01`) is none: semver orders it no better than its writer meant.
 */
export function versionIn(name: string): string | null {
  const match = /^(?:[A-Za-z][\w.]*[-_/@])*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.exec(name.trim());
  if (match === null) return null;
  const [, major = "", minor = "0", patch = "0", pre = "", build = ""] = match;
  return semver.valid(`${major}.${minor}.${patch}${pre}${build}`);
}

/** @returns null where neither its `version` nor its name is a semantic version */
export function versionOf(release: Pick<Release, "name" | "version">): string | null {
  return versionIn(release.version ?? release.name);
}

/** Whether a range such as `>=1.40` can be read. */
export function isRange(range: string): boolean {
  return semver.validRange(range) !== null;
}

/** A release candidate that is on record as released was handed out: it counts, so `includePrerelease`. */
export function inRange(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

/** Oldest first. By version where every release has one, else by day of release; what is equal keeps its order in the file. */
export function inOrder(releases: readonly Release[]): readonly Release[] {
  const versions = new Map(releases.map((release) => [release, versionOf(release)]));
  const allVersioned = [...versions.values()].every((version) => version !== null);
  return releases.toSorted((a, b) => {
    if (allVersioned) return semver.compareBuild(versions.get(a) ?? "0.0.0", versions.get(b) ?? "0.0.0");
    return Date.parse(a.released) - Date.parse(b.released);
  });
}
