import type { Migration, ParsedMigration } from "../model/migration.ts";
import type { Finding } from "../model/report.ts";
import type { Edit } from "./edits.ts";
import type { TextFile } from "./text-file.ts";
import type { FileWritten } from "./tools/tool.ts";

/** What one fix wants to do, whatever the language of the file is. */
export interface Proposal {
  readonly kind: "proposal";
  readonly fix: string;
  /** The finding that asked for it. */
  readonly finding: Finding;
  readonly migration: ParsedMigration;
  readonly file: TextFile;
  readonly summary: string;
  readonly notes: readonly string[];
  readonly edits: readonly Edit[];
  /** Settings beside the file, and other sources that change with it. */
  readonly files: readonly FileWritten[];
  /** A migration that follows; proposals of one file share it. */
  readonly follow: Follow | null;
  /** A column that keeps a default in the database which it lost before: the one difference that the schema at the end may show. */
  readonly keepsDefault: { readonly table: string; readonly column: string } | null;
  /** Done only where nothing else is left to do in the file. */
  readonly last: boolean;
}

export interface Follow {
  readonly parts: readonly string[];
  /**
   * Makes the files of all parts that one migration needs. Null: the layout's names could not be told.
   * @param known the migrations with those that this round has made already
   */
  readonly make: (parts: readonly string[], known: readonly Migration[]) => readonly FileWritten[] | null;
}

/** A finding that stays, with the reason. */
export interface NotFixed {
  readonly kind: "not-fixed";
  readonly finding: Finding;
  readonly reason: string;
  readonly byHand: string;
}
