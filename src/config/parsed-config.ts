import type { Environment, Thresholds } from "../model/environment.ts";
import type { ReviewKind } from "./known.ts";
import type { Severity } from "../model/report.ts";
import type { Database } from "../model/migration.ts";

/** What the code accepts: validated, defaults filled in, scale profiles read. Paths are relative to `root`. */
export interface ParsedConfig {
  /** Folder of the config file, or the working directory without one. Absolute. */
  readonly root: string;
  /** Path of the config file relative to the working directory, or null. */
  readonly file: string | null;
  readonly sources: readonly SourceConfig[];
  readonly live: readonly LiveConfig[];
  /** Where the releases are on record, relative to `root`. Absent: `tread.releases.yaml`, if there is one. */
  readonly releases?: string;
  readonly environments: readonly EnvironmentConfig[];
  readonly thresholds: Thresholds;
  readonly policy: {
    readonly failOn: Severity;
    readonly onUnknown: "fail" | "pass";
    readonly review: readonly ReviewRule[];
    /** Who a handle is, by `@handle`: addresses and other handles. Absent: nothing is said. */
    readonly teams?: Readonly<Record<string, readonly string[]>>;
    /** Keys that may sign approvals, relative to the config's folder. */
    readonly allowedSigners?: string;
    /** Severity of single rules, whatever they judge themselves. */
    readonly rules: Readonly<Record<string, Severity | "off">>;
    /** Sets of rules that are off otherwise. */
    readonly presets: readonly string[];
  };
  /** Files of ClickHouse queries with frequencies. */
  readonly workload: readonly string[];
}

/** An environment with the settings that only later steps act upon. */
export interface EnvironmentConfig extends Environment {
  /** Version of the ClickHouse servers, `26.3`. */
  readonly clickhouse: string | null;
  /** A `tread.cluster/1` file. */
  readonly cluster: string | null;
  /** Range of app versions that may upgrade here, `>=1.40`. */
  readonly supports: string | null;
  /** The profile files as written. */
  readonly scale: readonly string[];
  /** Name of the variable that holds the URL of a database here; the URL itself is never in a config. */
  readonly databaseUrlFrom?: string | null;
  /** The same for a ClickHouse server's HTTP interface. */
  readonly clickhouseUrlFrom?: string | null;
}

/** Migrations below `paths` need an approval by one of `approvers`. */
export interface ReviewRule {
  /** Globs relative to the config's folder. Absent: every migration. */
  readonly paths?: readonly string[] | undefined;
  /** Absent: all kinds below `paths`; without `paths` what is for ClickHouse and what is irreversible. */
  readonly kinds?: readonly ReviewKind[] | undefined;
  readonly approvers: readonly string[];
  readonly allowAuthor?: boolean | undefined;
  /** Only signed approvals count. */
  readonly signed?: boolean | undefined;
}

export interface SourceConfig {
  readonly type: string;
  /** `root` or `path` as written. */
  readonly root: string;
  readonly database: Database;
  /** `default` where nobody said it: SQL files may then be seen to be for ClickHouse. */
  readonly databaseFrom?: "default";
  readonly appliedThrough: string | null;
  /** A `pg_dump --schema-only` file that the migrations start from. */
  readonly base: string | null;
  /** A file with the schema as it is before the migrations that are not applied: `structure.sql`, `schema.sql`, a dump. */
  readonly schema?: string | null;
  /** Settings of the source itself: `operations` and `settings` for Django. */
  readonly options: Readonly<Record<string, unknown>>;
}

export type LiveConfig =
  | {
      readonly kind: "app";
      readonly name: string;
      readonly type: string | null;
      readonly ref: string | null;
      readonly path: string | null;
      readonly root: string | null;
    }
  | {
      readonly kind: "sql";
      readonly name: string;
      readonly path: string;
      readonly database: Database;
    };
