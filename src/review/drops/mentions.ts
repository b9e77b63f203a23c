import { posix } from "node:path";
import { isVendored } from "../../apps/writers/choose-files.ts";
import type { LiveVersion } from "../../model/query.ts";
import { bareName } from "../../model/schema.ts";
import { isWithin } from "../../sources/files/paths.ts";
import type { Thing } from "./dependents.ts";
import {
  afterSqlWord,
  givesField,
  inString,
  isDeclaration,
  isSymbol,
  isWholeString,
  namesTable,
  READ,
  spellings,
  tableSpellings,
  UNREAD,
  withoutComment,
} from "./mention-lines.ts";
import { FORMATS, searchVersion, type Line, type Search, type SearchedCode } from "./search-code.ts";
import { names } from "./uses.ts";

export type { SearchedCode } from "./search-code.ts";

type Named = Pick<LiveVersion, "name" | "declares"> & Partial<Pick<LiveVersion, "queries">>;

/** Asked of what nothing was found to use: places that name it in a way which reading queries does not see, as steps. */
export type Mentions = (thing: Thing, versions: readonly Named[]) => readonly string[];

/**
 * Searches the code of what serves for the names of what seems to be unused: pieces of SQL (`RawSQL("legacy IS NULL")`, `extra(where=…)`)
 * are no statement that could be parsed, and other languages are not read at all.
 * @param nothingRead no query of the code was read (ClickHouse): a file in any language that names the thing may use it
 */
export function mentionsOf(code: SearchedCode, things: readonly Thing[], nothingRead: boolean = false): Mentions {
  const words = [
    ...new Set(
      things.flatMap(({ table, column }) =>
        column === null ? tableSpellings(bareName(table)) : [bareName(table), ...spellings(column), ...attributeOf(column)],
      ),
    ),
  ];
  const searches = new Map<string, Search>();
  const searchOf = (version: Named): Search => {
    let search = searches.get(version.name);
    if (search === undefined) {
      search = searchVersion(code, version.name, words, nothingRead);
      searches.set(version.name, search);
    }
    return search;
  };
  // Every thing is asked of the same few versions.
  const reads = new Map<string, { readonly own: readonly Named[]; readonly read: WasRead }>();
  const readOf = (name: string, own: readonly Named[]): WasRead => {
    let known = reads.get(name);
    if (known === undefined || known.own.length !== own.length || own.some((one, at) => one !== known?.own[at])) {
      known = { own, read: whatWasRead(own) };
      reads.set(name, known);
    }
    return known.read;
  };
  return (thing, versions) => {
    const found: string[] = [];
    for (const name of new Set(versions.map((version) => version.name))) {
      const own = versions.filter((version) => version.name === name);
      if (own[0] !== undefined) found.push(...namedIn(searchOf(own[0]), thing, name, readOf(name, own), nothingRead));
    }
    return found.slice(0, 3);
  };
}

/** A foreign key's column is its field's name and `_id`. */
function attributeOf(column: string): readonly string[] {
  return /._id$/.test(column) ? [column.slice(0, -3)] : [];
}

/** What reading the version has understood already: its lines need not be looked at. */
interface WasRead {
  /** Files that define the models: what they say of a column was read. */
  readonly declaring: ReadonlySet<string>;
  /** Tables that they define. */
  readonly tables: ReadonlySet<string>;
  /** The line belongs to a field of a model that was read. */
  readonly declares: (line: Line) => boolean;
  /** The line belongs to a statement that was parsed, and does not use the thing. */
  readonly parsed: (line: Line) => boolean;
}

function whatWasRead(versions: readonly Named[]): WasRead {
  const declared = versions.flatMap((version) => version.declares ?? []);
  const statements = versions.flatMap((version) => version.queries ?? []).flatMap(({ span }) => (span === null ? [] : [span]));
  return {
    declaring: new Set(declared.map(({ path }) => path)),
    tables: new Set(declared.map(({ table }) => table)),
    declares: ({ path, line }) =>
      declared.some((one) => one.path === path && one.column !== null && one.span.line <= line && line <= one.span.endLine),
    parsed: ({ path, line, text }) =>
      // Another string in the line may be a piece of something else.
      (text.match(/["'`]/g) ?? []).length <= 2 &&
      statements.some(
        ({ file, line: from, endLine }) =>
          (file === path || file.endsWith(`:${path}`) || file.endsWith(`/${path}`)) && from <= line && line <= endLine,
      ),
  };
}

function namedIn(search: Search, thing: Thing, version: string, read: WasRead, nothingRead: boolean): string[] {
  const { table, column } = thing;
  const { lines, mapper, failed } = search;
  const bare = bareName(table);
  const what = column ?? bare;
  const wanted = column === null ? [bare] : spellings(column);
  const isNamed = (text: string): boolean => wanted.some((word) => names(text, word));
  const isMapped = (text: string): boolean => (column === null ? tableSpellings(bare) : wanted).some((word) => names(text, word));
  const who = version === "working" ? "the working tree" : version;
  const readPrisma = [...read.declaring].filter((path) => path.endsWith(".prisma")).map((path) => posix.dirname(path));
  const given = column === null ? undefined : tableGivenIn(lines, bare, read);
  const found: string[] = failed === true ? [`make ${version} searchable: \`git grep\` failed`] : [];
  for (const [path, own] of lines) {
    // What says how large tables are names all their columns.
    if (own.some(({ text }) => FORMATS.some((format) => text.includes(format)))) continue;
    const place = ({ line }: Line): string => `look at ${path}:${line} (${who})`;
    const mapped = mapper === null || read.declaring.has(path) ? undefined : own.find(({ text }) => isMapped(withoutComment(text)));
    if (mapped !== undefined) found.push(`${place(mapped)}: it names ${what}, and ${mapper ?? ""} uses a mapper that is not read`);
    const field =
      column === null ? undefined : own.find((one) => givesField(one.text, [column, ...attributeOf(column)]) && !read.declares(one));
    const first =
      mapped === undefined
        ? (own.find(({ text }) => isNamed(withoutComment(text))) ?? (path.endsWith(".py") ? field : undefined))
        : undefined;
    if (first === undefined) continue;
    const at = place(first);
    if (nothingRead && (READ.test(path) || /\.sql$/i.test(path))) {
      if (
        column === null
          ? own.some(({ text }) => afterSqlWord(text, bare) || isWholeString(text, bare))
          : own.some(({ text }) => names(text, bare))
      )
        found.push(`${at}: it names ${what}, and queries for ClickHouse are not read from code (give them under \`live\`)`);
    } else if (UNREAD.test(path) || isVendored(path)) {
      if (
        path.endsWith(".prisma") &&
        readPrisma.some((folder) => folder === posix.dirname(path) || (folder !== "." && isWithin(folder, path)))
      )
        continue;
      // A column by itself may be anybody's; beside the name of its table it is this one's.
      if (column !== null && !own.some(({ text }) => names(text, bare))) continue;
      found.push(`${at}: it names ${what}, and ${UNREAD.test(path) ? "this language" : "code like this"} is not read`);
    } else if (READ.test(path)) {
      const why = inCode({ path, own, thing, wanted, field, given, withPieces: search.withPieces }, read);
      if (why !== null) found.push(`${place(why.line)}: ${why.text}`);
    } else if (own.some(({ text }) => names(text, bare) && afterSqlWord(text, bare))) {
      found.push(`${at}: it names ${what} beside SQL, and this kind of file is not read`);
    } else if (own.some(({ text }) => namesTable(text, bare, column === null))) {
      found.push(`${at}: it names ${what} of ${bare}, and this kind of file is not read`);
    }
  }
  return found;
}

/** The line in which code that is no model gives the table's name to something, or undefined. */
function tableGivenIn(lines: Search["lines"], bare: string, { declaring }: WasRead): Line | undefined {
  for (const [path, own] of lines) {
    const line = READ.test(path) && !declaring.has(path) ? own.find(({ text }) => isWholeString(text, bare)) : undefined;
    if (line !== undefined) return line;
  }
  return undefined;
}

interface InCode {
  readonly path: string;
  readonly own: readonly Line[];
  readonly thing: Thing;
  readonly wanted: readonly string[];
  readonly field: Line | undefined;
  readonly given: Line | undefined;
  readonly withPieces: ReadonlySet<string>;
}

/** Why a file in a language whose statements are read may use the thing all the same, or null. */
function inCode(
  { path, own, thing, wanted, field, given, withPieces }: InCode,
  read: WasRead,
): { readonly line: Line; readonly text: string } | null {
  const bare = bareName(thing.table);
  const what = thing.column ?? bare;
  const declares = read.declaring.has(path);
  const quoted = own.find(
    (one) =>
      wanted.some((word) => (one.inLiteral === true || inString(one.text, word)) && !(declares && isDeclaration(one.text, word))) &&
      !read.parsed(one),
  );
  if (quoted !== undefined && withPieces.has(path))
    return { line: quoted, text: `it names ${what} in a string, beside SQL that is put together from pieces` };
  // Another mapper or a query builder: `__tablename__ = "person"`, `db("person").select("email")`.
  const gives = ({ text }: Line): boolean => isWholeString(text, bare) || (path.endsWith(".rb") && isSymbol(text, bare));
  const table = read.tables.has(thing.table) && declares ? undefined : own.find(gives);
  if (table !== undefined) {
    const line = own.find(({ text }) => wanted.some((word) => names(text, word))) ?? table;
    return { line, text: `it gives the table ${bare} to something that builds its own queries` };
  }
  if (thing.column === null) return null;
  const together = own.find((one) => inString(one.text, bare) && inString(one.text, thing.column ?? bare) && !read.parsed(one));
  if (together !== undefined) return { line: together, text: `it names ${what} and ${bare} in a string` };
  if (path.endsWith(".py") && field !== undefined)
    return { line: field, text: `it has a field of this name in a class that is no model with migrations` };
  const alone = declares ? undefined : own.find(({ text }) => wanted.some((word) => isWholeString(text, word)));
  if (alone !== undefined && given !== undefined)
    return {
      line: alone,
      text: `it names ${what}, and ${given.path}:${given.line} gives the table ${bare} to something that builds queries`,
    };
  return null;
}
