import { loadPython, type ParsePython, type PythonModule } from "../../sources/django/python.ts";

export type { PyNode } from "../../sources/django/python.ts";

let parse: ParsePython | null = null;

/** Makes `loadedPython` usable. */
export async function readyPython(): Promise<ParsePython> {
  parse ??= await loadPython();
  return parse;
}

/** Null before `readyPython`. */
export function loadedPython(path: string, text: string): PythonModule | null {
  return parse?.(path, path, text) ?? null;
}
