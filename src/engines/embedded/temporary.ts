import { rmSync } from "node:fs";
import { chmod, lstat, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopWithTread } from "./at-exit.ts";

/** A directory is left alone while it is this young, whoever seems to own it: it may be about to be used. */
const STALE_AFTER_MS = 60_000;

/** What a temporary directory is for; its name says so: `tread-pg-4711-x1Y2z3`. */
export type TemporaryKind = "pg" | "initdb" | "fetch" | "clickhouse";

export interface TemporaryDirectory {
  readonly path: string;
  /** From now on somebody else removes it: a server's guard. */
  handOver(): void;
  remove(): Promise<void>;
}

/** Named with tread's pid, closed to others, and gone when tread is, unless it was killed with SIGKILL; then the next tread sweeps it. */
export async function temporaryDirectory(kind: TemporaryKind, parent: string = tmpdir()): Promise<TemporaryDirectory> {
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

/** Directories of a tread that is gone, with the uid that owns them. Whether something still lives in one is for the caller to ask. */
export async function staleDirectories(
  parent: string,
  kinds: readonly TemporaryKind[],
): Promise<readonly { readonly path: string; readonly uid: number }[]> {
  const pattern = new RegExp(`^tread-(?:${kinds.join("|")})-(\\d+)-`);
  const stale: { path: string; uid: number }[] = [];
  for (const name of await readdir(parent).catch(() => [])) {
    const owner = pattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    const path = join(parent, name);
    const facts = await lstat(path).catch(() => null);
    if (facts === null || !facts.isDirectory() || Date.now() - facts.mtimeMs < STALE_AFTER_MS) continue;
    stale.push({ path, uid: facts.uid });
  }
  return stale;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
