import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, resolve } from "node:path";
import { answerOf, keyOf, type Answers } from "./ask-git.ts";
import { HAS_HISTORY, history, lastCommit, modified, PEOPLE, TOP } from "./git-people.ts";

/**
 * What git says of many files, asked with one process for all histories, one for all states and one for renames, where a process per file
 * would take 10 ms each. What is not among the answers (a file that was renamed, a folder without history) is asked for by itself.
 * @param written files of which the authors, the last commit and the state are asked for; relative to the folder, or absolute
 * @param earlier files of which the history alone is
 */
export async function askedAhead(folder: string, written: readonly string[], earlier: readonly string[]): Promise<Answers> {
  const paths = [...new Set([...written, ...earlier])];
  const answers = new Map<string, string | null>();
  if (paths.length === 0) return answers;
  const [where, log, status] = await Promise.all([
    answerOf(folder, ["rev-parse", "--show-toplevel", "HEAD"]),
    answerOf(folder, ["log", `--format=%x01%H%x02${PEOPLE}%x02`, "--name-status", "--no-renames", "-z", "--", ...paths]),
    answerOf(folder, ["status", "--porcelain", "--ignored", "-z", "--no-renames", "--", ...new Set(written)]),
  ]);
  const [top, head] = (where ?? "").split("\n");
  if (top === undefined || head === undefined || log === null || status === null) return answers;
  answers.set(keyOf(folder, TOP), `${top}\n`);
  answers.set(keyOf(folder, HAS_HISTORY), `${head}\n`);
  const shown = shownPaths(folder, top, paths);
  const commits = commitsIn(log);
  const renamed = await renames(folder, new Set([...commits.values()].flatMap((own) => own.at(-1)?.hash ?? [])));
  const states = status
    .split("\0")
    .filter(Boolean)
    .map((line) => ({ line, path: line.slice(3) }));
  for (const [path, inRepository] of shown) {
    const own = commits.get(inRepository) ?? [];
    if (!renamed.has(inRepository)) answers.set(keyOf(folder, history(path)), own.map(({ people }) => `${people}\n`).join(""));
    answers.set(keyOf(folder, lastCommit(path)), own[0] === undefined ? "" : `${own[0].people}\n`);
    if (!written.includes(path)) continue;
    const state = states.find((one) => one.path === inRepository || (one.path.endsWith("/") && inRepository.startsWith(one.path)));
    answers.set(keyOf(folder, modified(path)), state === undefined ? "" : `${state.line}\n`);
  }
  return answers;
}

/** As git names them: from the root of the repository. */
function shownPaths(folder: string, top: string, paths: readonly string[]): ReadonlyMap<string, string> {
  const real = realpathSync(folder);
  const root = realpathSync(top);
  return new Map(
    paths.map((path) => {
      const absolute = isAbsolute(path) ? join(real, relative(resolve(folder), path)) : resolve(real, path);
      return [path, relative(root, absolute).replaceAll("\\", "/")];
    }),
  );
}

interface Commit {
  readonly hash: string;
  readonly people: string;
}

/** Per path its commits, newest first. */
function commitsIn(log: string): ReadonlyMap<string, readonly Commit[]> {
  const found = new Map<string, Commit[]>();
  for (const entry of log.split("\u0001").slice(1)) {
    const [hash = "", people = "", files = ""] = entry.split("\u0002");
    // `A`, path, `M`, path, …: a merge that changed nothing itself has none.
    const fields = files.split("\0").map((field) => field.replace(/^\n/, ""));
    for (let at = 0; at + 1 < fields.length; at++) {
      if (!/^[A-Z]$/.test(fields[at] ?? "")) continue;
      const path = fields[++at] ?? "";
      const own = found.get(path);
      if (own === undefined) found.set(path, [{ hash, people }]);
      else own.push({ hash, people });
    }
  }
  return found;
}

/** Files that one of these commits moved to where they are. */
async function renames(folder: string, commits: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (commits.size === 0) return new Set();
  const out = await answerOf(
    folder,
    ["diff-tree", "--stdin", "-r", "-M", "--name-status", "--diff-filter=R", "-z"],
    `${[...commits].join("\n")}\n`,
  );
  const fields = (out ?? "").split("\0");
  return new Set(fields.flatMap((field, at) => (/^R\d+$/.test(field) ? (fields[at + 2] ?? []) : [])));
}
