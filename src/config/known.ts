/** Source types that a config may name. A test holds them equal to the registered sources. */
export const SOURCE_TYPES: readonly [string, ...string[]] = ["django", "sql-dir", "prisma", "drizzle", "django-clickhouse"];

/** Readers of live versions that a config may name; without `type` the reader is detected. */
export const APP_TYPES: readonly [string, ...string[]] = ["django", "prisma", "drizzle"];

/** As `engines/postgres` has them; repeated here so that reading a config loads no engine. A test holds them equal. */
export const POSTGRES_VERSIONS: readonly [number, ...number[]] = [13, 14, 15, 16, 17, 18];
export const NEWEST_POSTGRES_VERSION = 18;

/** Sets of rules that a config may switch on. A test holds them equal to those that the rules name. */
export const PRESETS: readonly [string, ...string[]] = ["style"];

export const DEFAULT_THRESHOLDS: { readonly largeRows: number; readonly hotReadsPerSecond: number; readonly stallMs: number } = {
  largeRows: 1_000_000,
  hotReadsPerSecond: 1000,
  stallMs: 10,
};

/** Operations of Django 5.2 that a project's own operation class may be declared to behave like. */
export const DJANGO_OPERATIONS: readonly [string, ...string[]] = [
  "CreateModel",
  "DeleteModel",
  "RenameModel",
  "AlterModelTable",
  "AlterModelTableComment",
  "AlterModelOptions",
  "AlterModelManagers",
  "AlterUniqueTogether",
  "AlterIndexTogether",
  "AlterOrderWithRespectTo",
  "AddField",
  "RemoveField",
  "AlterField",
  "RenameField",
  "AddIndex",
  "RemoveIndex",
  "RenameIndex",
  "AddIndexConcurrently",
  "RemoveIndexConcurrently",
  "AddConstraint",
  "RemoveConstraint",
  "AlterConstraint",
  "AddConstraintNotValid",
  "ValidateConstraint",
  "RunSQL",
  "RunPython",
  "SeparateDatabaseAndState",
  "CreateExtension",
  "BloomExtension",
  "BtreeGinExtension",
  "BtreeGistExtension",
  "CITextExtension",
  "CryptoExtension",
  "HStoreExtension",
  "TrigramExtension",
  "UnaccentExtension",
  "CreateCollation",
  "RemoveCollation",
];

/** The releases on record: beside the config file, or in the working directory without one. */
export const RELEASES_FILE = "tread.releases.yaml";

/**
 * Kinds of change that a review may be asked for. `irreversible`: rows or values are lost, or a step has no way back. `data`: rows are
 * written. `opaque`: something in it could not be understood.
 */
export const REVIEW_KINDS = ["all", "clickhouse", "irreversible", "data", "opaque"] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** Where approvals lie, one file each: beside the config file, or in the working directory without one. */
export const APPROVALS_FOLDER = "tread.approvals";
