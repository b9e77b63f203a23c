import type { Span } from "../text/span.ts";

/** One released version of the app, as `tread.releases.yaml` has it on record (docs/releases.md). */
export interface Release {
  /** `v1.43`: the name that reports use, unique in the record. */
  readonly name: string;
  /** The version as semver where it is not the name: for names such as `winter`. */
  readonly version: string | null;
  /** A git ref that holds the app. Exactly one of `ref` and `path` is set. */
  readonly ref: string | null;
  /** The commit that `ref` named when it was recorded: a ref that names another one since was moved. */
  readonly commit: string | null;
  /** A folder that holds the app, relative to the record's folder. */
  readonly path: string | null;
  /** Folder of the app inside of `ref`, where it differs from that of the working tree. */
  readonly root: string | null;
  /** A day (`2026-11-03`) or a moment (RFC 3339). */
  readonly released: string;
  /** By name of the environment: where it was deployed. */
  readonly environments: ReadonlyMap<string, Deployment>;
  readonly span: Span;
}

export interface Deployment {
  /** Since when it serves there. */
  readonly live: string;
  /** When its last server there was gone; null while it serves. */
  readonly retired: string | null;
}

/** Every release on record, oldest first. */
export interface ReleaseRecord {
  /** For messages: the file, relative to the working directory. */
  readonly file: string;
  readonly releases: readonly Release[];
}

/**
 * Whether what a migration takes away may go in one environment, by the releases on record:
 * - `droppable`: nothing live uses it, and a release that does not use it is on record as deployed there.
 * - `blocked`: something live uses it, or a step is not on record; `missing` says which.
 * - `unknown`: something could not be read that may use it.
 */
export interface StagedDrop {
  readonly verdict: "droppable" | "blocked" | "unknown";
  /** Versions that could still query it, though no code of theirs was seen to: a delete by hand. The sentence names them. */
  readonly byHand?: readonly string[];
  /** `safe since v1.43 is live and v1.42 was retired on 3 November 2026`, or `not safe yet: …`. Without a full stop. */
  readonly sentence: string;
  /** What must happen first, in order: `retire v1.42`. Empty where it is droppable. */
  readonly missing: readonly string[];
}
