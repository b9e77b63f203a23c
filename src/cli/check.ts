import { check } from "../check/index.ts";
import { forgeOf } from "./forge.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { printReport } from "./output.ts";
import { version } from "./version.ts";

export interface CheckFlags extends CommonFlags {
  readonly fix?: boolean;
  readonly fixDryRun?: boolean;
  readonly preChecks?: string;
  readonly pullRequest?: string;
}

export async function checkCommand(paths: readonly string[], flags: CheckFlags): Promise<number> {
  if (flags.fix === true || flags.fixDryRun === true) {
    const { fixCommand, fixDryRunCommand } = await import("./fix.ts");
    const command = flags.fixDryRun === true ? fixDryRunCommand : fixCommand;
    return command(await checkOptions(paths, flags), version(), flags);
  }
  const options = await checkOptions(paths, flags);
  const { report, exitCode } = await check(options, version(), await forgeOf(flags.pullRequest, options.config.root));
  if (flags.preChecks !== undefined) {
    const { writePreChecks } = await import("./pre-checks.ts");
    if (writePreChecks(report, flags.preChecks)) return exitCode;
  }
  await printReport(report, flags);
  return exitCode;
}
