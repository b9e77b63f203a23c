import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Report } from "../model/report.ts";
import type { Format } from "../report/format.ts";
import type { CommonFlags } from "./main.ts";

/** Prints the report, or writes it to `--output` and says so on stderr. */
export async function printReport(report: Report, flags: CommonFlags): Promise<void> {
  const { formats, isFormatName } = await import("../report/index.ts");
  const { ruleSummary } = await import("../rules/pages.ts");
  if (!isFormatName(flags.format)) throw new Error(`no format ${flags.format}`);
  const format: Format = formats[flags.format];
  const toFile = flags.output !== undefined;
  const colour = flags.color && !toFile && process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
  const text = format.render(report, {
    color: colour,
    width: process.stdout.columns ?? 120,
    verbose: flags.verbose ?? false,
    ruleSummary,
    readFile: (path) => {
      try {
        return readFileSync(resolve(process.cwd(), path), "utf8");
      } catch {
        return null;
      }
    },
  });
  if (flags.output === undefined) process.stdout.write(text);
  else {
    writeFileSync(resolve(process.cwd(), flags.output), text);
    process.stderr.write(`wrote ${flags.output}\n`);
  }
}
