import { check } from "../check/index.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { printReport } from "./output.ts";
import { version } from "./version.ts";

export async function checkCommand(paths: readonly string[], flags: CommonFlags): Promise<number> {
  const { report, exitCode } = await check(await checkOptions(paths, flags), version());
  await printReport(report, flags);
  return exitCode;
}
