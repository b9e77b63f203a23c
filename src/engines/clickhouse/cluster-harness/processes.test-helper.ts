import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { stopWithTread } from "../../embedded/at-exit.ts";

let next = 10_000 + ((process.pid * 97) % 20_000);

/**
 * A port that is free now, below the range of outgoing connections (32768): a killed host's port taken by one of these would keep the
 * host from coming back.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    next = next >= 32_000 ? 10_000 : next + 1;
    if (await canBind(next)) return next;
  }
}

function canBind(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer().once("error", () => answer(false));
    server.listen(port, "127.0.0.1", () => server.close(() => answer(true)));
  });
}

/** Asks until the answer is true, or throws with the reason of the last attempt. */
export async function until(ask: () => Promise<boolean>, what: string, seconds = 60): Promise<void> {
  const start = Date.now();
  let last = "";
  for (;;) {
    try {
      if (await ask()) return;
    } catch (error) {
      last = error instanceof Error ? `: ${error.message}` : "";
    }
    if (Date.now() - start > seconds * 1000) throw new Error(`${what} did not happen within ${seconds} s${last}`);
    await sleep(25);
  }
}

let dieWithParent: readonly string[] | null = null;

/** A server that dies with this process, however it ends. Its output goes to a file. */
export class Server {
  readonly #command: readonly string[];
  readonly #folder: string;
  readonly #log: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #unexpected: (log: string) => void;
  #running: { readonly child: ChildProcess } | null = null;
  #release: () => void = () => undefined;

  constructor(
    command: readonly string[],
    options: {
      readonly folder: string;
      readonly log: string;
      readonly env?: NodeJS.ProcessEnv;
      readonly unexpected?: (log: string) => void;
    },
  ) {
    this.#command = command;
    this.#folder = options.folder;
    this.#log = options.log;
    this.#env = { ...process.env, ...options.env };
    this.#unexpected = options.unexpected ?? ((): void => undefined);
  }

  get pid(): number | null {
    return this.#running?.child.pid ?? null;
  }

  start(): void {
    if (this.#running !== null) throw new Error("it is running already");
    const [program = "", ...args] = [...diesWithParent(), ...this.#command];
    const log = openSync(this.#log, "a");
    const child = spawn(program, args, { cwd: this.#folder, env: this.#env, stdio: ["ignore", log, log] });
    closeSync(log);
    this.#running = { child };
    this.#release = stopWithTread(() => child.kill("SIGKILL"));
    child.once("error", () => undefined);
    child.once("exit", () => {
      if (this.#running?.child !== child) return;
      this.#gone();
      this.#unexpected(tail(this.#log));
    });
  }

  /** Where it stopped by itself while starting, waiting for it is no use. */
  assertRunning(): void {
    if (this.#running === null) throw new Error(`the process ended: ${tail(this.#log)}`);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (this.#running === null) return;
    const { child } = this.#running;
    // A process that is stopped (SIGSTOP) and one that goes on both stay ours.
    if (signal === "SIGSTOP" || signal === "SIGCONT") {
      child.kill(signal);
      return;
    }
    this.#gone();
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    await new Promise<void>((ended) => {
      child.once("exit", () => ended());
      child.kill(signal);
    });
  }

  #gone(): void {
    this.#running = null;
    this.#release();
  }
}

/** Linux ends a child with its parent if asked to; elsewhere the exit handler must do. */
function diesWithParent(): readonly string[] {
  if (dieWithParent === null) {
    try {
      execFileSync("setpriv", ["--pdeathsig", "KILL", "true"], { stdio: "ignore" });
      dieWithParent = ["setpriv", "--pdeathsig", "KILL"];
    } catch {
      dieWithParent = [];
    }
  }
  return dieWithParent;
}

function tail(path: string): string {
  try {
    return readFileSync(path, "utf8").trim().split("\n").slice(-5).join("\n").slice(-1500);
  } catch {
    return "";
  }
}
