import type { CheckOptions } from "../check/options.ts";
import { fixProject, summary, unifiedDiff, writeFiles } from "../fix/index.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { printReport } from "./output.ts";

/**
 * `check --fix` and `check --fix-dry-run`: what was done goes to stderr, the report of what remains to stdout, or with `dry` the diff.
 * @returns the exit code of the check of what remains
 */
export async function fixCommand(options: CheckOptions, version: string, flags: CommonFlags, dry: boolean): Promise<number> {
  const run = await fixProject(options, version);
  const failed = dry ? [] : writeFiles(run.files, [options.cwd, options.config.root, ...options.paths]);
  process.stderr.write(summary(run, { dry, failed }));
  if (dry) process.stdout.write(unifiedDiff(run.files));
  else await printReport(run.checked.report, flags);
  return failed.length > 0 ? EXIT.incomplete : run.checked.exitCode;
}
