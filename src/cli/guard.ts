import { ConfigError } from "../config/config-error.ts";
import type { ParsedConfig } from "../config/parsed-config.ts";
import type { GuardResult } from "../guard/index.ts";
import type { Stall } from "../guard/types.ts";
import type { Target } from "../engines/postgres/introspect/target.ts";
import { EXIT } from "./exit-codes.ts";

export interface GuardFlags {
  readonly config?: string;
  readonly environment?: string;
  readonly databaseUrl?: string | true;
  readonly stallBudget: number;
  readonly lockLimit: number;
  readonly rowStall: number;
  readonly retries: number;
  /** False: `--no-cancel-autovacuum`. */
  readonly cancelAutovacuum: boolean;
  readonly endIdleAfter?: number;
  readonly watchOnly: boolean;
  readonly watchApplication?: readonly string[];
  readonly watchUser?: readonly string[];
  readonly watchAddress?: readonly string[];
}

/** Everything that is said goes to stderr: stdout is the command's. */
export async function guardCommand(flags: GuardFlags, command: readonly string[] | null): Promise<number> {
  if (command === null || command.length === 0)
    throw usage("--", "no command follows `--`", "for example: tread guard -- python manage.py migrate");
  const named = [flags.watchApplication, flags.watchUser, flags.watchAddress].some((names) => names !== undefined);
  if (named && !flags.watchOnly) throw usage("--watch-only", "says which sessions to watch, and there is a proxy", "add --watch-only");
  const { target, url } = await targetOf(flags);
  const { runGuard } = await import("../guard/index.ts");
  const abort = new AbortController();
  let signal: ((signal: NodeJS.Signals) => void) | null = null;
  let signals = 0;
  const stop = (received: NodeJS.Signals): void => {
    signals++;
    abort.abort();
    // At a terminal the command hears Ctrl-C by itself.
    if (!(received === "SIGINT" && process.stdin.isTTY) || signals > 1)
      signal?.(signals > 2 ? "SIGKILL" : signals > 1 ? "SIGTERM" : received);
    if (signals === 1) say("stopping: the command was told so; once more to end it");
  };
  const heard = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const each of heard) process.on(each, stop);
  try {
    const result = await runGuard(
      {
        target,
        url,
        command,
        env: process.env,
        limits: {
          stallMs: flags.stallBudget,
          rowStallMs: flags.rowStall,
          lockLimitMs: flags.lockLimit * 1000,
          cancelAutovacuum: flags.cancelAutovacuum,
          endIdleAfterMs: flags.endIdleAfter === undefined ? null : flags.endIdleAfter * 1000,
          synchronousCommit: null,
          retries: flags.retries,
        },
        watchOnly: flags.watchOnly
          ? { applications: flags.watchApplication ?? [], users: flags.watchUser ?? [], addresses: flags.watchAddress ?? [] }
          : null,
      },
      { note: (text) => say(target.redact(text)), signal: abort.signal },
      (child) => {
        signal = (how) => child.signal(how);
      },
    );
    process.stderr.write(target.redact(summary(result, flags, command)));
    return result.exitCode;
  } finally {
    for (const each of heard) process.off(each, stop);
  }
}

function say(text: string): void {
  process.stderr.write(`tread guard: ${text}\n`);
}

/** @throws ConfigError, DatabaseTrouble */
async function targetOf(flags: GuardFlags): Promise<{ readonly target: Target; readonly url: string | null }> {
  const [{ loadConfig }, { selectEnvironments }, { databaseUrl }, { readTarget }] = await Promise.all([
    import("../config/load.ts"),
    import("../config/environments.ts"),
    import("../config/database-url.ts"),
    import("../engines/postgres/introspect/target.ts"),
  ]);
  const rules = async () => (await import("../rules/policy.ts")).ruleNames();
  const config: ParsedConfig = await loadConfig({
    cwd: process.cwd(),
    rules,
    ...(flags.config === undefined ? {} : { file: flags.config }),
  });
  const environments = selectEnvironments(config, flags.environment === undefined ? null : [flags.environment]);
  const withUrl = environments.filter((environment) => (environment.databaseUrlFrom ?? null) !== null);
  const [first, second] = withUrl;
  if (typeof flags.databaseUrl !== "string" && second !== undefined)
    throw usage(
      "--environment",
      `this config names the databases of ${withUrl.length} environments`,
      `say which one is meant: --environment ${first?.name ?? ""}`,
    );
  const url = databaseUrl(flags.databaseUrl ?? true, withUrl.length === 1 ? (first ?? null) : null, process.env);
  return { target: readTarget(url, process.env), url };
}

function summary({ runs, stalls, limited, unlimited, retried }: GuardResult, flags: GuardFlags, command: readonly string[]): string {
  const lines: string[] = [];
  const last = runs.at(-1);
  if (last === undefined) return "";
  const { outcome, ended } = last;
  if (!flags.watchOnly && outcome.kind !== "not-started") {
    const parts = [`${count(limited, "statement")} under lock_timeout = ${flags.stallBudget} ms`];
    if (unlimited > 0) parts.push(`${unlimited} CONCURRENTLY without one`);
    if (retried > 0) parts.push(`${count(retried, "attempt")} repeated unseen`);
    if (runs.length > 1) parts.push(`the command run ${runs.length} times`);
    lines.push(`tread guard: ${parts.join(", ")}`);
  }
  lines.push(...stallLines(stalls, flags));
  switch (outcome.kind) {
    case "own":
      if (outcome.remark !== null) lines.push(`tread guard: ${outcome.remark}`);
      break;
    case "stopped": {
      for (const { sql, why, help } of outcome.gaveUp.slice(-5)) lines.push(`  ${oneLine(sql)}`, `    ${why}`, `    help: ${help}`);
      const code = ended.kind === "ended" ? ` It ended with code ${ended.code}.` : "";
      lines.push(
        outcome.safe
          ? `stopped: ${command.join(" ")} did not get through.${code} ${capital(outcome.why)}: run the same command again (exit ${EXIT.stopped})`
          : `error: ${command.join(" ")} was stopped on its way.${code} ${capital(outcome.why)}; look before it is run again (exit ${EXIT.failed})`,
      );
      break;
    }
    default:
      lines.push(`error: ${outcome.message}`, `  help: ${outcome.help}`);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

const SHOWN = 5;

function stallLines(stalls: readonly Stall[], { stallBudget }: GuardFlags): readonly string[] {
  const [longest] = [...stalls].sort((a, b) => b.ms - a.ms);
  if (longest === undefined) return ["tread guard: nobody was seen waiting for the command"];
  const told = stalls.filter(({ ms, done }) => ms > stallBudget || done !== "nothing").slice(0, SHOWN);
  const lines = told.flatMap(({ waiter, waitedFor, statement, ms, done }) => [
    `  ${waiter}`,
    `    waited for ${waitedFor} for ${Math.round(ms)} ms behind: ${statement}${DONE[done]}`,
  ]);
  return [
    `tread guard: ${count(stalls.length, "wait")} seen behind the command, the longest ${Math.round(longest.ms)} ms (by the server's clock)`,
    ...lines,
  ];
}

const DONE: Readonly<Record<Stall["done"], string>> = {
  nothing: "",
  cancelled: " (cancelled)",
  "rolled back": " (its transaction was rolled back)",
  ended: " (its connection was ended)",
  "not permitted": " (this role may not cancel it: SELECT pg_cancel_backend by its owner, a member of pg_signal_backend, or a superuser)",
};

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, " ").trim();
  return line.length <= 160 ? line : `${line.slice(0, 157)}…`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function usage(setting: string, message: string, help: string): ConfigError {
  return new ConfigError("the command line", [{ span: null, setting, message, help }]);
}
