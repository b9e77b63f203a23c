import type { Change, ChangeKind, ChangeOf } from "../model/change.ts";
import type { Environment, TableSize, Thresholds } from "../model/environment.ts";
import type { JudgedStatement, VersionBreak } from "../model/judged.ts";
import type { CodeAccess, ParsedMigration } from "../model/migration.ts";
import type { Evidence, Severity } from "../model/report.ts";
import type { Relation } from "../model/schema.ts";
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
  /** Called once per statement of every judged migration and environment. */
  readonly check?: (statement: JudgedStatement, context: RuleContext) => readonly Hazard[];
  /** Called once per judged migration and environment. */
  readonly checkMigration?: (migration: JudgedMigration, context: RuleContext) => readonly Hazard[];
}

export interface JudgedMigration {
  readonly migration: ParsedMigration;
  readonly statements: readonly JudgedStatement[];
}

/** What a rule returns; `check` turns it into a finding with span, environments and docs. */
export interface Hazard {
  readonly severity: Severity;
  /** Smallest place that shows the problem; default: the statement. */
  readonly span?: Span;
  readonly statement?: number | null;
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

/** The questions that rules may ask. A false positive is usually a missing question: add it here, not in the rule. */
export interface RuleContext {
  readonly environment: Environment;
  readonly thresholds: Thresholds;
  /** The table existed before the release under judgement: it may hold rows and be in use. */
  existedBefore(statement: JudgedStatement, table: string): boolean;
  table(statement: JudgedStatement, table: string): Relation | null;
  size(table: string): TableSize;
  /** Live versions of this environment whose queries fail from this statement on. */
  breaks(statement: JudgedStatement): readonly VersionBreak[];
  /** Names of the versions that are live in this environment. */
  readonly liveVersions: readonly string[];
  /** Evidence lines for the locks, rewrites, scans and errors of a statement, from both witnesses. */
  evidence(statement: JudgedStatement, tables?: readonly string[]): readonly Evidence[];
  /** Evidence for a table's size. */
  sizeEvidence(table: string): Evidence;
  /** Statements of the same transaction before this one, in order; empty outside of one. */
  earlierInTransaction(statement: JudgedStatement): readonly JudgedStatement[];
  laterInTransaction(statement: JudgedStatement): readonly JudgedStatement[];
  /** All statements of the same migration. */
  siblings(statement: JudgedStatement): readonly JudgedStatement[];
  /** Statements of all migrations judged in this release, in order. */
  readonly release: readonly JudgedStatement[];
  accesses(statement: JudgedStatement): readonly CodeAccess[];
}

/** A rule about one kind of change: `change` is narrowed, so the rule needs no switch and no cast. */
export function ruleFor<K extends ChangeKind>(
  kind: K,
  rule: {
    readonly id: string;
    readonly summary: string;
    readonly check: (change: ChangeOf<K>, statement: JudgedStatement, context: RuleContext) => Hazard | readonly Hazard[] | null;
  },
): Rule {
  return {
    id: rule.id,
    summary: rule.summary,
    database: "postgres",
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

function isKind<K extends ChangeKind>(change: Change, kind: K): change is ChangeOf<K> {
  return change.kind === kind;
}
