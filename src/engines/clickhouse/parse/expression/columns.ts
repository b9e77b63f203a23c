import type {
  AsteriskExpression,
  ColumnsExpression,
  ColumnTransformer,
  Expression,
  LambdaExpression,
  Name,
  StringLiteral,
} from "../ast.ts";
import type { Cursor } from "../cursor.ts";
import { Kind } from "../lexer.ts";
import { readList, readName, readNameOrParameter, readNameParts, readString } from "../names.ts";

/** `*` with what may follow it: EXCEPT, REPLACE, APPLY, LIKE. */
export function readAsterisk(c: Cursor): AsteriskExpression | ColumnsExpression | null {
  if (c.kind !== Kind.Asterisk) return null;
  const start = c.start;
  c.index++;
  return afterAsterisk(c, start, []);
}

/** `t.*`, `db.t.*`. */
export function readQualifiedAsterisk(c: Cursor): AsteriskExpression | ColumnsExpression | null {
  const start = c.start;
  const qualifier = readNameParts(c, true);
  if (qualifier === null || c.kind !== Kind.Dot || c.kindAt(1) !== Kind.Asterisk) return null;
  c.index += 2;
  return afterAsterisk(c, start, qualifier);
}

function afterAsterisk(c: Cursor, start: number, qualifier: readonly Name[]): AsteriskExpression | ColumnsExpression | null {
  const ilike = c.word === "ILIKE";
  if ((ilike || c.word === "LIKE") && c.kindAt(1) === Kind.String) {
    c.index++;
    const like = readString(c);
    if (like === null) return null;
    const pattern = { value: (ilike ? "(?i)" : "") + likeAsRegularExpression(like.value), at: like.at };
    return columns(c, start, qualifier, pattern, []);
  }
  const transformers = readTransformers(c);
  if (transformers === null) return null;
  return { kind: "asterisk", qualifier, expression: null, transformers, alias: null, at: c.rangeFrom(start) };
}

function columns(
  c: Cursor,
  start: number,
  qualifier: readonly Name[],
  pattern: StringLiteral | null,
  list: readonly Expression[],
): ColumnsExpression | null {
  const transformers = readTransformers(c);
  if (transformers === null) return null;
  return { kind: "columns", qualifier, expression: null, pattern, columns: list, transformers, alias: null, at: c.rangeFrom(start) };
}

/** `COLUMNS('pattern')`, `COLUMNS(a, b)`, also `t.COLUMNS(…)`. */
export function readColumns(c: Cursor): ColumnsExpression | null {
  const start = c.start;
  if (c.word === "COLUMNS" && c.kindAt(1) === Kind.OpenRound) return readMatcher(c, start, []);
  if (c.kindAt(1) !== Kind.Dot) return null;
  const qualifier = readNameParts(c, true);
  const last = qualifier?.[qualifier.length - 1];
  if (qualifier === null || last === undefined || qualifier.length < 2 || last.text.toUpperCase() !== "COLUMNS") return null;
  if (c.kind !== Kind.OpenRound) return null;
  c.index--;
  return readMatcher(c, start, qualifier.slice(0, -1));
}

function readMatcher(c: Cursor, start: number, qualifier: readonly Name[]): ColumnsExpression | null {
  c.index += 2;
  const byPattern = c.kind === Kind.String;
  const pattern = byPattern ? readString(c) : null;
  const list = byPattern ? [] : readList(c, readIdentifier);
  if (list === null || (byPattern && pattern === null) || !c.take(Kind.CloseRound, ")")) return null;
  return columns(c, start, qualifier, pattern, list);
}

function readIdentifier(c: Cursor): Expression | null {
  const start = c.start;
  const parts = readNameParts(c, true);
  return parts === null ? null : { kind: "identifier", parts, alias: null, at: c.rangeFrom(start) };
}

/** Transformers in a row; null where one begins and goes wrong. */
export function readTransformers(c: Cursor): readonly ColumnTransformer[] | null {
  const transformers: ColumnTransformer[] = [];
  for (;;) {
    const before = c.index;
    const read =
      c.word === "EXCEPT" ? readExcept(c) : c.word === "REPLACE" ? readReplace(c) : c.word === "APPLY" ? readApply(c) : undefined;
    if (read === undefined) return transformers;
    if (read === null) {
      // `SELECT * EXCEPT SELECT 1` is an operation on two queries.
      c.index = before;
      return transformers;
    }
    transformers.push(read);
  }
}

function readExcept(c: Cursor): ColumnTransformer | null {
  c.index++;
  const strict = c.keyword("STRICT");
  const parentheses = c.kind === Kind.OpenRound;
  if (parentheses) c.index++;
  if (c.kind === Kind.String) {
    const pattern = readString(c);
    if (pattern === null || (parentheses && !c.take(Kind.CloseRound, ")"))) return null;
    return { kind: "except", strict, columns: [], pattern };
  }
  const only = parentheses ? null : readNameOrParameter(c);
  const names = parentheses ? readList(c, readNameOrParameter) : only === null ? null : [only];
  if (names === null || (parentheses && !c.take(Kind.CloseRound, ")"))) return null;
  return { kind: "except", strict, columns: names, pattern: null };
}

function readReplace(c: Cursor): ColumnTransformer | null {
  c.index++;
  const strict = c.keyword("STRICT");
  const parentheses = c.kind === Kind.OpenRound;
  if (parentheses) c.index++;
  const only = parentheses ? null : readReplacement(c);
  const replacements = parentheses ? readList(c, readReplacement) : only === null ? null : [only];
  if (replacements === null || (parentheses && !c.take(Kind.CloseRound, ")"))) return null;
  return { kind: "replace", strict, replacements };
}

function readReplacement(c: Cursor): { expression: Expression; name: Name } | null {
  const expression = c.grammar.expression(c);
  if (expression === null || !c.keyword("AS")) return null;
  const name = readName(c);
  return name === null ? null : { expression, name };
}

function readApply(c: Cursor): ColumnTransformer | null {
  c.index++;
  const parentheses = c.kind === Kind.OpenRound;
  if (parentheses) c.index++;
  const lambda = c.attempt(() => readLambda(c));
  let name: Name | LambdaExpression | null = lambda;
  let parameters: Expression[] = [];
  let prefix: StringLiteral | null = null;
  if (lambda === null) {
    name = readName(c);
    if (name !== null && c.kind === Kind.OpenRound) {
      c.index++;
      parameters = c.kind === Kind.CloseRound ? [] : (readList(c, (at) => c.grammar.expression(at, { alias: true })) ?? []);
      if (!c.take(Kind.CloseRound, ")")) return null;
    }
  }
  if (name === null) return null;
  if (parentheses && lambda === null && c.kind === Kind.Comma) {
    c.index++;
    prefix = readString(c);
    if (prefix === null) return null;
  }
  if (parentheses && !c.take(Kind.CloseRound, ")")) return null;
  return { kind: "apply", function: name, parameters, prefix: prefix?.value ?? null };
}

function readLambda(c: Cursor): LambdaExpression | null {
  const expression = c.grammar.expression(c);
  return expression?.kind === "lambda" ? expression : null;
}

/** As the engine turns a LIKE pattern into a regular expression. */
function likeAsRegularExpression(like: string): string {
  let result = like.startsWith("%") ? "" : "^";
  let at = like.startsWith("%") ? 1 : 0;
  let anchored = true;
  for (; at < like.length; at++) {
    const character = like[at] ?? "";
    anchored = true;
    if (character === "%") {
      if (at + 1 === like.length) anchored = false;
      else result += ".*";
    } else if (character === "_") result += ".";
    else if (character === "\\" && at + 1 < like.length) {
      const next = like[++at] ?? "";
      result += /[%_]/.test(next) ? next : `\\\\${next === "\\" ? "" : next}`;
    } else result += /[\^$.[|()?*+{]/.test(character) ? `\\${character}` : character;
  }
  if (like === "%") anchored = false;
  return anchored ? `${result}$` : result;
}
