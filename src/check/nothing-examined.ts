import type { Problem } from "../model/migration.ts";

/** A check that saw no statement. */
export const NOTHING_EXAMINED: Problem = {
  code: "nothing-found",
  message: "the migrations that were found hold no statements",
  help: "a check that examined nothing has not passed: name the folder that holds the migrations, or list it under `sources` in tread.config.yaml",
  span: null,
  fatal: true,
};
