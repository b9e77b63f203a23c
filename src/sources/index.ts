import type { Database, Problem } from "../model/migration.ts";
import { djangoClickHouseRoots } from "./django-clickhouse/roots.ts";
import { drizzleConfigs } from "./drizzle/config.ts";
import { decode } from "./files/decode.ts";
import { folderOf, isWithin, joinPath, nameOf, normalisePath } from "./files/paths.ts";
import { prismaRoots } from "./prisma/roots.ts";
import { engineOfScripts } from "./sql-dir/engine-of.ts";
import { looksLikeMigrations, recognise } from "./sql-dir/folders.ts";
import type { Files, Source, SourceResult, SourceSettings } from "./source.ts";

/** One kind of source as the registry knows it, before its code is loaded. */
export interface SourceEntry {
  readonly type: string;
  /** One line for `tread init` and the docs. */
  readonly summary: string;
  /**
   * Where projects of this kind begin in the tree, from names alone (the code that looks closer is loaded with `load`).
   * @param paths all files below the root
   */
  roots(paths: readonly string[], files: Files): readonly string[];
  load(): Promise<Source>;
}

/** Every kind of source. A folder below `src/sources` that is not named here fails the tests. */
export const sources: readonly SourceEntry[] = [
  {
    type: "django",
    summary: "Django: the apps' migrations/ folders",
    roots: djangoRoots,
    load: async () => (await import("./django/index.ts")).djangoSource,
  },
  {
    type: "django-clickhouse",
    summary: "Python migrations that send SQL to ClickHouse (run_sql_with_exceptions, RunSQL)",
    roots: djangoClickHouseRoots,
    load: async () => (await import("./django-clickhouse/index.ts")).djangoClickHouseSource,
  },
  {
    type: "prisma",
    summary: "Prisma: schema.prisma and prisma/migrations",
    roots: prismaRoots,
    load: async () => (await import("./prisma/index.ts")).prismaSource,
  },
  {
    type: "drizzle",
    summary: "Drizzle: drizzle.config.* and the folder it writes to",
    roots: (paths) => [...new Set(drizzleConfigs(paths).map(folderOf))],
    load: async () => (await import("./drizzle/index.ts")).drizzleSource,
  },
  {
    type: "sql-dir",
    summary: "SQL files in a folder: numbered, Flyway, golang-migrate, sqlx, dbmate, goose and others",
    roots: sqlRoots,
    load: async () => (await import("./sql-dir/index.ts")).sqlDirSource,
  },
];

/** The entry of a type, or undefined when there is none of that name. */
function sourceOfType(type: string): SourceEntry | undefined {
  return sources.find((entry) => entry.type === type);
}

/**
 * The sources that a project seems to have, for `tread init` and for `check` without a configuration, from names and the first lines
 * of few files. A folder that one kind has claimed is not claimed again by a more general one.
 */
export function detectSources(files: Files): SourceSettings[] {
  const all = files.list(".");
  // Samples and tests hold migrations too; they count only where there is nothing else.
  const own = all.filter((path) => !/(?:^|\/)(?:tests?|__tests__|testdata|fixtures|examples?|docs?|vendor|third_party)\//i.test(path));
  const found = detectIn(own, files);
  if (found.length > 0) return found;
  const anywhere = own.length === all.length ? [] : detectIn(all, files);
  if (anywhere.length > 0) return anywhere;
  // SQL files without numbers, right here: whoever points at such a folder means them.
  const here = all.some((path) => !path.includes("/") && /\.sql$/i.test(path));
  return here ? databasesIn(files, ".").map((database) => ({ type: "sql-dir", root: ".", database, options: {} })) : [];
}

function detectIn(paths: readonly string[], files: Files): SourceSettings[] {
  const found: SourceSettings[] = [];
  const claimed: string[] = [];
  for (const entry of sources) {
    for (const root of entry.roots(paths, files)) {
      // Python for ClickHouse lies inside of Django projects, whose own reader leaves it alone.
      if (entry.type === "django-clickhouse") {
        found.push({ type: entry.type, root, database: "clickhouse", options: {} });
        continue;
      }
      if (claimed.some((folder) => isWithin(folder, root) || (entry.type === "sql-dir" && isWithin(root, folder)))) continue;
      claimed.push(...foldersOf(entry.type, files, root));
      for (const database of entry.type === "sql-dir" ? databasesIn(files, root) : [databaseOfName(root)])
        found.push({ type: entry.type, root, database, options: {} });
    }
  }
  return found;
}

/** The folders whose `.sql` files belong to a source that was found. */
function foldersOf(type: string, files: Files, root: string): string[] {
  if (type === "prisma") return [joinPath(root, "prisma"), joinPath(root, "migrations")];
  // Reading the configuration properly needs a grammar; for the question whose folder this is, the text will do.
  if (type === "drizzle")
    return drizzleConfigs(files.list(root)).map((path) => normalisePath(joinPath(folderOf(path), outOf(files, path))));
  return type === "django" ? [] : [root];
}

function outOf(files: Files, config: string): string {
  const { text } = decode(files.read(config));
  return /["']?\bout["']?\s*:\s*["'`]([^"'`]+)["'`]/.exec(text)?.[1] ?? "drizzle";
}

function databaseOfName(root: string): Database {
  return isClickHouseName(root) ? "clickhouse" : "postgres";
}

function isClickHouseName(path: string): boolean {
  return /(?:^|\/)(?:clickhouse|ch)(?:[/_-]|$)/i.test(path);
}

/** The engines that the folders of a root are for: by their SQL, else by their name. Two sources share a root that holds both. */
function databasesIn(files: Files, root: string): readonly Database[] {
  const folders = new Map<string, string[]>();
  for (const path of files.list(root)) {
    if (!/\.sql$/i.test(path)) continue;
    const own = folders.get(folderOf(path));
    if (own === undefined) folders.set(folderOf(path), [path]);
    else own.push(path);
  }
  const said = new Set<Database>();
  for (const [folder, paths] of folders) {
    const engine = engineOfScripts(paths, (path) => textOf(files, path)) ?? (isClickHouseName(folder) ? "clickhouse" : null);
    if (engine !== null) said.add(engine);
  }
  return said.size === 0 ? [databaseOfName(root)] : (["postgres", "clickhouse"] as const).filter((database) => said.has(database));
}

/** The engine of a SQL source that nobody named one for: by its SQL, Postgres where that says nothing. */
export function databaseOfScripts(files: Files, root: string): Database {
  const [first, ...more] = databasesIn(files, root);
  return first === undefined || more.length > 0 ? "postgres" : first;
}

/** Empty where it cannot be read: whoever reads it properly says so. */
function textOf(files: Files, path: string): string {
  try {
    return decode(files.read(path)).text;
  } catch {
    return "";
  }
}

/** Where `manage.py` is; without one, what stands on Python's path above the apps that have a `migrations/0001_*.py`. */
function djangoRoots(paths: readonly string[], files: Files): string[] {
  const candidates = paths.filter((path) => /(?:^|\/)migrations\/\d{4}_\w+\.py$/.test(path));
  const clickhouse = new Set(djangoClickHouseRoots(candidates, files));
  const migrations = candidates.filter((path) => !clickhouse.has(folderOf(path)));
  if (migrations.length === 0) return [];
  const manage = paths.filter((path) => nameOf(path) === "manage.py").map(folderOf);
  const roots = manage.filter(
    (root) => migrations.some((path) => isWithin(root, path)) && !manage.some((other) => other !== root && isWithin(other, root)),
  );
  const apps = migrations.map((path) => folderOf(folderOf(folderOf(path)))).filter((app) => !roots.some((root) => isWithin(root, app)));
  if (apps.length > 0 && roots.length === 0) {
    const files = new Set(paths);
    let root = commonFolder(apps);
    // Apps import from the packages around them: fields, operations, base classes.
    while (root !== "." && files.has(`${root}/__init__.py`)) root = folderOf(root);
    roots.push(root);
  }
  return [...new Set(roots)];
}

function commonFolder(folders: readonly string[]): string {
  let common = folders[0] ?? ".";
  while (common !== "." && !folders.every((folder) => isWithin(common, folder))) common = folderOf(common);
  return common;
}

/** Folders whose name or files say that they hold SQL migrations, the outermost of those that belong together. */
function sqlRoots(paths: readonly string[], files: Files): string[] {
  // SQL beside Django's own migrations is what they load.
  const python = new Set(paths.filter((path) => /(?:^|\/)migrations\/\d{4}_\w+\.py$/.test(path)).map(folderOf));
  const beside = [...python];
  const sql = paths.filter((path) => /\.sql$/i.test(path) && !beside.some((folder) => isWithin(folder, path)));
  if (sql.length === 0) return [];
  const top = commonFolder([...new Set(sql.map(folderOf))]);
  const own = new Set(sql);
  // Asked for both engines, since each leaves out what a folder's name says is for the other.
  const roots = (["postgres", "clickhouse"] as const)
    .flatMap((database) => recognise(files, top, database, []))
    .filter(looksLikeMigrations)
    .filter(({ folder }) => folder.sql.some((path) => own.has(path)))
    .map(({ folder }) => folder.path);
  const outermost = roots.filter((root) => !roots.some((other) => other !== root && isWithin(other, root)));
  return [...new Set(outermost)].sort();
}

/**
 * Reads one configured source.
 * What goes wrong is a fatal problem of the result, so that the other sources are still reported.
 */
export async function readSource(files: Files, settings: SourceSettings): Promise<SourceResult> {
  const entry = sourceOfType(settings.type);
  if (entry === undefined) {
    return failed(
      "unknown-source",
      `there is no source of type \`${settings.type}\``,
      `Known types: ${sources.map(({ type }) => type).join(", ")}.`,
    );
  }
  try {
    return await (await entry.load()).read(files, settings);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const help =
      error instanceof Error && "help" in error && typeof error.help === "string"
        ? error.help
        : "Check that the files are there and that you may read them.";
    return failed("unreadable", `the ${settings.type} source at ${files.display(settings.root)} could not be read: ${message}`, help);
  }
}

function failed(code: string, message: string, help: string): SourceResult {
  const problem: Problem = { code, message, help, span: null, fatal: true };
  return { migrations: [], problems: [problem] };
}

export type { Files, Source, SourceResult, SourceSettings } from "./source.ts";
