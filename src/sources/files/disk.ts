import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Files } from "../source.ts";
import { compareCodePoints, folderOf, isSkippedFolder, joinPath, nameOf, normalisePath } from "./paths.ts";

/** Bytes. A tree of thousands of migrations fits; of larger files there are few. */
const SMALL_FILE = 64 * 1024;
const HELD_AT_MOST = 16 * 1024 * 1024;

/**
 * The files of a folder on disk.
 *
 * Listings and small files are read once and remembered: the tree is taken to stand still while tread looks at it.
 * @param root the folder that paths are relative to
 * @param cwd where the reader is, so that `display` gives paths that can be opened from there
 */
export function diskFiles(root: string, cwd: string = process.cwd()): Files {
  const base = resolve(cwd, root);
  const listings = new Map<string, readonly string[]>();
  const names = new Map<string, ReadonlyMap<string, "entry" | "link">>();
  const contents = new Map<string, Uint8Array>();
  let held = 0;
  return {
    label: displayPath(base, cwd),
    list(folder) {
      const path = normalisePath(folder);
      let listing = listings.get(path);
      if (listing === undefined) {
        listing = walk(base, path).sort(compareCodePoints);
        listings.set(path, listing);
      }
      return listing;
    },
    read(path) {
      // Whoever asks what kind of source this is opens the same files as whoever then reads it.
      const known = contents.get(path);
      if (known !== undefined) return known;
      const bytes = readFileSync(join(base, path));
      if (bytes.length <= SMALL_FILE && held + bytes.length <= HELD_AT_MOST) {
        held += bytes.length;
        contents.set(path, bytes);
      }
      return bytes;
    },
    exists(path) {
      // Layouts ask for several neighbours of every migration: 30,000 questions about 2,500 files are answered from one listing.
      const [folder, name] = [folderOf(normalisePath(path)), nameOf(path)];
      if (name === "" || name === "." || name === "..") return existsSync(join(base, path));
      let here = names.get(folder);
      if (here === undefined) {
        here = namesIn(join(base, folder));
        names.set(folder, here);
      }
      // A link is listed wherever it leads.
      return here.get(name) === "link" ? existsSync(join(base, path)) : here.has(name);
    },
    display: (path) => displayPath(join(base, path), cwd),
  };
}

function namesIn(folder: string): ReadonlyMap<string, "entry" | "link"> {
  try {
    return new Map(readdirSync(folder, { withFileTypes: true }).map((entry) => [entry.name, entry.isSymbolicLink() ? "link" : "entry"]));
  } catch {
    return new Map();
  }
}

/** Relative to `cwd` with forward slashes where it lies below, absolute elsewhere. */
function displayPath(absolute: string, cwd: string): string {
  const path = relative(cwd, absolute);
  const shown = path === "" ? "." : path.startsWith("..") || isAbsolute(path) ? absolute : path;
  return sep === "/" ? shown : shown.replaceAll(sep, "/");
}

function walk(base: string, start: string): string[] {
  const top = join(base, start);
  const kind = kindOf(top);
  if (kind === "file") return [start];
  if (kind !== "folder") return [];
  const found: string[] = [];
  descend(base, start, new Set(), found);
  return found;
}

/** @param seen real paths of the folders above, so that a symbolic link to one of them does not go round for ever */
function descend(base: string, folder: string, seen: ReadonlySet<string>, found: string[]): void {
  const absolute = join(base, folder);
  let entries;
  try {
    entries = readdirSync(absolute, { withFileTypes: true });
  } catch {
    // A folder without read permission: its files cannot be opened either, and whoever asks for one of them gets the error.
    return;
  }
  // A virtual environment may have any name; this file is what makes it one (PEP 405).
  if (entries.some((entry) => entry.name === "pyvenv.cfg")) return;
  let here: Set<string> | null = null;
  for (const entry of entries) {
    const path = joinPath(folder, entry.name);
    const kind = entry.isFile() ? "file" : entry.isDirectory() ? "folder" : entry.isSymbolicLink() ? linked(join(base, path)) : null;
    if (kind === "file") found.push(path);
    if (kind !== "folder" || isSkippedFolder(entry.name)) continue;
    if (entry.isSymbolicLink()) {
      here ??= new Set([...seen, realpathSync(absolute)]);
      const target = realpathSync(join(base, path));
      if (here.has(target) || [...here].some((above) => above.startsWith(target + sep))) continue;
    }
    descend(base, path, here ?? seen, found);
  }
}

/** A link to SQL that leads nowhere is listed, so that reading it says what is missing: a migration must not vanish. */
function linked(path: string): "file" | "folder" | null {
  return kindOf(path) ?? (path.endsWith(".sql") ? "file" : null);
}

function kindOf(path: string): "file" | "folder" | null {
  try {
    const stat = statSync(path);
    return stat.isFile() ? "file" : stat.isDirectory() ? "folder" : null;
  } catch {
    return null;
  }
}
