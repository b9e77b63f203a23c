import { spawn } from "node:child_process";
import { constants } from "node:os";

/** What would lead libpq past the variables that tread sets. */
const OVERRIDES = ["PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGREQUIRESSL"];

export type Ended = { readonly kind: "ended"; readonly code: number } | { readonly kind: "not-started"; readonly message: string };

export interface Child {
  readonly pid: number | null;
  readonly ended: Promise<Ended>;
  /** To the command and what it has started. */
  signal(signal: NodeJS.Signals): void;
}

/**
 * Runs the user's command with its own terminal and its own environment, `extra` on top.
 *
 * At a terminal it stays in tread's process group, so that Ctrl-C and questions work as without tread; elsewhere it gets a group of its
 * own, so that nothing of it is left behind.
 */
export function startChild(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string>>,
  past: boolean,
): Child {
  const own: NodeJS.ProcessEnv = { ...env };
  if (!past) for (const name of OVERRIDES) delete own[name];
  const [file = "", ...args] = command;
  const detached = !process.stdin.isTTY;
  const child = spawn(file, args, { stdio: "inherit", env: { ...own, ...extra }, detached });
  const ended = new Promise<Ended>((resolve) => {
    child.once("error", (error) => resolve({ kind: "not-started", message: reason(error) }));
    child.once("exit", (code, by) => resolve({ kind: "ended", code: code ?? 128 + (by === null ? 0 : constants.signals[by]) }));
  });
  const signal = (how: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(detached ? -child.pid : child.pid, how);
    } catch {
      // It has ended by itself in the meantime.
    }
  };
  return { pid: child.pid ?? null, ended, signal };
}

function reason(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return "there is no such command";
  if (code === "EACCES") return "it may not be executed";
  return error.message;
}
