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
