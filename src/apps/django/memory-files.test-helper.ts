import type { Files } from "../../sources/source.ts";

/** A tree of files written down in a test. */
export function memoryFiles(tree: Readonly<Record<string, string>>): Files {
  const paths = Object.keys(tree).sort();
  return {
    label: "a test",
    list: (folder) => (folder === "." ? paths : paths.filter((p) => p.startsWith(`${folder}/`))),
    read(path) {
      const text = tree[path];
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
      return new TextEncoder().encode(text);
    },
    exists: (path) => path in tree,
    display: (path) => path,
  };
}
