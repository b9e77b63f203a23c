import { spawnSync } from "node:child_process";
import { createHash, randomBytes, type Hash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { CheckOptions } from "../../check/options.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import type { DeprecationsReport } from "./item.ts";

export interface CacheOptions {
  readonly cache: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** Reports kept at most; one is 10 kB to 1 MB. */
const KEPT = 20;
/** Larger files are data: told by size and times. */
const MOST_BYTES = 20_000_000;
/** A tree of which more would have to be read is not cached: asking whether anything changed would take longer than it saves. */
const MOST_IN_ALL = 1_000_000_000;

/**
 * `deprecations`, or what it said before about the very same content: every file of the project, every ref of the repository, the settings
 * and the code of tread itself are in the key, so that an old answer is never given for something new. A report that is not complete is
 * not kept.
 */
export async function deprecationsOf(options: CheckOptions, tread: string, { cache, env }: CacheOptions): Promise<DeprecationsReport> {
  const folder = cache && (options.database ?? null) === null ? cacheFolder(env) : null;
  const key = folder === null ? null : keyOf(options, tread);
  const file = folder === null || key === null ? null : join(folder, `${key}.json`);
  const known = file === null ? null : read(file);
  if (known !== null) return known;
  const { deprecations } = await import("./index.ts");
  const report = await deprecations(options, tread);
  if (file !== null && folder !== null && !report.problems.some(({ fatal }) => fatal)) keep(folder, file, report);
  return report;
}

/** `TREAD_CACHE`, else the user's cache directory; null where none is ours alone to write to. */
function cacheFolder(env: NodeJS.ProcessEnv): string | null {
  const wanted = env["TREAD_CACHE"];
  const xdg = env["XDG_CACHE_HOME"];
  try {
    const base =
      wanted !== undefined && wanted !== ""
        ? resolve(wanted)
        : xdg?.startsWith("/") === true
          ? join(xdg, "tread")
          : join(homedir(), ".cache/tread");
    const folder = join(base, "deprecations");
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(folder);
    const mine = process.getuid === undefined || uid === process.getuid();
    return mine && (process.platform === "win32" || (mode & 0o022) === 0) ? folder : null;
  } catch {
    return null;
  }
}

function keyOf(options: CheckOptions, tread: string): string | null {
  const hash = createHash("sha256");
  try {
    // A build of the same version that says something else is another tread.
    const own = statSync(fileURLToPath(import.meta.url));
    hash.update(JSON.stringify([tread, own.size, own.mtimeMs]));
    // What is planned for a day becomes true when the day comes.
    hash.update((options.now ?? new Date()).toISOString().slice(0, 13));
    hash.update(JSON.stringify(options, (_, value: unknown) => (value instanceof Map || value instanceof Set ? [...value] : value)));
    addRefs(hash, options.config.root);
    for (const folder of foldersOf(options)) addFolder(hash, folder);
  } catch {
    return null;
  }
  return hash.digest("hex");
}

/** HEAD and every branch and tag, with what they name. */
function addRefs(hash: Hash, folder: string): void {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  const { stdout, status } = spawnSync("git", ["-C", folder, "show-ref", "--head", "--dereference"], { env, maxBuffer: 1 << 28 });
  hash.update(`refs ${status ?? "none"}\n`).update(stdout ?? "");
}

function foldersOf({ config, cwd, paths, live, schema }: CheckOptions): readonly string[] {
  const entries = config.live.flatMap(({ path }) => (path === null ? [] : [resolve(config.root, path)]));
  const sources = config.sources.flatMap(({ root, base, schema: own }) =>
    [root, base, own ?? null].flatMap((p) => (p === null ? [] : [resolve(config.root, p)])),
  );
  const given = [...paths, ...live.map(({ target }) => target), ...(schema == null ? [] : [schema])].map((path) => resolve(cwd, path));
  const all = [...new Set([config.root, ...entries, ...sources, ...given])].filter(existsSync);
  return all.filter((path) => !all.some((other) => other !== path && path.startsWith(other + sep)));
}

function addFolder(hash: Hash, path: string): void {
  hash.update(`\n${path}\n`);
  if (!statSync(path).isDirectory()) {
    hash.update(readFileSync(path));
    return;
  }
  const files = diskFiles(path);
  let total = 0;
  for (const each of files.list(".")) {
    const absolute = join(path, each);
    const { size, mtimeMs, ctimeMs } = statSync(absolute);
    hash.update(`\n${each} ${size}\n`);
    total += Math.min(size, MOST_BYTES);
    if (total > MOST_IN_ALL) throw new Error("too large to be cached");
    if (size > MOST_BYTES) hash.update(`${mtimeMs} ${ctimeMs}`);
    else hash.update(readFileSync(absolute));
  }
}

function read(file: string): DeprecationsReport | null {
  try {
    const report = JSON.parse(readFileSync(file, "utf8")) as DeprecationsReport;
    // Used last is swept last.
    utimesSync(file, new Date(), new Date());
    return report.format === "tread.deprecations/1" ? report : null;
  } catch {
    return null;
  }
}

/** A cache that cannot be written is no cache: the report is there anyway. */
function keep(folder: string, file: string, report: DeprecationsReport): void {
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  try {
    writeFileSync(draft, JSON.stringify(report), { mode: 0o600 });
    renameSync(draft, file);
    const old = readdirSync(folder)
      .map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }))
      .sort((a, b) => b.at - a.at)
      .slice(KEPT);
    for (const { name } of old) rmSync(join(folder, name), { force: true });
  } catch {
    rmSync(draft, { force: true });
  }
}
