import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import { stopWithTread } from "../../embedded/at-exit.ts";
import { isAlive } from "../../embedded/temporary.ts";
import { EngineUnavailable } from "../../embedded/unavailable.ts";
import { type CrashReason, EngineCrashed } from "./errors.ts";
import { isCrashing } from "./fatal.ts";
import { CLICKHOUSE_GUARD } from "./guard.ts";
import { WORKER } from "./worker.ts";

/** Loading 566 MB of library from a cold disk takes seconds; from a warm one 0.4 s. */
const START_TIMEOUT_MS = 120_000;

/** How often a query that runs is looked at for a crash that does not end the process. */
const CRASH_WATCH_MS = 1000;

export interface Question {
  readonly sql: string;
  readonly format: string;
  readonly params: Readonly<Record<string, unknown>> | null;
}

export type Answer =
  | { readonly id: number; readonly text: string; readonly elapsed: number }
  | { readonly id: number; readonly code: number; readonly message: string };

export interface EngineProcess {
  /** @throws EngineCrashed when the engine dies before it answers, or does not answer in time */
  ask(question: Question, timeoutMs: number): Promise<Answer>;
  readonly crashed: () => EngineCrashed | null;
  /** Ends it and leaves the directory. */
  end(): Promise<void>;
  /** Ends it and removes the directory. */
  stop(): Promise<void>;
}

type Message = Answer | { readonly ready: number } | { readonly failed: string; readonly reason: string };

/** @throws EngineUnavailable when the engine does not get as far as answering */
export async function startEngine(options: {
  readonly chdb: string;
  readonly directory: string;
  readonly args: readonly string[];
}): Promise<EngineProcess> {
  const { directory } = options;
  const command = [process.execPath, "-e", WORKER, options.chdb, `${directory}/data`, ...options.args];
  const child = spawn("/bin/sh", ["-c", CLICKHOUSE_GUARD, "tread-guard", directory, ...command], {
    // A process group of its own: Ctrl-C is for tread, and what the engine signals does not reach tread.
    detached: true,
    cwd: "/",
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", HOME: directory, TMPDIR: directory },
    serialization: "advanced",
    stdio: ["ignore", "pipe", "pipe", "pipe", "ipc"],
  });
  const lifeline = child.stdio[3] as Writable;
  lifeline.on("error", () => {});
  const lastWords = tail(child);
  const waiting = new Map<
    number,
    { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void; readonly sql: string }
  >();
  let pid: number | null = null;
  let ended: EngineCrashed | null = null;
  let reason: CrashReason | null = null;
  let asked = 0;

  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const forget = stopWithTread(() => killNow(pid, directory));
  const started = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(startError(`it was not ready after ${START_TIMEOUT_MS / 1000} s`, lastWords)), START_TIMEOUT_MS);
    child.on("message", (message: Message) => {
      if ("ready" in message) {
        pid = message.ready;
        clearTimeout(timer);
        resolve();
      } else if ("failed" in message) {
        clearTimeout(timer);
        reject(loadError(message.failed));
      } else {
        const asker = waiting.get(message.id);
        waiting.delete(message.id);
        asker?.resolve(message);
      }
    });
    child.once("error", (error) => reject(startError(error.message, lastWords)));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      reason ??= died(code, signal);
      const running = [...waiting.values()][0]?.sql ?? null;
      ended = new EngineCrashed(reason, running, lastWords);
      for (const { reject } of waiting.values()) reject(ended);
      waiting.clear();
      reject(startError(`it ended (${reason.kind === "died" ? (reason.signal ?? `code ${reason.exitCode}`) : "timeout"})`, lastWords));
    });
  });

  const kill = (): void => {
    if (pid !== null && isAlive(pid)) process.kill(pid, "SIGKILL");
  };
  const end = async (): Promise<void> => {
    keepAlive(child, true);
    if (child.exitCode === null && child.signalCode === null) kill();
    await closed;
    forget();
  };
  const stop = async (): Promise<void> => {
    keepAlive(child, true);
    lifeline.end();
    await closed;
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    forget();
  };
  try {
    await started;
  } catch (error) {
    await stop();
    throw error;
  }
  keepAlive(child, false);

  return {
    crashed: () => ended,
    end,
    stop,
    ask: async (question, timeoutMs) => {
      if (ended !== null) throw ended;
      const id = ++asked;
      const timer = setTimeout(() => {
        reason = { kind: "timeout", afterMs: timeoutMs };
        kill();
      }, timeoutMs);
      const watch = setInterval(() => {
        if (pid === null || !isCrashing(pid)) return;
        reason ??= { kind: "died", signal: "SIGSEGV or its like", exitCode: null };
        kill();
      }, CRASH_WATCH_MS);
      keepAlive(child, true);
      try {
        return await new Promise<Answer>((resolve, reject) => {
          waiting.set(id, { resolve, reject, sql: question.sql });
          child.send({ id, ...question });
        });
      } finally {
        clearTimeout(timer);
        clearInterval(watch);
        if (waiting.size === 0) keepAlive(child, false);
      }
    },
  };
}

/** An engine that waits for work does not keep tread alive when everything else is done; one that works does. */
function keepAlive(child: ChildProcess, alive: boolean): void {
  for (const handle of [child, child.channel, ...child.stdio] as (Socket | null | undefined)[]) {
    if (alive) handle?.ref();
    else handle?.unref();
  }
}

function tail(child: ChildProcess): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (chunk: string) => {
      lines.push(...chunk.split("\n").filter((line) => line.trim() !== ""));
      lines.splice(0, Math.max(0, lines.length - 20));
    });
  }
  return lines;
}

/** A shell reports a signal as 128 and its number. */
function died(code: number | null, signal: NodeJS.Signals | null): CrashReason {
  const number = code !== null && code > 128 ? code - 128 : null;
  const named = Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
  return { kind: "died", signal: signal ?? named, exitCode: named === null ? code : null };
}

/** For the moment when tread exits and nothing asynchronous can run any more. */
function killNow(pid: number | null, directory: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  if (pid !== null) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Gone already.
    }
    for (let waited = 0; waited < 3000 && isAlive(pid); waited += 5) Atomics.wait(pause, 0, 0, 5);
  }
  if (existsSync(directory)) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
}

function loadError(message: string): EngineUnavailable {
  if (/ENOSPC|No space left/i.test(message)) {
    return new EngineUnavailable("disk-full", `ClickHouse did not start, the disk is full: ${message}`, "Free about 1 GB, or set TMPDIR.");
  }
  if (/GLIBC|musl|ld-linux|version `/i.test(message)) {
    return new EngineUnavailable(
      "cannot-execute",
      `The embedded ClickHouse (chDB) cannot be loaded here: ${message}`,
      "It needs glibc: run tread in a Debian-based image (node:20-slim). `tread check` works everywhere.",
    );
  }
  return new EngineUnavailable(
    "start-failed",
    `The embedded ClickHouse (chDB) did not start: ${message}`,
    "Install it again: npm install chdb@3.4.0",
  );
}

function startError(what: string, lastWords: readonly string[]): EngineUnavailable {
  const said = lastWords.slice(-3).join(" / ");
  return new EngineUnavailable(
    "start-failed",
    `The embedded ClickHouse did not start: ${what}${said === "" ? "" : `; it said: ${said}`}`,
    "If the machine is short of memory or of processes, free some and run again.",
  );
}
