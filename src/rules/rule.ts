import type { Change, ChangeKind } from "../model/change.ts";
import type { Environment, TableSize, Thresholds } from "../model/environment.ts";
import type { LockMode, PostgresEffects, TableLock } from "../model/effects.ts";
import type { JudgedStatement, RollbackBreak, VersionBreak } from "../model/judged.ts";
import type { CodeAccess, ParsedMigration } from "../model/migration.ts";
import type { RollbackTarget, VersionWrite } from "../model/query.ts";
import type { StagedDrop } from "../model/release.ts";
import type { Evidence, Severity } from "../model/report.ts";
import type { Column, Constraint, Relation, SchemaState } from "../model/schema.ts";
import type { Span } from "../text/span.ts";

/**
 * A rule says why a change hurts and what to do instead. It is a pure function: it asks the context questions, it never walks a
 * syntax tree, and it never touches a database, a clock or a file. One file per rule, named by its id, with `<id>.md` (the page of
 * `tread explain`) and `<id>.cases.sql` beside it; registered by one line in `rules/index.ts`.
 */
export interface Rule {
  readonly id: string;
  /** One line: what it finds. Lower case, no full stop. */
  readonly summary: string;
  readonly database: "postgres" | "clickhouse" | "any";
  /** Off unless the config names its preset (`policy.presets`) or the rule itself. Such rules lie in `rules/<preset>/`. */
  readonly preset?: "style";
  /** Statements without a change of this kind cannot concern it: they are not shown to it. */
  readonly kind?: ChangeKind;
  /** The same for several kinds. Code between statements is shown to every rule: what it does is not in its changes alone. */
  readonly kinds?: readonly ChangeKind[];
  /** Called once per statement of every judged migration and environment. */
  readonly check?: (statement: JudgedStatement, context: RuleContext) => readonly Hazard[];
  /** Called once per judged migration and environment. */
  readonly checkMigration?: (migration: JudgedMigration, context: RuleContext) => readonly Hazard[];
}

export interface JudgedMigration {
  readonly migration: ParsedMigration;
  readonly statements: readonly JudgedStatement[];
}

/** What a rule returns; `judge` turns it into a finding with span, environments and docs. */
export interface Hazard {
  readonly severity: Severity;
  /** Smallest place that shows the problem; default: the statement. */
  readonly span?: Span;
  readonly statement?: number | null;
  /** What the hazard is about (`public.person.email`) when one statement may hold several of the same rule. */
  readonly about?: string;
  readonly message: string;
  readonly label?: string;
  readonly why: string;
  readonly help: string;
  readonly evidence: readonly Evidence[];
  readonly liveVersions?: readonly string[];
  readonly also?: readonly { readonly span: Span; readonly label: string }[];
  /** A finding of another rule about the same statement that says the same thing less precisely: it is left out. */
  readonly supersedes?: readonly string[];
}

/** Work proportional to a table that a statement does under its own lock, while that lock makes others wait. */
export interface BlockingWork {
  readonly table: string;
  /** `rewrite` includes its scan and its index builds, `index-build` its scan. */
  readonly kind: "rewrite" | "scan" | "index-build";
  readonly mode: LockMode;
}

export interface Traffic {
  readonly readsPerSecond: number | null;
  readonly writesPerSecond: number | null;
  readonly longestTransactionSeconds: number | null;
  /** Null when no profile tells. */
  readonly witness: string | null;
}

/** The questions that rules may ask. A false positive is usually a missing question: add it here, not in the rule. */
export interface RuleContext {
  readonly environment: Environment;
  readonly thresholds: Thresholds;

  // What is there
  /** The table existed before the release under judgement: it may hold rows and be in use. */
  existedBefore(statement: JudgedStatement, table: string): boolean;
  /** The column existed before the release under judgement: versions that serve now may know it. */
  columnExistedBefore(statement: JudgedStatement, table: string, column: string): boolean;
  /** The table as it is before the statement, or null when the schema does not tell. */
  table(statement: JudgedStatement, table: string): Relation | null;
  column(statement: JudgedStatement, table: string, column: string): Column | null;
  /** Everybody else sees the schema only when the transaction has committed: the state that follows this statement for them. */
  visibleAfter(statement: JudgedStatement): SchemaState;

  // What the statement does, by the word of both witnesses
  effects(statement: JudgedStatement): PostgresEffects;
  /** Work under a lock of this statement's own that blocks reads or writes, on tables that existed before. */
  blockingWork(statement: JudgedStatement): readonly BlockingWork[];
  /** The part of it that one sub-command would do by itself. */
  workOfChange(statement: JudgedStatement, change: Change): readonly BlockingWork[];
  /** Locks of this statement's own that block reads or writes, on tables that existed before. */
  blockingLocks(statement: JudgedStatement): readonly TableLock[];
  /** Locks that its transaction holds already when it starts and that block reads or writes, on tables that existed before. */
  blockingLocksHeld(statement: JudgedStatement): readonly TableLock[];
  /** The transaction has taken this lock, or a stronger one, before: the statement does not wait for it. */
  holds(statement: JudgedStatement, lock: TableLock): boolean;
  /** It runs in a transaction, whoever opened it. */
  inTransaction(statement: JudgedStatement): boolean;
  /** Milliseconds; null when none is set or it is switched off. */
  lockTimeout(statement: JudgedStatement): number | null;

  /** Where prediction and observation differ, in words; empty when they agree or nothing was observed. */
  disagreements(statement: JudgedStatement): readonly string[];

  // Whom it hurts
  size(table: string): TableSize;
  /** Severity of work proportional to the table under a lock: an error unless the table is known or said to be small. */
  workSeverity(table: string): "error" | "info";
  /** Reads per second are known and at or above `thresholds.hotReadsPerSecond`. */
  isHot(table: string): boolean;
  traffic(table: string): Traffic;
  /** Live versions of this environment whose queries fail once others see what this statement did. */
  breaks(statement: JudgedStatement): readonly VersionBreak[];
  /** Queries that an earlier statement of the release broke already: what this statement does to them can no longer be seen. */
  brokenEarlier(statement: JudgedStatement): readonly VersionBreak[];
  /** Names of the versions that are on record as live in this environment. Empty: what is taken away is presumed to be in use. */
  readonly liveVersions: readonly string[];
  /** By which statements the live versions, and the one that is deployed next, write a table. */
  versionWrites(table: string): readonly VersionWrite[];
  /** Live versions with a query in which the name stands. */
  versionsNaming(name: string): readonly string[];
  /** The version that a rollback of this release would deploy; null when none is on record. */
  readonly rollback: RollbackTarget | null;
  /** Queries of that version which fail once the release has run, though it does not serve while it runs. */
  readonly rollbackBreaks: readonly RollbackBreak[];
  /**
   * Whether the tables, or these columns of them, may go here by the releases on record; null where nothing is on record.
   * @param columns empty: the tables themselves
   */
  stagedDrop(statement: JudgedStatement, tables: readonly string[], columns: readonly string[]): StagedDrop | null;
  /** What could not be read in the live versions and may touch the table, with the version's name. */
  dynamicAccess(table: string): readonly { readonly version: string; readonly reason: string; readonly span: Span }[];

  // Its place
  /** Statements of the same transaction before this one, in order; empty outside of one. */
  earlierInTransaction(statement: JudgedStatement): readonly JudgedStatement[];
  laterInTransaction(statement: JudgedStatement): readonly JudgedStatement[];
  /** All statements of the same migration. */
  siblings(statement: JudgedStatement): readonly JudgedStatement[];
  /** Statements of all migrations judged in this release, in order. */
  readonly release: readonly JudgedStatement[];
  /** What code that runs between the statements does to tables. */
  accesses(statement: JudgedStatement): readonly CodeAccess[];

  // Evidence
  /** For the locks, rewrites, scans and errors of a statement; `tables` narrows it. */
  evidence(statement: JudgedStatement, tables?: readonly string[]): readonly Evidence[];
  sizeEvidence(table: string): Evidence;
  trafficEvidence(table: string): readonly Evidence[];
  breakEvidence(breaks: readonly VersionBreak[]): readonly Evidence[];
}

/** The members of `Change` that can be of kind `K`, also where several kinds share one member (`create-schema`, `drop-schema`). */
export type ChangeOf<K extends ChangeKind> = Change extends infer C
  ? C extends { readonly kind: infer Kinds }
    ? K extends Kinds
      ? C & { readonly kind: K }
      : never
    : never
  : never;

/** A rule about one kind of change: `change` is narrowed, so the rule needs no switch and no cast. */
export function ruleFor<K extends ChangeKind>(
  kind: K,
  rule: {
    readonly id: string;
    readonly summary: string;
    readonly preset?: Rule["preset"];
    readonly check: (change: ChangeOf<K>, statement: JudgedStatement, context: RuleContext) => Hazard | readonly Hazard[] | null;
  },
): Rule {
  return {
    id: rule.id,
    summary: rule.summary,
    database: "postgres",
    ...(rule.preset === undefined ? {} : { preset: rule.preset }),
    kind,
    check(statement, context) {
      const hazards: Hazard[] = [];
      for (const change of statement.statement.changes) {
        if (!isKind(change, kind)) continue;
        const found = rule.check(change, statement, context);
        if (found !== null) hazards.push(...(Array.isArray(found) ? (found as readonly Hazard[]) : [found as Hazard]));
      }
      return hazards;
    },
  };
}

/** The changes of one kind in a statement: an ALTER TABLE may hold several. */
export function changesOf<K extends ChangeKind>(statement: JudgedStatement, kind: K): readonly ChangeOf<K>[] {
  return statement.statement.changes.filter((change): change is Change & ChangeOf<K> => isKind(change, kind));
}

/** Constraints that the statement adds, to an old table or with a new one. */
export function constraintsAdded(statement: JudgedStatement): readonly { readonly table: string; readonly constraint: Constraint }[] {
  return [
    ...changesOf(statement, "create-relation").flatMap(({ relation }) =>
      relation.constraints.map((constraint) => ({ table: relation.name, constraint })),
    ),
    ...changesOf(statement, "add-constraint"),
    ...changesOf(statement, "add-column").flatMap(({ table, constraints }) => constraints.map((constraint) => ({ table, constraint }))),
  ];
}

function isKind<K extends ChangeKind>(change: Change, kind: K): change is Change & ChangeOf<K> {
  return change.kind === kind;
}
