import { randomBytes } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, rmSync, statSync } from "node:fs";
import { access, chmod, constants, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { dirname, join, parse, resolve } from "node:path";
import { stopWithTread } from "../../embedded/at-exit.ts";
import { EngineUnavailable } from "../../embedded/unavailable.ts";

/** Half-built entries that a killed tread left are swept after this long. No build takes anywhere near it. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/**
 * Where servers and templates are kept between runs: `TREAD_CACHE`, else the user's cache directory, else the temporary directory.
 * As root it must be a place that `nobody` can walk through, which root's home (0700) is not.
 *
 * @throws EngineUnavailable when no place is safe: somebody else owns it, or may write to it.
 */
export function cacheDirectory(onProgress: (message: string) => void, environment: NodeJS.ProcessEnv = process.env): string {
  const uid = process.getuid?.() ?? 0;
  const wanted = environment["TREAD_CACHE"];
  if (wanted !== undefined && wanted !== "") {
    const chosen = claim(resolve(wanted));
    const barrier = uid === 0 ? closedTo(chosen) : null;
    if (barrier === null) return chosen;
    onProgress(`TREAD_CACHE (${wanted}) cannot be used for servers: they run as nobody, who may not enter ${barrier}.`);
  }
  const shared = join(tmpdir(), `tread-cache-${uid}`);
  const candidates = uid === 0 ? ["/var/cache/tread", shared] : [userCache(environment), shared].filter((path) => path !== null);
  let trouble: unknown = null;
  for (const candidate of candidates) {
    try {
      const claimed = claim(candidate);
      if (uid !== 0 || closedTo(claimed) === null) return claimed;
    } catch (error) {
      trouble = error;
    }
  }
  if (trouble instanceof EngineUnavailable) throw trouble;
  throw new EngineUnavailable(
    "cache-unusable",
    `No directory to keep PostgreSQL in: tried ${candidates.join(" and ")}.`,
    "Set TREAD_CACHE to a directory that you own.",
    { cause: trouble },
  );
}

/** Null for a uid without a home. */
function userCache(environment: NodeJS.ProcessEnv): string | null {
  const xdg = environment["XDG_CACHE_HOME"];
  if (xdg !== undefined && xdg.startsWith("/")) return join(xdg, "tread");
  try {
    return process.platform === "darwin" ? join(homedir(), "Library/Caches/tread") : join(homedir(), ".cache/tread");
  } catch {
    return null;
  }
}

/**
 * Creates the directory, or accepts one that only we (or root) can write to. In a shared temporary directory another user can be
 * first to create the name: programs from there would run with our rights.
 */
function claim(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new EngineUnavailable(
      "cache-unusable",
      `Cannot create the cache directory ${directory}: ${error instanceof Error ? error.message : String(error)}`,
      "Set TREAD_CACHE to a directory that you can write to.",
      { cause: error },
    );
  }
  const facts = lstatSync(directory);
  const uid = process.getuid?.() ?? 0;
  if (!facts.isDirectory() || (facts.uid !== uid && facts.uid !== 0)) {
    throw new EngineUnavailable(
      "cache-unusable",
      `The cache directory ${directory} belongs to another user (uid ${facts.uid}), so programs in it are not trusted.`,
      "Remove it, or set TREAD_CACHE to a directory that you own.",
    );
  }
  // A umask of 077 hides what was just made; root's servers run as nobody and must get in.
  if (uid === 0 && facts.uid === 0 && (facts.mode & 0o055) !== 0o055) chmodSync(directory, (facts.mode & 0o755) | 0o055);
  if ((facts.mode & 0o022) !== 0) {
    if (facts.uid !== uid) {
      throw new EngineUnavailable(
        "cache-unusable",
        `Other users can write to the cache directory ${directory}, so programs in it are not trusted.`,
        `Run \`chmod go-w ${directory}\`, or set TREAD_CACHE to a directory that you own.`,
      );
    }
    // A permissive umask is not an attack, but what is in it already may be: take the right away and trust only owned entries.
    chmodSync(directory, facts.mode & 0o755);
  }
  return directory;
}

/** The first directory on the way down that others may not enter, or null. */
export function closedTo(directory: string): string | null {
  const root = parse(directory).root;
  for (let at = directory; at !== root; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return at;
  }
  return null;
}

/**
 * One entry of the cache, built at most once: in a directory beside it, then renamed, so that nobody ever sees half of it and two
 * processes that build at the same time both end with one whole entry.
 */
export async function cached(cache: string, name: string, build: (directory: string) => Promise<void>): Promise<string> {
  const entry = join(cache, name);
  if (await trusted(entry)) return entry;
  await sweep(cache);
  const building = join(cache, `.building-${name}-${process.pid}-${randomBytes(4).toString("hex")}`);
  const forget = stopWithTread(() => rmSync(building, { recursive: true, force: true, maxRetries: 5 }));
  try {
    await mkdir(building, { mode: 0o755 });
    await chmod(building, 0o755);
    await build(building);
    await rename(building, entry);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    if (await trusted(entry)) return entry;
    throw error;
  } finally {
    forget();
  }
  return entry;
}

async function trusted(entry: string): Promise<boolean> {
  const facts = await stat(entry).catch(() => null);
  if (facts === null) return false;
  const uid = process.getuid?.() ?? 0;
  if (facts.isDirectory() && (facts.uid === uid || facts.uid === 0)) {
    return access(entry, constants.R_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
  }
  throw new EngineUnavailable("cache-unusable", `${entry} belongs to another user (uid ${facts.uid}), so it is not trusted.`, "Remove it.");
}

async function sweep(cache: string): Promise<void> {
  for (const name of await readdir(cache).catch(() => [])) {
    if (!name.startsWith(".building-")) continue;
    const facts = await stat(join(cache, name)).catch(() => null);
    if (facts !== null && Date.now() - facts.mtimeMs > ABANDONED_AFTER_MS) await rm(join(cache, name), { recursive: true, force: true });
  }
}
