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
  /** A clone to rehearse on instead of an embedded server. */
  readonly on?: string;
  /** True, or the name of the database that may be changed. */
  readonly disposable?: true | string;
  readonly allowSessionsOf?: readonly string[];
}

/** Rows at which the growth of a cost is measured, unless `--sizes` says others. */
const SIZES = [50_000, 100_000, 200_000] as const;

export async function rehearseCommand(paths: readonly string[], flags: RehearseFlags, command: readonly string[] | null): Promise<number> {
  if (command !== null && command.length === 0) {
    throw new ConfigError("the command line", [
      { span: null, setting: "--", message: "no command follows `--`", help: "for example: tread rehearse -- python manage.py migrate" },
    ]);
  }
  refuseCombinations(flags, command);
  const options = await checkOptions(paths, flags);
  const abort = new AbortController();
  const progress = createProgress(process.stderr);
  // `on` and not `once`: while somebody listens, the server's own last act leaves the decision to us. A second signal does not wait.
  const stop = (): void => {
    if (abort.signal.aborted) process.exit(EXIT.incomplete);
    progress.update(
      flags.on === undefined ? "stopping: ending the server and removing its files" : "stopping: cancelling what runs on the clone",
    );
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
      flags.on !== undefined
        ? await onClone(settings, flags.on, flags, events)
        : command === null
          ? await rehearseProject(settings, version(), events)
          : await (await import("../check/rehearse-command.ts")).rehearseCommandProject(settings, command, version(), events);
    const postgresAlone = flags.on !== undefined ? "`--on`" : command === null ? null : `\`${command.join(" ")}\``;
    const report =
      postgresAlone === null
        ? result.report
        : await (await import("../check/clickhouse/not-rehearsed.ts")).withUnrehearsedClickHouse(result.report, settings, postgresAlone);
    progress.end();
    await printReport(report, flags);
    return result.exitCode;
  } catch (error) {
    progress.end();
    if (!abort.signal.aborted) throw error;
    process.stderr.write(
      flags.on === undefined ? "stopped; nothing was left behind\n" : "stopped; what had run on the clone stays there: throw it away\n",
    );
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

async function onClone(
  settings: RehearseOptions,
  on: string,
  flags: RehearseFlags,
  events: Parameters<typeof rehearseProject>[2],
): ReturnType<typeof rehearseProject> {
  const { rehearseOnClone } = await import("../check/full-size.ts");
  return rehearseOnClone(
    { ...settings, on, disposable: flags.disposable ?? null, allowed: flags.allowSessionsOf ?? [] },
    version(),
    events,
  );
}

/** @throws ConfigError */
function refuseCombinations({ on, disposable, allowSessionsOf }: RehearseFlags, command: readonly string[] | null): void {
  const refuse = (setting: string, message: string, help: string): never => {
    throw new ConfigError("the command line", [{ span: null, setting, message, help }]);
  };
  if (on === undefined && (disposable !== undefined || allowSessionsOf !== undefined))
    refuse(
      disposable === undefined ? "--allow-sessions-of" : "--disposable",
      "says something about a clone, and none is named",
      "name it: --on postgres://user@host/database",
    );
  if (on !== undefined && disposable === undefined)
    refuse(
      "--on",
      "the rehearsal runs the migrations there, with their locks, and leaves them: it is for a copy that may be thrown away",
      "if it is one (a restored snapshot, a thin clone, a branch), say so: --on … --disposable",
    );
  if (on !== undefined && command !== null)
    refuse("--on", "a command after `--` is rehearsed on tread's own server", "leave one of the two out");
}
