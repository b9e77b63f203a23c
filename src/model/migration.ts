import type { Span } from "../text/span.ts";
import type { Change, Copy } from "./change.ts";

/** The engines that tread knows. */
export type Database = "postgres" | "clickhouse";

/**
 * How the tool that owns the migration sends it:
 * - `per-migration`: BEGIN … COMMIT around the whole migration (Django's `atomic`, goose, dbmate, Flyway, sqlx).
 * - `single-query`: the whole file as one simple Query. Postgres runs several statements in it as one implicit
 *   transaction, a single one outside of any (Prisma, golang-migrate).
 * - `all-pending`: one transaction around all pending migrations (Drizzle).
 * - `none`: statement by statement, each its own transaction unless the file says BEGIN (psql, NO TRANSACTION, `atomic = False`).
 */
export type TransactionMode = "per-migration" | "single-query" | "all-pending" | "none";

/** One migration as its source hands it over: ordered, located, not yet parsed. */
export interface Migration {
  /** As the reader knows it: `app.0002_x` for Django, the file's stem without the tool's markers for SQL. Unique in a source. */
  readonly id: string;
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /** The kind of source: `django`, `sql-dir`, `prisma`, `drizzle`, … */
  readonly source: string;
  /** For SQL files: the tool whose layout it is (`flyway`, `goose`, …), `plain` where no tool was recognised. */
  readonly layout?: string;
  readonly database: Database;
  readonly transaction: TransactionMode;
  readonly steps: readonly Step[];
  /** Whether the tool has a way back for it: `unknown` where the layout has no notion of one. */
  readonly down: "present" | "missing" | "unknown";
  /** The way back itself, where it is SQL and `down` is `present`. */
  readonly back?: WayBack;
  /** Ids of the migrations that must run first, as far as the source records them. */
  readonly dependsOn: readonly string[];
  /** For a squash: the ids it stands for. */
  readonly replaces: readonly string[];
  /** SHA-256 of the file's bytes, hex: to see that a released migration was edited. */
  readonly hash: string;
  /** Set for Flyway's `R__`: runs again whenever it changes. */
  readonly repeatable?: boolean;
  /** Ships with the framework (Django's contrib apps): part of the schema, never judged. */
  readonly builtIn?: boolean;
}

/** What takes a migration back, as its tool would run it. */
export interface WayBack {
  /** The file it stands in, relative to the working directory: the migration's own, or one beside it. */
  readonly path: string;
  readonly transaction: TransactionMode;
  readonly steps: readonly SqlStep[];
}

/** A piece of a migration in the order in which its tool runs it. */
export type Step = SqlStep | CodeStep | OpaqueStep;

export interface SqlStep {
  readonly kind: "sql";
  /** One or several statements. */
  readonly sql: string;
  readonly span: Span;
  /** True when `sql` stands verbatim in the file at `span`, so that statements inside it get their own exact place. */
  readonly verbatim: boolean;
  /** What the reader wrote when it is not SQL, e.g. `AddField person.email`. */
  readonly operation: string | null;
  /** A way back for this step: Django's `reverse_sql`, or the inverse that the operation itself has. */
  readonly reverse: "present" | "missing" | "unknown";
  /** Suppressions that the source found beside the step (Python comments). SQL comments are read by the engine's parser. */
  readonly suppressions: readonly Suppression[];
  /** An expectation the source is sure of though the SQL does not show it (a value computed in code). */
  readonly notes?: readonly string[];
  /** How this step is sent when the migration's own mode is `none`. */
  readonly transaction?: StepTransaction;
  /** The call that sends it, where its flags say on which hosts of a cluster it runs. */
  readonly call?: StepCall;
}

/** `run_sql_with_exceptions(…, sharded=True, node_roles=[NodeRole.DATA])`: the flags as far as they can be read. */
export interface StepCall {
  readonly function: string;
  /** By keyword, or by position from 1 (0 is the statement). A value that only running code has is `not known`. */
  readonly arguments: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}

/**
 * A step of a migration that runs outside of a transaction: `own` is BEGIN … COMMIT around the step (Django's `atomic=True` on an
 * operation), `single-query` is one simple Query, which Postgres runs as one implicit transaction when it holds several statements.
 */
export type StepTransaction = "own" | "single-query";

/** Code that the tool runs between statements (Django's RunPython), read but never executed by tread. */
export interface CodeStep {
  readonly kind: "code";
  readonly language: "python" | "javascript";
  /** `RunPython copy_names`. */
  readonly operation: string;
  readonly span: Span;
  readonly reverse: "present" | "missing" | "unknown";
  readonly suppressions: readonly Suppression[];
  readonly facts: CodeFacts;
  /** How this step runs when the migration's own mode is `none`. */
  readonly transaction?: StepTransaction;
}

/** What reading a code step found. */
export interface CodeFacts {
  /** Null when the code was understood; otherwise why not (a call into another module, string-built SQL, …). */
  readonly opaque: string | null;
  readonly accesses: readonly CodeAccess[];
  /** SQL that the code sends as static text, in order, for the engine to parse. */
  readonly sql?: readonly string[];
}

export interface CodeAccess {
  /** Schema-qualified table. */
  readonly table: string;
  readonly columns: readonly string[];
  readonly verb: "select" | "insert" | "update" | "delete";
  /** One statement per row in a loop over a query of this table. */
  readonly perRow: boolean;
  /** The loop or statement is bounded: slices, batches, `.filter(pk__in=…)`, chunked iteration with its own transaction. */
  readonly batched: boolean;
  /** It touches the whole table: no filter, or one that is not selective by construction. */
  readonly wholeTable: boolean;
  /** Columns that take their value from columns: `F("name")`, `row.nickname = row.name`. */
  readonly copies?: readonly Copy[];
  readonly span: Span;
}

/** Something the source saw and could not read: an operation of an unknown class, a syntax error. Counted and shown. */
export interface OpaqueStep {
  readonly kind: "opaque";
  readonly operation: string;
  readonly reason: string;
  /**
   * SQL that the schema is taken to have gone through, where only a column's type could not be told: the column itself is certain.
   * It is not judged and not run.
   */
  readonly assumed?: readonly string[];
  readonly span: Span;
  readonly reverse: "present" | "missing" | "unknown";
  readonly suppressions: readonly Suppression[];
}

/** `-- tread-ignore <rule>: <reason>`; a missing reason is reported and does not suppress. */
export interface Suppression {
  readonly rule: string;
  readonly reason: string | null;
  readonly span: Span;
}

/** One statement of a parsed migration. Code steps are statements too: they take part in order and transactions. */
export interface Statement {
  /** Position in the migration, from 0. */
  readonly index: number;
  /** The SQL, or for code a one-line description such as `RunPython copy_names`. */
  readonly sql: string;
  readonly kind: "sql" | "code" | "opaque";
  readonly span: Span;
  readonly operation: string | null;
  readonly changes: readonly Change[];
  /** Why the statement could not be understood, or null. */
  readonly opaque: string | null;
  /** The engine's syntax error, or null. */
  readonly syntaxError: { readonly message: string; readonly span: Span } | null;
  /** Which transaction of the migration it runs in (0, 1, …), or null when it runs by itself. */
  readonly transaction: number | null;
  readonly reverse: "present" | "missing" | "unknown";
  readonly suppressions: readonly Suppression[];
  readonly facts: CodeFacts | null;
  /** The rows of a `COPY … FROM stdin` that stand behind it in the file. */
  readonly copyData?: string;
  /** What `-- tread: …` comments beside it ask of `tread apply`, without the mark. */
  readonly directives?: readonly string[];
}

export interface ParsedMigration extends Omit<Migration, "steps"> {
  readonly statements: readonly Statement[];
}

/** Something wrong that a source or an app reader met. `fatal` ends the run with exit 3 after everything else was reported. */
export interface Problem {
  /** Stable id: `cycle`, `missing-parent`, `unreadable`, `syntax`, `duplicate-number`, `two-leaves`, `missing-ref`, … */
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly span: Span | null;
  readonly fatal: boolean;
  /** The migration tool will refuse to run because of it. */
  readonly refused?: boolean;
}
