import { decode } from "../files/decode.ts";
import { folderOf, joinPath, nameOf } from "../files/paths.ts";
import type { Files } from "../source.ts";

/** `0001_initial.py`; helpers, `__init__.py` and tests beside them are none. */
export const MIGRATION_FILE: RegExp = /^\d+_\w+\.py$/;

/** Functions that are known to take a statement for ClickHouse and to return an operation that sends it. */
export const KNOWN_FUNCTIONS: readonly string[] = [
  "run_sql_with_exceptions",
  "run_clickhouse_sql",
  "run_ch_sql",
  "run_on_cluster",
  "run_sql",
  "execute_sql",
  "sync_execute",
];

/** Whether a file keeps its operations at the top of the module and calls what sends SQL to ClickHouse, or is for infi.clickhouse_orm. */
export function looksLikeClickHouse(text: string): boolean {
  if (/^(?:from|import)\s+infi\.clickhouse_orm\b/m.test(text)) return true;
  return /^operations\b[^=\n]*=/m.test(text) && KNOWN_FUNCTIONS.some((name) => text.includes(`${name}(`));
}

/** Files at each end of a folder that are opened to see whose migrations they are. */
const SAMPLE = 5;

/** Folders of numbered Python files that send SQL to ClickHouse. */
export function djangoClickHouseRoots(paths: readonly string[], files: Files): string[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    if (MIGRATION_FILE.test(nameOf(path))) folders.set(folderOf(path), [...(folders.get(folderOf(path)) ?? []), path]);
  }
  return [...folders].filter(([, own]) => sample(own).some((path) => looksLikeClickHouse(textOf(files, path)))).map(([folder]) => folder);
}

function sample(paths: readonly string[]): readonly string[] {
  return paths.length <= 2 * SAMPLE ? paths : [...paths.slice(0, SAMPLE), ...paths.slice(-SAMPLE)];
}

function textOf(files: Files, path: string): string {
  try {
    return decode(files.read(path)).text;
  } catch {
    return "";
  }
}

/** The folder that Python imports from, for a folder of migrations: above the outermost package around it, or where `manage.py` is. */
export function pythonRoot(folder: string, has: (path: string) => boolean): string {
  let root = folder;
  let top: string | null = null;
  for (let at = folder; ; at = folderOf(at)) {
    if (has(joinPath(at, "manage.py"))) return at;
    if (has(joinPath(at, "__init__.py")) && top === null) root = folderOf(at);
    else top ??= root;
    if (at === "." || at === "") return top ?? root;
  }
}
