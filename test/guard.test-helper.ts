import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, vi } from "vitest";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const TREAD = join(ROOT, "bin", "tread.js");

export interface Guarded {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Guarded>;
  /** What it has said so far, on both. */
  readonly said: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

// Every test starts a server's client, tread and a command: on a machine that is busy each takes its time.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, which goes with the test file. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "tread-guard-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** A migration script of somebody's own, in JavaScript with node-postgres. `client` is connected, unless it makes one itself. */
export function script(body: string): string {
  const own = body.includes("new Client(");
  const pg = join(ROOT, "node_modules", "pg", "lib", "index.js");
  const folder = folderOf({
    "migrate.cjs": `const { Client, Pool } = require(${JSON.stringify(pg)});
const client = new Client(process.env.DATABASE_URL);
client.on("error", () => {});
(async () => { ${own ? "" : "await client.connect();"} ${body}; await ${own ? "direct" : "client"}.end(); })().catch((error) => { console.error(error.message); process.exit(7); });`,
  });
  return join(folder, "migrate.cjs");
}

/** Runs the built command line, as a user would, without waiting for it. */
export function tread(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd?: string): Running {
  const child = spawn(process.execPath, [TREAD, ...args], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Guarded>((resolve) => child.once("close", (status) => resolve({ status, stdout, stderr })));
  return { pid: child.pid ?? 0, ended, said: () => stdout + stderr, signal: (signal) => void child.kill(signal) };
}

/** @throws with what was said when it has ended before */
export async function until(condition: () => boolean, running: Running): Promise<void> {
  const state = { over: false };
  void running.ended.then(() => (state.over = true));
  for (let tries = 0; tries < 2400 && !state.over; tries++) {
    if (condition()) return;
    await sleep(25);
  }
  throw new Error(`it did not come to that:\n${running.said()}`);
}
