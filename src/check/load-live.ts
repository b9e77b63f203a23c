import { existsSync, readFileSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { detectApps, readApp, readQueryFile, scanWriters } from "../apps/index.ts";
import type { LiveConfig } from "../config/parsed-config.ts";
import type { Database, Problem } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { GitError, gitFiles, gitMergeBase } from "../sources/files/git.ts";
import { readSource } from "../sources/index.ts";
import { engineOfQueries } from "../sources/sql-dir/engine-of.ts";
import type { Files } from "../sources/source.ts";
import type { LoadedSource } from "./load-sources.ts";
import type { CheckOptions } from "./options.ts";
import { unreadMapper } from "./unread-mapper.ts";
import { entryOf } from "./releases.ts";

export interface LoadedLive {
  readonly versions: readonly LiveVersion[];
  /** The working tree itself: its app must fit the schema after the last migration. Null when no app was found there. */
  readonly working: LiveVersion | null;
  /** Ids that `--base` has; null without the option. */
  readonly base: { readonly name: string; readonly ids: ReadonlySet<string> } | null;
  readonly problems: readonly Problem[];
}

export const WORKING = "working";

/** Reads what each live version asks of the database. */
export async function loadLive(options: CheckOptions, sources: readonly LoadedSource[], tables: Tables): Promise<LoadedLive> {
  const problems: Problem[] = [];
  const entries = [...options.config.live, ...options.live.map((flag) => liveOfFlag(flag, options))];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      problems.push({ code: error.code, message: error.message, help: error.help, span: null, fatal: true });
      return null;
    }
  };
  const base = options.base === null ? null : await attempt(() => loadBase(sources, options.base ?? ""));
  if (base !== null && !entries.some((entry) => entry.kind === "app")) {
    // Nobody said what is live: what the change is compared with is what serves while it is deployed.
    entries.push({ kind: "app", name: base.name, type: null, ref: base.commit, path: null, root: null });
  }
  // Files are read and parsed one version after the other: two cores gain nothing from interleaving, and memory stays small.
  const versions: LiveVersion[] = [];
  for (const entry of entries) {
    // What is asked of ClickHouse is held against ClickHouse (check/clickhouse).
    if (entry.kind === "sql" && entry.database === "clickhouse") continue;
    const version = await attempt(() => loadVersion(entry, options, sources, tables));
    const same = versions.findIndex(({ name }) => name === version?.name);
    const known = versions[same];
    // A release, and an export of its queries under the same name.
    if (version !== null && known !== undefined) versions[same] = merged(version.name, [known, version]);
    else if (version !== null) versions.push(version);
  }
  const working = await loadWorking(sources);
  for (const version of [...versions, ...(working === null ? [] : [working])]) problems.push(...version.problems);
  return { versions, working, base, problems };
}

/** @param database that a file of queries is for, where nothing in it says so */
export function liveOfFlag(flag: CheckOptions["live"][number], options: CheckOptions, database: Database = "postgres"): LiveConfig {
  const path = resolve(options.cwd, flag.target);
  if (!existsSync(path)) return { kind: "app", name: flag.name, type: null, ref: flag.target, path: null, root: null };
  if (statSync(path).isFile())
    return { kind: "sql", name: flag.name, path, database: engineOfQueries(readFileSync(path, "utf8")) ?? database };
  return { kind: "app", name: flag.name, type: null, ref: null, path, root: null };
}

async function loadVersion(
  entry: LiveConfig,
  options: CheckOptions,
  sources: readonly LoadedSource[],
  tables: Tables,
): Promise<LiveVersion> {
  if (entry.kind === "sql") {
    const path = resolve(options.config.root, entry.path);
    return readQueryFile({
      path,
      shown: diskFiles(options.config.root, options.cwd).display(relative(options.config.root, path)),
      name: entry.name,
      database: entry.database,
    });
  }
  const parts: LiveVersion[] = [];
  // The app, its migrations and its raw SQL are read from one tree: what git was asked for once is there.
  const trees = new Map<string, Files>();
  const inRef =
    entry.ref === null
      ? null
      : (folder: string): Files => {
          const files = trees.get(folder) ?? gitFiles(folder, entry.ref ?? "HEAD");
          trees.set(folder, files);
          return files;
        };
  let appRead = false;
  // A folder holds what the source's `root` holds; a ref holds the whole repository, at the same paths as the working tree.
  for (const source of sources) {
    const files = inRef === null ? diskFiles(resolve(options.config.root, entry.path ?? "."), options.cwd) : inRef(source.folder);
    const root = inRef === null ? rootIn(files, source) : (entry.root ?? source.config.root);
    const app = appTypeOf(entry.type, source, files, root);
    const read =
      app === null
        ? null
        : await readApp(app, { files, root, name: entry.name, database: source.config.database, options: source.config.options });
    if (read !== null) {
      appRead = true;
      parts.push(read);
    }
    // Reading a Django app reads its migrations; other apps keep theirs beside them.
    if (read === null || read.migrations === null) {
      const { migrations } = await readSource(files, {
        type: source.config.type,
        root,
        database: source.config.database,
        options: source.config.options,
      });
      parts.push(
        carrying(
          entry.name,
          migrations.map((one) => ({ id: source.idHere?.(one.id) ?? one.id, hash: one.hash })),
        ),
      );
    }
  }
  const tree = inRef === null ? diskFiles(resolve(options.config.root, entry.path ?? "."), options.cwd) : inRef(options.config.root);
  // Statements of its migrations are no queries of the app, where the migrations can be told from it.
  const without = sqlFolders(options, sources).filter(
    (folder) => inRef !== null || (folder !== "" && folder !== "." && tree.exists(folder)),
  );
  parts.push(await writersIn(tree, entry.name, without, tables));
  const released = options.onRecord?.record.releases.some(({ name }) => name === entry.name) === true;
  if (released && !appRead) parts.push({ ...carrying(entry.name, []), dynamic: unreadMapper(tree) });
  return merged(entry.name, parts);
}

/** How many releases older than all that serve are read to tell who used a thing last. */
const LOOK_BACK = 3;

/**
 * What releases that serve nowhere any more, or not yet, ask of the database. Newest first, and not further back than tells anything.
 * @returns null for one whose code is gone
 */
export async function loadPast(
  options: CheckOptions,
  sources: readonly LoadedSource[],
  tables: Tables,
): Promise<ReadonlyMap<string, LiveVersion | null>> {
  const past = new Map<string, LiveVersion | null>();
  const releases = options.onRecord?.record.releases ?? [];
  const serving = new Set(options.config.live.map(({ name }) => name));
  const oldest = releases.findIndex(({ name }) => serving.has(name));
  for (const [index, release] of [...releases.entries()].toReversed()) {
    if (serving.has(release.name) || (oldest !== -1 && index < oldest - LOOK_BACK)) continue;
    const entry = entryOf(release, options, []);
    try {
      const version = entry === null ? null : await loadVersion(entry, options, sources, tables);
      past.set(release.name, version === null || version.problems.some((problem) => problem.fatal) ? null : version);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
      past.set(release.name, null);
    }
  }
  return past;
}

/** A folder holds what the source's root holds; one that holds the root itself, at its place, is a copy of the whole. */
export function rootIn(files: Files, { config }: LoadedSource): string {
  return config.type === "sql-dir" && config.root !== "." && files.exists(config.root) ? config.root : ".";
}

/** The app in the working tree, and raw SQL anywhere in it. */
async function loadWorking(sources: readonly LoadedSource[]): Promise<LiveVersion | null> {
  const parts: LiveVersion[] = [];
  for (const source of sources) {
    const app = appTypeOf(null, source, source.files, source.config.root);
    if (app === null) continue;
    parts.push(
      await readApp(app, {
        files: source.files,
        root: source.config.root,
        name: WORKING,
        database: source.config.database,
        options: source.config.options,
      }),
    );
  }
  return parts.length === 0 ? null : merged(WORKING, parts);
}

/** Tables that the migrations know: SQL on others is another database's. Null where not all of the schema was seen. */
export type Tables = ReadonlySet<string> | null;

/** Raw SQL of other writers in the working tree: workers in other languages that share the database. */
export async function loadWriters(options: CheckOptions, sources: readonly LoadedSource[], tables: Tables): Promise<LiveVersion> {
  const tree = diskFiles(options.config.root, options.cwd);
  const entries = [...options.config.live, ...options.live.map((flag) => liveOfFlag(flag, options))];
  const versions = entries.flatMap(({ path }) =>
    path === null ? [] : [relative(options.config.root, resolve(options.config.root, path))],
  );
  // A release that serves nowhere any more is no writer of the working tree either.
  const released = (options.onRecord?.record.releases ?? []).flatMap(({ path }) => path ?? []);
  const found = await writersIn(tree, "raw SQL", [...sqlFolders(options, sources), ...versions, ...released], tables);
  // Found in the tree, not said to be deployed: it can be broken, but that it does not use a column proves nothing.
  return { ...found, onRecord: false };
}

async function writersIn(files: Files, name: string, without: readonly string[], tables: Tables): Promise<LiveVersion> {
  const { queries, dynamic, problems } = await scanWriters(files, tables === null ? { without } : { without, tables });
  return { name, database: "postgres", queries, migrations: null, dynamic, problems };
}

/** Folders that hold migrations and nothing else, relative to the config's root. An app's root holds its code too. */
function sqlFolders(options: CheckOptions, sources: readonly LoadedSource[]): string[] {
  // A ClickHouse source is not read yet; its SQL is no query for Postgres either.
  const clickhouse = options.config.sources.filter((source) => source.database === "clickhouse").map((source) => source.root);
  return sources
    .filter((source) => source.config.type === "sql-dir")
    .map((source) => relative(options.config.root, resolve(source.folder, source.config.root)).replaceAll("\\", "/"))
    .concat(clickhouse);
}

function appTypeOf(wanted: string | null, source: LoadedSource, files: Files, root: string): string | null {
  if (wanted !== null) return wanted;
  const detected = detectApps(files, root);
  return detected.includes(source.config.type) ? source.config.type : (detected[0] ?? null);
}

function carrying(name: string, migrations: readonly { readonly id: string; readonly hash: string }[]): LiveVersion {
  const carried = migrations.length === 0 ? null : new Map(migrations.map(({ id, hash }) => [id, hash]));
  return { name, database: "postgres", queries: [], migrations: carried, dynamic: [], problems: [] };
}

function merged(name: string, parts: readonly LiveVersion[]): LiveVersion {
  const migrations = new Map<string, string>();
  for (const part of parts) for (const [id, hash] of part.migrations ?? []) migrations.set(id, hash);
  return {
    name,
    database: "postgres",
    queries: parts.flatMap((part) => part.queries),
    migrations: migrations.size === 0 ? null : migrations,
    dynamic: parts.flatMap((part) => part.dynamic),
    problems: parts.flatMap((part) => part.problems),
    declares: parts.flatMap((part) => part.declares ?? []),
    openTables: parts.flatMap((part) => part.openTables ?? []),
  };
}

async function loadBase(
  sources: readonly LoadedSource[],
  ref: string,
): Promise<{ name: string; commit: string; ids: ReadonlySet<string> }> {
  const ids = new Set<string>();
  let commit = ref;
  for (const source of sources) {
    commit = gitMergeBase(source.folder, ref);
    const files = gitFiles(source.folder, commit);
    const { type, root, database, options: own } = source.config;
    for (const { id } of (await readSource(files, { type, root, database, options: own })).migrations) ids.add(source.idHere?.(id) ?? id);
  }
  return { name: ref, commit, ids };
}
