import type { ParsedConfig } from "../config/parsed-config.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";

/** What a run of `check` is asked to do. Everything from the command line is here; everything from the config is in `config`. */
export interface CheckOptions {
  /** Working directory: paths in messages are relative to it. Absolute. */
  readonly cwd: string;
  readonly config: ParsedConfig;
  /** Folders or files of migrations; empty: the sources of the config. */
  readonly paths: readonly string[];
  /** A git ref: what its merge base with HEAD has is applied. */
  readonly base: string | null;
  readonly appliedThrough: string | null;
  /** A file with the schema as it is before the migrations that are not applied, relative to `cwd`. */
  readonly schema?: string | null;
  /** A live database whose schema the migrations meet: only read. */
  readonly database?: Target | null;
  /** Versions added on the command line. `target` is a folder, a file of queries, or a git ref. */
  readonly live: readonly { readonly name: string; readonly target: string }[];
  /** Contents that stand in for those on disk, by absolute path: a fix is checked before it is written. */
  readonly overlay?: ReadonlyMap<string, Uint8Array>;
}
