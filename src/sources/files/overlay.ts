import { relative, resolve, sep } from "node:path";
import type { Files } from "../source.ts";
import { compareCodePoints, isWithin, joinPath, normalisePath } from "./paths.ts";

/**
 * A tree of files in which some contents are others than on disk, or are not on disk at all: how a change is checked before it is
 * written.
 * @param folder the folder on disk that paths of `files` are relative to; absolute
 * @param contents by absolute path
 */
export function overlaid(files: Files, folder: string, contents: ReadonlyMap<string, Uint8Array>): Files {
  const mine = new Map<string, Uint8Array>();
  for (const [absolute, bytes] of contents) {
    const path = relative(folder, absolute).split(sep).join("/");
    if (!path.startsWith("..") && resolve(folder, path) === absolute) mine.set(path, bytes);
  }
  if (mine.size === 0) return files;
  return {
    label: files.label,
    display: (path) => files.display(path),
    read: (path) => mine.get(normalisePath(path)) ?? files.read(path),
    exists: (path) => {
      const wanted = normalisePath(path);
      return files.exists(path) || [...mine.keys()].some((own) => own === wanted || own.startsWith(`${wanted}/`));
    },
    list(path) {
      const top = normalisePath(path);
      const listed = files.list(path);
      const known = new Set(listed);
      const added = [...mine.keys()].filter((own) => isWithin(joinPath(".", top), own) && !known.has(own));
      return added.length === 0 ? listed : [...listed, ...added].sort(compareCodePoints);
    },
  };
}
