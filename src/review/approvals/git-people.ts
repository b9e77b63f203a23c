import { git, type Question } from "./ask-git.ts";

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
  return git(folder, HAS_HISTORY) !== null;
}

const SEPARATOR = "%x00";

/** Everybody who committed a change of the file since it was made, through renames. `path` is absolute or relative to the folder. */
export function historyOf(folder: string, path: string): readonly Person[] {
  return peopleIn(git(folder, history(path)));
}

/** Everybody who committed a change of the file, and whether somebody is about to commit another. */
export function authorsOf(folder: string, path: string): Authors {
  const people = historyOf(folder, path);
  return { people, uncommitted: people.length === 0 || isModified(folder, path) };
}

/** The authors of the last commit that touched the file; null where it is not committed as it stands. */
export function committedBy(folder: string, path: string): readonly Person[] | null {
  if (isModified(folder, path)) return null;
  // A squash merge names everybody whose commits it swallowed as co-authors.
  const people = peopleIn(git(folder, lastCommit(path)));
  return people.length === 0 ? null : people;
}

export const PEOPLE: string = `%aN${SEPARATOR}%aE${SEPARATOR}%(trailers:key=Co-authored-by,valueonly,separator=%x1f)`;

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
  const status = git(folder, modified(path));
  return status === null || status.trim() !== "";
}

/** Absolute root of the repository that a folder lies in; null where it lies in none. */
export function repositoryTop(folder: string): string | null {
  return git(folder, TOP)?.trim() ?? null;
}

/** A setting of git, such as `user.signingkey`. */
export function gitSetting(folder: string, key: string, kind: "path" | "text" = "text"): string | null {
  const value = git(folder, ["config", ...(kind === "path" ? ["--type=path"] : []), "--get", key])?.trim();
  return value === undefined || value === "" ? null : value;
}

export const HAS_HISTORY: Question = ["rev-parse", "--verify", "--quiet", "HEAD"];
export const TOP: Question = ["rev-parse", "--show-toplevel"];

/** Everybody who committed a change of a file, newest first, through renames. */
export function history(path: string): Question {
  return ["log", "--follow", `--format=${PEOPLE}`, "--", path];
}

export function lastCommit(path: string): Question {
  return ["log", "-1", `--format=${PEOPLE}`, "--", path];
}

/** Nothing is printed for what is committed as it stands. */
export function modified(path: string): Question {
  return ["status", "--porcelain", "--ignored", "--", path];
}
