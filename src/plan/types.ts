import type { Database } from "../model/migration.ts";

/**
 * `tread.plan/1`: a change as a sequence of phases, each safe by itself while the versions that it names serve. Kept as YAML next to the
 * migrations (docs/plan.md); `format/read.ts` reads it with file and line, `format/write.ts` writes it.
 */
export interface Plan {
  readonly format: "tread.plan/1";
  /** Also the file's name: `not-null-person-email`. Lower case, digits and `-`. */
  readonly name: string;
  readonly database: Database;
  /** The change in the words of `tread plan`: `not-null person.email`. */
  readonly change: string;
  /** Where the change was found; null where somebody asked for it in words. */
  readonly from: PlanOrigin | null;
  /** Id of the recipe. */
  readonly recipe: string;
  /** Majors (Postgres) that every phase was made for; a server of another one is refused. Empty for ClickHouse. */
  readonly majors: readonly number[];
  /** What the change would be in one unsafe piece: at its end the schema and the data are the same. */
  readonly unsafe: readonly string[];
  readonly phases: readonly Phase[];
  /** What differs from the unsafe form at the end, and what people should know before they begin. */
  readonly notes: readonly string[];
}

export interface PlanOrigin {
  readonly migration: string;
  /** Relative to the working directory. */
  readonly path: string;
  /** From 0. */
  readonly statement: number;
  /** The finding's rule; null where nothing was found in the statement. */
  readonly rule: string | null;
}

/**
 * What can be done before the next condition must hold. Its steps run in order; a phase is undone by the `down` of its steps, last first.
 */
export interface Phase {
  /** `expand`; unique in the plan, lower case with `-`. */
  readonly name: string;
  readonly summary: string;
  /** All of them must hold; empty: it opens as soon as the phase before it is done. The first phase is mostly open at once. */
  readonly opens: readonly Condition[];
  /** Which versions may serve while it runs: the ones from before the plan, those that its deploy steps ask for, or both. */
  readonly live: "old" | "old and new" | "new";
  readonly steps: readonly Step[];
}

/** Decided by the releases on record and the ledger, per environment. Each carries its sentence. */
export type Condition =
  /** Nothing that serves uses a table (`public.person`) or a column (`public.person.email`), as `tread deprecations` judges it. */
  | { readonly when: "unused"; readonly what: string; readonly sentence: string }
  /**
   * A release that does what the deploy step `step` says has gone live after that step's phase began (`since`), and every release that
   * was live before it is retired: only code that knows about the change serves.
   */
  | { readonly when: "released"; readonly step: string; readonly sentence: string }
  /** At least so many hours after the phase before it ended. */
  | { readonly when: "waited"; readonly hours: number; readonly sentence: string };

export type Step = MigrateStep | BackfillStep | DeployStep | WaitStep | VerifyStep | ApproveStep;

interface StepBase {
  /** Unique in the plan, lower case with `-`: part of the emitted file's name. */
  readonly name: string;
  readonly summary: string;
}

/** One migration of the project's own tool. */
export interface MigrateStep extends StepBase {
  readonly kind: "migrate";
  /** All statements in one transaction; false: the one statement of the step runs outside of any. */
  readonly transaction: boolean;
  /** Without the semicolon. */
  readonly sql: readonly string[];
  readonly down: Undo;
  /** The same for tools that write no SQL. */
  readonly operations: readonly SchemaOperation[];
}

/** Runs in batches, each a transaction of its own: `-- tread: backfill …` (docs/apply.md). */
export interface BackfillStep extends StepBase {
  readonly kind: "backfill";
  /** The table whose rows are walked; qualified, unquoted. */
  readonly table: string;
  /** Columns of its key; empty: the primary key. */
  readonly key: readonly string[];
  /** Rows per batch; null: steered to a target time. */
  readonly batch: number | null;
  /** One UPDATE, DELETE or INSERT … SELECT over all rows, without the semicolon. */
  readonly sql: string;
  /** True for a row that is still to be done: SQL over the table. */
  readonly verify: string;
  /** Why rows written while it runs are right. */
  readonly newWrites: string;
  readonly down: Undo;
}

/** People deploy a release of the app; `tread apply` stops here. */
export interface DeployStep extends StepBase {
  readonly kind: "deploy";
  /** What the release's code must do, one sentence each. */
  readonly code: readonly string[];
  /** What the app's model state goes through with this release, without any SQL: all of them `applies: "state"`. */
  readonly operations: readonly SchemaOperation[];
}

export interface WaitStep extends StepBase {
  readonly kind: "wait";
  /** Holds when the query returns no row: long transactions that must end, a standby that must catch up. */
  readonly until: string;
}

/** Fails the phase when the query returns a row. */
export interface VerifyStep extends StepBase {
  readonly kind: "verify";
  /** Read-only. */
  readonly sql: string;
  /** What a returned row means, and what to do. */
  readonly otherwise: string;
}

/** A person says yes before anything after it runs: what is next cannot be undone. */
export interface ApproveStep extends StepBase {
  readonly kind: "approve";
  readonly why: string;
}

/** The way back of one step. */
export type Undo =
  | { readonly possible: true; readonly transaction: boolean; readonly sql: readonly string[] }
  | { readonly possible: false; readonly why: string };

/**
 * What a step does to the schema, for emitters that speak their tool's own language. Tables are qualified (`public.person`), columns as
 * the database has them.
 */
export type SchemaOperation = OperationBody & {
  /**
   * `both`: the step's SQL does it and the model state follows here. `state`: the model state alone goes through it here (the database
   * did before, or will later). `database`: the SQL does it and models never know (sync triggers, helper constraints).
   */
  readonly applies: "both" | "state" | "database";
};

export type OperationBody =
  | { readonly op: "add-column"; readonly table: string; readonly column: ColumnSpec }
  | { readonly op: "drop-column"; readonly table: string; readonly column: string }
  | { readonly op: "rename-column"; readonly table: string; readonly column: string; readonly to: string }
  /** What the column is afterwards. */
  | { readonly op: "alter-column"; readonly table: string; readonly column: ColumnSpec }
  | { readonly op: "rename-table"; readonly table: string; readonly to: string }
  | { readonly op: "drop-table"; readonly table: string }
  | {
      readonly op: "add-index";
      readonly table: string;
      readonly name: string;
      readonly unique: boolean;
      readonly method: string;
      /** Columns as they are called, or expressions as SQL with their order and operator class. */
      readonly keys: readonly IndexKey[];
      readonly include: readonly string[];
      readonly where: string | null;
      readonly concurrently: boolean;
    }
  | { readonly op: "drop-index"; readonly table: string; readonly name: string; readonly concurrently: boolean }
  | { readonly op: "rename-index"; readonly table: string; readonly name: string; readonly to: string }
  | { readonly op: "add-constraint"; readonly table: string; readonly constraint: ConstraintSpec; readonly notValid: boolean }
  | { readonly op: "validate-constraint"; readonly table: string; readonly name: string }
  | { readonly op: "drop-constraint"; readonly table: string; readonly name: string }
  /** Has no word in a tool's own language: triggers, functions, partitions, enums, domains. */
  | { readonly op: "sql"; readonly what: string };

export interface ColumnSpec {
  readonly name: string;
  /** As SQL: `character varying(200)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** As SQL. */
  readonly default: string | null;
  readonly identity: "always" | "by-default" | null;
  /** `GENERATED ALWAYS AS (…) STORED` */
  readonly generated: string | null;
}

export interface IndexKey {
  readonly column: string | null;
  readonly expression: string | null;
  readonly descending: boolean;
}

export type ConstraintSpec =
  | { readonly kind: "check"; readonly name: string; readonly expression: string }
  | { readonly kind: "not-null"; readonly name: string; readonly column: string }
  | {
      readonly kind: "unique" | "primary-key";
      readonly name: string;
      readonly columns: readonly string[];
      readonly usingIndex: string | null;
    }
  | {
      readonly kind: "foreign-key";
      readonly name: string;
      readonly columns: readonly string[];
      readonly references: { readonly table: string; readonly columns: readonly string[] };
      /** `NO ACTION`, `CASCADE`, … */
      readonly onDelete: string;
      readonly deferrable: boolean;
      readonly initiallyDeferred: boolean;
    };
