/** One file of cases: a schema with rows in it, and statements that are each run on it and undone. */
export interface Scene {
  /** `alter-table/quoted-names`, as its path says. */
  readonly id: string;
  /** As one would open it: `conformance/cases/alter-table/quoted-names.sql`. */
  readonly file: string;
  readonly comment: string;
  readonly setup: Script;
  readonly cases: readonly Case[];
}

export interface Case {
  /** Unique in its scene. */
  readonly name: string;
  /** Of the line that names it, 1-based. */
  readonly line: number;
  /** Majors it applies to, both ends included. */
  readonly majors: Range;
  /** It cannot run in a transaction: it runs by itself, on a copy of the scene. */
  readonly alone: boolean;
  /** What it did stays for the cases after it. */
  readonly keep: boolean;
  readonly script: Script;
  /** Disagreements that are understood, each with the majors where it holds. */
  readonly accepted: readonly Acceptance[];
}

export interface Acceptance {
  readonly reason: string;
  readonly majors: Range;
  readonly line: number;
}

export interface Script {
  readonly sql: string;
  /** Of its first line, 1-based. */
  readonly line: number;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export const EVERY_MAJOR: Range = { from: 0, to: Number.POSITIVE_INFINITY };

export function holds(range: Range, major: number): boolean {
  return major >= range.from && major <= range.to;
}
