import { existsSync } from "node:fs";

/** Whether what the command line names is a plan: a YAML or JSON file, alone. One that is not there is still meant as one. */
export function isPlanFile(path: string, count: number): boolean {
  if (count !== 1 || !/\.(?:ya?ml|json)$/i.test(path)) return false;
  return existsSync(path) || path.includes("/") || /\.ya?ml$/i.test(path);
}
