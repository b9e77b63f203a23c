import type { LiveConfig, ParsedConfig } from "../config/parsed-config.ts";
import type { Database, Problem } from "../model/migration.ts";
import type { ReleaseRecord } from "../model/release.ts";
import type { ClickHouseTarget } from "../engines/clickhouse/introspect/index.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";

/** The releases on record, and what is wrong with what they say. */
export interface OnRecord {
  readonly record: ReleaseRecord;
  readonly now: Date;
  readonly problems: readonly Problem[];
  /** `live:` as the settings list it: the queries of releases that serve nowhere any more are among it. */
  readonly listed?: readonly LiveConfig[];
}

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
  /** What the folders named on the command line are for, where their files are not to be asked (`--database`). */
  readonly pathsDatabase?: Database | null;
  /** Files with the answers of servers to pre-checks (`--facts`), relative to `cwd`. */
  readonly facts?: readonly string[];
  /** When this run began: how old an answer is. Default: now. */
  readonly now?: Date;
  /** A live database whose schema the migrations meet: only read. */
  readonly database?: Target | null;
  /** A live ClickHouse server whose schema the migrations meet: only read. */
  readonly clickhouse?: ClickHouseTarget | null;
  /** Ids that the ledger of the live database has as applied: it knows better than any other tool's record. */
  readonly recorded?: ReadonlySet<string>;
  /** Invalid indexes of the live database that are as if they were not there: what runs next makes them anew. */
  readonly withoutIndexes?: ReadonlySet<string>;
  /** Migrations of which the first so many statements have run in the live database: only the rest is judged. */
  readonly begun?: ReadonlyMap<string, number>;
  /** Versions added on the command line. `target` is a folder, a file of queries, or a git ref. */
  readonly live: readonly { readonly name: string; readonly target: string }[];
  /** What `withReleases` found on record and put into `config`; absent where it was not asked, or nothing is on record. */
  readonly onRecord?: OnRecord;
  /** True: the queries of the versions are not held against every schema; who asks has a question of their own (`deprecations`). */
  readonly withoutMatrix?: boolean;
  /** Contents that stand in for those on disk, by absolute path: a fix is checked before it is written. */
  readonly overlay?: ReadonlyMap<string, Uint8Array>;
}
