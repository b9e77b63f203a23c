import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import type { startClickHouse } from "./index.ts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

/** tread as its own process, since what happens when it dies is the subject: the engine's module packed, then imported by a small script. */
const PACKED = join(process.cwd(), "node_modules/.cache/tread-clickhouse-lifecycle", String(process.pid));

beforeAll(async () => {
  const bundle = await rolldown({ input: "src/engines/clickhouse/embedded/index.ts", platform: "node", external: [/^node:/] });
  await bundle.write({ dir: PACKED, format: "esm", entryFileNames: "engine.mjs" });
  await bundle.close();
});
afterAll(() => rmSync(PACKED, { recursive: true, force: true }));

interface Started {
  readonly directory: string;
  /** Of the process that holds the engine. */
  readonly pid: number;
}

function start(
  afterStart: string,
  env: Record<string, string> = {},
): { readonly child: ChildProcess; readonly said: Promise<unknown>; readonly exited: Promise<number | string | null> } {
  const script = `
    import { readFileSync, readdirSync, readlinkSync } from "node:fs";
    const { startClickHouse } = await import(${JSON.stringify(pathToFileURL(join(PACKED, "engine.mjs")).href)});
    try {
      const engine = await startClickHouse();
      const pid = readdirSync("/proc").map(Number).filter(Boolean).find((pid) => {
        try { return readFileSync("/proc/" + pid + "/cmdline", "utf8").includes(engine.directory + "/data") && readlinkSync("/proc/" + pid + "/exe").includes("node"); } catch { return false; }
      });
      console.log(JSON.stringify({ directory: engine.directory, pid }));
      ${afterStart}
    } catch (error) {
      if (error.reason === undefined) throw error;
      console.log(JSON.stringify({ reason: error.reason, message: error.message, help: error.help }));
    }
  `;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  const said = new Promise<unknown>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("\n")) resolve(JSON.parse(output.split("\n")[0] ?? ""));
    });
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", () => reject(new Error(errors)));
  });
  const exited = new Promise<number | string | null>((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code)));
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, said, exited };
}

function left({ directory, pid }: Started): string[] {
  const alive = ((): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  })();
  return [...(alive ? [`process ${pid}`] : []), ...(existsSync(directory) ? [directory] : [])];
}

const WAIT = "setInterval(() => {}, 1000);";
const onLinux = process.platform === "linux";

test.runIf(onLinux).each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("after %s nothing is left: no process, no directory", async (signal) => {
  const tread = start(WAIT);
  const engine = (await tread.said) as Started;
  expect(left(engine)).toHaveLength(2);
  tread.child.kill(signal);
  expect(await tread.exited).toBe(signal);
  expect(left(engine)).toEqual([]);
});

test.runIf(onLinux)("after Ctrl-C in the middle of a query that takes minutes, nothing is left", async () => {
  const tread = start(`await engine.query("SELECT sleepEachRow(1) FROM numbers(300) SETTINGS max_block_size = 1");`);
  const engine = (await tread.said) as Started;
  tread.child.kill("SIGINT");
  await tread.exited;
  expect(left(engine)).toEqual([]);
});

test.runIf(onLinux)("when tread itself is killed with SIGKILL, the guard ends the engine", async () => {
  const tread = start(WAIT);
  const engine = (await tread.said) as Started;
  tread.child.kill("SIGKILL");
  await tread.exited;
  await expect.poll(() => left(engine), { timeout: 15_000 }).toEqual([]);
});

test.runIf(onLinux).each([
  ["an exception that nobody catches", "setTimeout(() => { throw new Error('unexpected'); }, 10);", 1],
  ["process.exit in the middle", "process.exit(0);", 0],
  ["the end of the script, without stop()", "", 0],
] as const)("after %s nothing is left", async (_, afterStart, code) => {
  const tread = start(afterStart);
  const engine = (await tread.said) as Started;
  expect(await tread.exited).toBe(code);
  expect(left(engine)).toEqual([]);
});

test.runIf(onLinux)(
  "an engine that crashes under a query is reported with the query and the signal, and another one starts on its data",
  async () => {
    const tread = start(`
    setTimeout(() => process.kill(pid, "SIGSEGV"), 200);
    const error = await engine.query("SELECT sleepEachRow(1) FROM numbers(300) SETTINGS max_block_size = 1").catch((error) => error);
    process.exitCode = error.name === "EngineCrashed" && error.reason.signal.includes("SIGSEGV") && error.running.includes("sleepEachRow") && error.exitCode === 3 ? 42 : 1;
    await engine.restart();
    if ((await engine.query("SELECT 1")).text !== "1\\n") process.exitCode = 2;
    await engine.stop();
  `);
    const engine = (await tread.said) as Started;
    expect(await tread.exited).toBe(42);
    expect(left(engine)).toEqual([]);
  },
);

test("where chDB is not installed, the error says how to install it", async () => {
  const elsewhere = mkdtempSync("/tmp/tread-elsewhere-");
  onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  const bundle = await rolldown({ input: "src/engines/clickhouse/embedded/index.ts", platform: "node", external: [/^node:/] });
  await bundle.write({ dir: elsewhere, format: "esm", entryFileNames: "engine.mjs" });
  await bundle.close();
  const packed = (await import(pathToFileURL(join(elsewhere, "engine.mjs")).href)) as { readonly startClickHouse: typeof startClickHouse };
  await expect(packed.startClickHouse()).rejects.toMatchObject({
    reason: "not-installed",
    help: expect.stringContaining("npm install chdb@3.4.0"),
  });
});
