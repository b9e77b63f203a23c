import { chmodSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { ChangedFile } from "./project.ts";

/** A file that was not written, and why. Nothing else of the run is undone: each file is complete in itself or as it was. */
export interface NotWritten {
  readonly file: ChangedFile;
  readonly reason: string;
}

/**
 * Writes the files, each beside its old self and then in its place, with its mode. What a file of the run needs (a migration that
 * follows it) is written before it, so that an end in the middle leaves nothing half said.
 * @param roots folders that may be written to: the working directory, the project, what the command line named
 */
export function writeFiles(files: readonly ChangedFile[], roots: readonly string[]): readonly NotWritten[] {
  const failed: NotWritten[] = [];
  const allowed = roots.map((root) => real(root));
  const ordered = [...files].sort((a, b) => Number(a.before !== null) - Number(b.before !== null));
  for (const file of ordered) {
    const reason = writeOne(file, allowed);
    if (reason !== null) failed.push({ file, reason });
  }
  return failed;
}

function writeOne({ absolute, before, after }: ChangedFile, allowed: readonly string[]): string | null {
  const target = before === null ? absolute : real(absolute);
  const home = real(dirname(target));
  if (!allowed.some((root) => home === root || home.startsWith(root.endsWith(sep) ? root : root + sep)))
    return `it lies outside of the project (${target})`;
  const temporary = join(dirname(target), `.${basename(target)}.tread-${process.pid}`);
  try {
    if (before === null) {
      if (existsSync(target)) return "it has appeared meanwhile";
      mkdirSync(dirname(target), { recursive: true });
    } else if (Buffer.compare(readFileSync(target), before) !== 0) {
      return "it was changed while tread looked at it; run --fix again";
    }
    writeFileSync(temporary, after, { flag: "wx" });
    if (before !== null) chmodSync(temporary, statSync(target).mode & 0o7777);
    renameSync(temporary, target);
    return null;
  } catch (error) {
    rmSync(temporary, { force: true });
    return error instanceof Error ? error.message : String(error);
  }
}

/** Through symbolic links; of a folder that is yet to be made, its nearest parent that is there. */
function real(path: string): string {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at)) return realpathSync(at);
    if (dirname(at) === at) return at;
  }
}
