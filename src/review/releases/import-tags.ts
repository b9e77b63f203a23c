import type { ReleaseRecord } from "../../model/release.ts";
import { gitTags } from "../../sources/files/git.ts";
import type { ReleaseEvent } from "./ledger.ts";
import { sameCode } from "./record.ts";
import { versionIn } from "./version.ts";

/** What an import would record, and what it would not, in words. */
export interface Imported {
  readonly events: readonly ReleaseEvent[];
  /** What was left out and needs nobody: already on record, a failed deploy. */
  readonly notes: readonly string[];
  /** What contradicts the record, or could not be read: somebody must look. */
  readonly troubles: readonly string[];
}

/**
 * Releases from git tags. When a tag was made counts as the day of the release; that it was deployed is not known from a tag.
 * @param pattern as `git tag --list` takes it: `v*`
 * @throws GitError where there is no repository
 */
export function importTags(record: ReleaseRecord, repository: string, pattern: string): Imported {
  const events: ReleaseEvent[] = [];
  const notes: string[] = [];
  const troubles: string[] = [];
  for (const { name, commit, date } of gitTags(repository, pattern)) {
    const known = record.releases.find((release) => release.name === name || release.ref === name);
    if (known !== undefined) {
      if (!sameCode(known, { name, commit, released: date }))
        troubles.push(
          `tag ${name} names commit ${commit.slice(0, 12)} now, and ${known.commit?.slice(0, 12) ?? ""} is on record: the tag was moved. Put it back, or record the new build under a name of its own`,
        );
      else notes.push(`${known.name} is on record already`);
      continue;
    }
    if (versionIn(name) === null) {
      troubles.push(
        `tag ${name} names no semantic version: left out. \`tread release add ${name} --ref ${name} --semver 1.43.0\` records it`,
      );
      continue;
    }
    events.push({ kind: "released", release: { name, ref: name, commit, released: date } });
  }
  return { events, notes, troubles };
}
