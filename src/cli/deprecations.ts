import { styleText } from "node:util";
import type { DeprecationsReport } from "../review/deprecations/item.ts";
import { deprecationsOf } from "../review/deprecations/cached.ts";
import { overdueOf, type Overdue } from "../review/deprecations/overdue.ts";
import { jsonOf, markdownOf, textOf } from "../review/deprecations/print.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { prepareOutput, writeOutput } from "./output-file.ts";
import { version } from "./version.ts";

export interface DeprecationsFlags extends Omit<CommonFlags, "format"> {
  readonly format: "text" | "json" | "markdown";
  readonly failOn?: "overdue";
  /** Milliseconds. */
  readonly overdueAfter: number;
  readonly cache: boolean;
}

/**
 * `tread deprecations`: what is marked, what is unused, and what may be dropped where.
 * @throws ConfigError
 */
export async function deprecationsCommand(paths: readonly string[], flags: DeprecationsFlags): Promise<number> {
  prepareOutput(flags.output);
  const options = await checkOptions(paths, flags);
  const report = await deprecationsOf(options, version(), { cache: flags.cache, env: process.env });
  const overdue = overdueOf(report, flags.overdueAfter, new Date());
  const colour = flags.color && flags.output === undefined && process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const paint = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    colour ? styleText(format, text, { validateStream: false }) : text;
  const text =
    flags.format === "json"
      ? jsonOf(report)
      : flags.format === "markdown"
        ? markdownOf(report, overdue)
        : textOf(report, overdue, {
            bold: paint("bold"),
            dim: paint("dim"),
            good: paint("green"),
            bad: paint("red"),
            warn: paint("yellow"),
          });
  if (flags.output === undefined) process.stdout.write(text);
  else {
    writeOutput(flags.output, text);
    process.stderr.write(`wrote ${flags.output}\n`);
  }
  return exitCode(report, flags.failOn === "overdue" ? overdue : [], options.config.policy.onUnknown);
}

/** 3 (not seen completely) before 1; a verdict that is not known counts only where nothing is overdue (design of exit codes). */
function exitCode({ problems, items, environments }: DeprecationsReport, overdue: readonly Overdue[], onUnknown: "fail" | "pass"): number {
  if (problems.some(({ fatal }) => fatal)) return EXIT.incomplete;
  if (overdue.length > 0) return EXIT.findings;
  const unknown =
    environments.some(({ doubt }) => doubt !== null) || items.some((item) => Object.values(item.verdicts).includes("unknown"));
  return unknown && onUnknown === "fail" ? EXIT.incomplete : EXIT.ok;
}
