import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { diskFiles } from "../../sources/files/disk.ts";
import { decode } from "../../sources/files/decode.ts";
import { isWithin, normalisePath } from "../../sources/files/paths.ts";
import { isInLiteral, QUOTES } from "./inside-literal.ts";
import { PIECES, READ, UNREAD } from "./mention-lines.ts";

/** Where the code of the working tree and of each version is. */
export interface SearchedCode {
  readonly cwd: string;
  readonly config: {
    readonly root: string;
    readonly sources: readonly { readonly root: string }[];
    readonly workload: readonly string[];
    readonly live: readonly { readonly name: string; readonly kind: string; readonly path: string | null; readonly ref?: string | null }[];
  };
  readonly live: readonly { readonly name: string; readonly target: string }[];
}

/** Texts that say something to people only, or to tools that ask no database. */
const NO_CODE =
  /\.(?:md|mdx|rst|adoc|txt|lock|csv|tsv|svg|css|scss|less|po|pot|html?|map|snap|sarif|diff|patch|log|sum)$|(?:^|\/)(?:LICEN[CS]E|README|CHANGELOG|CHANGES|CODEOWNERS|AUTHORS|NOTICE|COPYING|HISTORY|CONTRIBUTING)\b|(?:^|\/)(?:package(?:-lock)?\.json|composer\.json|tread\.[\w.]+)$|(?:^|\/)(?:tread\.approvals|\.git)\//i;
const NOT_THE_APP =
  /(?:^|\/)(?:migrations|tests?|__tests__|spec|fixtures|node_modules|vendor|docs?)\/|(?:^|\/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$|\.(?:test|spec)\.[cm]?[jt]sx?$/;

/** Mappers whose queries nobody derives here: they call tables and columns by conventions of their own. */
const MAPPERS = String.raw`ApplicationRecord|ActiveRecord::Base|gorm\.io|['"]sequelize|['"]typeorm|mikro-orm|['"]objection|(javax|jakarta)\.persistence|org\.hibernate|Ecto\.Schema|Illuminate.Database|Doctrine.ORM|(from|import) (sqlalchemy|sqlmodel|peewee|tortoise|pony\.orm)|diesel::|sea_orm|org\.jooq|exposed\.sql|EntityFramework|DbContext`;

/** Files of tread itself (profiles, clusters, reports that were written into the tree): they name everything and use nothing. */
export const FORMATS: readonly string[] = [
  "scale",
  "cluster",
  "report",
  "deprecations",
  "plan",
  "status",
  "advice",
  "releases",
  "approval",
  "review",
  "facts",
  "cluster-plan",
  "cluster-status",
  "cluster-drift",
  "scale-overview",
  "plan-run",
  "apply-plan",
].map((name) => `tread.${name}/1`);

export interface Line {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** It stands inside of a literal that began on an earlier line. */
  readonly inLiteral?: boolean;
}

/** The lines of one version that hold one of the words, and the files that hand pieces of SQL on. */
export interface Search {
  readonly lines: ReadonlyMap<string, readonly Line[]>;
  readonly withPieces: ReadonlySet<string>;
  /** A file that uses another mapper, or null. */
  readonly mapper: string | null;
  /** It could not be searched: what names what is not known. */
  readonly failed?: boolean;
}

const NOTHING: Search = { lines: new Map(), withPieces: new Set(), mapper: null };
const FAILED: Search = { ...NOTHING, failed: true };

/** Only files that could say something. */
function byPath(
  lines: readonly Line[],
  withPieces: ReadonlySet<string>,
  mapper: string | null,
  searched: (path: string) => boolean,
): Search {
  const files = new Map<string, Line[]>();
  for (const line of lines) {
    if (NOT_THE_APP.test(line.path) || !searched(line.path)) continue;
    const own = files.get(line.path);
    if (own === undefined) files.set(line.path, [line]);
    else own.push(line);
  }
  return { lines: files, withPieces, mapper };
}

/** The lines of one version, or of the working tree, that hold one of the words; case is not looked at. */
export function searchVersion({ config, cwd, live }: SearchedCode, name: string, asked: readonly string[], nothingRead: boolean): Search {
  const words = [...asked, ...FORMATS];
  // A release may be given by its queries as well as by its code.
  const entry = config.live.find((one) => one.name === name && one.kind !== "sql") ?? config.live.find((one) => one.name === name);
  const flag = entry === undefined ? live.find((one) => one.name === name) : undefined;
  if (entry?.kind === "sql") return NOTHING;
  const given = entry?.path != null ? resolve(config.root, entry.path) : flag !== undefined ? resolve(cwd, flag.target) : null;
  const folder = given !== null && existsSync(given) ? given : null;
  const ref = entry?.ref ?? (folder === null ? flag?.target : null) ?? null;
  // Files of queries are read where they are listed; what else is SQL may be asked of either engine.
  const listed = [
    ...config.sources.map(({ root }) => root),
    ...config.workload,
    ...config.live.flatMap((one) => (one.kind === "sql" ? (one.path ?? []) : [])),
  ]
    .map(normalisePath)
    .filter((path) => path !== "" && path !== ".");
  const searched = (path: string): boolean =>
    (isSearched(path) || (nothingRead && /\.sql$/i.test(path))) && !listed.some((one) => isWithin(one, path));
  if (folder !== null) return statSync(folder).isFile() ? NOTHING : searchFolder(folder, cwd, words, searched);
  if (ref !== null) return searchGit(config.root, ref, words, searched) ?? FAILED;
  // Versions that are folders lie in the working tree and are not it.
  const others = config.live.flatMap(({ path }) => (path === null ? [] : [normalisePath(path)]));
  const own = searchGit(config.root, null, words, searched) ?? searchFolder(config.root, cwd, words, searched);
  return others.length === 0
    ? own
    : { ...own, lines: new Map([...own.lines].filter(([path]) => !others.some((other) => isWithin(other, path)))) };
}

function searchGit(folder: string, ref: string | null, words: readonly string[], searched: (path: string) => boolean): Search | null {
  const where = ref === null ? ["--untracked"] : [];
  const at = ref === null ? [] : [ref];
  const found = gitGrep(folder, ["-n", "-w", "-F", ...words.flatMap((word) => ["-e", word]), ...where, ...at, "--", "."]);
  if (found === null) return null;
  const path = (shown: string): string => (ref !== null && shown.startsWith(`${ref}:`) ? shown.slice(ref.length + 1) : shown);
  const lines = found.split("\n").flatMap((line): Line[] => {
    const [file = "", number = "", ...text] = line.split("\0");
    return file === "" ? [] : [{ path: path(file), line: Number(number), text: text.join("\0") }];
  });
  // Which of these files hand pieces of SQL on is asked of the few that name a word in a string.
  const asked = new Set(lines.filter((line) => READ.test(line.path) && !NOT_THE_APP.test(line.path)).map((line) => line.path));
  const among = (files: ReadonlySet<string>): readonly string[] => (files.size > 2000 ? ["."] : [...files]);
  const pieces = asked.size === 0 ? "" : gitGrep(folder, ["-l", "-E", "-e", PIECES, ...where, ...at, "--", ...among(asked)]);
  const mappers = lines.length === 0 ? "" : gitGrep(folder, ["-l", "-E", "-e", MAPPERS, ...where, ...at, "--", "."]);
  if (pieces === null || mappers === null) return null;
  const withPieces = new Set(pieces.split("\0").filter(Boolean).map(path));
  const quotes = withPieces.size === 0 ? "" : gitGrep(folder, ["-n", "-F", ...QUOTES, ...where, ...at, "--", ...among(withPieces)]);
  if (quotes === null) return null;
  const quoted = new Map<string, { line: number; text: string }[]>();
  for (const one of quotes.split("\n")) {
    const [file = "", number = "", ...text] = one.split("\0");
    const own = quoted.get(path(file));
    const found = { line: Number(number), text: text.join("\0") };
    if (own === undefined) quoted.set(path(file), [found]);
    else own.push(found);
  }
  const mapper =
    mappers
      .split("\0")
      .map(path)
      .find((file) => isCode(file)) ?? null;
  const placed = lines.map((line) => (isInLiteral(line.line, quoted.get(line.path) ?? []) ? { ...line, inLiteral: true } : line));
  return byPath(placed, withPieces, mapper, searched);
}

/** Null: not in a repository. */
function gitGrep(folder: string, args: readonly string[]): string | null {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" };
  for (const name of ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"]) delete env[name];
  const { status, stdout } = spawnSync("git", ["-C", folder, "grep", "-I", "-i", "-z", ...args], { env, maxBuffer: 1 << 29 });
  // 1: nothing was found.
  return status === 0 ? stdout.toString("utf8") : status === 1 ? "" : null;
}

/** Files of SQL are read as such. */
function isSearched(path: string): boolean {
  return READ.test(path) || UNREAD.test(path) || !(NO_CODE.test(path) || /\.sql$/i.test(path));
}

function isCode(path: string): boolean {
  return (READ.test(path) || UNREAD.test(path)) && !NOT_THE_APP.test(path);
}

function searchFolder(folder: string, cwd: string, words: readonly string[], searched: (path: string) => boolean): Search {
  const files = diskFiles(folder, cwd);
  const lines: Line[] = [];
  const withPieces = new Set<string>();
  const pieces = new RegExp(PIECES, "i");
  const mappers = new RegExp(MAPPERS, "i");
  let mapper: string | null = null;
  for (const path of files.list(".")) {
    if (!searched(path)) continue;
    let text: string;
    try {
      text = decode(files.read(path)).text;
    } catch {
      continue;
    }
    if (pieces.test(text)) withPieces.add(path);
    if (mapper === null && isCode(path) && mappers.test(text)) mapper = path;
    const all = text.split("\n").map((line, at) => ({ path, line: at + 1, text: line }));
    const quoted = READ.test(path) ? all.filter((line) => /"""|'''|`/.test(line.text)) : [];
    for (const line of all)
      if (words.some((word) => line.text.toLowerCase().includes(word.toLowerCase())))
        lines.push(isInLiteral(line.line, quoted) ? { ...line, inLiteral: true } : line);
  }
  return byPath(lines, withPieces, mapper, searched);
}
