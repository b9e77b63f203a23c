import type { Grammar, Node } from "../../engines/postgres/parse/grammar.ts";
import { all, as } from "../../engines/postgres/parse/grammar.ts";
import type { DynamicAccess, Query } from "../../model/query.ts";
import type { Span } from "../../text/span.ts";
import type { Analysis } from "../sql/analyse.ts";
import { toQuery } from "../sql/to-query.ts";
import type { Piece } from "./literals.ts";

/** What a string in the code turned out to be. */
export type Verdict =
  | { readonly kind: "query"; readonly query: Query; readonly analysis: Analysis; readonly dynamic: DynamicAccess | null }
  | { readonly kind: "dynamic"; readonly dynamic: DynamicAccess }
  | { readonly kind: "not-understood"; readonly message: string }
  /** Prose, another dialect, or a statement that asks nothing of a table. */
  | { readonly kind: "other" };

const NAME = String.raw`(?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))?`;
const HOLE = "\u0001";
const TARGET = `(?:${NAME}|${HOLE}|[\\w".${HOLE}]+)`;
/** The forms of a write, so that `Update your settings` is not taken for one. */
const WRITES: readonly RegExp[] = [
  new RegExp(
    `^(?:with\\b[\\s\\S]*?\\)\\s*)?insert\\s+into\\s+(${TARGET})(?:\\s+as\\s+\\w+)?\\s*(?:\\(|values\\b|select\\b|default\\s+values|${HOLE})`,
    "i",
  ),
  new RegExp(`^(?:with\\b[\\s\\S]*?\\)\\s*)?update\\s+(?:only\\s+)?(${TARGET})(?:\\s+(?:as\\s+)?\\w+)?\\s+set\\b`, "i"),
  new RegExp(
    `^(?:with\\b[\\s\\S]*?\\)\\s*)?delete\\s+from\\s+(?:only\\s+)?(${TARGET})(?:\\s*$|\\s*;|\\s+(?:as\\s+)?\\w*\\s*(?:where|using|returning)\\b|\\s*${HOLE})`,
    "i",
  ),
  new RegExp(`^(?:with\\b[\\s\\S]*?\\)\\s*)?merge\\s+into\\s+(?:only\\s+)?(${TARGET})(?:\\s+(?:as\\s+)?\\w+)?\\s+using\\b`, "i"),
  new RegExp(`^copy\\s+(${TARGET})\\s*(?:\\([^)]*\\)\\s*)?(?:from|to)\\b`, "i"),
  new RegExp(`^truncate\\s+(?:table\\s+)?(?:only\\s+)?(${TARGET})\\s*(?:$|;|,|restart\\b|continue\\b|cascade\\b|restrict\\b)`, "i"),
];
const READ =
  /^(?:select\b[\s\S]+?\bfrom\b|with\b[\s\S]+?\bas\s*\(|copy\s*\(|prepare\s+[\w"]+[\s\S]*?\bas\b|declare\s+[\w"]+[\s\S]*?\bcursor\b|explain\b[\s\S]+?\bfrom\b|create\s+[\s\S]*?\btable\b[\s\S]+?\bas\s+(?:select|with)\b)/i;
/** What ClickHouse, MySQL and others write and Postgres does not. */
const OTHER_DIALECT =
  /\bformat\s+[A-Z]\w+|\bsettings\s+\w+\s*=|\bon\s+cluster\b|\bengine\s*=|\bon\s+duplicate\s+key\b|^insert\s+(?:ignore|or\s+replace)\b|`|\bfinal\b|\bprewhere\b|\{\w+:\w+\}/i;

/** Whether a string begins like SQL. Cheap: asked of every string. */
export function beginsLikeSql(text: string): boolean {
  return (
    /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(?:insert\s+into\s|update\s|delete\s+from\s|select\s|with\s|merge\s+into\s|copy\s*[\w"(]|truncate\s|prepare\s|declare\s|explain\s|create\s+(?:temp|unlogged|table))/i.test(
      text,
    ) && !/^\s*(?:Insert|Update|Delete|Select|With|Merge|Copy|Truncate|Prepare|Declare|Explain|Create)\s/.test(text)
  );
}

/** The text with its holes as placeholders where a value stands, and what could not be put into words. */
interface Assembled {
  readonly sql: string;
  /** The text with a mark for each hole, for looking at its form. */
  readonly shape: string;
  /** Holes that stand where only a name can: part of an identifier. */
  readonly names: readonly string[];
  /** Expressions by the number of their placeholder. */
  readonly values: readonly string[];
}

/** Numbers that no author writes, so that they do not meet the `$1` in the text. */
const FIRST = 90_001;

function assemble(pieces: readonly Piece[]): Assembled {
  let sql = "";
  let shape = "";
  let quote: Quote = null;
  const names: string[] = [];
  const values: string[] = [];
  pieces.forEach((piece, i) => {
    if ("text" in piece) {
      sql += piece.text;
      shape += piece.text;
      quote = quoteAfter(quote, piece.text);
      return;
    }
    const next = pieces[i + 1];
    const after = next !== undefined && "text" in next ? next.text.charAt(0) : next === undefined ? "" : HOLE;
    shape += HOLE;
    if (quote === "'") sql += "x";
    else if (quote === '"' || /[\w.$"]/.test(sql.at(-1) ?? "") || after === HOLE || /^[\w.$"]/.test(after)) {
      names.push(piece.hole);
      sql += HOLE;
    } else sql += `$${FIRST + values.push(piece.hole) - 1}`;
  });
  return { sql, shape, names, values };
}

type Quote = "'" | '"' | null;

/** The quote that is open behind a text, given the one that was open before it. */
function quoteAfter(before: Quote, text: string): Quote {
  let open = before;
  for (const character of text) {
    if (character !== "'" && character !== '"') continue;
    if (open === null) open = character;
    else if (open === character) open = null;
  }
  return open;
}

/** More computed values than this are no statement that anyone wrote by hand. */
const MAX_HOLES = 400;
/** Its form shows in the beginning. */
const FORM = 4_000;

/**
 * Judges one string that begins like SQL.
 * @param origin `workers/ingest.ts:42`
 */
export function judge(grammar: Grammar, pieces: readonly Piece[], origin: string, span: Span): Verdict {
  const computed = pieces.filter((piece) => "hole" in piece).length;
  const assembled = assemble(computed > MAX_HOLES ? pieces.slice(0, MAX_HOLES) : pieces);
  const form = withoutComments(assembled.shape.slice(0, FORM));
  const target = WRITES.map((pattern) => pattern.exec(form)?.[1]).find((name) => name !== undefined);
  if (target === undefined && !READ.test(form)) return { kind: "other" };
  const holes = [...assembled.names, ...assembled.values];
  if (assembled.names.length === 0 && computed <= MAX_HOLES) {
    for (const sql of attempts(assembled.sql)) {
      const read = toQuery(grammar, sql, { origin, span });
      if (read.kind === "utility") return { kind: "other" };
      if (read.kind !== "query") continue;
      const computed = holes.length === 0 ? null : computedPart(grammar, sql);
      const dynamic =
        computed === null ? null : dynamicAccess(read.analysis.tables, assembled.values[computed] ?? "", assembled.shape, span);
      return { kind: "query", query: read.query, analysis: read.analysis, dynamic };
    }
  }
  if (OTHER_DIALECT.test(assembled.shape)) return { kind: "other" };
  if (holes.length > 0)
    return { kind: "dynamic", dynamic: dynamicAccess(namedTables(assembled.shape, target), holes[0] ?? "", assembled.shape, span) };
  if (target === undefined) return { kind: "other" };
  const failed = toQuery(grammar, assembled.sql, { origin, span });
  return { kind: "not-understood", message: failed.kind === "invalid" ? failed.message : "it is no single statement" };
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*\n|\/\*[\s\S]*?\*\//g, " ").trim();
}

/**
 * The text as it is, and as drivers expand it: `VALUES %s` (psycopg's execute_values, a joined list) stands for one row of all columns,
 * `IN ${ids}` for a list.
 */
function attempts(sql: string): string[] {
  const list = String.raw`(\$\d+|%s|\?|:\w+)`;
  const columns = /insert\s+into\s+[^(]+\(([^)]*)\)/i.exec(sql)?.[1]?.split(",").length ?? 1;
  const expanded = sql
    .replace(
      new RegExp(String.raw`\bvalues\s+${list}(?=\s*(?:$|;|on\b|returning\b))`, "i"),
      (_, hole: string) =>
        `VALUES (${Array.from({ length: columns }, (__, i) => (hole.startsWith("$") ? `${hole}${String(i).padStart(2, "0")}` : hole)).join(", ")})`,
    )
    .replace(
      new RegExp(String.raw`\bin\s+${list}`, "gi"),
      "IN ($1)".replace("$1", () => "$1"),
    );
  return expanded === sql ? [sql] : [sql, expanded];
}

/** The first computed value that stands where a column or a condition would: `SELECT ${columns}`, `WHERE ${condition}`, `ORDER BY ${x}`. */
function computedPart(grammar: Grammar, sql: string): number | null {
  const parsed = grammar.parse(sql);
  const tree = parsed.ok ? parsed.statements[0] : undefined;
  if (tree === undefined) return null;
  for (const node of bareParts(tree)) {
    const number = as(node, "ParamRef")?.number;
    if (number !== undefined && number >= FIRST && number - FIRST < 1000) return number - FIRST;
  }
  return null;
}

function bareParts(tree: Node): Node[] {
  const parts: Node[] = [];
  const condition = (node: Node | undefined): void => {
    if (node === undefined) return;
    const bool = as(node, "BoolExpr");
    if (bool === undefined) parts.push(node);
    else for (const arg of bool.args ?? []) condition(arg);
  };
  const select = as(tree, "SelectStmt");
  if (select !== undefined) {
    for (const { val } of all(select.targetList, "ResTarget")) if (val !== undefined) parts.push(val);
    for (const { node } of all(select.sortClause, "SortBy")) if (node !== undefined) parts.push(node);
    parts.push(...(select.groupClause ?? []));
    condition(select.whereClause);
  }
  condition(as(tree, "UpdateStmt")?.whereClause);
  condition(as(tree, "DeleteStmt")?.whereClause);
  return parts;
}

function namedTables(shape: string, target: string | undefined): string[] {
  if (target !== undefined) return target.includes(HOLE) ? [] : [qualify(target)];
  const names = [...shape.matchAll(new RegExp(`\\b(?:from|join)\\s+([\\w".${HOLE}]+)`, "gi"))].map((match) => match[1] ?? "");
  return names.length === 0 || names.some((name) => name.includes(HOLE)) ? [] : names.map(qualify);
}

function qualify(name: string): string {
  const parts = [...name.matchAll(/"([^"]+)"|([\w$]+)/g)].map(([, quoted, plain]) => quoted ?? plain?.toLowerCase() ?? "");
  return parts.length > 1 ? parts.join(".") : `public.${parts[0] ?? name}`;
}

function dynamicAccess(tables: readonly string[], hole: string, shape: string, span: Span): DynamicAccess {
  const verb = /insert\s+into|update\b|delete\s+from|select\b/i.exec(shape)?.[0].split(/\s/)[0]?.toUpperCase() ?? "SQL";
  const shown = hole.replace(/\s+/g, " ").slice(0, 60);
  return { tables, reason: `part of this ${verb} is computed: ${shown}`, span };
}
