import { loadGrammar as loadPostgres } from "../../engines/postgres/parse/load.ts";
import { split } from "../../engines/postgres/parse/split.ts";
import type { Grammar as Postgres } from "../../engines/postgres/parse/grammar.ts";
import type { Problem } from "../../model/migration.ts";
import type { DynamicAccess, Query } from "../../model/query.ts";
import { decode } from "../../sources/files/decode.ts";
import type { Files } from "../../sources/source.ts";
import { loadGrammar } from "../../text/syntax.ts";
import type { Node, Parse } from "../../text/syntax.ts";
import type { Span } from "../../text/span.ts";
import { asksOnlyCatalogs } from "../sql/analyse.ts";
import { clickhouseQueriesOfText } from "../sql/clickhouse-text.ts";
import { queriesOfText } from "../sql/query-text.ts";
import { beginsLikeSql, judge } from "./candidate.ts";
import { chooseFiles } from "./choose-files.ts";
import type { ScanCounts, WritersOptions, WritersScan } from "./index.ts";
import { languageOf } from "./languages.ts";
import type { Language } from "./languages.ts";
import { stringsIn, type BuiltString } from "./literals.ts";

/** A quote or a heredoc's first line, then the first word of SQL: files without it are not parsed. */
const MAY_HOLD_SQL =
  /(?:["'`]|<<[~-]?["'`]?[A-Za-z_]+["'`]?[^\n]*\n)\s*(?:--[^\n]*\n\s*|\/\*[^*]*\*\/\s*|\\\r?\n\s*|(?:begin|start\s+transaction|set\s[^;"'`]*)\s*;\s*)*(?:insert\s+into\s|update\s|delete\s+from\s|select\s|with\s|merge\s+into\s|copy\s*[\w"(]|truncate\s|prepare\s|declare\s|explain\s|create\s+(?:temp|unlogged|table))/i;
/** Named one by one up to here; more are counted. */
const MAX_LISTED = 20;
/** Larger files are generated or data. */
const MAX_BYTES = 2_000_000;

interface Found {
  readonly queries: Query[];
  readonly dynamic: DynamicAccess[];
  readonly problems: Problem[];
  readonly counts: { parsed: number; candidates: number; notUnderstood: number; otherTables: number; otherEngine: number };
  readonly notUnderstood: Problem[];
}

/** See `scanWriters`. */
export async function scan(files: Files, options: WritersOptions): Promise<WritersScan> {
  const { paths, total, leftOut } = chooseFiles(files, options);
  const found: Found = {
    queries: [],
    dynamic: [],
    problems: [],
    counts: { parsed: 0, candidates: 0, notUnderstood: 0, otherTables: 0, otherEngine: 0 },
    notUnderstood: [],
  };
  for (const path of paths) {
    const language = languageOf(path);
    const text = language === null ? null : textOf(files, path, language, found.problems);
    if (language === null || text === null) continue;
    // Both are compiled in the background, hence asked for together.
    const [grammar, parse] = await Promise.all([loadPostgres(), language.grammar === "sql" ? null : loadGrammar(language.grammar)]);
    found.counts.parsed++;
    if (parse === null) addSqlFile(grammar, text, files.display(path), options, found);
    else scanCode(grammar, parse, language, text, files.display(path), options, found);
  }
  const listed = found.notUnderstood.slice(0, MAX_LISTED);
  if (found.notUnderstood.length > listed.length) listed.push(moreNotUnderstood(found.notUnderstood.length - listed.length));
  const scanned: ScanCounts = { files: total, leftOut, ...found.counts };
  return { queries: found.queries, dynamic: found.dynamic, problems: [...found.problems, ...listed], scanned };
}

/** The text of a file that may hold SQL, or null. */
function textOf(files: Files, path: string, language: Language, problems: Problem[]): string | null {
  let bytes: Uint8Array;
  try {
    bytes = files.read(path);
  } catch (error) {
    problems.push({
      code: "unreadable",
      message: `${files.display(path)} could not be searched for raw SQL: ${error instanceof Error ? error.message : String(error)}`,
      help: "Check that you may read it.",
      span: null,
      fatal: false,
    });
    return null;
  }
  if (bytes.length > MAX_BYTES) {
    problems.push({
      code: "too-large",
      message: `${files.display(path)} was not searched for raw SQL: it has ${Math.round(bytes.length / 1_000_000)} MB`,
      help: "Generated code and data are this large. If it holds queries of the app, give them in a .sql file under `live`.",
      span: null,
      fatal: false,
    });
    return null;
  }
  // Latin-1 keeps ASCII where it is and costs nothing: most files stop here.
  if (language.grammar !== "sql" && !MAY_HOLD_SQL.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")))
    return null;
  return decode(bytes).text;
}

function scanCode(
  postgres: Postgres,
  parse: Parse,
  language: Language,
  text: string,
  file: string,
  options: WritersOptions,
  found: Found,
): void {
  const tree = parse(text);
  try {
    for (const { node, pieces } of stringsIn(tree.root, language).flatMap(statementsOf)) {
      const first = pieces[0];
      if (first === undefined || !("text" in first)) continue;
      const whole = pieces.map((piece) => ("text" in piece ? piece.text : " ")).join("");
      if (!beginsLikeSql(whole) || (options.tables === undefined && isPlainWords(whole))) continue;
      found.counts.candidates++;
      const span = spanOf(node, file);
      const verdict = judge(postgres, pieces, `${file}:${span.line}`, span);
      switch (verdict.kind) {
        case "query":
          addQuery(verdict.query, verdict.analysis.tables, asksOnlyCatalogs(verdict.analysis), verdict.dynamic, options, found);
          break;
        case "dynamic":
          if (isKnown(verdict.dynamic.tables, options)) found.dynamic.push(verdict.dynamic);
          else found.counts.otherTables++;
          break;
        case "not-understood":
          found.counts.notUnderstood++;
          found.notUnderstood.push(notUnderstood(verdict.message, span));
          break;
        case "other":
          break;
        default:
          verdict satisfies never;
      }
    }
  } finally {
    tree.free();
  }
}

/** `BEGIN; UPDATE …; COMMIT`: a string may hold several statements. */
function statementsOf({ node, pieces }: BuiltString): readonly BuiltString[] {
  const [only] = pieces;
  if (only === undefined || pieces.length > 1 || !("text" in only) || !/;\s*\S/.test(only.text) || !holdsSql(only.text))
    return [{ node, pieces }];
  const parts = split(only.text).filter(({ kind }) => kind === "statement");
  return parts.length < 2 ? [{ node, pieces }] : parts.map(({ start, end }) => ({ node, pieces: [{ text: only.text.slice(start, end) }] }));
}

function holdsSql(text: string): boolean {
  return text.split(";").some(beginsLikeSql);
}

/** `select an option from the list` is SQL to the grammar. Without the tables to ask, plain words alone are taken for prose. */
function isPlainWords(text: string): boolean {
  return /^[a-z ]+$/.test(text.trim());
}

function addSqlFile(postgres: Postgres, text: string, file: string, options: WritersOptions, found: Found): void {
  const { analysed, problems } = queriesOfText(postgres, text, file);
  for (const { query, analysis } of analysed) {
    found.counts.candidates++;
    addQuery(query, analysis.tables, asksOnlyCatalogs(analysis), null, options, found);
  }
  // What both engines take counts as ours: to see a use too many keeps a column, to miss one loses it.
  const refused = problems.filter(isSyntax);
  if (refused.length > 0 && isForClickHouse(text, file)) {
    found.counts.otherEngine++;
    return;
  }
  for (const problem of refused) {
    found.counts.notUnderstood++;
    found.notUnderstood.push(problem);
  }
}

const isSyntax = ({ code }: Problem): boolean => code === "syntax";

/** Of what Postgres' grammar refuses: a script that ClickHouse's takes whole is not a mistake, but the other engine's. */
function isForClickHouse(text: string, file: string): boolean {
  const { queries, problems } = clickhouseQueriesOfText(text, file);
  return queries.length + problems.length > 0 && !problems.some(isSyntax);
}

function addQuery(
  query: Query,
  tables: readonly string[],
  catalogs: boolean,
  dynamic: DynamicAccess | null,
  options: WritersOptions,
  found: Found,
): void {
  if (tables.length === 0 || catalogs) return;
  if (!isKnown(tables, options)) {
    found.counts.otherTables++;
    return;
  }
  found.queries.push(query);
  if (dynamic !== null) found.dynamic.push(dynamic);
}

/** An empty list of tables means any. */
function isKnown(tables: readonly string[], options: WritersOptions): boolean {
  return options.tables === undefined || tables.length === 0 || tables.some((table) => options.tables?.has(table));
}

function spanOf(node: Node, file: string): Span {
  // tree-sitter counts rows and UTF-16 columns from 0.
  const { startPosition: start, endPosition: end } = node;
  return { file, line: start.row + 1, column: start.column + 1, endLine: end.row + 1, endColumn: end.column + 1 };
}

function notUnderstood(message: string, span: Span): Problem {
  return {
    code: "raw-sql-not-understood",
    message: `this looks like SQL that writes, and was not understood: ${message}`,
    help: "If it is for this database, say what it does in a .sql file under `live`.",
    span,
    fatal: false,
  };
}

function moreNotUnderstood(count: number): Problem {
  return {
    code: "raw-sql-not-understood",
    message: `${count} more strings look like SQL that writes, and were not understood`,
    help: "If they are for this database, say what they do in a .sql file under `live`.",
    span: null,
    fatal: false,
  };
}
