import { dirname, basename } from "node:path";
import type { Database } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import { diskFiles } from "../sources/files/disk.ts";
import { folderOf, joinPath, nameOf, normalisePath } from "../sources/files/paths.ts";
import type { Files } from "../sources/source.ts";
import type { App, AppInput } from "./app.ts";
import type { PreviousVersions } from "./django/previous.ts";

/** One kind of app as the registry knows it, before its code is loaded. */
export interface AppEntry {
  readonly type: string;
  /** From names alone; the code that looks closer is loaded with `load`. */
  detect(files: Files, root: string): boolean;
  load(): Promise<App>;
}

/**
 * Every kind of app. A folder below `src/apps` that exports an app and is not named here fails the tests.
 * In the order in which a project of several kinds is asked.
 */
export const apps: readonly AppEntry[] = [
  {
    type: "django",
    detect: (files, root) => has(files, root, (path) => nameOf(path) === "manage.py" || /(?:^|\/)migrations\/\d{4}_\w+\.py$/.test(path)),
    load: async () => (await import("./django/index.ts")).djangoApp,
  },
  {
    type: "prisma",
    detect: (files, root) => has(files, root, (path) => path.endsWith(".prisma")),
    load: async () => (await import("./prisma/index.ts")).prismaApp,
  },
  {
    type: "drizzle",
    detect: (files, root) => has(files, root, (path) => /^drizzle\.config\.(?:[cm]?[jt]s|json)$/.test(nameOf(path))),
    load: async () => (await import("./drizzle/index.ts")).drizzleApp,
  },
];

function has(files: Files, root: string, test: (path: string) => boolean): boolean {
  return files.list(root).some(test);
}

/** The kinds of app that the files below `root` look like, by type. */
export function detectApps(files: Files, root: string): string[] {
  return apps.filter((app) => app.detect(files, root)).map(({ type }) => type);
}

/**
 * Reads what a version of an app asks of the database.
 * What goes wrong is a fatal problem of the version, so that the others are still reported.
 */
export async function readApp(type: string, input: AppInput): Promise<LiveVersion> {
  const entry = apps.find((app) => app.type === type);
  if (entry === undefined) {
    return failed(input, "unknown-app", `there is no kind of app \`${type}\``, `Known: ${apps.map((app) => app.type).join(", ")}.`);
  }
  try {
    return await (await entry.load()).read(input);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const help =
      error instanceof Error && "help" in error && typeof error.help === "string"
        ? error.help
        : "Check that the files are there and that you may read them.";
    return failed(input, "unreadable", `the ${type} app of version ${input.name} could not be read: ${message}`, help);
  }
}

function failed(input: AppInput, code: string, message: string, help: string): LiveVersion {
  return {
    name: input.name,
    database: input.database,
    queries: [],
    migrations: null,
    dynamic: [],
    problems: [{ code, message, help, span: null, fatal: true }],
  };
}

/**
 * A live version given by its queries: a `.sql` file or a folder of them, or an export of `pg_stat_statements`.
 * @param file.path absolute
 * @param file.shown how the path is written in messages
 */
export async function readQueryFile(file: {
  readonly path: string;
  readonly shown: string;
  readonly name: string;
  readonly database: Database;
}): Promise<LiveVersion> {
  const { readQueries } = await import("./sql/index.ts");
  const disk = diskFiles(dirname(file.path));
  const own = basename(file.path);
  const display = (path: string): string => {
    const shown = normalisePath(path);
    return shown === own ? file.shown : joinPath(folderOf(file.shown), shown);
  };
  return readQueries({ files: { ...disk, display }, path: own, name: file.name, database: file.database });
}

export { scanWriters } from "./writers/index.ts";
export type { App, AppInput } from "./app.ts";

/** What the version before each migration of a Django project asks: see `django/previous.ts`. */
export async function previousVersions(input: Pick<AppInput, "files" | "root" | "database" | "options">): Promise<PreviousVersions> {
  const { previousVersions: read } = await import("./django/previous.ts");
  return read(input);
}
