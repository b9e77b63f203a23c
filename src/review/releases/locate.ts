import type { Problem } from "../../model/migration.ts";
import type { Release } from "../../model/release.ts";
import { GitError, resolveCommit } from "../../sources/files/git.ts";

/** Where git has the code of a release. */
export interface LocatedRef {
  /** What to read: the ref, or the recorded commit where the ref is gone or names another one now. Null: nothing is left. */
  readonly ref: string | null;
  readonly problems: readonly Problem[];
}

/**
 * What was deployed is the commit that the ref named when it was recorded: a tag that was moved or removed since changes nothing about it.
 * @param repository any folder in the repository
 */
export function locateRef(release: Pick<Release, "name" | "ref" | "commit" | "span">, repository: string): LocatedRef {
  const { ref, commit, name } = release;
  if (ref === null) return { ref: null, problems: [] };
  const now = attempt(repository, ref);
  const problem = (code: string, message: string, help: string, fatal: boolean): Problem => ({
    code,
    message,
    help,
    span: release.span,
    fatal,
  });
  if (commit === null) {
    if (typeof now === "string") return { ref, problems: [] };
    return { ref: null, problems: [problem("release-gone", `release ${name}: ${now.message}`, now.help, true)] };
  }
  if (now === commit) return { ref, problems: [] };
  const kept = typeof attempt(repository, commit) === "string";
  const short = commit.slice(0, 12);
  const what =
    typeof now === "string"
      ? `\`${ref}\` names commit ${now.slice(0, 12)} now, and ${short} is on record`
      : `\`${ref}\` is gone (${short} is on record)`;
  if (kept) {
    const help =
      typeof now === "string"
        ? `was ${ref} moved by mistake, put it back: \`git tag -f ${ref} ${short}\`; was the release built again, record it under a name of its own`
        : `put it back: \`git tag ${ref} ${short}\``;
    return {
      ref: short,
      problems: [
        problem(
          typeof now === "string" ? "release-moved" : "release-tag-gone",
          `release ${name}: ${what}; the commit on record was read`,
          help,
          false,
        ),
      ],
    };
  }
  const help = `fetch it (\`git fetch --tags --unshallow\`), or correct \`commit\` when ${typeof now === "string" ? now.slice(0, 12) : "another commit"} is what was deployed`;
  return {
    ref: null,
    problems: [
      problem(
        typeof now === "string" ? "release-moved" : "release-gone",
        `release ${name}: ${what}, and that commit is not in this repository`,
        help,
        true,
      ),
    ],
  };
}

function attempt(repository: string, ref: string): string | GitError {
  try {
    return resolveCommit(repository, ref);
  } catch (error) {
    if (error instanceof GitError) return error;
    throw error;
  }
}
