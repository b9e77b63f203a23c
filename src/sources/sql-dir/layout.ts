import type { Database, Migration, Problem, TransactionMode } from "../../model/migration.ts";
import type { Decoded } from "../files/decode.ts";

/**
 * One way of keeping SQL migrations in a folder: which files are migrations, in which order they run, which part of a file is the way
 * forward, and how the tool sends it. One file per layout, registered in `layouts/index.ts`.
 */
export interface Layout {
  /** As the tool calls itself: `flyway`, `golang-migrate`. */
  readonly name: string;
  /** Where the facts about the tool come from. */
  readonly documentation: string;
  /**
   * How far up the folder of the migrations is: 0 where the `.sql` files lie in it, 1 where each migration is a folder of its own.
   * A layout that reads folders below (Flyway) says `all`.
   */
  readonly depth: 0 | 1 | "all";
  recognises(folder: Folder): boolean;
  read(folder: Folder): LayoutResult;
}

export interface LayoutResult {
  readonly migrations: readonly Draft[];
  readonly problems: readonly Problem[];
}

/** A migration as a layout knows it; `draft.ts` makes it complete. */
export interface Draft {
  readonly id: string;
  readonly path: string;
  readonly transaction: TransactionMode;
  /** The parts of the file that run on the way forward, as offsets into its text. */
  readonly parts: readonly Part[];
  readonly down: Migration["down"];
  /** The way back, where there is one. */
  readonly back?: BackDraft;
  readonly repeatable?: boolean;
  readonly notes?: readonly string[];
}

export interface BackDraft {
  readonly path: string;
  readonly transaction: TransactionMode;
  readonly parts: readonly Part[];
}

export interface Part {
  readonly start: number;
  readonly end: number;
}

/** A folder of migrations as layouts see it. Paths are relative to the `Files` root. */
export interface Folder {
  readonly path: string;
  readonly database: Database;
  /** The `.sql` files that may be migrations, in code-point order. */
  readonly sql: readonly string[];
  /** Whether a path relative to the folder exists: settings, journals and ways back beside the migrations. */
  has(name: string): boolean;
  text(path: string): string;
  decoded(path: string): Decoded;
  bytes(path: string): Uint8Array;
  display(path: string): string;
  /** The text of the nearest file of that name in this folder or above it, within the tree, or null. */
  above(name: string): string | null;
}

/** A file that is the way back as a whole. */
export function backIn(folder: Folder, path: string, transaction: TransactionMode): BackDraft {
  return { path, transaction, parts: whole(folder.text(path)) };
}

/** The whole of a text as one part. */
export function whole(text: string): readonly Part[] {
  return [{ start: 0, end: text.length }];
}
