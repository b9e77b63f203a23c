import { spawnSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { isMarked, type Probe } from "./probe.ts";

/** A mark to be dated. */
export interface DatedMark {
  /** Absolute path of the file in the working tree; it need not exist there any more. */
  readonly file: string;
  /** Where the file is in a release that is a folder: relative to the root of the app. */
  readonly inApp: string;
  readonly probe: Probe;
}

/** A release whose tree is asked, oldest first. */
export interface DatedRelease {
  readonly name: string;
  readonly ref: string | null;
  /** Absolute folder that holds the app. */
  readonly path: string | null;
}

export interface Since {
  /** Full hash of the first commit in whose tree the mark exists; null where git does not tell. */
  readonly commit: string | null;
  readonly release: string | null;
}

export interface History {
  readonly since: ReadonlyMap<DatedMark, Since>;
  /** Why commits are not told, or null. */
  readonly doubt: string | null;
}

/** Longest history of the marked files that is walked, in texts. One is about 10 kB and 20 µs. */
const MOST_TEXTS = 20_000;
const MOST_RENAMES = 40;

/**
 * Since which commit and which release each mark exists: the first of them in whose tree it does. One `git log` over the files that hold
 * marks, one `git cat-file` for their texts; nothing is checked out.
 * @param folder any folder in the repository
 */
export function datesOf(folder: string, marks: readonly DatedMark[], releases: readonly DatedRelease[]): History {
  if (marks.length === 0) return { since: new Map(), doubt: null };
  const top = git(folder, ["rev-parse", "--show-toplevel"]);
  if (top === null) return { since: fromFolders(marks, releases), doubt: "not in a git repository: since which commit is not told" };
  const repository = new Repository(top.trim());
  const shallow = git(folder, ["rev-parse", "--is-shallow-repository"])?.trim() === "true";
  const real = realOf(folder);
  const pathOf = (mark: DatedMark): string =>
    relative(top.trim(), resolve(real, relative(resolve(folder), mark.file))).replaceAll("\\", "/");
  const commits = repository.commitsOf(new Set(marks.map(pathOf)));
  repository.fetch([...commits.values()].flatMap((changes) => changes.map(({ blob }) => blob)));
  let renames = 0;
  const first = new Map<DatedMark, { commit: string | null; paths: readonly string[] }>();
  for (const mark of marks) {
    const paths = [pathOf(mark)];
    let commit: string | null = null;
    for (;;) {
      const path = paths.at(-1) ?? "";
      const changes = commits.get(path) ?? repository.commitsOf(new Set([path])).get(path) ?? [];
      commits.set(path, changes);
      const found = changes.find(({ blob }) => blob !== null && isMarked(repository.text(blob) ?? "", path, mark.probe));
      commit = found?.commit ?? commit;
      // In the very first text of a file: it may have come with the file from elsewhere.
      if (found === undefined || found !== changes[0] || ++renames > MOST_RENAMES || paths.length > 5) break;
      const before = repository.renamedFrom(found.commit, path);
      if (before === null || paths.includes(before)) break;
      paths.push(before);
    }
    first.set(mark, { commit: shallow ? null : commit, paths });
  }
  const trees = releases.flatMap(({ ref }) => (ref === null ? [] : [ref]));
  const blobs = repository.blobsAt(trees, [...new Set([...first.values()].flatMap(({ paths }) => paths))]);
  repository.fetch([...blobs.values()]);
  const since = new Map<DatedMark, Since>();
  for (const [mark, { commit, paths }] of first) {
    const release = releases.find(({ ref, path }) => {
      if (path !== null) return inFolder(path, mark);
      return paths.some((each) => {
        const text = repository.text(blobs.get(`${ref ?? ""}:${each}`) ?? null);
        return text !== null && isMarked(text, each, mark.probe);
      });
    });
    since.set(mark, { commit, release: release?.name ?? null });
  }
  return { since, doubt: shallow ? "a shallow clone: since which commit is not told (`git fetch --unshallow`)" : null };
}

function fromFolders(marks: readonly DatedMark[], releases: readonly DatedRelease[]): Map<DatedMark, Since> {
  return new Map(
    marks.map((mark) => [
      mark,
      { commit: null, release: releases.find(({ path }) => path !== null && inFolder(path, mark))?.name ?? null },
    ]),
  );
}

function inFolder(folder: string, mark: DatedMark): boolean {
  try {
    return isMarked(readFileSync(join(folder, mark.inApp), "utf8"), mark.inApp, mark.probe);
  } catch {
    return false;
  }
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

interface FileChange {
  readonly commit: string;
  /** Null: the commit removed it. */
  readonly blob: string | null;
}

class Repository {
  readonly #top: string;
  readonly #texts = new Map<string, string | null>();

  constructor(top: string) {
    this.#top = top;
  }

  /** Per path its changes, oldest first. */
  commitsOf(paths: ReadonlySet<string>): Map<string, readonly FileChange[]> {
    const found = new Map<string, FileChange[]>();
    const list = [...paths];
    // Paths are arguments: as many at a time as a command line carries.
    for (let from = 0; from < list.length; from += 500) {
      const part = list.slice(from, from + 500);
      const log = git(this.#top, [
        "log",
        "--format=%x01%H",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "-z",
        `--max-count=${MOST_TEXTS}`,
        "HEAD",
        "--",
        ...part.map((p) => `:(top,literal)${p}`),
      ]);
      for (const entry of (log ?? "").split("\u0001")) {
        const fields = entry.split("\0");
        const commit = (fields[0] ?? "").trim();
        for (let at = 1; at < fields.length; at++) {
          const raw = /^\n?:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) \w\d*$/.exec(fields[at] ?? "");
          const path = fields[at + 1];
          if (raw?.[1] === undefined || path === undefined) continue;
          at++;
          const changes = found.get(path) ?? [];
          changes.push({ commit, blob: /^0+$/.test(raw[1]) ? null : raw[1] });
          found.set(path, changes);
        }
      }
    }
    for (const changes of found.values()) changes.reverse();
    return found;
  }

  /** The path that a file had before a commit moved it to `path`. */
  renamedFrom(commit: string, path: string): string | null {
    const shown = git(this.#top, ["show", "--format=", "--raw", "--no-abbrev", "-M", "-z", "--diff-filter=R", commit]) ?? "";
    const fields = shown.split("\0");
    for (let at = 0; at + 2 < fields.length; at++)
      if (/ R\d+$/.test(fields[at] ?? "") && fields[at + 2] === path) return fields[at + 1] ?? null;
    return null;
  }

  /** Object names by `ref:path`, of those that are there. */
  blobsAt(refs: readonly string[], paths: readonly string[]): Map<string, string> {
    const asked = refs.flatMap((ref) => paths.map((path) => `${ref}:${path}`));
    const found = new Map<string, string>();
    if (asked.length === 0) return found;
    const out = git(this.#top, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], `${asked.join("\n")}\n`) ?? "";
    out.split("\n").forEach((line, at) => {
      const [name = "", type] = line.split(" ");
      const key = asked[at];
      if (type === "blob" && key !== undefined && /^[0-9a-f]{40,}$/.test(name)) found.set(key, name);
    });
    return found;
  }

  fetch(blobs: readonly (string | null)[]): void {
    const wanted = [...new Set(blobs)].filter((blob) => blob !== null && !this.#texts.has(blob)).slice(0, MOST_TEXTS);
    if (wanted.length === 0) return;
    const out = gitBytes(this.#top, ["cat-file", "--batch"], `${wanted.join("\n")}\n`);
    if (out === null) return;
    for (let at = 0; at < out.length;) {
      const end = out.indexOf(10, at);
      if (end === -1) break;
      const [name = "", type = "", size = "0"] = out.toString("latin1", at, end).split(" ");
      at = end + 1;
      if (type === "missing") continue;
      this.#texts.set(name, out.toString("utf8", at, at + Number(size)));
      at += Number(size) + 1;
    }
  }

  text(blob: string | null): string | null {
    if (blob === null) return null;
    if (!this.#texts.has(blob)) this.fetch([blob]);
    return this.#texts.get(blob) ?? null;
  }
}

function git(folder: string, args: readonly string[], input?: string): string | null {
  return gitBytes(folder, args, input)?.toString("utf8") ?? null;
}

/** Null when git is not there, or refuses. */
function gitBytes(folder: string, args: readonly string[], input?: string): Buffer | null {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" };
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  const result = spawnSync("git", ["-C", folder, ...args], { env, maxBuffer: 1 << 30, ...(input === undefined ? {} : { input }) });
  return result.status === 0 ? result.stdout : null;
}
