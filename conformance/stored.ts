import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { Observed } from "./compare.ts";
import type { ObservedCase, ObservedScene } from "./run-cases.ts";

const FORMAT = "tread-conformance-observed/1";

interface StoredFile {
  readonly format: string;
  /** `18.4`. */
  readonly postgres: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly cases: Readonly<Record<string, Partial<ObservedCase>>>;
}

/** What servers did, kept in files so that the suite can be used without a server (docs/conformance.md). */
export class Stored {
  readonly #root: string;

  /** @param root the folder that holds one folder per major */
  constructor(root: string) {
    this.#root = root;
  }

  /** Null where nothing is stored. @throws Error naming the file when it is not one of these */
  read(major: number, scene: string): ObservedScene | null {
    const path = this.#path(major, scene);
    if (!existsSync(path)) return null;
    const stored = JSON.parse(readFileSync(path, "utf8")) as StoredFile;
    if (stored.format !== FORMAT) throw new Error(`${path}: the format is ${stored.format}, not ${FORMAT}; run with --update`);
    const cases: Record<string, ObservedCase> = {};
    for (const [name, part] of Object.entries(stored.cases)) {
      const { script = "", locks = [], rewrites = [], scans = [], indexBuilds = [], error = null, rows } = part;
      cases[name] = { script, locks, rewrites, scans, indexBuilds, error, ...(rows === undefined ? {} : { rows }) };
    }
    return { rows: stored.rows, cases, faults: [] };
  }

  /** One line per case, sorted by name: a change of one case changes one line. */
  write(major: number, scene: string, version: string, { rows, cases }: ObservedScene): void {
    const lines = Object.entries(cases)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => `    ${JSON.stringify(name)}: ${JSON.stringify(withoutEmpty(one))}`);
    const text = `{\n  "format": ${JSON.stringify(FORMAT)},\n  "postgres": ${JSON.stringify(version)},\n  "rows": ${JSON.stringify(rows)},\n  "cases": {\n${lines.join(",\n")}\n  }\n}\n`;
    const path = this.#path(major, scene);
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
  }

  /** Files that belong to no scene any more. */
  orphans(majors: readonly number[], scenes: readonly string[]): readonly string[] {
    const known = new Set(scenes);
    return majors.flatMap((major) => {
      const folder = join(this.#root, String(major));
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter(
          (path) =>
            !known.has(
              relative(folder, path)
                .split(sep)
                .join("/")
                .replace(/\.json$/, ""),
            ),
        );
    });
  }

  #path(major: number, scene: string): string {
    return join(this.#root, String(major), `${scene}.json`);
  }
}

/** What is not there is none. */
function withoutEmpty(one: ObservedCase): Partial<ObservedCase> {
  const { script, rows, error } = one;
  const kept: Record<string, unknown> = { script };
  for (const kind of ["locks", "rewrites", "scans", "indexBuilds"] as const) if (one[kind].length > 0) kept[kind] = one[kind];
  if (error !== null) kept["error"] = error;
  if (rows !== undefined) kept["rows"] = rows;
  return kept;
}

/** How an observation differs from the stored one, in words, or null. */
export function changed(stored: Observed, observed: Observed): string | null {
  const words: string[] = [];
  for (const kind of ["locks", "rewrites", "scans", "indexBuilds"] as const) {
    const [was, is] = [stored[kind].join(", ") || "none", observed[kind].join(", ") || "none"];
    if (was !== is) words.push(`${kind}: stored ${was}, now ${is}`);
  }
  if (stored.error !== observed.error) words.push(`error: stored ${stored.error ?? "none"}, now ${observed.error ?? "none"}`);
  return words.length === 0 ? null : words.join("; ");
}
