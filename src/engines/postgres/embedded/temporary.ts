import { rmSync } from "node:fs";
import { chmod, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopWithTread } from "./at-exit.ts";
import { type Identity, spawnIdentity } from "./identity.ts";
import { run } from "./run.ts";
import { SOCKET_PORT } from "./settings.ts";

/** A directory is left alone while it is this young, whoever seems to own it: it may be about to be used. */
const STALE_AFTER_MS = 60_000;

const NAME = /^tread-(?:pg|initdb|fetch)-(\d+)-/;

export interface TemporaryDirectory {
  readonly path: string;
  /** From now on somebody else removes it: a server's guard. */
  handOver(): void;
  remove(): Promise<void>;
}

/** Named with tread's pid, closed to others, and gone when tread is, unless it was killed with SIGKILL; then the next tread sweeps it. */
export async function temporaryDirectory(kind: "pg" | "initdb" | "fetch", parent: string = tmpdir()): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, `tread-${kind}-${process.pid}-`));
  const handOver = stopWithTread(() => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  await chmod(path, 0o700);
  return {
    path,
    handOver,
    remove: async () => {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      handOver();
    },
  };
}

/**
 * Removes what a killed tread and a killed guard left. Only directories of our own users whose tread is gone and whose socket
 * answers nobody: in a container that shares /tmp, a pid that we cannot see may still be alive.
 */
export async function sweepStale(parent: string, identity: Identity): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = NAME.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const directory = join(parent, name);
    const facts = await lstat(directory).catch(() => null);
    if (facts === null || !facts.isDirectory() || Date.now() - facts.mtimeMs < STALE_AFTER_MS) continue;
    if (await answers(join(directory, `.s.PGSQL.${SOCKET_PORT}`))) continue;
    // As the server's user, so that root never walks through a tree that nobody can rearrange.
    if (identity.lent && facts.uid === identity.uid) await run("rm", ["-rf", directory], { cwd: "/", ...spawnIdentity(identity) });
    else if (facts.uid === process.getuid?.()) await rm(directory, { recursive: true, force: true });
  }
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
