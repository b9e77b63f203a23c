import { nextToken, tokensOf } from "../../engines/postgres/parse/lexer.ts";
import type { Token } from "../../engines/postgres/parse/lexer.ts";

/** A text whose placeholders are Postgres' own, `$1` to `$n` without gaps. */
export interface Numbered {
  readonly sql: string;
  readonly count: number;
  /** Numbers (from 1) that the author marked as nullable (`sqlc.narg`). */
  readonly nullable: ReadonlySet<number>;
}

/** Words after which a value stands, so that `?`, `%s` or `:x` is a placeholder and no operator. */
const BEFORE_VALUE: ReadonlySet<string> = new Set(
  "select where and or not in like ilike between values set limit offset then else when case on by returning any all having similar to escape from using as is distinct fetch first default".split(
    " ",
  ),
);

/**
 * Turns the placeholders of drivers into `$n`: `?` (JDBC, Rust), `%s` and `%(name)s` (Python), `:name` (SQLAlchemy, aiosql), `@name` and
 * `sqlc.arg(name)` (sqlc), `#{name}` (MyBatis). A name used twice gets one number. `$n` are kept, renumbered without gaps.
 * What looks the same and is none stays: `::` casts, array slices, the JSON operators `?`, `?|`, `?&`, the modulo `%`, the absolute value `@`.
 */
export function numberPlaceholders(sql: string): Numbered {
  const tokens = tokensOf(sql).filter((token) => token.kind !== "comment");
  const numbers = new Map<string, number>();
  const nullable = new Set<number>();
  const edits: { start: number; end: number; text: string }[] = [];
  let anonymous = 0;
  let python = false;
  const number = (key: string): number => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const next = numbers.size + 1;
    numbers.set(key, next);
    return next;
  };
  const edit = (start: number, end: number, key: string): number => {
    const n = number(key);
    edits.push({ start, end, text: `$${n}` });
    return n;
  };

  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (token === undefined) continue;
    const next = tokens[i + 1];
    const touches = next !== undefined && next.start === token.end;
    if (token.kind === "param") {
      edit(token.start, token.end, token.text);
      continue;
    }
    if (token.kind === "word" && token.text === "sqlc") {
      const call = sqlcCall(sql, tokens, i);
      if (call !== null) {
        if (call.function === "embed") edits.push({ start: token.start, end: call.end, text: `${call.name}.*` });
        else {
          const n = edit(token.start, call.end, call.name);
          if (call.function === "narg") nullable.add(n);
        }
        i = call.last;
        continue;
      }
    }
    const before = tokens[i - 1];
    if (token.kind !== "punct" || !valueMayFollow(before)) continue;
    // The second character of `::`, `@@` and the like.
    if (before !== undefined && before.end === token.start && before.text === token.text) continue;
    if (token.text === "?") {
      // `?|` and `?&` are operators whatever stands before them; after a keyword there is no such operator.
      edit(token.start, token.end, `?${++anonymous}`);
    } else if (token.text === "%" && touches && next.text === "s") {
      python = true;
      edit(token.start, next.end, `%${++anonymous}`);
      i++;
    } else if (token.text === "%" && touches && next.text === "(") {
      const named = /^%\(\s*([^)]*?)\s*\)s/.exec(sql.slice(token.start, token.start + 200));
      if (named?.[1] === undefined) continue;
      python = true;
      const end = token.start + named[0].length;
      edit(token.start, end, named[1]);
      while (i + 1 < tokens.length && (tokens[i + 1]?.start ?? end) < end) i++;
    } else if ((token.text === ":" || token.text === "@") && touches && next.kind === "word") {
      edit(token.start, next.end, sql.slice(next.start, next.end));
      i++;
    } else if (token.text === "#" && touches && next.text === "{") {
      const named = /^#\{\s*([\w.]+)[^}]*\}/.exec(sql.slice(token.start, token.start + 200));
      if (named?.[1] === undefined) continue;
      const end = token.start + named[0].length;
      edit(token.start, end, named[1]);
      while (i + 1 < tokens.length && (tokens[i + 1]?.start ?? end) < end) i++;
    }
  }

  let out = "";
  let at = 0;
  for (const { start, end, text } of edits) {
    out += sql.slice(at, start) + text;
    at = end;
  }
  out += sql.slice(at);
  // Python drivers double the percent sign where there are parameters.
  if (python) out = out.replaceAll("%%", "%");
  return { sql: out, count: numbers.size, nullable };
}

function valueMayFollow(before: Token | undefined): boolean {
  if (before === undefined) return false;
  if (before.kind === "word") return BEFORE_VALUE.has(before.text);
  return before.kind === "punct" && before.text !== ")" && before.text !== "]";
}

interface SqlcCall {
  readonly function: "arg" | "narg" | "slice" | "embed";
  readonly name: string;
  readonly end: number;
  /** Index of the closing parenthesis. */
  readonly last: number;
}

/** `sqlc.arg(name)`, `sqlc.narg('name')`, `sqlc.slice(ids)`, `sqlc.embed(author)`. */
function sqlcCall(sql: string, tokens: readonly Token[], at: number): SqlcCall | null {
  const [dot, name, open, argument, close] = tokens.slice(at + 1, at + 6);
  if (dot?.text !== "." || open?.text !== "(" || close?.text !== ")" || argument === undefined || name === undefined) return null;
  const called = name.text;
  if (called !== "arg" && called !== "narg" && called !== "slice" && called !== "embed") return null;
  const text = sql.slice(argument.start, argument.end).replace(/^['"]|['"]$/g, "");
  return { function: called, name: text, end: close.end, last: at + 5 };
}

/** Whether there is any token but comments. */
export function hasCode(sql: string): boolean {
  for (let token = nextToken(sql, 0); token !== null; token = nextToken(sql, token.end)) {
    if (token.kind !== "comment" && token.text !== ";") return true;
  }
  return false;
}
