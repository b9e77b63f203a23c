import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CheckOptions } from "../../check/options.ts";
import type { DjangoProblem } from "./contract.ts";

export interface DjangoVersion {
  readonly major: number;
  /** `Django==4.2.11`, as it is written. */
  readonly text: string;
  readonly from: string;
}

/** Files that say which packages a project runs with: what is locked comes before what is allowed. */
const LOCKS = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"];
const DECLARED = /^(?:requirements[\w.-]*\.(?:txt|in)|pyproject\.toml|setup\.cfg|Pipfile)$/;

/** The oldest Django that the project may run with, looked for from the app's folder up to the project's. Null: nothing tells. */
export function djangoVersion({ migration, read }: DjangoProblem, options: CheckOptions): DjangoVersion | null {
  const top = new Set([options.cwd, options.config.root]);
  for (let folder = dirname(dirname(migration.file.absolute)); ; folder = dirname(folder)) {
    for (const name of filesIn(folder)) {
      const bytes = read(join(folder, name));
      const found = bytes === null ? null : versionIn(name, Buffer.from(bytes).toString("utf8"));
      if (found !== null) return { ...found, from: name };
    }
    if (top.has(folder) || dirname(folder) === folder) return null;
  }
}

function filesIn(folder: string): readonly string[] {
  const list = (at: string): readonly string[] => {
    try {
      return readdirSync(at).sort();
    } catch {
      return [];
    }
  };
  const here = list(folder);
  const declared = here.filter((name) => DECLARED.test(name));
  const below = here.includes("requirements") ? list(join(folder, "requirements")).filter((name) => /\.(?:txt|in)$/.test(name)) : [];
  return [...LOCKS.filter((name) => here.includes(name)), ...declared, ...below.map((name) => `requirements/${name}`)];
}

function versionIn(name: string, text: string): Omit<DjangoVersion, "from"> | null {
  const patterns = LOCKS.includes(name)
    ? [/name = "django"\s*\nversion = "(\d+)\.[^"]*"/i, /"django":\s*\{[^}]*"version":\s*"==(\d+)\.[^"]*"/i]
    : [
        // requirements.txt, PEP 621 and setup.cfg: only what sets a lower bound
        /(?:^|["'\s])django(?:\[[\w,-]*\])?\s*(?:===?|>=|~=)\s*(\d+)[\d.]*/im,
        // Poetry and Pipfile
        /^django\s*=\s*(?:\{[^}\n]*version\s*=\s*)?"(?:\^|~|==|>=|~=)?\s*(\d+)\.[^"]*"/im,
      ];
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match?.[1] !== undefined) return { major: Number(match[1]), text: match[0].trim().replaceAll(/\s+/g, " ").slice(0, 60) };
  }
  return null;
}
