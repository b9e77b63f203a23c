import { execFile, spawnSync } from "node:child_process";

/** Arguments of git, without the folder. */
export type Question = readonly string[];

let memory: Map<string, string | null> | null = null;

/** What git printed, by folder and question; null where it failed. */
export type Answers = ReadonlyMap<string, string | null>;

/**
 * Asks git each question once while `work` runs: every waiting migration asks for the same history. `work` must neither wait nor write.
 * @param answers what is known before
 */
export function rememberingGit<T>(answers: Answers, work: () => T): T {
  memory = new Map(answers);
  try {
    return work();
  } finally {
    memory = null;
  }
}

/** What git prints; null where it fails or is not there. */
export function git(folder: string, args: Question): string | null {
  const key = keyOf(folder, args);
  const known = memory?.get(key);
  if (known !== undefined) return known;
  const { status, stdout } = spawnSync("git", ["-C", folder, ...args], { env: environment(), encoding: "utf8", maxBuffer: MOST_BYTES });
  const answer = status === 0 ? stdout : null;
  memory?.set(key, answer);
  return answer;
}

/** The same, while other processes run. */
export function answerOf(folder: string, args: Question, input: string = ""): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: environment(), encoding: "utf8", maxBuffer: MOST_BYTES } as const;
    const child = execFile("git", ["-C", folder, ...args], options, (error, stdout) => resolve(error === null ? stdout : null));
    // A git that is not there, or that ended before, reads nothing.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

const MOST_BYTES = 1 << 26;

export function keyOf(folder: string, args: Question): string {
  return [folder, ...args].join("\0");
}

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  // Set inside of git hooks, relative to a folder that is not ours; with `-C` they would point elsewhere.
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  return env;
}
