import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { readScene, SceneError } from "./read-scene.ts";
import type { Scene } from "./scene.ts";

/**
 * The scenes below a folder, by name.
 *
 * @param only parts of names (`indexes`, `indexes/expressions`, a path to a file, `indexes:name of a case`); empty for all
 * @returns them, and what is wrong with files that cannot be read
 * @throws SceneError when nothing has one of the names
 */
export function loadScenes(
  root: string,
  only: readonly string[],
): { readonly scenes: readonly Scene[]; readonly unreadable: readonly string[] } {
  if (!existsSync(root)) throw new SceneError(`${root}: there is no such folder`);
  const files = readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".sql"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const wanted = only.map((text) => readWanted(text));
  const scenes = new Map<string, Scene>();
  const unreadable = new Set<string>();
  for (const { scene, name } of wanted.length === 0 ? [{ scene: "", name: "" }] : wanted) {
    const found = files.filter((file) => chosen(file, scene));
    if (found.length === 0) throw new SceneError(`no file of cases is called \`${scene}\` below ${root}; there are ${families(files)}`);
    for (const file of found) {
      const read = readOne(root, file);
      if (typeof read === "string") {
        unreadable.add(read);
        continue;
      }
      const cases = read.cases.filter((one) => one.keep || one.name.includes(name));
      if (cases.length > 0) scenes.set(file, { ...read, cases });
    }
  }
  return { scenes: [...scenes.values()], unreadable: [...unreadable] };
}

function readOne(root: string, file: string): Scene | string {
  try {
    const path = join(root, file);
    return readScene(readFileSync(path, "utf8"), relative(process.cwd(), path).split(sep).join("/"));
  } catch (error) {
    if (error instanceof SceneError) return error.message;
    throw error;
  }
}

function readWanted(text: string): { readonly scene: string; readonly name: string } {
  const path = /(?:^|\/)cases\/(.+)$/.exec(text)?.[1] ?? text;
  const colon = path.indexOf(":");
  const scene = (colon === -1 ? path : path.slice(0, colon)).replace(/\.sql$/, "").replace(/\/$/, "");
  return { scene, name: colon === -1 ? "" : path.slice(colon + 1) };
}

function chosen(file: string, scene: string): boolean {
  const id = file.replace(/\.sql$/, "");
  return scene === "" || id === scene || id.startsWith(`${scene}/`) || id.endsWith(`/${scene}`);
}

function families(files: readonly string[]): string {
  return [...new Set(files.map((file) => file.split("/")[0] ?? ""))].join(", ");
}
