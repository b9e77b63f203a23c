import { chmod, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Identity, spawnIdentity } from "./identity.ts";
import { run } from "./run.ts";
import { SOCKET_PORT } from "./settings.ts";
import { EngineUnavailable, fileTrouble } from "./unavailable.ts";

const PREFIX = "tread-pg-";

/** `sun_path` is 108 bytes on Linux and 104 on macOS, with the closing zero. */
const SOCKET_PATH_LIMIT = process.platform === "darwin" ? 103 : 107;

/** A directory without an owner is left alone while it is this young: it may be about to become a server. */
const STALE_AFTER_MS = 60_000;

/** A fresh directory of the server's user, 0700, short enough for a socket path. The name carries tread's pid. */
export async function serverDirectory(identity: Identity): Promise<string> {
  const parent = socketParent();
  try {
    const directory = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
    await chmod(directory, 0o700);
    return directory;
  } catch (error) {
    throw fileTrouble(error, `creating a directory for the server in ${parent}`);
  } finally {
    await sweepStale(parent, identity);
  }
}

function socketParent(): string {
  const longest = (parent: string): number => Buffer.byteLength(join(parent, `${PREFIX}4194304-XXXXXX/.s.PGSQL.${SOCKET_PORT}`));
  for (const parent of [tmpdir(), "/tmp"]) if (longest(parent) <= SOCKET_PATH_LIMIT) return parent;
  throw new EngineUnavailable(
    "socket-path-too-long",
    `The temporary directory ${tmpdir()} is too long for a Unix socket (${SOCKET_PATH_LIMIT} bytes).`,
    "Set TMPDIR to a short path, such as /tmp.",
  );
}

/**
 * Removes what a killed tread *and* a killed guard left. Only directories of our own users whose tread is gone and whose socket
 * answers nobody: in a container that shares /tmp, a pid that we cannot see may still be alive.
 */
async function sweepStale(parent: string, identity: Identity): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split("-")[0]) : Number.NaN;
    if (!Number.isInteger(owner) || isAlive(owner)) continue;
    const directory = join(parent, name);
    const facts = await lstat(directory).catch(() => null);
    if (facts === null || !facts.isDirectory() || facts.uid !== identity.uid || Date.now() - facts.mtimeMs < STALE_AFTER_MS) continue;
    if (await answers(join(directory, `.s.PGSQL.${SOCKET_PORT}`))) continue;
    await removeAs(identity, directory);
  }
}

/** As the server's user, so that root never walks through a tree that nobody can rearrange. */
export async function removeAs(identity: Identity, directory: string): Promise<void> {
  if (identity.lent) await run("rm", ["-rf", directory], { cwd: "/", ...spawnIdentity(identity) });
  else await rm(directory, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
