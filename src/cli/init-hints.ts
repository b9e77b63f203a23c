import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A fact and where it was found, so that the reader can check it. */
export interface Hint<T> {
  readonly value: T;
  readonly from: string;
}

/** Files that name the Postgres image or version that a project runs on, likeliest first. */
const VERSION_FILES = [
  /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$/,
  /(?:^|\/)\.github\/workflows\/[\w.-]+\.ya?ml$/,
  /(?:^|\/)\.gitlab-ci\.yml$/,
  /(?:^|\/)\.circleci\/config\.yml$/,
  /(?:^|\/)(?:[\w.-]*Dockerfile|Dockerfile[\w.-]*)$/,
  /(?:^|\/)\.devcontainer\/[\w.-]+\.(?:json|ya?ml)$/,
  /\.tf$/,
  /(?:^|\/)(?:values[\w.-]*|postgres[\w.-]*)\.ya?ml$/,
];

/**
 * The Postgres major that a project's own files name: `postgres:16-alpine`, `pgvector/pgvector:pg16`, `engine_version = "16.3"`.
 * @param paths all files, relative to `root`
 */
export function postgresHint(root: string, paths: readonly string[]): Hint<number> | null {
  for (const pattern of VERSION_FILES) {
    for (const path of paths.filter((candidate) => pattern.test(candidate)).slice(0, 20)) {
      const text = readText(join(root, path));
      const major = text === null ? null : postgresIn(text);
      if (major !== null) return { value: major.major, from: `${path}:${major.line}` };
    }
  }
  return null;
}

function postgresIn(text: string): { major: number; line: number } | null {
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*#/.test(line)) continue;
    const image =
      /(?:^|[\s"'/=])(?:postgres|postgresql|postgis|timescaledb|pgvector|timescaledb-ha|supabase\/postgres)(?:\/\w+)?:(?:latest-)?(?:pg)?(\d{2})\b/i.exec(
        line,
      );
    const engine = /(?:engine_version|postgres(?:ql)?[_-]?version)\s*[:=]\s*"?(\d{2})\b/i.exec(line);
    const managed = /POSTGRES_(\d{2})\b/.exec(line);
    const major = Number(image?.[1] ?? engine?.[1] ?? managed?.[1] ?? 0);
    if (major >= 13 && major <= 18) return { major, line: index + 1 };
  }
  return null;
}

export interface LiveHint {
  readonly name: string;
  readonly ref: string;
}

/** The version that most likely serves: the newest release tag, else the default branch. Null outside of git. */
export function liveHint(root: string): Hint<LiveHint> | null {
  const tags = git(root, [
    "for-each-ref",
    "--sort=-creatordate",
    "--count=200",
    "--format=%(refname:short)",
    "refs/tags",
    "--merged",
    "HEAD",
  ]);
  const released = (tags ?? "").split("\n").find((tag) => /^(?:[\w.-]+[@/-])?v?\d+(?:\.\d+)*$/.test(tag) || /^release[-/]/.test(tag));
  if (released !== undefined) return { value: { name: released, ref: released }, from: "newest release tag in git" };
  const remote = git(root, ["symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"]);
  if (remote !== null && remote !== "")
    return { value: { name: remote.replace(/^origin\//, ""), ref: remote }, from: "default branch of origin" };
  for (const branch of ["main", "master"]) {
    if (git(root, ["rev-parse", "--verify", "--quiet", `${branch}^{commit}`]) !== null)
      return { value: { name: branch, ref: branch }, from: "branch in git" };
  }
  return null;
}

function git(cwd: string, args: readonly string[]): string | null {
  const { status, stdout } = spawnSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return status === 0 ? stdout.trim() : null;
}

/** Scale profiles that lie around already. */
export function profileHints(root: string, paths: readonly string[]): string[] {
  return paths
    .filter((path) => path.endsWith(".json") && /(?:^|\/)scale\b/i.test(path))
    .filter((path) => (readText(join(root, path)) ?? "").slice(0, 2000).includes('"tread.scale/1"'));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
