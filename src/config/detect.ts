import type { Database } from "../model/migration.ts";

export interface DetectedSource {
  readonly type: string;
  /** Relative to the folder that was searched. */
  readonly root: string;
  readonly database: Database;
}

/** The sources that can be recognised below `root`, absolute. */
export async function detectIn(root: string): Promise<readonly DetectedSource[]> {
  const [{ detectSources }, { diskFiles }] = await Promise.all([import("../sources/index.ts"), import("../sources/files/disk.ts")]);
  return detectSources(diskFiles(root));
}

/** The engine of a live version's queries that nobody named one for: by what is in the file, Postgres where that says nothing. */
export async function databaseOfQueries(path: string): Promise<Database> {
  const [{ engineOfQueries }, { readFileSync, statSync }] = await Promise.all([
    import("../sources/sql-dir/engine-of.ts"),
    import("node:fs"),
  ]);
  // A folder of queries, or a file that is not there: whoever reads it says so.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return "postgres";
  return engineOfQueries(readFileSync(path, "utf8")) ?? "postgres";
}
