import { spawnSync } from "node:child_process";

/** Somebody as git knows them. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** Who wrote a file, as far as its history tells. */
export interface Authors {
  readonly people: readonly Person[];
  /** It is not committed as it stands: whoever works here is one of its authors. */
  readonly uncommitted: boolean;
}

export function samePerson(a: Person, b: Person): boolean {
  return a.email.toLowerCase() === b.email.toLowerCase();
}

/**
 * Two addresses of one author are one person: an approval under the same name with another address is no second pair of eyes.
 */
export function maybeSame(a: Person, b: Person): boolean {
  return samePerson(a, b) || (a.name.trim() !== "" && a.name.trim().toLowerCase() === b.name.trim().toLowerCase());
}

export function shown({ name, email }: Person): string {
  return name === "" ? email : `${name} <${email}>`;
}

/** `Ada Lovelace <ada@example.org>`; null when it is none. */
export function personOf(text: string): Person | null {
  const match = /^\s*([^<>]*?)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(text);
  return match === null ? null : { name: match[1] ?? "", email: match[2] ?? "" };
}

/** Who works in a folder: what git would write into a commit there. Null where git does not know. */
export function whoAmI(folder: string): Person | null {
  // `<name> <email> <seconds> <zone>`; IDENT_STRICT would fail without a name, as does `git commit`.
  const ident = git(folder, ["var", "GIT_AUTHOR_IDENT"]);
  const match = ident === null ? null : /^(.*) <([^<>]*)> \d+ [+-]\d{4}$/.exec(ident.trim());
  if (match === null || (match[2] ?? "") === "") return null;
  return mapped(folder, { name: match[1] ?? "", email: match[2] ?? "" });
}

/** With `.mailmap` applied. */
function mapped(folder: string, person: Person): Person {
  return personOf(git(folder, ["check-mailmap", shown(person)]) ?? "") ?? person;
}

/** Whether the folder lies in a repository with at least one commit. */
export function hasHistory(folder: string): boolean {
  return git(folder, ["rev-parse", "--verify", "--quiet", "HEAD"]) !== null;
}

const SEPARATOR = "%x00";

/** Everybody who committed a change of the file since it was made, through renames. `path` is absolute or relative to the folder. */
export function historyOf(folder: string, path: string): readonly Person[] {
  return peopleIn(git(folder, ["log", "--follow", `--format=${PEOPLE}`, "--", path]));
}

export function authorsOf(folder: string, path: string): Authors {
  const people = historyOf(folder, path);
  return { people, uncommitted: people.length === 0 || isModified(folder, path) };
}

/** The authors of the last commit that touched the file; null where it is not committed as it stands. */
export function committedBy(folder: string, path: string): readonly Person[] | null {
  if (isModified(folder, path)) return null;
  // A squash merge names everybody whose commits it swallowed as co-authors.
  const people = peopleIn(git(folder, ["log", "-1", `--format=${PEOPLE}`, "--", path]));
  return people.length === 0 ? null : people;
}

const PEOPLE = `%aN${SEPARATOR}%aE${SEPARATOR}%(trailers:key=Co-authored-by,valueonly,separator=%x1f)`;

function peopleIn(log: string | null): readonly Person[] {
  const people: Person[] = [];
  for (const line of (log ?? "").split("\n").filter(Boolean)) {
    const [name = "", email = "", others = ""] = line.split("\0");
    for (const one of [{ name, email }, ...others.split("\x1f").flatMap((text) => personOf(text) ?? [])])
      if (one.email !== "" && !people.some((known) => samePerson(known, one))) people.push(one);
  }
  return people;
}

function isModified(folder: string, path: string): boolean {
  const status = git(folder, ["status", "--porcelain", "--ignored", "--", path]);
  return status === null || status.trim() !== "";
}

/** Absolute root of the repository that a folder lies in; null where it lies in none. */
export function repositoryTop(folder: string): string | null {
  return git(folder, ["rev-parse", "--show-toplevel"])?.trim() ?? null;
}

/** A setting of git, such as `user.signingkey`. */
export function gitSetting(folder: string, key: string, kind: "path" | "text" = "text"): string | null {
  const value = git(folder, ["config", ...(kind === "path" ? ["--type=path"] : []), "--get", key])?.trim();
  return value === undefined || value === "" ? null : value;
}

let memory: Map<string, string | null> | null = null;

/**
 * Asks git each question once while `work` runs: a process costs 10 ms, and every waiting migration asks for the same history. `work` must
 * neither wait nor write.
 */
export function rememberingGit<T>(work: () => T): T {
  const outer = memory;
  memory ??= new Map();
  try {
    return work();
  } finally {
    memory = outer;
  }
}

function git(folder: string, args: readonly string[]): string | null {
  const key = [folder, ...args].join("\0");
  const known = memory?.get(key);
  if (known !== undefined) return known;
  const answer = askGit(folder, args);
  memory?.set(key, answer);
  return answer;
}

function askGit(folder: string, args: readonly string[]): string | null {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  const { status, stdout } = spawnSync("git", ["-C", folder, ...args], { env, encoding: "utf8", maxBuffer: 1 << 26 });
  return status === 0 ? stdout : null;
}
