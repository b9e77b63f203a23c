import type { Database, Problem } from "../../model/migration.ts";
import { decode, encodingProblem } from "../files/decode.ts";
import type { Decoded } from "../files/decode.ts";
import { below, folderOf, isWithin, joinPath, nameOf, normalisePath } from "../files/paths.ts";
import type { Files } from "../source.ts";
import type { Folder, Layout } from "./layout.ts";
import { layouts } from "./layouts/index.ts";
import { engineOfScripts } from "./engine-of.ts";
import { compareNatural, isBeside, isBesideFolder, isDump, isForAnotherEngine, numberOf } from "./names.ts";

/** A folder of migrations with the layout that reads it. */
export interface Recognised {
  readonly folder: Folder;
  readonly layout: Layout;
  /** Set when the path that was given is one file: only this migration is meant. */
  readonly only: string | null;
}

/**
 * The folders of migrations at or below `root`, each with its layout, in the order of their paths.
 * @param problems what was met on the way is added here
 */
export function recognise(files: Files, root: string, database: Database, problems: Problem[]): Recognised[] {
  const top = normalisePath(root);
  const listed = files.list(top);
  const only = listed.length === 1 && listed[0] === top ? top : null;
  const base = only === null ? top : folderOf(top);
  const scripts = listed.filter((path) => /\.sql$/i.test(path));
  const { kept, leftOut } = only === null ? sortOut(scripts, base, database) : { kept: scripts, leftOut: [] };
  const found: Recognised[] = [];
  for (const [path, depth, sql] of group(kept, base)) {
    const chosen = only === null ? withoutDumps(sql, leftOut) : sql;
    if (chosen.length === 0) continue;
    const folder = folderView(files, path, database, chosen, problems);
    const layout = layouts.find((candidate) => candidate.depth === depth && candidate.recognises(folder));
    if (layout !== undefined) found.push({ folder, layout, only });
  }
  // Queries and seeds are SQL files too: beside real migrations, a folder without numbers is not taken for one.
  const real = found.filter(looksLikeMigrations);
  if (real.length > 0) {
    for (const { folder } of found.filter((each) => !real.includes(each))) {
      leftOut.push(...folder.sql.map((path) => ({ path, reason: "not numbered, in a folder of its own" })));
    }
    found.splice(0, found.length, ...real);
  }
  leaveOutOtherEngine(found, database, leftOut);
  if (leftOut.length > 0 && found.length > 0) problems.push(leftOutProblem(files, leftOut));
  return found.sort((a, b) => compareNatural(a.folder.path, b.folder.path));
}

/** Plain files are only taken for migrations when they are numbered: a folder of queries is `.sql` files too. */
export function looksLikeMigrations({ folder, layout }: Recognised): boolean {
  return layout.name !== "plain" || folder.sql.some((path) => numberOf(nameOf(path)) !== null);
}

/** One tree may hold migrations of both engines in folders whose names say nothing: then each source reads its own. */
function leaveOutOtherEngine(found: Recognised[], database: Database, leftOut: LeftOut[]): void {
  if (found.length < 2) return;
  const engines = found.map(({ folder }) => engineOfScripts(folder.sql, (path) => folder.text(path)));
  if (!engines.includes(database)) return;
  const kept = found.filter((each, i) => {
    const engine = engines[i] ?? null;
    if (engine === null || engine === database) return true;
    const name = engine === "clickhouse" ? "ClickHouse" : "Postgres";
    leftOut.push(...each.folder.sql.map((path) => ({ path, reason: `for ${name}, by what is in it` })));
    return false;
  });
  found.splice(0, found.length, ...kept);
}

interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

/** Takes away what lies in folders for the way back, for data, or for another engine. */
function sortOut(scripts: readonly string[], base: string, database: Database): { kept: string[]; leftOut: LeftOut[] } {
  const kept: string[] = [];
  const leftOut: LeftOut[] = [];
  for (const path of scripts) {
    const folders = below(base, path).split("/").slice(0, -1);
    const engine = folders.find((name) => isForAnotherEngine(name, database));
    const beside = folders.find(isBesideFolder);
    if (engine !== undefined) leftOut.push({ path, reason: `for ${engine}` });
    else if (beside === undefined) kept.push(path);
    else if (!/^(?:downs?|undo|rollbacks?|reverts?|backout|verify)$/i.test(beside)) leftOut.push({ path, reason: `in a folder ${beside}` });
  }
  // A folder that holds nothing else is meant after all.
  return kept.length === 0
    ? { kept: scripts.filter((path) => !/(?:^|\/)(?:downs?|undo|rollbacks?|reverts?)\//i.test(below(base, path))), leftOut: [] }
    : { kept, leftOut };
}

/** A dump or seed file beside numbered migrations is none; alone it is what the reader wants checked. */
function withoutDumps(sql: readonly string[], leftOut: LeftOut[]): string[] {
  const extra = sql.filter((path) => isDump(nameOf(path)) || isBeside(nameOf(path)));
  const rest = sql.filter((path) => !extra.includes(path));
  if (
    extra.length === 0 ||
    !rest.some(
      (path) => numberOf(nameOf(path)) !== null || /^[VRB]\d*__/.test(nameOf(path)) || /^(?:up|migration)\.sql$/.test(nameOf(path)),
    )
  )
    return [...sql];
  for (const path of extra) {
    if (!/^(?:down|undo|rollback)\.sql$/i.test(nameOf(path)))
      leftOut.push({ path, reason: isDump(nameOf(path)) ? "a dump of the schema" : "no migration by its name" });
  }
  return rest;
}

/** The folders that scripts belong to, with the depth that their layout must have. */
function group(scripts: readonly string[], base: string): [string, Layout["depth"], string[]][] {
  const groups = new Map<string, [string, Layout["depth"], string[]]>();
  const add = (folder: string, depth: Layout["depth"], path: string): void => {
    const key = `${depth} ${folder}`;
    const entry = groups.get(key) ?? [folder, depth, []];
    entry[2].push(path);
    groups.set(key, entry);
  };
  const flyway = new Set(scripts.filter((path) => /^(?:[VUB]\d[\d._]*|R)__.+\.sql$/.test(nameOf(path))).map(folderOf));
  for (const path of scripts) {
    const folder = folderOf(path);
    if (flyway.has(folder)) add(base, "all", path);
    else if (/^(?:migration|up|down)\.sql$/i.test(nameOf(path))) add(folderOf(folder), 1, path);
    else add(folder, 0, path);
  }
  return [...groups.values()];
}

function folderView(files: Files, path: string, database: Database, sql: readonly string[], problems: Problem[]): Folder {
  const raw = new Map<string, Uint8Array>();
  const texts = new Map<string, Decoded>();
  const bytes = (file: string): Uint8Array => {
    let content = raw.get(file);
    if (content === undefined) {
      try {
        content = files.read(file);
      } catch (error) {
        problems.push(unreadable(files.display(file), error));
        content = new Uint8Array();
      }
      raw.set(file, content);
    }
    return content;
  };
  const decoded = (file: string): Decoded => {
    let text = texts.get(file);
    if (text === undefined) {
      text = decode(bytes(file));
      texts.set(file, text);
      const problem = encodingProblem(text, files.display(file));
      if (problem !== null) problems.push(problem);
    }
    return text;
  };
  return {
    path,
    database,
    sql,
    has: (name) => files.exists(normalisePath(joinPath(path, name))),
    text: (file) => decoded(file).text,
    decoded,
    bytes,
    display: (file) => files.display(file),
    above(name) {
      for (let folder = path; ; folder = folderOf(folder)) {
        const candidate = joinPath(folder, name);
        if (isWithin(".", candidate) && files.exists(candidate)) return decoded(candidate).text;
        if (folder === "." || folder.startsWith("..")) return null;
      }
    },
  };
}

/** A file that could not be opened: the run goes on with the others and ends with exit 3. */
function unreadable(file: string, error: unknown): Problem {
  return {
    code: "unreadable",
    message: `${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
    help: "Check that the file is there and that you may read it.",
    span: { file, line: 1, column: 1, endLine: 1, endColumn: 1 },
    fatal: true,
  };
}

function leftOutProblem(files: Files, leftOut: readonly LeftOut[]): Problem {
  const shown = leftOut.slice(0, 5).map(({ path, reason }) => `${files.display(path)} (${reason})`);
  const more = leftOut.length > shown.length ? ` and ${leftOut.length - shown.length} more` : "";
  return {
    code: "left-out",
    message: `${leftOut.length} SQL ${leftOut.length === 1 ? "file was" : "files were"} not taken for migrations: ${shown.join(", ")}${more}`,
    help: "Name the file or its folder to have it checked.",
    span: null,
    fatal: false,
  };
}
