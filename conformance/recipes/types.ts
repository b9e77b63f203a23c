/** A change on a small project, with what the app's two versions ask. */
export interface RecipeCase {
  /** `change-type with a view`. */
  readonly name: string;
  readonly words: string;
  /** The schema before, as one migration. */
  readonly setup: string;
  /** Rows, about `rows` in the largest table; in a session of its own, without anybody looking. */
  readonly seed: (rows: number) => string;
  /** What the version before the plan asks, and the one after it. */
  readonly before: readonly AppQuery[];
  readonly after: readonly AppQuery[];
  /** Majors on which it makes a difference; default: all. */
  readonly majors?: readonly number[];
  /** `table.column`: data that no two runs have in common (random values, numbers from a sequence). */
  readonly random?: readonly string[];
  /** What differs from the unsafe form at the end, as the plan's notes say: regular expressions over `showDifference`. */
  readonly differs?: readonly RegExp[];
  /** The unsafe form is safe as a statement; what the plan adds is the order of deploys. */
  readonly safe?: boolean;
  /** Statements that both roles of the harness need before `setup`: extensions, as superuser. */
  readonly superuser?: string;
  /** Rows under the schema before and after, to see whether a way back loses any. Default: all tables as they are. */
  readonly content?: { readonly before: string; readonly after: string };
}

/** One query of a version; `$1` … are given by `values`. */
export interface AppQuery {
  readonly sql: string;
  readonly values?: (pick: Pick) => readonly unknown[];
}

export interface Pick {
  /** Id of a seeded row that belongs to this version alone: what two versions write never meets. */
  readonly id: () => number;
  /** A number that nobody has had yet. */
  readonly fresh: () => number;
}
