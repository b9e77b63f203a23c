import { spawnSync } from "node:child_process";
import type { Files } from "../source.ts";
import { below, compareCodePoints, isWithin, joinPath, nameOf, normalisePath, runsThroughSkipped } from "./paths.ts";

/** Something that git could not give, with what to do about it. `message` and `help` are for the reader as they stand. */
export class GitError extends Error {
  readonly code: "no-git" | "no-repository" | "missing-ref" | "no-merge-base" | "unreadable";
  readonly help: string;

  constructor(code: GitError["code"], message: string, help: string) {
    super(message);
    this.name = "GitError";
    this.code = code;
    this.help = help;
  }
}

/** 100,000 paths of 80 characters are 13 MB of `ls-tree`; the pieces of `cat-file` are bounded below. */
const MAX_OUTPUT = 1 << 30;

/** Whether the folder lies in a git working tree or repository. False where git is not installed. */
export function isInsideRepository(folder: string): boolean {
  const { status } = run(folder, ["rev-parse", "--git-dir"]);
  return status === 0;
}

/**
 * The commit from which `ref` and `head` went their own ways: what a pull request is compared with.
 * @throws {GitError} when there is no repository, a ref is missing, or the history does not reach back far enough (shallow clone)
 */
export function gitMergeBase(repository: string, ref: string, head: string = "HEAD"): string {
  const ours = resolveCommit(repository, ref);
  const theirs = resolveCommit(repository, head);
  const { status, stdout } = run(repository, ["merge-base", ours, theirs]);
  if (status === 0) return stdout.toString("utf8").trim();
  throw new GitError(
    "no-merge-base",
    `\`${ref}\` and \`${head}\` have no common commit in this repository`,
    isShallow(repository)
      ? "This is a shallow clone. Run `git fetch --unshallow`, or in CI check out the full history (`fetch-depth: 0`)."
      : `Name a ref that \`${head}\` was branched from.`,
  );
}

/**
 * The full hash of the commit that `ref` names (a branch, a tag, a hash, `origin/main`, `HEAD~3`).
 * @throws {GitError}
 */
export function resolveCommit(repository: string, ref: string): string {
  // A name that begins with a dash would be read as an option.
  if (!ref.startsWith("-") && ref !== "") {
    const { status, stdout, stderr } = run(repository, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
    if (status === 0) return stdout.toString("utf8").trim();
    if (/not a git repository|dubious ownership/.test(stderr)) throw noRepository(repository, stderr);
  }
  requireRepository(repository);
  throw missingRef(repository, ref);
}

/**
 * The files that a git ref has, read from git's objects: no checkout, and the working tree stays as it is.
 *
 * Contents are fetched when they are first asked for, some hundred neighbours of the same kind at a time, so that reading a whole app
 * costs a handful of `git cat-file` processes.
 * @param repository any folder in the repository
 * @param subfolder relative to `repository`; what paths are relative to
 * @throws {GitError} when there is no git, no repository, or no such ref
 */
export function gitFiles(repository: string, ref: string, subfolder: string = "."): Files {
  const commit = resolveCommit(repository, ref);
  const prefix = run(repository, ["rev-parse", "--show-prefix"]).stdout.toString("utf8").trim().replace(/\/$/, "");
  const base = normalisePath(joinPath(prefix, subfolder));
  const entries = listTree(repository, ref, commit, base);
  const paths = [...entries.keys()].sort(compareCodePoints);
  const folders = new Set(paths.flatMap(foldersAbove));
  const contents = new Map<string, Buffer>();
  const listings = new Map<string, readonly string[]>();
  let window = 64;

  const resolveLink = (path: string, depth = 0): string => {
    const entry = entries.get(path);
    if (entry === undefined || !entry.link || depth > 8) return path;
    const target = catFile(repository, [entry.oid]).get(entry.oid)?.toString("utf8") ?? "";
    return resolveLink(normalisePath(`${path}/../${target}`), depth + 1);
  };

  return {
    label: `git ref ${ref}`,
    list(folder) {
      const top = normalisePath(folder);
      if (entries.has(top)) return [top];
      let listing = listings.get(top);
      if (listing === undefined) {
        listing = paths.filter((path) => isWithin(top, path) && !runsThroughSkipped(below(top, path)));
        listings.set(top, listing);
      }
      return listing;
    },
    read(path) {
      const wanted = resolveLink(normalisePath(path));
      const entry = entries.get(wanted);
      if (entry === undefined) {
        throw Object.assign(new Error(`${ref} has no file ${path}`), { code: "ENOENT" });
      }
      let content = contents.get(entry.oid);
      if (content === undefined) {
        for (const [oid, bytes] of catFile(repository, neighbours(wanted, window))) contents.set(oid, bytes);
        // Whoever reads on is reading everything: fetch more at a time, as far as memory stays modest.
        window = Math.min(window * 4, 1024);
        content = contents.get(entry.oid);
      }
      if (content === undefined) {
        throw new GitError(
          "unreadable",
          `git has no content for ${path} at ${ref}`,
          "The clone may be partial: run `git fetch --refetch`, or clone without `--filter`.",
        );
      }
      return content;
    },
    exists(path) {
      const wanted = normalisePath(path);
      return wanted === "." || entries.has(wanted) || folders.has(wanted);
    },
    // As git itself writes a file of a ref, and as `git show` takes it.
    display: (path) => `${ref}:${normalisePath(joinPath(base, path))}`,
  };

  /** Objects of the next files of the same extension, from `path` on, that were not fetched yet. */
  function neighbours(path: string, count: number): string[] {
    const extension = extensionOf(path);
    const oids: string[] = [];
    for (let i = Math.max(paths.indexOf(path), 0); i < paths.length && oids.length < count; i++) {
      const candidate = paths[i] ?? "";
      const entry = entries.get(candidate);
      if (entry !== undefined && !entry.link && extensionOf(candidate) === extension && !contents.has(entry.oid)) oids.push(entry.oid);
    }
    return oids;
  }
}

interface TreeEntry {
  readonly oid: string;
  readonly link: boolean;
}

function listTree(repository: string, ref: string, commit: string, base: string): Map<string, TreeEntry> {
  const tree = base === "." ? commit : `${commit}:${base}`;
  const listed = run(repository, ["ls-tree", "-r", "-z", "--full-tree", tree]);
  const entries = new Map<string, TreeEntry>();
  if (listed.status !== 0) {
    // `subfolder` may name a file, or nothing: the ref then simply has no files there, which is the caller's to judge.
    if (/not a tree object|exists on disk, but not in|does not exist|Not a valid object name/i.test(listed.stderr)) return entries;
    throw new GitError("unreadable", `git could not list ${ref}: ${listed.stderr.trim()}`, "Run `git fsck` in the repository.");
  }
  for (const line of listed.stdout.toString("utf8").split("\0")) {
    // <mode> SP <type> SP <object> TAB <path>
    const tab = line.indexOf("\t");
    if (tab === -1) continue;
    const [mode = "", type = "", oid = ""] = line.slice(0, tab).split(" ");
    if (type === "blob") entries.set(line.slice(tab + 1), { oid, link: mode === "120000" });
  }
  return entries;
}

/** Contents by object name, from one `git cat-file --batch`. Objects that are missing are left out. */
function catFile(repository: string, oids: readonly string[]): Map<string, Buffer> {
  const { stdout } = run(repository, ["cat-file", "--batch"], `${oids.join("\n")}\n`);
  const contents = new Map<string, Buffer>();
  for (let at = 0; at < stdout.length;) {
    // <object> SP <type> SP <size> LF <contents> LF, or <object> SP missing LF
    const end = stdout.indexOf(10, at);
    if (end === -1) break;
    const [oid = "", type = "", size = "0"] = stdout.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (type === "missing") continue;
    const length = Number(size);
    contents.set(oid, stdout.subarray(at, at + length));
    at += length + 1;
  }
  return contents;
}

interface GitResult {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

function run(folder: string, args: readonly string[], input?: string): GitResult {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1" };
  // Set inside of git hooks, relative to a folder that is not ours; with `-C` they would point elsewhere.
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  const result = spawnSync("git", ["-C", folder, ...args], { env, maxBuffer: MAX_OUTPUT, ...(input === undefined ? {} : { input }) });
  if (result.error !== undefined) {
    if ("code" in result.error && result.error.code === "ENOENT") {
      if (args[0] === "rev-parse" && args[1] === "--git-dir") return { status: 127, stdout: Buffer.alloc(0), stderr: "" };
      throw new GitError(
        "no-git",
        "git is not installed, or not on the PATH",
        "Install git, or give a folder (`path:`) instead of a `ref:`.",
      );
    }
    throw new GitError("unreadable", `git failed: ${result.error.message}`, "Run the same command by hand to see more.");
  }
  return { status: result.status, stdout: result.stdout, stderr: result.stderr.toString("utf8") };
}

function requireRepository(folder: string): void {
  const { status, stderr } = run(folder, ["rev-parse", "--git-dir"]);
  if (status !== 0) throw noRepository(folder, stderr);
}

function noRepository(folder: string, stderr: string): GitError {
  if (stderr.includes("dubious ownership")) {
    return new GitError(
      "no-repository",
      `git refuses to read ${folder}: the repository belongs to another user`,
      `Run \`git config --global --add safe.directory ${folder}\` if you trust it.`,
    );
  }
  return new GitError(
    "no-repository",
    `${folder} is not in a git repository`,
    "Run tread inside of the repository, or give a folder (`path:`) instead of a `ref:`.",
  );
}

function missingRef(repository: string, ref: string): GitError {
  const message = `there is no commit, branch or tag \`${ref}\` in this repository`;
  const remotes = run(repository, ["remote"]).stdout.toString("utf8").split("\n").filter(Boolean);
  const remote = remotes.includes("origin") ? "origin" : remotes[0];
  if (remote !== undefined && run(repository, ["rev-parse", "--verify", "--quiet", `${remote}/${ref}^{commit}`]).status === 0) {
    return new GitError("missing-ref", message, `Did you mean \`${remote}/${ref}\`?`);
  }
  const name = remote !== undefined && ref.startsWith(`${remote}/`) ? ref.slice(remote.length + 1) : ref;
  if (isShallow(repository)) {
    return new GitError(
      "missing-ref",
      message,
      `This is a shallow clone. Run \`git fetch --depth=1 ${remote ?? "origin"} ${name}:${ref}\` first, or in CI check out the full history (\`fetch-depth: 0\`).`,
    );
  }
  return new GitError(
    "missing-ref",
    message,
    remote === undefined
      ? "See `git branch --all` and `git tag` for the names there are."
      : `Run \`git fetch ${remote} --tags\`, then see \`git branch --all\` and \`git tag\` for the names there are.`,
  );
}

function isShallow(repository: string): boolean {
  return run(repository, ["rev-parse", "--is-shallow-repository"]).stdout.toString("utf8").trim() === "true";
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) folders.push(path.slice(0, slash));
  return folders;
}

function extensionOf(path: string): string {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  return dot === -1 ? name : name.slice(dot);
}

/** The tags that a pattern of `git tag --list` names, oldest first. @throws {GitError} where there is no repository */
export function gitTags(
  repository: string,
  pattern: string,
): readonly { readonly name: string; readonly commit: string; readonly date: string }[] {
  requireRepository(repository);
  // An annotated tag is an object of its own: the commit that it points at is what was released.
  const format = "--format=%(refname:lstrip=2)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)";
  const { stdout } = run(repository, ["for-each-ref", "--sort=creatordate", format, `refs/tags/${pattern}`]);
  return stdout
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const [name = "", object = "", peeled = "", date = ""] = line.split("\0");
      return { name, commit: peeled === "" ? object : peeled, date };
    });
}
