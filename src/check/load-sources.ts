import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve, sep } from "node:path";
import type { SourceConfig } from "../config/parsed-config.ts";
import type { Database, Migration, Problem } from "../model/migration.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { overlaid } from "../sources/files/overlay.ts";
import { detectSources, readSource } from "../sources/index.ts";
import type { Files } from "../sources/source.ts";
import type { CheckOptions } from "./options.ts";
import { settleSource } from "./settle-source.ts";

/** A source together with the tree of files it was read from. */
export interface LoadedSource {
  readonly config: SourceConfig;
  /** The tree that holds the source; `config.root` is relative to it. */
  readonly files: Files;
  readonly folder: string;
  readonly migrations: readonly Migration[];
  /** The id that a migration of this source has here: another version's are told from another source's in the same way. */
  readonly idHere?: (id: string) => string;
}

export interface LoadedSources {
  /** Of every database: `forDatabase` gives those of one. */
  readonly sources: readonly LoadedSource[];
  readonly migrations: readonly Migration[];
  readonly problems: readonly Problem[];
  /** Ids that single files on the command line stand for; null when none was named. */
  readonly only: ReadonlySet<string> | null;
}

/** Reads the migrations of the config's sources, or those below the paths of the command line. */
export async function loadSources(options: CheckOptions): Promise<LoadedSources> {
  const problems: Problem[] = [];
  const tree = (folder: string): Files => {
    const files = diskFiles(folder, options.cwd);
    return options.overlay === undefined ? files : overlaid(files, folder, options.overlay);
  };
  const found: { config: SourceConfig; files: Files; folder: string; file: string | null }[] = [];
  if (options.paths.length === 0) {
    const files = tree(options.config.root);
    for (const config of options.config.sources) found.push({ config, files, folder: options.config.root, file: null });
    if (found.length === 0) problems.push(nothingAt(options.config.root, options.cwd));
  }
  for (const path of options.paths) {
    const absolute = resolve(options.cwd, path);
    if (!existsSync(absolute)) {
      problems.push({
        code: "missing-path",
        message: `${path} does not exist`,
        help: "give a folder or a file of migrations",
        span: null,
        fatal: true,
      });
      continue;
    }
    const isFile = statSync(absolute).isFile();
    const folder = isFile ? dirname(absolute) : absolute;
    const files = tree(folder);
    // A path that holds configured sources, or one file of such a source: what the config says about it goes on holding.
    const configured = options.config.sources.filter((source) => {
      const root = resolve(options.config.root, source.root);
      return isFile ? root === folder : root === absolute || root.startsWith(`${absolute}${sep}`);
    });
    if (configured.length > 0) {
      for (const own of configured) {
        // What was only recognised, and stands in no file, is what the command line says it is.
        const said = options.config.file === null && own.type === "sql-dir" ? options.pathsDatabase : null;
        const config = said == null ? own : { ...own, database: said };
        found.push({ config, files: tree(options.config.root), folder: options.config.root, file: isFile ? absolute : null });
      }
      continue;
    }
    const detected = detectSources(files);
    for (const source of detected) {
      const database = options.pathsDatabase ?? source.database;
      found.push({ config: { ...source, database, appliedThrough: null, base: null }, files, folder, file: isFile ? absolute : null });
    }
    if (detected.length === 0) problems.push(nothingAt(absolute, options.cwd));
  }

  const sources: LoadedSource[] = [];
  const only = new Set<string>();
  for (const { config, files, folder, file } of found.map((each) => settleSource(each, tree))) {
    const result = await readSource(files, { type: config.type, root: config.root, database: config.database, options: config.options });
    problems.push(...result.problems);
    if (result.migrations.length === 0 && !result.problems.some((problem) => problem.fatal))
      problems.push(nothingAt(resolve(folder, config.root), options.cwd));
    sources.push({ config, files, folder, migrations: result.migrations });
    if (file !== null) for (const id of idsIn(result.migrations, file, options.cwd)) only.add(id);
    // What a fix makes for a file that was named belongs to it.
    if (file !== null) for (const made of madeByFixes(options)) for (const id of idsIn(result.migrations, made, options.cwd)) only.add(id);
  }
  const named = withUniqueIds(sources);
  return { sources: named, migrations: named.flatMap((source) => source.migrations), problems, only: only.size > 0 ? only : null };
}

/** The migrations of one engine, with the sources that hold some. Problems stay with the whole. */
export function forDatabase(loaded: LoadedSources, database: Database): LoadedSources {
  const sources = loaded.sources
    .map((source) => ({ ...source, migrations: source.migrations.filter((migration) => migration.database === database) }))
    .filter(({ config, migrations }) => config.database === database || migrations.length > 0);
  const migrations = sources.flatMap((source) => source.migrations);
  if (loaded.only === null) return { ...loaded, sources, migrations };
  const own = migrations.map(({ id }) => id).filter((id) => loaded.only?.has(id) === true);
  // A file of the other engine was named: of this one everything is applied.
  return { ...loaded, sources, migrations, only: new Set(own) };
}

function madeByFixes({ overlay }: CheckOptions): readonly string[] {
  return overlay === undefined ? [] : [...overlay.keys()].filter((path) => !existsSync(path));
}

function idsIn(migrations: readonly Migration[], file: string, cwd: string): string[] {
  const path = relative(cwd, file).replaceAll("\\", "/");
  return migrations
    .filter((migration) => migration.path === path || resolve(cwd, migration.path) === file)
    .map((migration) => migration.id);
}

/** Two sources may each have a `0001_initial`: those ids are told apart by their folder. */
function withUniqueIds(sources: readonly LoadedSource[]): LoadedSource[] {
  const owners = new Map<string, Set<LoadedSource>>();
  for (const source of sources) for (const { id } of source.migrations) owners.set(id, (owners.get(id) ?? new Set()).add(source));
  return sources.map((source) => {
    if (source.migrations.every(({ id }) => owners.get(id)?.size === 1)) return source;
    const prefix = source.config.root === "." ? basename(source.folder) : source.config.root;
    const renamed = (id: string): string => ((owners.get(id)?.size ?? 0) > 1 ? `${prefix}/${id}` : id);
    const migrations = source.migrations.map((m) => ({
      ...m,
      id: renamed(m.id),
      dependsOn: m.dependsOn.map(renamed),
      replaces: m.replaces.map(renamed),
    }));
    return { ...source, migrations, idHere: renamed };
  });
}

/** Migrations that are programs of a tool which is not read (Knex, Sequelize, TypeORM, Rails, Alembic). */
function programIn(folder: string): string | undefined {
  try {
    return readdirSync(folder).find((name) => /^\d.*\.(?:[cm]?[jt]s|py|rb|php|exs)$/.test(name));
  } catch {
    return undefined;
  }
}

function nothingAt(folder: string, cwd: string): Problem {
  const shown = relative(cwd, folder) || ".";
  const program = programIn(folder);
  if (program !== undefined)
    return {
      code: "nothing-found",
      message: `no migrations that can be read were found in ${shown}: ${program} is a program`,
      help: "its own tool runs it: `tread guard -- <its migrate command>` sees to it that nobody waits for it",
      span: null,
      fatal: true,
    };
  return {
    code: "nothing-found",
    message: `no migrations were found in ${shown}`,
    help: "a check that examined nothing has not passed: name the folder that holds the migrations, or list it under `sources` in tread.config.yaml (`tread init` writes one)",
    span: null,
    fatal: true,
  };
}
