import { resolve } from "node:path";
import { readQueryFile } from "../../apps/index.ts";
import type { LiveConfig } from "../../config/parsed-config.ts";
import type { Problem } from "../../model/migration.ts";
import type { LiveVersion } from "../../model/query.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { GitError, gitFiles, gitMergeBase } from "../../sources/files/git.ts";
import { readSource } from "../../sources/index.ts";
import type { Files } from "../../sources/source.ts";
import { liveOfFlag, rootIn } from "../load-live.ts";
import type { LoadedSource } from "../load-sources.ts";
import type { CheckOptions } from "../options.ts";

export interface LoadedClickHouseLive {
  readonly versions: readonly LiveVersion[];
  /** Ids that `--base` has; null without the option. */
  readonly base: { readonly name: string; readonly ids: ReadonlySet<string> } | null;
  readonly problems: readonly Problem[];
}

/** What each live version asks of ClickHouse, and which ClickHouse migrations it carries. */
export async function loadClickHouseLive(options: CheckOptions, sources: readonly LoadedSource[]): Promise<LoadedClickHouseLive> {
  const problems: Problem[] = [];
  const entries = [...options.config.live, ...options.live.map((flag) => liveOfFlag(flag, options, "clickhouse"))];
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
  const versions: LiveVersion[] = [];
  for (const entry of entries) {
    const version = await attempt(() => loadVersion(entry, options, sources));
    const same = versions.findIndex(({ name }) => name === version?.name);
    const known = versions[same];
    if (version !== null && known === undefined) versions.push(version);
    // A release, and its queries under the same name.
    else if (version !== null && known !== undefined)
      versions[same] = {
        ...known,
        queries: [...known.queries, ...version.queries],
        migrations: known.migrations ?? version.migrations,
        dynamic: [...known.dynamic, ...version.dynamic],
        problems: [...known.problems, ...version.problems],
      };
  }
  for (const version of versions) problems.push(...version.problems);
  return { versions, base, problems };
}

async function loadVersion(entry: LiveConfig, options: CheckOptions, sources: readonly LoadedSource[]): Promise<LiveVersion | null> {
  if (entry.kind === "sql") {
    if (entry.database !== "clickhouse") return null;
    const path = resolve(options.config.root, entry.path);
    const shown = diskFiles(options.config.root, options.cwd).display(entry.path);
    return readQueryFile({ path, shown, name: entry.name, database: entry.database });
  }
  const { name } = entry;
  const migrations = new Map<string, string>();
  const inRef = entry.ref === null ? null : (folder: string): Files => gitFiles(folder, entry.ref ?? "HEAD");
  for (const source of sources) {
    const files = inRef === null ? diskFiles(resolve(options.config.root, entry.path ?? "."), options.cwd) : inRef(source.folder);
    const root = inRef === null ? rootIn(files, source) : (entry.root ?? source.config.root);
    const { type, options: own } = source.config;
    for (const one of (await readSource(files, { type, root, database: "clickhouse", options: own })).migrations)
      if (one.database === "clickhouse") migrations.set(source.idHere?.(one.id) ?? one.id, one.hash);
  }
  return {
    name,
    database: "clickhouse",
    queries: [],
    migrations: migrations.size === 0 ? null : migrations,
    dynamic: [],
    problems: [],
  };
}

async function loadBase(
  sources: readonly LoadedSource[],
  ref: string,
): Promise<{ readonly name: string; readonly ids: ReadonlySet<string> }> {
  const ids = new Set<string>();
  for (const source of sources) {
    const files = gitFiles(source.folder, gitMergeBase(source.folder, ref));
    const { type, root, options: own } = source.config;
    for (const { id, database } of (await readSource(files, { type, root, database: "clickhouse", options: own })).migrations)
      if (database === "clickhouse") ids.add(source.idHere?.(id) ?? id);
  }
  return { name: ref, ids };
}
