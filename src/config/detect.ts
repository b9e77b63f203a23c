import type { Database } from "../model/migration.ts";

export interface DetectedSource {
  readonly type: string;
  readonly root: string;
  readonly database: Database;
}

/** The sources that can be recognised below `root`. */
export async function detectIn(root: string): Promise<readonly DetectedSource[]> {
  return Promise.resolve(root === "" ? [] : []);
}
