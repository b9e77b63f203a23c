import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "../../model/migration.ts";

/** The text that a problem is about, from the working tree or the ref that its file is shown with; null where it cannot be had. */
export function problemTexts({
  cwd,
  config,
}: {
  readonly cwd: string;
  readonly config: { readonly root: string };
}): (problem: Problem) => string | null {
  const files = new Map<string, string | null>();
  const read = (file: string): string | null => {
    let text = files.get(file);
    if (text === undefined) {
      text = onDisk(resolve(cwd, file)) ?? inGit(config.root, file);
      files.set(file, text);
    }
    return text;
  };
  return ({ code, message, span }) => {
    if (span !== null && code !== "too-large" && code !== "unreadable") {
      const text = read(span.file);
      return text === null
        ? null
        : text
            .split("\n")
            .slice(span.line - 1, span.endLine)
            .join("\n");
    }
    const file = span?.file ?? /^(\S+) (?:was not searched|could not be searched)/.exec(message)?.[1];
    return file === undefined || code === "unreadable" ? null : read(file);
  };
}

function onDisk(path: string): string | null {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return null;
  }
}

/** `v1.42:people/models.py`, as git takes it. */
function inGit(folder: string, file: string): string | null {
  if (!file.includes(":") || file.startsWith("-")) return null;
  const { status, stdout } = spawnSync("git", ["-C", folder, "cat-file", "blob", file], { maxBuffer: 1 << 28 });
  return status === 0 ? stdout.toString("latin1") : null;
}
