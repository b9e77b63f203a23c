import type { Migration, Problem } from "../../model/migration.ts";
import { below, folderOf, normalisePath } from "../files/paths.ts";
import type { Files, Source, SourceResult, SourceSettings } from "../source.ts";
import { complete } from "./draft.ts";
import { looksLikeMigrations, recognise } from "./folders.ts";

/** SQL files in a folder, in whichever layout they are kept (`layouts/`). */
export const sqlDirSource: Source = {
  type: "sql-dir",
  summary: "SQL files: numbered, Flyway, golang-migrate, sqlx, dbmate, goose, sql-migrate, Diesel, Atlas, Supabase, Prisma, Drizzle",
  detect: (files, root) =>
    (["postgres", "clickhouse"] as const).some((database) => recognise(files, root, database, []).some(looksLikeMigrations)),
  read: (files, settings) => readSqlDir(files, settings),
};

/**
 * Reads the migrations at a path: a folder, a tree of folders, or one file. Nothing found is an empty result, which the caller judges.
 * @param source what `Migration.source` says, for the sources that keep SQL files in a folder of their own
 */
export function readSqlDir(files: Files, settings: SourceSettings, source: string = "sql-dir"): SourceResult {
  const problems: Problem[] = [];
  const root = normalisePath(settings.root);
  const found: { migration: Migration; folder: string }[] = [];
  for (const { folder, layout, only } of recognise(files, root, settings.database, problems)) {
    const result = layout.read(folder);
    for (const draft of result.migrations) {
      if (only === null || draft.path === only)
        found.push({ migration: complete(draft, folder, source, layout.name, constantsOf(settings.options)), folder: folder.path });
    }
    problems.push(...result.problems.filter(({ span }) => only === null || span?.file === folder.display(only)));
  }
  return { migrations: withUniqueIds(found, root), problems };
}

/** `constants` of the source: values for what stands as `${NAME}` in the files. */
function constantsOf(options: SourceSettings["options"]): Readonly<Record<string, string>> {
  const { constants } = options;
  return typeof constants === "object" && constants !== null
    ? Object.fromEntries(Object.entries(constants).filter((entry): entry is [string, string] => typeof entry[1] === "string"))
    : {};
}

/** Two folders may each have a `0001_init`: those ids get their folder, and within one folder the extension or a count. */
function withUniqueIds(found: readonly { migration: Migration; folder: string }[], root: string): Migration[] {
  const uses = new Map<string, number>();
  for (const { migration } of found) uses.set(migration.id, (uses.get(migration.id) ?? 0) + 1);
  const taken = new Set<string>();
  return found.map(({ migration, folder }) => {
    const prefix = below(root === folder ? folder : root.endsWith(".sql") ? folderOf(root) : root, folder);
    const wanted = (uses.get(migration.id) ?? 0) > 1 && prefix !== "" && prefix !== "." ? `${prefix}/${migration.id}` : migration.id;
    let id = wanted;
    for (let n = 2; taken.has(id); n++) id = `${wanted}~${n}`;
    taken.add(id);
    return id === migration.id ? migration : { ...migration, id };
  });
}
