import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { closedTo } from "./cache.ts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

/** What `os.tmpdir()` is in the processes below, which get no TMPDIR. */
const TEMPORARY = "/tmp";

/** tread as its own process, since what happens when it dies is the subject: the sources compiled, then imported by a small script. */
const COMPILED = join(process.cwd(), "node_modules/.cache/tread-lifecycle", String(process.pid));

beforeAll(() => {
  execFileSync(
    "npx",
    ["tsc", "-p", "tsconfig.json", "--noCheck", "--isolatedDeclarations", "false", "--declaration", "false", "--outDir", COMPILED],
    { stdio: "pipe" },
  );
});
afterAll(() => rmSync(COMPILED, { recursive: true, force: true }));

const script = (afterStart: string): string => `
import { readFileSync } from "node:fs";
const { startServer } = await import(${JSON.stringify(pathToFileURL(join(COMPILED, "engines/postgres/embedded/index.js")).href)});
try {
  const server = await startServer({ major: 18, offline: true, onProgress: (message) => { if (process.env.SAY_PROGRESS) console.log(JSON.stringify({ message })); }, settings: JSON.parse(process.env.SETTINGS ?? "{}") });
  await server.createDatabase("app");
  const client = await server.connect({ role: "owner", database: "app" });
  const { rows } = await client.query("SELECT current_user AS role");
  const lock = readFileSync(server.host + "/data/postmaster.pid", "utf8").split("\\n");
  console.log(JSON.stringify({ directory: server.host, pid: Number(lock[0]), sharedMemory: Number(lock[6].trim().split(/ +/)[1]), role: rows[0].role }));
  ${afterStart}
} catch (error) {
  if (error.reason === undefined) throw error;
  console.log(JSON.stringify({ reason: error.reason, message: error.message, help: error.help }));
}
`;

interface Started {
  readonly directory: string;
  readonly pid: number;
  /** The `shmid` of its System V segment, as it wrote it into its lock file. A pid would not do: segments outlive pids. */
  readonly sharedMemory: number;
  readonly role: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly said: Promise<unknown>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

function start(afterStart: string, options: { as?: number; env?: Record<string, string> } = {}): Running {
  const command = ["node", "--input-type=module", "-e", script(afterStart)];
  const drop = options.as === undefined ? [] : ["setpriv", `--reuid=${options.as}`, `--regid=${options.as}`, "--clear-groups", "--"];
  const [program, ...args] = [...drop, ...command];
  const child = spawn(program ?? "", args, {
    env: { PATH: process.env["PATH"], ...cacheOf(), ...options.env },
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
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, said, exited };
}

function cacheOf(): Record<string, string> {
  const cache = process.env["TREAD_CACHE"];
  return cache === undefined ? {} : { TREAD_CACHE: cache };
}

function left({ directory, pid, sharedMemory }: Started): string[] {
  const alive = ((): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  })();
  return [...(alive ? [`process ${pid}`] : []), ...(existsSync(directory) ? [directory] : []), ...segments(sharedMemory)];
}

function segments(id: number): string[] {
  if (process.platform !== "linux") return [];
  const [, ...lines] = execFileSync("cat", ["/proc/sysvipc/shm"], { encoding: "utf8" }).trim().split("\n");
  return lines.filter((line) => line.trim().split(/\s+/)[1] === String(id));
}

const WAIT = "setInterval(() => {}, 1000);";

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "after %s nothing is left: no process, no directory, no shared memory",
  async (signal) => {
    const tread = start(WAIT);
    const server = (await tread.said) as Started;
    expect(server.role).toBe("tread_owner");
    expect(left(server)).toHaveLength(process.platform === "linux" ? 3 : 2);
    tread.child.kill(signal);
    expect(await tread.exited).toEqual({ code: null, signal });
    expect(left(server)).toEqual([]);
  },
);

test.each([
  ["an exception that nobody catches", "setTimeout(() => { throw new Error('unexpected'); }, 10);", 1],
  ["process.exit in the middle", "process.exit(0);", 0],
  ["stop(), twice", "await client.end(); await server.stop(); await server.stop();", 0],
  ["the end of the script, without stop()", "await client.end();", 0],
] as const)("after %s nothing is left", async (_, afterStart, code) => {
  const tread = start(afterStart);
  const server = (await tread.said) as Started;
  expect((await tread.exited).code).toBe(code);
  expect(left(server)).toEqual([]);
});

test("when tread itself is killed with SIGKILL, the guard ends the server within seconds", async () => {
  const tread = start(WAIT);
  const server = (await tread.said) as Started;
  tread.child.kill("SIGKILL");
  await tread.exited;
  await expect.poll(() => left(server), { timeout: 15_000 }).toEqual([]);
});

test("two servers at once do not disturb each other", async () => {
  const one = start(WAIT);
  const two = start(WAIT);
  const [first, second] = [(await one.said) as Started, (await two.said) as Started];
  expect(first.directory).not.toBe(second.directory);
  one.child.kill("SIGINT");
  await one.exited;
  expect(left(first)).toEqual([]);
  expect(left(second)).toHaveLength(process.platform === "linux" ? 3 : 2);
  two.child.kill("SIGINT");
  await two.exited;
  expect(left(second)).toEqual([]);
});

test("where the CLI handles Ctrl-C itself, the server waits for the CLI to stop it", async () => {
  const tread = start(`process.on("SIGINT", async () => {
    const { rows } = await client.query("SELECT 1 AS still");
    await client.end();
    await server.stop();
    process.exit(130 + rows[0].still - 1);
  }); ${WAIT}`);
  const server = (await tread.said) as Started;
  tread.child.kill("SIGINT");
  expect(await tread.exited).toEqual({ code: 130, signal: null });
  expect(left(server)).toEqual([]);
});

test("Ctrl-C in the middle of the first preparation leaves nothing either", async () => {
  const cache = mkdtempSync(join(TEMPORARY, "tread-cache-test-"));
  chmodSync(cache, 0o755);
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  const tread = start(WAIT, { env: { TREAD_CACHE: cache, SAY_PROGRESS: "1" } });
  expect(await tread.said).toMatchObject({ message: expect.stringContaining("Copying PostgreSQL") });
  const mine = (): string[] => readdirSync(TEMPORARY).filter((name) => name.includes(`-${tread.child.pid}-`));
  await expect.poll(mine, { interval: 10, timeout: 20_000 }).not.toEqual([]);
  tread.child.kill("SIGINT");
  await tread.exited;
  expect([...mine(), ...readdirSync(cache).filter((name) => name.startsWith("."))]).toEqual([]);
});

const isRoot = process.getuid?.() === 0;
const canDrop = isRoot && existsSync("/usr/bin/setpriv") && closedTo(process.cwd()) === null;

/** A cache of that user's own, empty: everything is done as a first run of theirs. */
function emptyCache(uid: number): string {
  const cache = mkdtempSync(join(TEMPORARY, "tread-cache-test-"));
  chownSync(cache, uid, uid);
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
  return cache;
}

test.skipIf(!canDrop).each([
  [1, "an ordinary user"],
  [12_345, "a user id without an entry in the passwd file"],
])("uid %i, %s, starts a server from an empty cache", async (uid) => {
  const tread = start(WAIT, { as: uid, env: { TREAD_CACHE: emptyCache(uid) } });
  const server = (await tread.said) as Started | { reason: string; help: string };
  if ("reason" in server) {
    // Where user namespaces are switched off, initdb has no way to run for a nameless uid; then the error must say what to do.
    expect([uid, server.reason]).toEqual([12_345, "initdb-failed"]);
    expect(server.help).toContain("passwd");
    return;
  }
  tread.child.kill("SIGINT");
  await tread.exited;
  expect(left(server)).toEqual([]);
});

test.skipIf(!canDrop)("two treads that fill an empty cache at the same time both get a whole server", async () => {
  const cache = emptyCache(1);
  const both = [start(WAIT, { as: 1, env: { TREAD_CACHE: cache } }), start(WAIT, { as: 1, env: { TREAD_CACHE: cache } })];
  for (const tread of both) expect(await tread.said).toMatchObject({ role: "tread_owner" });
  for (const tread of both) {
    tread.child.kill("SIGINT");
    await tread.exited;
  }
});

test.skipIf(!canDrop)("a cache that belongs to somebody else is not trusted", async () => {
  const tread = start(WAIT, { as: 1, env: { TREAD_CACHE: emptyCache(12_345) } });
  expect(await tread.said).toMatchObject({ reason: "cache-unusable", message: expect.stringContaining("belongs to another user") });
});

test("a setting that the server rejects is one clear error, and nothing is left", async () => {
  const tread = start(WAIT, { env: { SETTINGS: '{"shared_buffers":"plenty"}' } });
  expect(await tread.said).toMatchObject({ reason: "start-failed", message: expect.stringContaining("shared_buffers") });
  expect((await tread.exited).code).toBe(0);
});

test("a temporary directory too long for a socket falls back to /tmp", async () => {
  const long = join(mkdtempSync(join(TEMPORARY, "tread-long-")), "x".repeat(80));
  execFileSync("mkdir", ["-p", long]);
  chmodSync(long, 0o777);
  onTestFinished(() => rmSync(join(long, ".."), { recursive: true, force: true }));
  const tread = start("await client.end(); await server.stop(); process.exit(0);", { env: { TMPDIR: long } });
  expect(((await tread.said) as Started).directory).toMatch(/^\/tmp\/tread-pg-/);
  await tread.exited;
});
