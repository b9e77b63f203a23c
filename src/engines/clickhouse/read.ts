import type { SqlStep } from "../../model/migration.ts";
import { SpanMap } from "../postgres/parse/offsets.ts";
import { suppressionsIn } from "../postgres/parse/suppressions.ts";
import type { Span } from "../../text/span.ts";
import type { RawClickHouseStatement } from "./engine.ts";
import { parseScript } from "./parse/index.ts";
import type { ParsedStatement } from "./parse/ast.ts";

/** What `RawClickHouseStatement.tree` holds. Opaque outside of the engine. */
export interface ClickHouseTree {
  readonly parsed: ParsedStatement;
  /** The whole script: ranges of the parsed statement are offsets into it. */
  readonly script: string;
  readonly spanOf: (start: number, end: number) => Span;
}

/** Splits and parses one step. Never throws: what does not parse is a statement with a syntax error. */
export function readClickHouse(step: SqlStep): RawClickHouseStatement[] {
  const script = step.sql;
  const spans = step.verbatim ? new SpanMap(step.span, script) : null;
  const spanOf = (start: number, end: number): Span => (spans === null ? step.span : spans.span(start, end));
  return parseScript(script).map((parsed): RawClickHouseStatement => {
    const { statement } = parsed;
    const base = {
      sql: parsed.text,
      span: spanOf(parsed.at.start, parsed.at.end),
      suppressions: parsed.comments.flatMap((c) => suppressionsIn(script, c.at.start, c.at.end, spanOf)),
    };
    if (statement.kind === "syntax-error") {
      const at = statement.position;
      const end = /^(?:\w+|\S)/.exec(script.slice(at, at + 80))?.[0].length ?? 0;
      const from = end === 0 ? Math.max(parsed.at.start, parsed.at.end - 1) : at;
      const span = spanOf(from, end === 0 ? parsed.at.end : at + end);
      return { ...base, syntaxError: { message: statement.message, span }, tree: null, opaque: statement.message };
    }
    const tree: ClickHouseTree = { parsed, script, spanOf };
    return { ...base, syntaxError: null, tree, opaque: statement.kind === "opaque" ? statement.reason : null };
  });
}
