/**
 * Folders that hold other people's code or build results. They are skipped below a folder that is listed, never when they are the
 * folder that was asked for.
 */
const SKIPPED: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  ".venv",
  "venv",
  "virtualenv",
  "site-packages",
  "__pycache__",
  ".tox",
  ".nox",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  ".next",
  ".nuxt",
  ".turbo",
  ".cache",
  ".gradle",
  ".terraform",
  "dist",
  "target",
  "bower_components",
]);

/** Whether a folder of this name is left out of listings. */
export function isSkippedFolder(name: string): boolean {
  return SKIPPED.has(name);
}

/** Whether a path below a listed folder runs through a skipped one. `below` is relative to the folder that is listed. */
export function runsThroughSkipped(below: string): boolean {
  let from = 0;
  for (let slash = below.indexOf("/"); slash !== -1; slash = below.indexOf("/", from)) {
    if (SKIPPED.has(below.slice(from, slash))) return true;
    from = slash + 1;
  }
  return false;
}

/** Code-point order, which differs from JavaScript's own only where surrogates meet characters above U+D7FF. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const surrogates = Number(isSurrogate(x)) - Number(isSurrogate(y));
    return surrogates === 0 ? x - y : surrogates;
  }
  return a.length - b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

/** `./a//b/../c/` → `a/c`, the root itself → `.`. A path that leaves the root keeps its leading `..`. */
export function normalisePath(path: string): string {
  // Most are asked for as listings gave them.
  if (path !== "" && !/\\|\/\/|(?:^|\/)\.{1,2}(?:\/|$)|^\/|\/$/.test(path)) return path;
  const out: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && out.length > 0 && out.at(-1) !== "..") out.pop();
    else out.push(part);
  }
  return out.length === 0 ? "." : out.join("/");
}

/** `join("a", "b.sql")` → `a/b.sql`; the folder `.` adds nothing. */
export function joinPath(folder: string, name: string): string {
  return folder === "." || folder === "" ? name : name === "." ? folder : `${folder}/${name}`;
}

/** The folder of a path, `.` at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "." : path.slice(0, slash);
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The path as seen from a folder above it: `below("a", "a/b/c")` → `b/c`. */
export function below(folder: string, path: string): string {
  return folder === "." ? path : path === folder ? "" : path.slice(folder.length + 1);
}

/** Whether the path is the folder itself or lies below it. */
export function isWithin(folder: string, path: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}
