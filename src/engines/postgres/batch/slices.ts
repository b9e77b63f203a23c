import { nextToken, type Token } from "../parse/lexer.ts";

/** A data-changing statement cut at the places where a condition may be put in. Texts as written. */
export interface Slices {
  /** Up to where WHERE stands, or would. */
  readonly head: string;
  readonly where: string | null;
  /** Behind the condition: ORDER BY, ON CONFLICT, … */
  readonly tail: string;
  /** The items of SET. */
  readonly set: readonly string[];
  /** The items of FROM or USING. */
  readonly from: string | null;
}

/** Words that end a condition, where they stand outside of parentheses. */
const ENDS = new Set([
  "group",
  "having",
  "window",
  "order",
  "limit",
  "offset",
  "fetch",
  "for",
  "on",
  "returning",
  "union",
  "intersect",
  "except",
]);

/**
 * Cuts `UPDATE`, `DELETE` and `INSERT … SELECT`. The grammar tells what the statement is; where its clauses stand in the text the tokens
 * tell, since a clause's keyword can stand outside of parentheses only once.
 */
export function slicesOf(sql: string, verb: "update" | "delete" | "insert"): Slices {
  const words = topWords(sql);
  const find = (text: string, from = 0): Token | undefined => words.find((word) => word.start >= from && word.text === text);
  const select = verb === "insert" ? find("select") : undefined;
  const from = select?.start ?? 0;
  const where = find("where", from);
  const after = where?.end ?? find(verb === "delete" ? "using" : "from", from)?.end ?? find("set", from)?.end ?? from;
  // `ON` of a join stands before WHERE; behind it, and in an INSERT, it is that of ON CONFLICT.
  const ends = words.find(
    (word) =>
      word.start >= after &&
      ENDS.has(word.text) &&
      (word.text !== "on" || find("conflict", word.end)?.start === nextWord(words, word)?.start),
  );
  const end = ends?.start ?? sql.length;
  const set = verb === "update" ? find("set") : undefined;
  const source = verb === "delete" ? find("using") : find("from", set?.end ?? from);
  const sourceFrom = source !== undefined && source.start < (where?.start ?? end) ? source : undefined;
  return {
    head: sql.slice(0, where?.start ?? end).trimEnd(),
    where: where === undefined ? null : sql.slice(where.end, end).trim(),
    tail: sql.slice(end).trim(),
    set: set === undefined ? [] : itemsOf(sql, set.end, sourceFrom?.start ?? where?.start ?? end),
    from: sourceFrom === undefined ? null : sql.slice(sourceFrom.end, where?.start ?? end).trim(),
  };
}

function nextWord(words: readonly Token[], after: Token): Token | undefined {
  return words[words.indexOf(after) + 1];
}

/** Words outside of parentheses and brackets. */
function topWords(sql: string): readonly Token[] {
  const words: Token[] = [];
  let depth = 0;
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end)) {
    if (token.kind === "punct" && (token.text === "(" || token.text === "[")) depth++;
    else if (token.kind === "punct" && (token.text === ")" || token.text === "]")) depth--;
    else if (token.kind === "word" && depth === 0) words.push(token);
  }
  return words;
}

/** Separated by commas outside of parentheses. */
function itemsOf(sql: string, from: number, to: number): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let start = from;
  for (let token = nextToken(sql, from); token !== null && token.start < to; token = nextToken(sql, token.end)) {
    if (token.kind !== "punct") continue;
    if (token.text === "(" || token.text === "[") depth++;
    else if (token.text === ")" || token.text === "]") depth--;
    else if (token.text === "," && depth === 0) {
      items.push(sql.slice(start, token.start).trim());
      start = token.end;
    }
  }
  items.push(sql.slice(start, to).trim());
  return items;
}
