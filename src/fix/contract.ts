import type { Environment, Thresholds } from "../model/environment.ts";
import type { JudgedStatement } from "../model/judged.ts";
import type { Statement } from "../model/migration.ts";
import type { Finding } from "../model/report.ts";
import type { Edit } from "./edits.ts";
import type { SqlStatement } from "./sql-statement.ts";

/**
 * One way to take a hazard out of an SQL file without changing what the migration means. One file per fix in `fix/postgres/`, one line
 * in `fix/postgres/index.ts`. A fix is a pure function of what it is given; whether its result holds is checked by `verify.ts`.
 */
export interface SqlFix {
  readonly id: string;
  /** Rules whose findings it may resolve. */
  readonly rules: readonly string[];
  /** Tried only when nothing else is left to do in the file: what others write needs it too. */
  readonly last?: boolean;
  /** Also findings of severity info, where a table is not known to be small. */
  readonly evenInfo?: boolean;
  /** Null: the finding is about something else than what this fix knows. */
  propose(problem: SqlProblem): Remedy | Refusal | null;
}

export interface SqlProblem {
  readonly finding: Finding;
  /** The statement with the schema before it, as the first environment that judges it sees it. */
  readonly judged: JudgedStatement;
  /** All statements of the migration, in order. */
  readonly siblings: readonly JudgedStatement[];
  /** All statements that are judged together with it or come later, in order. */
  readonly release: readonly JudgedStatement[];
  /** Every statement of every migration before this one, applied ones included, in order. */
  readonly earlier: () => readonly Statement[];
  readonly statement: SqlStatement;
  /** All that are judged: what is written must hold on every one of them. */
  readonly environments: readonly Environment[];
  readonly thresholds: Thresholds;
}

/** What is done about a finding. */
export interface Remedy {
  readonly kind: "remedy";
  /** What changed, in one line: `CREATE INDEX → CREATE INDEX CONCURRENTLY`. */
  readonly summary: string;
  /** Of the statement's own file. */
  readonly edits: readonly Edit[];
  /** The statement has to run outside of a transaction. */
  readonly outside?: boolean;
  /** Statements, without semicolons, that run after it, in another transaction than it. */
  readonly after?: readonly string[];
  /** Those have to stand in the same file, as they cannot run in a transaction either. */
  readonly together?: boolean;
  /** What the file of those is named after: `validate_order_total`. */
  readonly named?: string;
}

/** Why a finding is not fixed, and what a person does about it. */
export interface Refusal {
  readonly kind: "refused";
  /** Lower case, no full stop. */
  readonly reason: string;
  readonly byHand: string;
}

export function refused(reason: string, byHand: string): Refusal {
  return { kind: "refused", reason, byHand };
}

/** Where a statement stands among those of its migration: usually at its own index, since a migration is judged as a whole. */
export function positionOf(siblings: readonly JudgedStatement[], judged: JudgedStatement): number {
  return siblings[judged.statement.index] === judged ? judged.statement.index : siblings.indexOf(judged);
}
