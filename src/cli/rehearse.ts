import { type RehearseOptions, rehearseProject } from "../check/rehearse.ts";
import { ConfigError } from "../config/config-error.ts";
import { EXIT } from "./exit-codes.ts";
import type { CommonFlags } from "./main.ts";
import { checkOptions } from "./options.ts";
import { printReport } from "./output.ts";
import { createProgress } from "./progress.ts";
import { version } from "./version.ts";

export interface RehearseFlags extends CommonFlags {
  readonly rows: number;
  readonly offline: boolean;
  /** False: `--no-growth`. */
  readonly growth: boolean;
  readonly sizes?: readonly number[];
}

/** Rows at which the growth of a cost is measured, unless `--sizes` says others. */
const SIZES = [50_000, 100_000, 200_000] as const;

export async function rehearseCommand(paths: readonly string[], flags: RehearseFlags, command: readonly string[] | null): Promise<number> {
  if (command !== null && command.length === 0) {
    throw new ConfigError("the command line", [
      { span: null, setting: "--", message: "no command follows `--`", help: "for example: tread rehearse -- python manage.py migrate" },
    ]);
  }
  const options = await checkOptions(paths, flags);
  const abort = new AbortController();
  const progress = createProgress(process.stderr);
  // `on` and not `once`: while somebody listens, the server's own last act leaves the decision to us. A second signal does not wait.
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.incomplete);
    progress.update("stopping: ending the server and removing its files");
    abort.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    const settings = { ...options, maxRows: flags.rows, growth: growthOptions(flags), offline: flags.offline, signal: abort.signal };
    const events = {
      progress: (message: string) => progress.update(message),
      // What the command says goes where progress goes: stdout is the report's.
      output: (text: string) => void process.stderr.write(text),
    };
    const result =
      command === null
        ? await rehearseProject(settings, version(), events)
        : await (await import("../check/rehearse-command.ts")).rehearseCommandProject(settings, command, version(), events);
    progress.end();
    await printReport(result.report, flags);
    return result.exitCode;
  } catch (error) {
    progress.end();
    if (!abort.signal.aborted) throw error;
    process.stderr.write("stopped; nothing was left behind\n");
    return EXIT.incomplete;
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function growthOptions({ growth, sizes }: RehearseFlags): NonNullable<RehearseOptions["growth"]> | null {
  if (!growth) return null;
  return sizes === undefined ? { sizes: SIZES, inTime: true } : { sizes, inTime: false };
}
