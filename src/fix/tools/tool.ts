import type { Migration } from "../../model/migration.ts";
import type { Refusal, Remedy, SqlProblem } from "../contract.ts";
import type { Edit } from "../edits.ts";

/** A file beside the one that holds the hazard: a migration that follows it, a setting of the tool. */
export interface FileWritten {
  readonly absolute: string;
  /** As the reader knows it. */
  readonly path: string;
  readonly text: string;
  /** Of a Django migration: what others name when they depend on it. */
  readonly id?: string;
  readonly dependsOn?: readonly string[];
  /** It is there already and other fixes may want to change it, too: one at a time. */
  readonly shared?: boolean;
  /** In the encoding of the file that was there; `text` as UTF-8 where it is new. */
  readonly bytes?: Uint8Array;
}

/** What has to be done so that the tool runs the file as the remedy needs it. */
export interface Arrangement {
  readonly kind: "arranged";
  /** Of the file that holds the hazard. */
  readonly edits: readonly Edit[];
  readonly files: readonly FileWritten[];
  /** What the reader should know, a sentence each. */
  readonly notes: readonly string[];
}

export const NOTHING: Arrangement = { kind: "arranged", edits: [], files: [], notes: [] };

/** What is known around a problem when its file is arranged. */
export interface Surroundings {
  readonly problem: SqlProblem;
  readonly remedy: Remedy;
  /** All migrations of the project. */
  readonly migrations: readonly Migration[];
  /** Reads a file as it stands after earlier fixes; null when there is none. @param absolute path */
  readonly read: (absolute: string) => Uint8Array | null;
}

/**
 * What a tool can be told about one SQL file: to run it outside of a transaction, and what its next migration is called.
 * The facts are those of the layouts in `sources/sql-dir/layouts`.
 */
export interface Tool {
  readonly name: string;
  /**
   * How it sends a file that it was told to run outside of a transaction: each statement by itself, or the whole file as one query,
   * which is an implicit transaction again as soon as it holds two statements. Null: it cannot be told.
   */
  readonly outside: "each" | "one-query" | null;
  /** Its migrations share one session, so that what one sets holds for the next. */
  readonly sharesSession: boolean;
  /** Tells it, in the file or beside it. */
  readonly switchOff?: (around: Surroundings) => Arrangement | Refusal;
  /** Files for statements that follow, in a transaction of their own. Absent: the tool's files cannot be made by hand. */
  readonly follow?: (around: Surroundings, statements: readonly string[], name: string) => readonly FileWritten[] | null;
  /** What a person must do after a file of its folder was changed. */
  readonly afterEdit?: string;
  /** What a person must know before something runs CONCURRENTLY under it. */
  readonly concurrentlyNote?: string;
}
