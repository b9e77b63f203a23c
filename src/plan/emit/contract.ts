import type { Step } from "../types.ts";

/** One migration as it is to be written, before any tool's words. */
export interface Draft {
  readonly plan: string;
  readonly phase: string;
  readonly step: Exclude<Step, { readonly kind: "approve" }>;
  /** For the file's name: `not_null_person_email_add_check`. */
  readonly name: string;
  /** What stands above it as a comment, a sentence each. The first is the mark by which tread knows the file again. */
  readonly header: readonly string[];
  /** Null: nothing for the database (a release's model state). */
  readonly up: Block | null;
  /** Of a backfill: the queries of its loop, for tools that loop themselves. */
  readonly batch?: BatchQueries;
  /** A block, or why there is no way back. */
  readonly down: Block | { readonly mode: "none"; readonly why: string };
}

/**
 * Queries that walk a key in ranges, with `%s` for each value and every other percent sign doubled (PEP 249, `format`): `first` gives
 * the first key, `last` (from) the last one of a batch, `change` (from, to) does the work, `next` (to) gives the key after it.
 */
export interface BatchQueries {
  readonly first: string;
  readonly last: string;
  readonly change: string;
  readonly next: string;
}

/** Statements without their semicolons. */
export interface Block {
  /**
   * - `transaction`: all of them together.
   * - `alone`: one statement that Postgres or the step itself wants outside of any transaction (CONCURRENTLY, a loop that commits).
   */
  readonly mode: "transaction" | "alone";
  readonly statements: readonly string[];
}

/** Where the files go, and what is there already. */
export interface Place {
  /** The layout (`Migration.layout`) or kind of source: `goose`, `django`. */
  readonly layout: string;
  /** Absolute. */
  readonly folder: string;
  /** As the reader knows it. */
  readonly shown: string;
  /** Files below the folder, relative to it, in code-point order. */
  readonly files: readonly string[];
  /** The text of one of them. */
  readonly read: (file: string) => string;
  readonly newline: string;
  readonly now: Date;
  /** The file of the plan, for messages in the files. */
  readonly planFile: string;
}

export interface EmittedFile {
  /** Relative to the folder. */
  readonly file: string;
  readonly text: string;
  /** It is there already and gets an entry more (a tool's journal); every other file is new. */
  readonly changes?: true;
}

/** How one tool wants its migrations. One file per format, registered in `formats/index.ts`. */
export interface EmitFormat {
  readonly layout: string;
  /**
   * How the tool sends a migration that it was told to run outside of a transaction: each statement by itself, or the file as one query.
   * Null: it cannot be told, and what must run outside is run by `tread apply`; the file only looks whether it was.
   */
  readonly outside: "each" | "one-query" | null;
  /** Whether a way back of several statements that run outside of a transaction needs a file for each. */
  readonly backApart: (place: Place) => boolean;
  write(drafts: readonly Draft[], place: Place): readonly EmittedFile[];
}

/** What cannot be written. */
export class EmitRefused extends Error {
  override readonly name = "EmitRefused";
  readonly help: string;
  readonly exitCode: number;
  /** @param exitCode 2: asked wrongly; 3: cannot be done */
  constructor(message: string, help: string, exitCode: 2 | 3 = 3) {
    super(message);
    this.help = help;
    this.exitCode = exitCode;
  }
}
