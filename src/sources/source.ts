import type { Migration, Problem } from "../model/migration.ts";

/**
 * Where migrations come from. One folder per source, registered by one line in `sources/index.ts`.
 * A source reads files through `Files`, so that the same code reads a working tree and a git ref.
 */
export interface Source {
  readonly type: string;
  /** One line for `tread init` and the docs. */
  readonly summary: string;
  /** True when the files below `root` look like this source. Cheap: looks at names, opens at most a few files. */
  detect(files: Files, root: string): boolean;
  read(files: Files, settings: SourceSettings): SourceResult | Promise<SourceResult>;
}

export interface SourceSettings {
  readonly type: string;
  /** Relative to the `Files` root, forward slashes, `.` for the root itself. */
  readonly root: string;
  readonly database: "postgres" | "clickhouse";
  /** Source-specific settings as validated by config (`django: { operations, settings }`, …). */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SourceResult {
  /** In the order in which the tool would run them. */
  readonly migrations: readonly Migration[];
  readonly problems: readonly Problem[];
}

/** A read-only tree of files: a folder on disk, or a git ref read from git's objects without a checkout. */
export interface Files {
  /** For messages: `.` or `git ref v1.42`. */
  readonly label: string;
  /** All files below `folder` (recursive), as paths relative to the root, sorted by code point. Skips .git, node_modules, virtual environments. */
  list(folder: string): readonly string[];
  /** @throws Error with code ENOENT when there is no such file. */
  read(path: string): Uint8Array;
  exists(path: string): boolean;
  /** Prefix that turns a path of this tree into one that the reader can open or recognise in a message. */
  display(path: string): string;
}
