import { join } from "node:path";
import { readTextFile } from "../releases/read-text.ts";

/** Who owns a path by CODEOWNERS, with the line that says so. */
export interface Owners {
  readonly owners: readonly string[];
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
}

const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/**
 * The last line that names the path, as GitHub reads it (docs.github.com, "About code owners"); the first file that exists counts.
 * @param top absolute: root of the repository
 * @param path relative to it, forward slashes
 */
export function codeOwners(top: string, path: string): Owners | null {
  for (const file of PLACES) {
    const text = readTextFile(join(top, file));
    if (text === null) continue;
    let found: Owners | null = null;
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      const [pattern = "", ...owners] = line
        .replace(/(^|\s)#.*$/, "")
        .trim()
        .split(/\s+/);
      // Sections of GitLab, and `!`, which GitHub does not know.
      if (pattern === "" || /^[[^!]/.test(pattern)) continue;
      if (owns(pattern, path)) found = { owners, file, line: index + 1, pattern };
    }
    return found === null || found.owners.length === 0 ? null : found;
  }
  return null;
}

/** A pattern without a slash in it names files and folders at any depth; `docs/*` only what lies in that folder itself. */
function owns(pattern: string, path: string): boolean {
  const anchored = pattern.startsWith("/") || pattern.slice(0, -1).includes("/");
  const body = pattern
    .replace(/^\//, "")
    .replace(/\/$/, "")
    .split(/(\*\*\/|\/\*\*|\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "/**") return "/.*";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      if (part === "?") return "[^/]";
      return part.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
    })
    .join("");
  const below = pattern.endsWith("/*") ? "" : "(?:/.*)?";
  return new RegExp(`${anchored ? "^" : "^(?:.*/)?"}${body}${pattern.endsWith("/") ? "/.*" : below}$`).test(path);
}
