import type { Environment, Thresholds } from "../model/environment.ts";
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
  readonly environments: readonly Environment[];
  readonly thresholds: Thresholds;
  readonly policy: { readonly failOn: Severity; readonly onUnknown: "fail" | "pass" };
}

export interface SourceConfig {
  readonly type: string;
  /** `root` or `path` as written. */
  readonly root: string;
  readonly database: Database;
  readonly appliedThrough: string | null;
  /** A `pg_dump --schema-only` file that the migrations start from. */
  readonly base: string | null;
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
  | { readonly kind: "sql"; readonly name: string; readonly path: string; readonly database: Database };
