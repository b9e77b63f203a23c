import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { foldSchema } from "../engines/postgres/introspect/fold-schema.ts";
import type { Migration, Problem } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import { decode } from "../sources/files/decode.ts";
import { gitFiles, gitMergeBase, isInsideRepository } from "../sources/files/git.ts";
import { recordedIn } from "./schema-records.ts";
import { wholeSpan } from "../text/span.ts";

/** A schema that somebody saved: `pg_dump --schema-only`, Rails' `structure.sql`, dbmate's `schema.sql`. */
export interface SchemaFile {
  /** As the reader may open it; with the ref that it was read from. */
  readonly shown: string;
  readonly sql: string;
}

/**
 * Reads a schema file. With `--base REF` it is read as REF has it, when it is in the repository: the working tree's copy may hold the
 * very migrations that are to be judged.
 * @param path absolute
 */
export function readSchemaFile(path: string, cwd: string, base: string | null): SchemaFile {
  const shown = relative(cwd, path) || path;
  const then = base === null ? null : asOf(path, base);
  const sql = then?.text ?? decode(readFileSync(path)).text;
  return { shown: then === null ? shown : `${shown} as ${base ?? ""} has it`, sql };
}

function asOf(path: string, base: string): { readonly text: string } | null {
  const folder = dirname(path);
  if (!isInsideRepository(folder)) return null;
  const files = gitFiles(folder, gitMergeBase(folder, base));
  const name = path.slice(folder.length + 1);
  return files.exists(name) ? { text: decode(files.read(name)).text } : null;
}

export interface FoldedFile {
  readonly state: SchemaState;
  /** Ids of migrations that the file says are in it; null when it does not say. */
  readonly holds: ReadonlySet<string> | null;
  readonly problems: readonly Problem[];
}

/** Folds the file and finds which migrations it says it holds. */
export function foldSchemaFile(engine: PostgresEngine, file: SchemaFile, migrations: readonly Migration[], start: SchemaState): FoldedFile {
  const { state, unread } = foldSchema(engine, file.sql, file.shown, start);
  const problems: Problem[] = unread.map(({ message, span }) => ({
    code: "syntax",
    message: `${file.shown}: ${message}`,
    help: "a schema file is what pg_dump --schema-only writes: db/structure.sql, schema.sql",
    span,
    fatal: true,
  }));
  if (state.relations.size === start.relations.size && state.types.size === start.types.size && unread.length === 0) {
    problems.push({
      code: "empty-schema",
      message: `${file.shown} creates no table`,
      help: "a schema file is what pg_dump --schema-only writes; a Rails schema.rb is not SQL (config.active_record.schema_format = :sql)",
      span: wholeSpan(file.shown, file.sql),
      fatal: true,
    });
  }
  const recorded = recordedIn(file.sql, state, migrations);
  for (const failed of recorded?.failed ?? []) {
    problems.push({
      code: "failed-migration",
      message: `${file.shown} records ${failed} as begun and not ended`,
      help: "the schema may be between two: repair the database with the tool, and save it again",
      span: null,
      fatal: true,
    });
  }
  return { state, holds: recorded?.ids ?? null, problems };
}
