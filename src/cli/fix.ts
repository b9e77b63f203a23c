import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { CheckOptions } from "../check/options.ts";
import { annotated, fixProject, summary, unifiedDiff, writeFiles } from "../fix/index.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { printReport } from "./output.ts";

/**
 * `check --fix`: what was done goes to stderr, the report of what remains to stdout.
 * @returns the exit code of the check of what remains; 3 when a file could not be written
 */
export async function fixCommand(options: CheckOptions, version: string, flags: CommonFlags): Promise<number> {
  const run = await fixProject(options, version);
  const failed = writeFiles(run.files, [options.cwd, options.config.root, ...options.paths]);
  process.stderr.write(summary(run, { dry: false, failed }));
  await printReport(annotated(run, run.checked.report), flags);
  return failed.length > 0 ? EXIT.incomplete : run.checked.exitCode;
}

/**
 * `check --fix-dry-run`: writes nothing but what `--output` names; a diff, or with another format than text the report of the files as
 * they stand, in which every finding tells its fix.
 * @returns the exit code of the check of the files as they stand
 */
export async function fixDryRunCommand(options: CheckOptions, version: string, flags: CommonFlags): Promise<number> {
  const run = await fixProject(options, version);
  process.stderr.write(summary(run, { dry: true, failed: [] }));
  if (flags.format !== "text") await printReport(annotated(run, run.before.report), flags);
  else if (flags.output === undefined) process.stdout.write(unifiedDiff(run.files));
  else {
    writeFileSync(resolve(options.cwd, flags.output), unifiedDiff(run.files));
    process.stderr.write(`wrote ${flags.output}\n`);
  }
  return run.before.exitCode;
}
