import type { Comment, Output, ParsedStatement, Statement, SyntaxError } from "./ast.ts";
import { Cursor, Refused } from "./cursor.ts";
import { readCall, readExpression } from "./expression/parse.ts";
import type { Grammar } from "./grammar.ts";
import { endOfInlineData } from "./inline-data.ts";
import { Kind, lexStatement, type Tokens } from "./lexer.ts";
import { readOrderByElement } from "./select/order-by.ts";
import { readQuery, readSubquery } from "./select/query.ts";
import { readWindowDefinition } from "./select/window.ts";
import { readSettings } from "./settings.ts";
import { readStatement } from "./statements/statement.ts";
import { readDataType } from "./types.ts";

export const grammar: Grammar = {
  expression: readExpression,
  call: readCall,
  query: readQuery,
  subquery: readSubquery,
  dataType: readDataType,
  settings: readSettings,
  orderBy: readOrderByElement,
  window: readWindowDefinition,
};

const silent: Output = { format: null, intoOutfile: null, settings: [] };

/**
 * Reads a script of ClickHouse statements as ClickHouse 26.7 does (with `implicit_select` off, as on a server).
 * Never throws: what the engine would refuse is a statement of kind `syntax-error`, what is accepted but not classified is `opaque`
 * with a reason. Offsets are UTF-16 units into `sql`. Linear in the length of the script.
 */
export function parseScript(sql: string): readonly ParsedStatement[] {
  const statements: ParsedStatement[] = [];
  let pending: readonly Comment[] = [];
  for (let at = 0; at < sql.length;) {
    const tokens = lexStatement(sql, at);
    const comments = pending.length === 0 ? tokens.comments : [...pending, ...tokens.comments];
    if (tokens.kinds[0] === Kind.End) {
      pending = comments;
      at = tokens.end;
      continue;
    }
    const parsed = parseStatement(sql, tokens);
    const start = tokens.starts[0] ?? at;
    const data = parsed.statement.kind === "insert" && parsed.statement.source.kind === "format" ? parsed.statement.source.data : null;
    const end = data?.end ?? tokens.ends[tokens.ends.length - 4] ?? start;
    statements.push({ at: { start, end }, text: sql.slice(start, end), ...parsed, comments });
    pending = [];
    at = data === null ? tokens.end : afterSemicolon(sql, data.end);
  }
  return statements;
}

/** The semicolon behind inline data belongs to the statement. */
function afterSemicolon(sql: string, at: number): number {
  return sql[at] === ";" ? at + 1 : at;
}

function parseStatement(sql: string, tokens: Tokens): { readonly statement: Statement; readonly output: Output } {
  const last = tokens.kinds.length - 4;
  const formatted = tokens.words[0] === "INSERT" && tokens.words[last - 1] === "FORMAT";
  const dataEnd = formatted ? endOfInlineData(sql, tokens.ends[last] ?? 0) : 0;
  const cursor = new Cursor(sql, tokens, grammar, false);
  try {
    const read = readStatement(cursor, dataEnd);
    if (read !== null && cursor.kind === Kind.End) return read;
  } catch (error) {
    return { statement: failed(error, tokens), output: silent };
  }
  return { statement: explain(sql, tokens, dataEnd), output: silent };
}

function failed(error: unknown, tokens: Tokens): Statement {
  const start = tokens.starts[0] ?? 0;
  if (error instanceof Refused) return { kind: "syntax-error", message: error.message, position: error.position, expected: [] };
  if (error instanceof RangeError) {
    return { kind: "syntax-error", message: "This nests deeper than can be read.", position: start, expected: [] };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: "opaque", reason: `The parser could not cope with it: ${message}` };
}

/** Reads the statement once more, noting what would have been right where it broke off. */
function explain(sql: string, tokens: Tokens, dataEnd: number): SyntaxError {
  const cursor = new Cursor(sql, tokens, grammar, true);
  try {
    if (readStatement(cursor, dataEnd) !== null) cursor.expect("the end of the statement");
  } catch {
    // The first reading did not throw; what this one collected until now is told.
  }
  const { position, found, expected } = cursor.failure();
  if (tokens.error !== null && tokens.error.at.start <= position) {
    return { kind: "syntax-error", message: tokens.error.message, position: tokens.error.at.start, expected: [] };
  }
  const place = found === "" ? "The statement ends where more was expected" : `This does not fit here: ${found.slice(0, 40)}`;
  const shown = expected.slice(0, 8).join(", ");
  const more = expected.length > 8 ? ` or one of ${expected.length - 8} others` : "";
  return { kind: "syntax-error", message: `${place}. Expected: ${shown}${more}.`, position, expected };
}
