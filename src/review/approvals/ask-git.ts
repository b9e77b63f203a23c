import { execFile, spawnSync } from "node:child_process";

/** Arguments of git, without the folder. */
export type Question = readonly string[];

let memory: Map<string, string | null> | null = null;

/** A process costs 10 ms, most of it waiting: on two cores four at once take half the time of one after the other. */
const AT_ONCE = 4;

/**
 * Asks git each question once while `work` runs: every waiting migration asks for the same history. What `work` is known to ask is asked
 * before it, several at once. `work` must neither wait nor write.
 */
export async function rememberingGit<T>(folder: string, ahead: readonly Question[], work: () => T): Promise<T> {
  const known = new Map<string, string | null>();
  const open = new Map(ahead.map((args) => [keyOf(folder, args), args]));
  const queue = open.entries();
  const asker = async (): Promise<void> => {
    for (const [key, args] of queue) known.set(key, await answered(folder, args));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asker));
  memory = known;
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

function answered(folder: string, args: Question): Promise<string | null> {
  return new Promise((resolve) => {
    execFile("git", ["-C", folder, ...args], { env: environment(), encoding: "utf8", maxBuffer: MOST_BYTES }, (error, stdout) =>
      resolve(error === null ? stdout : null),
    );
  });
}

const MOST_BYTES = 1 << 26;

const keyOf = (folder: string, args: Question): string => [folder, ...args].join("\0");

function environment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  // Set inside of git hooks, relative to a folder that is not ours; with `-C` they would point elsewhere.
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  return env;
}
