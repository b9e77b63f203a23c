import { readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import type { PostgresEngine } from "../engines/postgres/engine.ts";
import { foldSchema } from "../engines/postgres/introspect/fold-schema.ts";
import type { Migration, Problem } from "../model/migration.ts";
import type { SchemaState } from "../model/schema.ts";
import { byVersions } from "../sources/bookkeeping/recorded.ts";
import { decode } from "../sources/files/decode.ts";
import { gitFiles, gitMergeBase, isInsideRepository } from "../sources/files/git.ts";
import { wholeSpan } from "../text/span.ts";

/** A schema that somebody saved: `pg_dump --schema-only`, Rails' `structure.sql`, dbmate's `schema.sql`. */
export interface SchemaFile {
  /** As the reader may open it; with the ref that it was read from. */
  readonly shown: string;
  readonly sql: string;
  /** Versions that it says are applied in it; null when it says nothing about that. */
  readonly versions: readonly string[] | null;
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
  return { shown: then === null ? shown : `${shown} as ${base ?? ""} has it`, sql, versions: versionsIn(sql) };
}

function asOf(path: string, base: string): { readonly text: string } | null {
  const folder = dirname(path);
  if (!isInsideRepository(folder)) return null;
  const files = gitFiles(folder, gitMergeBase(folder, base));
  const name = path.slice(folder.length + 1);
  return files.exists(name) ? { text: decode(files.read(name)).text } : null;
}

/**
 * `INSERT INTO "schema_migrations" (version) VALUES ('20240101120000'), …` at the end of what Rails and dbmate write; also as COPY, where
 * somebody dumped the table with its data.
 */
function versionsIn(sql: string): readonly string[] | null {
  const versions: string[] = [];
  let found = false;
  const insert =
    /INSERT\s+INTO\s+(?:"?\w+"?\.)?"?schema_migrations"?\s*\(\s*"?version"?\s*\)\s*VALUES\s*((?:\(\s*'?[\w.]+'?\s*\)\s*,?\s*)+)/gi;
  for (const match of sql.matchAll(insert)) {
    found = true;
    for (const value of (match[1] ?? "").matchAll(/\(\s*'?([\w.]+)'?\s*\)/g)) versions.push(value[1] ?? "");
  }
  const copy = /^COPY\s+(?:"?\w+"?\.)?"?schema_migrations"?\s*\(\s*"?version"?\s*\)\s+FROM\s+stdin;\r?\n([\s\S]*?)^\\\./gim;
  for (const match of sql.matchAll(copy)) {
    found = true;
    versions.push(...(match[1] ?? "").split(/\r?\n/).filter((line) => line !== ""));
  }
  return found ? versions : null;
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
  if (file.versions === null) return { state, holds: null, problems };
  const { ids } = byVersions(file.versions, migrations);
  return { state, holds: ids, problems };
}
