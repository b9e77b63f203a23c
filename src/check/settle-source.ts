import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { SourceConfig } from "../config/parsed-config.ts";
import { databaseOfScripts } from "../sources/index.ts";
import type { Files } from "../sources/source.ts";

interface Found {
  readonly config: SourceConfig;
  readonly files: Files;
  readonly folder: string;
}

/** What the configuration or the command line left open about a source, decided by looking at its files. */
export function settleSource<T extends Found>(found: T, tree: (folder: string) => Files): T {
  const { config, files } = found;
  if (config.type === "sql-dir" && config.databaseFrom === "default") {
    const database = databaseOfScripts(files, config.root);
    return database === config.database ? found : { ...found, config: { ...config, database } };
  }
  return config.type === "django-clickhouse" ? fromPackage(found, tree) : found;
}

/**
 * Python imports from above the outermost package, and a folder of migrations that was named on the command line lies deep inside of one:
 * the tree is then opened further up, so that what the migrations import can be read.
 */
function fromPackage<T extends Found>(found: T, tree: (folder: string) => Files): T {
  const start = resolve(found.folder, found.config.root);
  let top = found.folder;
  let within = false;
  for (let at = start; ; at = dirname(at)) {
    const isPackage = existsSync(join(at, "__init__.py"));
    if (isPackage) within = true;
    if (existsSync(join(at, "manage.py")) || (within && !isPackage)) {
      if (!start.startsWith(`${top}${sep}`) || top.startsWith(`${at}${sep}`)) top = at;
      break;
    }
    if (dirname(at) === at || existsSync(join(at, ".git"))) break;
  }
  if (top === found.folder || !found.folder.startsWith(`${top}${sep}`)) return found;
  const root = relative(top, start).split(sep).join("/");
  return { ...found, folder: top, files: tree(top), config: { ...found.config, root: root === "" ? "." : root } };
}
