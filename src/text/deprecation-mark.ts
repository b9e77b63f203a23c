import { linesWithComments, type CommentSyntax, type SourceLine } from "./comments.ts";

/** Words before the mark that do not change what it says: `TODO(ada): DEPRECATED`. */
const BEFORE = /^[\s#*/:!\-–—>[(]*(?:(?:todo|fixme|note|nb|xxx|hack|warning|attention|important)\b(?:\([^)]*\))?[\s:.\-–—]*)?/i;
const LATER =
  /\b(?:is|are|now|been|being|was|were|fields?|columns?|models?|tables?|relations?|attributes?|property)\s+(?:now\s+|already\s+|officially\s+|marked\s+(?:as\s+)?|considered\s+)*deprecated\b|[-–—,;:([]\s*deprecated\b/i;
const NEGATED = /\b(?:not|never|no longer|isn't|aren't|un-?)\s*(?:yet\s+)?(?:been\s+|be\s+|marked\s+(?:as\s+)?)?deprecated\b/i;

/**
 * Whether a comment says that what stands beside it is deprecated: `DEPRECATED` anywhere, `Deprecated: …` at its beginning, `is now
 * deprecated`, `(deprecated)`. That something replaces a deprecated one, or is not deprecated yet, is no mark.
 */
export function saysDeprecated(comment: string): boolean {
  if (!/deprecat/i.test(comment) || NEGATED.test(comment)) return false;
  if (/(?:^|[^A-Za-z_])DEPRECATED(?![A-Za-z_])/.test(comment)) return true;
  return (
    /^@?deprecat(?:ed|ion)\b(?!\s+\w+\s+(?:is|are|was|were)\s+(?:removed|gone))/i.test(comment.replace(BEFORE, "")) || LATER.test(comment)
  );
}

/** A heading over several declarations: `DEPRECATED fields`. */
function isHeading(comment: string): boolean {
  return (
    saysDeprecated(comment) && /\b(?:fields|columns|attributes|properties|models|tables|settings|below|following|section)\b/i.test(comment)
  );
}

export interface CommentMark {
  /** What the comment says, one line. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** A text prepared for the question, file by file: most files hold no mark at all. */
export interface MarkedText {
  readonly lines: readonly SourceLine[];
}

/** @returns null where the text holds no mark: nothing has to be looked at */
export function markedText(text: string, syntax: CommentSyntax): MarkedText | null {
  return /deprecat/i.test(text) ? { lines: linesWithComments(text, syntax) } : null;
}

/**
 * The comment that marks a declaration: behind it or inside of it, in the block right above, in a block right below that belongs to
 * nothing else, or a heading over the section that it stands in.
 * @param first first line of the declaration, 1-based
 * @param last its last line; for a block with a body, the line that opens it
 * @param body the declaration has a body below: what stands under its first line is not beside it
 */
export function commentMark({ lines }: MarkedText, first: number, last: number, body = false): CommentMark | null {
  const at = (line: number): SourceLine | undefined => lines[line - 1];
  for (let line = first; line <= last; line++) {
    const mark = markOf(at(line)?.comment, line);
    if (mark !== null) return mark;
  }
  const above = blockAbove(lines, first);
  for (const line of above) {
    const mark = markOf(at(line)?.comment, line);
    if (mark !== null) return mark;
  }
  return body ? null : (below(lines, last) ?? headingAbove(lines, first));
}

function markOf(comment: string | null | undefined, line: number): CommentMark | null {
  if (comment === null || comment === undefined || !saysDeprecated(comment)) return null;
  return { text: comment.replaceAll(/\s+/g, " ").trim(), line };
}

function isComment(line: SourceLine | undefined): boolean {
  return line !== undefined && line.comment !== null && line.code.trim() === "";
}

function isBlank(line: SourceLine | undefined): boolean {
  return line === undefined || (line.code.trim() === "" && line.comment === null && !line.continues);
}

/** The comment lines right above, nearest first; decorators and attributes between them belong to the declaration. */
function blockAbove(lines: readonly SourceLine[], first: number): number[] {
  const block: number[] = [];
  let line = first - 1;
  while (line >= 1 && /^\s*@\w/.test(lines[line - 1]?.code ?? "")) line--;
  for (; line >= 1 && isComment(lines[line - 1]); line--) block.push(line);
  // A comment behind a declaration that goes on below it, line under line, is that declaration's.
  const owner = lines[line - 1];
  if (block.length > 0 && owner?.comment !== null && owner !== undefined && owner.code.trim() !== "") {
    const own = indentOf(lines[first - 1]);
    while (block.length > 0 && indentOf(lines[(block.at(-1) ?? 1) - 1]) > own + 8) block.pop();
  }
  return block;
}

/** Comment lines right below, when nothing follows them directly that they could stand above. */
function below(lines: readonly SourceLine[], last: number): CommentMark | null {
  let end = last + 1;
  while (isComment(lines[end - 1])) end++;
  if (end === last + 1) return null;
  const own = indentOf(lines[last - 1]);
  const deeper = indentOf(lines[last]) > own + 8;
  const follows = lines[end - 1];
  if (!deeper && !isBlank(follows) && indentOf(follows) >= indentOf(lines[last])) return null;
  if (indentOf(lines[last]) < own && own > 0 && !deeper && indentOf(lines[last]) === 0) return null;
  for (let line = last + 1; line < end; line++) {
    const comment = lines[line - 1]?.comment ?? null;
    const mark = markOf(comment, line);
    if (mark !== null && comment !== null && !isHeading(comment)) return mark;
  }
  return null;
}

/** `# DEPRECATED fields` over a section: it ends with a blank line or the next comment of its own. */
function headingAbove(lines: readonly SourceLine[], first: number): CommentMark | null {
  let declarations = 0;
  for (let line = first - 1; line >= 1; line--) {
    const source = lines[line - 1];
    if (isComment(source)) {
      const block = [line];
      while (isComment(lines[(block.at(-1) ?? 1) - 2])) block.push((block.at(-1) ?? 1) - 1);
      for (const each of block) {
        const comment = lines[each - 1]?.comment ?? "";
        if (isHeading(comment ?? "")) return markOf(comment, each);
      }
      return null;
    }
    if (isBlank(source)) {
      // A heading may be set off from its first declaration, and from nothing further down.
      if (declarations > 0 || !isComment(lines[line - 2])) return null;
      continue;
    }
    if (/^\s*(?:class|def|model|enum|export|const)\b/.test(source?.code ?? "")) return null;
    declarations++;
  }
  return null;
}

/** In columns of the code or comment; the lexer keeps the white space before code. */
function indentOf(line: SourceLine | undefined): number {
  return line === undefined ? 0 : (/^\s*/.exec(line.code)?.[0].length ?? 0);
}
