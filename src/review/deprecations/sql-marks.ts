import type { Grammar } from "../../engines/postgres/parse/grammar.ts";
import { as, strings } from "../../engines/postgres/parse/grammar.ts";
import type { Change } from "../../model/change.ts";
import type { SchemaState } from "../../model/schema.ts";
import type { Span } from "../../text/span.ts";
import { commentMark, markedText, saysDeprecated, type CommentMark, type MarkedText } from "../../text/deprecation-mark.ts";
import type { Thing } from "../drops/dependents.ts";
import { names } from "../drops/uses.ts";

/** A mark in SQL: a comment beside a definition, or one that the database keeps. */
export interface SqlMark extends Thing {
  /** `comment` for `-- DEPRECATED`, `COMMENT ON` for what the database keeps. */
  readonly by: string;
  readonly text: string;
  /** As statements name their file. */
  readonly file: string;
  readonly line: number;
}

/** A statement with what it changes; `span.file` and lines are those of `text` below. */
export interface MarkedStatement {
  readonly sql: string;
  readonly span: Span;
  readonly changes: readonly Change[];
}

/**
 * `COMMENT ON COLUMN person.email IS 'DEPRECATED: …'`, in the order in which statements run: a later comment replaces an earlier one,
 * so that `IS NULL` takes a mark back.
 */
export function commentOnMarks(grammar: Grammar, statements: readonly MarkedStatement[], end: SchemaState): readonly SqlMark[] {
  const marks = new Map<string, SqlMark>();
  for (const { sql, span, changes } of statements) {
    if (!/^\s*comment\s+on\s+(?:column|table)\b/i.test(sql)) continue;
    const parsed = grammar.parse(sql);
    const comment = parsed.ok ? as(parsed.statements[0], "CommentStmt") : undefined;
    if (comment === undefined) continue;
    const parts = strings(as(comment.object, "List")?.items);
    const isColumn = comment.objtype === "OBJECT_COLUMN";
    const change = changes.find((each) => each.kind === "maintenance" && each.table !== null);
    const table =
      change?.kind === "maintenance" && change.table !== null ? change.table : qualified(isColumn ? parts.slice(0, -1) : parts, end);
    const column = isColumn ? (parts.at(-1) ?? null) : null;
    const key = `${table} ${column ?? ""}`;
    if (comment.comment !== undefined && saysDeprecated(comment.comment))
      marks.set(key, {
        table,
        column,
        by: "COMMENT ON",
        text: comment.comment.replaceAll(/\s+/g, " ").trim(),
        file: span.file,
        line: span.line,
      });
    else marks.delete(key);
  }
  return [...marks.values()];
}

function qualified(parts: readonly string[], state: SchemaState): string {
  if (parts.length > 1) return parts.slice(-2).join(".");
  const path = state.session.searchPath.length > 0 ? state.session.searchPath : ["public"];
  const name = parts[0] ?? "";
  return `${path.find((schema) => state.relations.has(`${schema}.${name}`)) ?? path[0] ?? "public"}.${name}`;
}

/** A statement as far as comments beside it are concerned, whatever the engine. */
export interface DefiningStatement {
  readonly span: Span;
  /** Tables that it creates, with the columns that it lists. */
  readonly defines: readonly { readonly table: string; readonly columns: readonly string[] }[];
  /** Columns that it adds or changes. */
  readonly touches: readonly { readonly table: string; readonly column: string }[];
}

/** `-- DEPRECATED` beside what a statement of the file defines or changes, or naming it (`-- DEPRECATED: person.email`). */
export function commentMarks(text: string, statements: readonly MarkedStatement[], end: SchemaState): readonly SqlMark[] {
  const marked = markedText(text, "sql");
  const file = statements[0]?.span.file;
  if (marked === null || file === undefined) return [];
  const beside = commentMarksBeside(
    text,
    statements.map(({ span, changes }) => ({
      span,
      defines: changes.flatMap((change) =>
        change.kind === "create-relation" && change.relation.kind.endsWith("table")
          ? [{ table: change.relation.name, columns: change.relation.columns.map(({ name }) => name) }]
          : [],
      ),
      touches: changes.flatMap((change) => columnOf(change) ?? []),
    })),
  );
  return unique([...beside, ...naming(marked, new Set(beside.map(({ line }) => line)), end, file)]);
}

/** `-- DEPRECATED` beside what a statement of the file defines or changes. */
export function commentMarksBeside(text: string, statements: readonly DefiningStatement[]): readonly SqlMark[] {
  const marked = markedText(text, "sql");
  if (marked === null) return [];
  const found: SqlMark[] = [];
  const add = (thing: Thing, mark: CommentMark | null, file: string): void => {
    if (mark !== null) found.push({ ...thing, by: "comment", text: mark.text, file, line: mark.line });
  };
  for (const { span, defines, touches } of statements) {
    const { file } = span;
    for (const { table, columns } of defines) {
      const places = columnPlaces(marked, columns, span);
      for (const [column, place] of places) add({ table, column }, commentMark(marked, place.first, place.last), file);
      const onFirst = [...places.values()].some(({ first }) => first === span.line);
      const whole = onFirst && span.endLine > span.line ? aboveOnly(marked, span.line) : commentMark(marked, span.line, span.line, true);
      // What stands behind the closing parenthesis is about the table too.
      add({ table, column: null }, whole ?? (span.endLine > span.line ? commentBehind(marked, span.endLine) : null), file);
    }
    const distinct = new Map(touches.map((one) => [`${one.table} ${one.column}`, one]));
    if (distinct.size === 1) for (const one of distinct.values()) add(one, commentMark(marked, span.line, span.endLine), file);
    else if (distinct.size > 1) {
      for (const one of distinct.values()) {
        const line = lineNaming(marked, one.column, span);
        if (line !== null) add(one, commentMark(marked, line, line), file);
      }
    }
  }
  return unique(found);
}

/** Where each column of a CREATE TABLE is defined. Columns that share a line have no comment of their own. */
function columnPlaces(marked: MarkedText, columns: readonly string[], span: Span): Map<string, { first: number; last: number }> {
  const starts: { readonly name: string; readonly line: number }[] = [];
  for (const name of columns) {
    const line = definitionLine(marked, name, span, starts.at(-1)?.line ?? span.line);
    if (line !== null) starts.push({ name, line });
  }
  const places = new Map<string, { first: number; last: number }>();
  starts.forEach(({ name, line }, at) => {
    if (starts.some((other) => other.name !== name && other.line === line)) return;
    let last = (starts[at + 1]?.line ?? span.endLine) - 1;
    // Comments and blank lines before the next column are not this one's.
    while (last > line && (marked.lines[last - 1]?.code.trim() ?? "") === "") last--;
    places.set(name, { first: line, last: Math.max(line, at === starts.length - 1 ? endOfDefinition(marked, line, last) : last) });
  });
  return places;
}

/** The last column is followed by constraints of the table, which are not part of it. */
function endOfDefinition(marked: MarkedText, first: number, last: number): number {
  for (let line = first; line < last; line++) if (/,\s*$/.test(marked.lines[line - 1]?.code ?? "")) return line;
  return last;
}

function definitionLine(marked: MarkedText, name: string, span: Span, from: number): number | null {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const definition = new RegExp(String.raw`(?:^|[(,])\s*"?${escaped}"?\s+["\w]`, "i");
  for (let line = from; line <= span.endLine; line++) {
    const source = marked.lines[line - 1];
    if (source !== undefined && !source.continues && definition.test(source.code)) return line;
  }
  return null;
}

function lineNaming(marked: MarkedText, name: string, span: Span): number | null {
  for (let line = span.line; line <= span.endLine; line++) if (names(marked.lines[line - 1]?.code ?? "", name)) return line;
  return null;
}

/** The column that a change is about. What takes it away marks nothing. */
function columnOf(change: Change): { readonly table: string; readonly column: string } | null {
  switch (change.kind) {
    case "add-column":
      return { table: change.table, column: change.column.name };
    case "change-type":
    case "set-default":
    case "set-not-null":
    case "drop-not-null":
      return { table: change.table, column: change.column };
    case "rename-column":
      return { table: change.table, column: change.to };
    case "maintenance":
      return change.table !== null && change.columns?.length === 1 && change.columns[0] !== undefined
        ? { table: change.table, column: change.columns[0] }
        : null;
    default:
      return null;
  }
}

function aboveOnly(marked: MarkedText, line: number): CommentMark | null {
  const mark = commentMark(marked, line, line, true);
  return mark !== null && mark.line < line ? mark : null;
}

function commentBehind(marked: MarkedText, line: number): CommentMark | null {
  const comment = marked.lines[line - 1]?.comment ?? null;
  return comment !== null && saysDeprecated(comment) ? { text: comment.trim(), line } : null;
}

const QUALIFIED = /"?([A-Za-z_]\w*)"?\."?([A-Za-z_]\w*)"?(?:\."?([A-Za-z_]\w*)"?)?/g;

/** Comments that stand alone and say of what they speak: `-- DEPRECATED: person.email, use contact.email`: the first name is meant. */
function naming(marked: MarkedText, used: ReadonlySet<number>, state: SchemaState, file: string): SqlMark[] {
  return marked.lines.flatMap(({ comment }, at): SqlMark[] => {
    const line = at + 1;
    if (comment === null || used.has(line) || !saysDeprecated(comment)) return [];
    const text = comment.replaceAll(/\s+/g, " ").trim();
    for (const [, a = "", b = "", c] of comment.matchAll(QUALIFIED)) {
      const [table, column] = c === undefined ? [`public.${a}`, b] : [`${a}.${b}`, c];
      if (state.relations.get(table)?.columns.some(({ name }) => name === column) === true)
        return [{ table, column, by: "comment", text, file, line }];
      if (c === undefined && state.relations.has(`${a}.${b}`))
        return [{ table: `${a}.${b}`, column: null, by: "comment", text, file, line }];
    }
    const table = /\btable\s+"?([A-Za-z_]\w*)"?/i.exec(comment)?.[1];
    const column = /\bcolumn\s+"?([A-Za-z_]\w*)"?\s+(?:of|on|in)\s+(?:table\s+)?"?([A-Za-z_]\w*)"?/i.exec(comment);
    if (
      column?.[1] !== undefined &&
      state.relations.get(`public.${column[2] ?? ""}`)?.columns.some(({ name }) => name === column[1]) === true
    )
      return [{ table: `public.${column[2] ?? ""}`, column: column[1], by: "comment", text, file, line }];
    if (table !== undefined && state.relations.has(`public.${table}`))
      return [{ table: `public.${table}`, column: null, by: "comment", text, file, line }];
    return [];
  });
}

function unique(marks: readonly SqlMark[]): SqlMark[] {
  return [...new Map(marks.map((mark) => [`${mark.table} ${mark.column ?? ""} ${mark.line}`, mark])).values()];
}
