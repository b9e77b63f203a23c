import type { Database } from "../model/migration.ts";
import type { LiveVersion } from "../model/query.ts";
import type { Files } from "../sources/source.ts";

/**
 * How a version of an app is read: from its code to what it asks of the database. One folder per kind of app, registered by one
 * line in `apps/index.ts`.
 */
export interface App {
  readonly type: string;
  /** True when the files below `root` look like this kind of app. Cheap: names first. */
  detect(files: Files, root: string): boolean;
  /** Never throws for what it cannot read: that goes into `problems` and `dynamic` of the version. */
  read(input: AppInput): Promise<LiveVersion>;
}

export interface AppInput {
  readonly files: Files;
  /** Folder of the app inside `files`, `.` for the whole. */
  readonly root: string;
  /** Name of the version in reports. */
  readonly name: string;
  readonly database: Database;
  /** The options of the source that owns the migrations (`operations`, `settings` for Django). */
  readonly options: Readonly<Record<string, unknown>>;
}
