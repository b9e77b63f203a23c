import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { stopWithTread } from "../../embedded/at-exit.ts";
import { GUARD } from "./guard.ts";
import { type Identity, spawnIdentity } from "./identity.ts";
import { serverEnvironment } from "./run.ts";
import { EngineUnavailable } from "../../embedded/unavailable.ts";

/** The server got the disk's or the machine's worst day: half a minute is far beyond the 0.05 s that it takes. */
const START_TIMEOUT_MS = 30_000;

export interface ServerProcess {
  /** Lines of the server's log from now on. */
  onLog(listener: (line: string) => void): () => void;
  /** Null while it runs; then why it ended, with the last lines that it said. */
  readonly ended: () => string | null;
  /** Resolves when the server has ended and its directory is gone. */
  stop(): Promise<void>;
}

/**
 * Starts `postgres` behind its guard and waits until it accepts connections.
 *
 * @throws EngineUnavailable with the server's own last words when it does not get there.
 */
export async function startProcess(options: {
  readonly program: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly identity: Identity;
}): Promise<ServerProcess> {
  const child = spawn("/bin/sh", ["-c", GUARD, "tread-guard", options.directory, options.program, ...options.args], {
    // Away from the terminal's process group: Ctrl-C is for tread, which stops the server in order.
    detached: true,
    cwd: "/",
    env: serverEnvironment,
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    ...spawnIdentity(options.identity),
  });
  const listeners = new Set<(line: string) => void>();
  const tail: string[] = [];
  readLines(child, (line) => {
    tail.push(line);
    if (tail.length > 20) tail.shift();
    for (const listener of listeners) listener(line);
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const lifeline = child.stdio[3] as Writable;
  lifeline.on("error", () => {});
  let reason: string | null = null;
  let stopping = false;
  const forget = stopWithTread(() => stopNow(options.directory));
  child.once("close", (code, signal) => {
    reason = stopping ? "it was stopped" : `it ended by itself (${signal ?? `code ${code}`}): ${tail.slice(-3).join(" / ")}`;
    forget();
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    keepAlive(child, true);
    lifeline.end();
    await closed;
  };
  try {
    await ready(child, listeners, tail);
  } catch (error) {
    await stop();
    throw error;
  }
  // A server that waits for work does not keep tread alive when everything else is done; its end, once asked for, does.
  keepAlive(child, false);
  return {
    onLog: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    ended: () => reason,
    stop,
  };
}

function keepAlive(child: ChildProcess, alive: boolean): void {
  for (const handle of [child, child.stderr as Socket | null, child.stdio[3] as Socket | null]) {
    if (alive) handle?.ref();
    else handle?.unref();
  }
}

function ready(child: ChildProcess, listeners: Set<(line: string) => void>, tail: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error: EngineUnavailable | null): void => {
      clearTimeout(timer);
      listeners.delete(listen);
      child.off("close", onClose);
      if (error === null) resolve();
      else reject(error);
    };
    const listen = (line: string): void => {
      if (/database system is ready to accept (?:read-only )?connections/.test(line)) settle(null);
    };
    const onClose = (code: number | null): void => settle(startError(`it ended with code ${code}`, tail));
    const timer = setTimeout(() => settle(startError(`it was not ready after ${START_TIMEOUT_MS / 1000} s`, tail)), START_TIMEOUT_MS);
    listeners.add(listen);
    child.once("close", onClose);
    child.once("error", (error) => settle(startError(error.message, tail)));
  });
}

function startError(what: string, tail: readonly string[]): EngineUnavailable {
  const said = tail.filter((line) => /FATAL|ERROR|PANIC|HINT|error/.test(line)).slice(-3);
  const words = (said.length > 0 ? said : tail.slice(-3)).join(" / ");
  if (/No space left on device/.test(words)) {
    return new EngineUnavailable("disk-full", `PostgreSQL did not start, the disk is full: ${words}`, "Free about 200 MB, or set TMPDIR.");
  }
  if (/Unix-domain socket path .* is too long/.test(words)) {
    return new EngineUnavailable("socket-path-too-long", `PostgreSQL did not start: ${words}`, "Set TMPDIR to a short path, such as /tmp.");
  }
  return new EngineUnavailable(
    "start-failed",
    `PostgreSQL did not start: ${what}${words === "" ? "" : `; it said: ${words}`}`,
    "If the machine is short of memory or of processes, free some and run again.",
  );
}

function readLines(child: ChildProcess, emit: (line: string) => void): void {
  let rest = "";
  child.stderr?.setEncoding("utf8");
  child.stderr?.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) emit(line);
  });
}

/**
 * For the moment when tread exits and nothing asynchronous can run any more: an immediate shutdown, then a wait until the guard has
 * removed the directory, so that nothing is left when the shell prompt is back.
 */
function stopNow(directory: string): void {
  const pid = serverPid(directory);
  if (pid === null) return;
  try {
    process.kill(pid, "SIGQUIT");
  } catch {
    return;
  }
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; waited < 3000 && existsSync(directory); waited += 10) Atomics.wait(pause, 0, 0, 10);
}

function serverPid(directory: string): number | null {
  try {
    const pid = Number(readFileSync(join(directory, "data/postmaster.pid"), "utf8").split("\n")[0]);
    return pid > 1 ? pid : null;
  } catch {
    return null;
  }
}
