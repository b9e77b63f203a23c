import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { LiveVersion } from "../../model/query.ts";
import { bareName } from "../../model/schema.ts";
import { isVendored } from "../../apps/writers/choose-files.ts";
import { diskFiles } from "../../sources/files/disk.ts";
import { decode } from "../../sources/files/decode.ts";
import { isWithin, normalisePath } from "../../sources/files/paths.ts";
import type { Thing } from "./dependents.ts";
import { isInLiteral, QUOTES } from "./inside-literal.ts";
import { names } from "./uses.ts";

/** Asked of what nothing was found to use: places that name it in a way which reading queries does not see, as steps. */
export type Mentions = (thing: Thing, versions: readonly Pick<LiveVersion, "name" | "declares">[]) => readonly string[];

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

/** Languages whose strings are searched for whole statements; here only pieces of SQL in them matter. */
const READ = /\.(?:py|[cm]?[jt]sx?|rs|go|rb|java)$/;
/** Texts that say something to people only, or to tools that ask no database. */
const NO_CODE =
  /\.(?:md|mdx|rst|adoc|txt|lock|csv|tsv|svg|css|scss|less|po|pot|html?|map|snap|diff|patch|log|sum|prisma)$|(?:^|\/)(?:LICEN[CS]E|README|CHANGELOG|CHANGES|CODEOWNERS|AUTHORS|NOTICE|COPYING|HISTORY|CONTRIBUTING)\b|(?:^|\/)(?:package(?:-lock)?\.json|composer\.json|tread\.[\w.]+)$|(?:^|\/)(?:tread\.approvals|\.git)\//i;
/** Languages that nobody reads: a file that names the table and the column may use it. */
const UNREAD =
  /\.(?:php|phtml|kt|kts|cs|vb|fs|scala|sc|clj[cs]?|ex|exs|erl|pl|pm|swift|m|mm|c|h|cc|cpp|cxx|hpp|sh|bash|zsh|ps1|lua|dart|groovy|r|jl|ml|hs|nim|cr|zig|ipynb|erb|ejs|jinja2?|tmpl|hbs|graphql|ya?ml\.j2)$/i;
const NOT_THE_APP =
  /(?:^|\/)(?:migrations|tests?|__tests__|spec|fixtures|node_modules|vendor|docs?)\/|(?:^|\/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$|\.(?:test|spec)\.[cm]?[jt]sx?$/;
/** Where pieces of SQL are handed to a database. */
const PIECES = String.raw`RawSQL\(|\.extra\(|\.raw\(|\.execute[a-z]*\(|cursor\(|queryRaw|executeRaw|sql\`|sql\.raw|[^a-z_.]text\(|literal_column\(`;

/** Mappers whose queries nobody derives here: they call tables and columns by conventions of their own. */
const MAPPERS = String.raw`ApplicationRecord|ActiveRecord::Base|gorm\.io|['"]sequelize|['"]typeorm|mikro-orm|['"]objection|(javax|jakarta)\.persistence|org\.hibernate|Ecto\.Schema|Illuminate.Database|Doctrine.ORM|(from|import) (sqlalchemy|sqlmodel|peewee|tortoise|pony\.orm)|diesel::|sea_orm|org\.jooq|exposed\.sql|EntityFramework|DbContext`;

interface Line {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  /** It stands inside of a literal that began on an earlier line. */
  readonly inLiteral?: boolean;
}

/** The lines of one version that hold one of the words, and the files that hand pieces of SQL on. */
interface Search {
  readonly lines: ReadonlyMap<string, readonly Line[]>;
  readonly withPieces: ReadonlySet<string>;
  /** A file that uses another mapper, or null. */
  readonly mapper: string | null;
  /** It could not be searched: what names what is not known. */
  readonly failed?: boolean;
}

/**
 * Searches the code of what serves for the names of what seems to be unused: pieces of SQL (`RawSQL("legacy IS NULL")`, `extra(where=…)`)
 * are no statement that could be parsed, and other languages are not read at all.
 * @param nothingRead no query of the code was read (ClickHouse): a file in any language that names the thing may use it
 */
export function mentionsOf(code: SearchedCode, things: readonly Thing[], nothingRead: boolean = false): Mentions {
  const words = [
    ...new Set(
      things.flatMap(({ table, column }) => (column === null ? tableSpellings(bareName(table)) : [bareName(table), ...spellings(column)])),
    ),
  ];
  const searches = new Map<string, Search>();
  const searchOf = (version: Pick<LiveVersion, "name">): Search => {
    let search = searches.get(version.name);
    if (search === undefined) {
      search = searchVersion(code, version.name, words, nothingRead);
      searches.set(version.name, search);
    }
    return search;
  };
  return (thing, versions) => {
    const found: string[] = [];
    for (const name of new Set(versions.map((version) => version.name))) {
      const own = versions.filter((version) => version.name === name);
      const declaring = new Set(own.flatMap((version) => (version.declares ?? []).map(({ path }) => path)));
      found.push(...own.slice(0, 1).flatMap((version) => namedIn(searchOf(version), thing, name, declaring, nothingRead)));
    }
    return found.slice(0, 3);
  };
}

/** `legacy_id` as other languages write it: `legacyId`. Case is not looked at. */
function spellings(column: string): readonly string[] {
  return [...new Set([column, column.replaceAll("_", "")])];
}

/** `shop_customers` as a class: `ShopCustomer`. */
function tableSpellings(bare: string): readonly string[] {
  const joined = bare.replaceAll("_", "");
  return [...new Set([bare, joined, joined.replace(/ies$/, "y"), joined.replace(/es$/, ""), joined.replace(/s$/, "")])];
}

/** @param declaring files that define the models: what they say of a column was read */
function namedIn(
  { lines, withPieces, mapper, failed }: Search,
  { table, column }: Thing,
  version: string,
  declaring: ReadonlySet<string>,
  nothingRead: boolean,
): string[] {
  const bare = bareName(table);
  const wanted = column === null ? [bare] : spellings(column);
  const isNamed = (text: string): boolean => wanted.some((word) => names(text, word));
  const isMapped = (text: string): boolean => (column === null ? tableSpellings(bare) : wanted).some((word) => names(text, word));
  const who = version === "working" ? "the working tree" : version;
  const found: string[] = failed === true ? [`make ${version} searchable: \`git grep\` failed`] : [];
  for (const [path, own] of lines) {
    const mapped = mapper === null || declaring.has(path) ? undefined : own.find(({ text }) => isMapped(withoutComment(text)));
    if (mapped !== undefined)
      found.push(`look at ${path}:${mapped.line} (${who}): it names ${column ?? bare}, and ${mapper ?? ""} uses a mapper that is not read`);
    const first = mapped === undefined ? own.find(({ text }) => isNamed(withoutComment(text))) : undefined;
    if (first === undefined) continue;
    const at = `look at ${path}:${first.line} (${who})`;
    if (nothingRead && (READ.test(path) || /\.sql$/i.test(path))) {
      if (
        column === null
          ? own.some(({ text }) => afterSqlWord(text, bare) || isWholeString(text, bare))
          : own.some(({ text }) => names(text, bare))
      )
        found.push(`${at}: it names ${column ?? bare}, and queries for ClickHouse are not read from code (give them under \`live\`)`);
    } else if (!UNREAD.test(path) && !READ.test(path)) {
      const inSql = own.some(({ text }) => names(text, bare) && afterSqlWord(text, bare));
      const alone = column === null || own.some(({ text }) => isNamed(text));
      if (inSql && alone) found.push(`${at}: it names ${column ?? bare} beside SQL, and this kind of file is not read`);
    } else if (UNREAD.test(path) || isVendored(path)) {
      // A column by itself may be anybody's; beside the name of its table it is this one's.
      if (column !== null && !own.some(({ text }) => names(text, bare))) continue;
      found.push(`${at}: it names ${column ?? bare}, and ${UNREAD.test(path) ? "this language" : "code like this"} is not read`);
    } else if (READ.test(path)) {
      const declares = declaring.has(path);
      const quoted = own.find(({ text, inLiteral }) =>
        wanted.some((word) => (inLiteral === true || inString(text, word)) && !(declares && isDeclaration(text, word))),
      );
      if (quoted !== undefined && withPieces.has(path)) {
        found.push(
          `look at ${path}:${quoted.line} (${who}): it names ${column ?? bare} in a string, beside SQL that is put together from pieces`,
        );
      } else if (!declares && own.some(({ text }) => isWholeString(text, bare))) {
        // Another mapper or a query builder: `__tablename__ = "person"`, `db("person").select("email")`.
        found.push(`${at}: it gives the table ${bare} to something that builds its own queries`);
      }
    }
  }
  return found;
}

/** `from person`, `UPDATE "public"."person"`, or the name alone in its line: SQL in a file of any kind (YAML, XML, a script, a template). */
function afterSqlWord(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const word = String.raw`["'\`[]?(?:\w+["'\`\]]?\.["'\`[]?)?${escaped}(?![\w$])`;
  return new RegExp(String.raw`(?:\b(?:from|join|into|update|table|copy|only|using)\s+|,\s*|^\s*)${word}`, "i").test(text);
}

/** What a comment says is no use, and neither is the declaration that a helper takes out of the running app. */
function withoutComment(text: string): string {
  if (/=\s*\w*deprecate\w*\(/i.test(text)) return "";
  return text.replace(/^\s*(?:#|\/\/|\*|--).*$/, "").replace(/\s(?:#|\/\/)\s.*$/, "");
}

/** The name and nothing else in quotes, its schema before it. */
function isWholeString(text: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(String.raw`(["'\`])(?:\w+\.)?${escaped}(?:\s+as\s+\w+)?\1`, "i").test(withoutComment(text));
}

/** The name alone in quotes and given to nothing that takes SQL: what declares columns says it so (`text("email")`, `db_column="email"`). */
function isDeclaration(text: string, word: string): boolean {
  return isWholeString(text, word) && !new RegExp(PIECES).test(text) && !/^\s*(["'`])\w+\1\s*[,)\]]*\s*$/.test(text);
}

function inString(text: string, word: string): boolean {
  const code = text.replace(/^\s*(?:#|\/\/).*$/, "");
  return [...code.matchAll(/(["'`])((?:(?!\1|\\).|\\.)*)(?:\1|$)/g)].some(([, , inner = ""]) => names(inner, word));
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

function searchVersion({ config, cwd, live }: SearchedCode, name: string, words: readonly string[], nothingRead: boolean): Search {
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
  const pieces = new RegExp(PIECES);
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
