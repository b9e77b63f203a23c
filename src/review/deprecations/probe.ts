import { commentMark, markedText, saysDeprecated, type MarkedText } from "../../text/deprecation-mark.ts";
import type { CommentSyntax } from "../../text/comments.ts";

/** What is looked for in the older texts of a file: a declaration by its names, or a text as it stands. */
export interface Probe {
  readonly owner: string | null;
  readonly field: string | null;
  /** What the mark says, one line: what tells it where no declaration can be found by name. */
  readonly text: string;
}

/** Whether a text of the file marks the declaration. By names alone: history is long, and parsing each of its texts is not worth it. */
export function isMarked(text: string, path: string, probe: Probe): boolean {
  if (!/deprecat/i.test(text)) return false;
  const syntax = syntaxOf(path);
  const marked = syntax === null || probe.owner === null ? null : markedText(text, syntax);
  if (marked === null || syntax === "sql" || probe.owner === null) return holds(text, probe.text);
  const owner = blockOf(marked, probe.owner, syntax === "python");
  if (owner === null) return false;
  if (probe.field === null) return commentMark(marked, owner.first, owner.header, true) !== null || wholeSays(marked, owner, probe.text);
  const at = fieldOf(marked, owner, probe.field);
  if (at === null) return false;
  if (commentMark(marked, at.first, at.last) !== null) return true;
  const code = marked.lines
    .slice(at.first - 1, at.last)
    .map((line) => line.code)
    .join("\n");
  return /\bdeprecat\w*\s*\(/i.test(code) || saysDeprecated(code);
}

function syntaxOf(path: string): CommentSyntax | null {
  if (path.endsWith(".py")) return "python";
  if (/\.sql$/i.test(path)) return "sql";
  return /\.(?:prisma|[cm]?[jt]sx?)$/.test(path) ? "slashes" : null;
}

function holds(text: string, wanted: string): boolean {
  const flat = (value: string): string => value.replaceAll(/[\s"'\\]+/g, " ").trim();
  return flat(text).includes(flat(wanted).replace(/…$/, ""));
}

interface Block {
  readonly first: number;
  /** Last line of what opens it. */
  readonly header: number;
  readonly last: number;
}

/** A class, a model or a constant by its name, and where it ends. */
function blockOf({ lines }: MarkedText, name: string, python: boolean): Block | null {
  const opens = python
    ? new RegExp(`^(\\s*)class\\s+${name}\\b`)
    : new RegExp(`^(\\s*)(?:model\\s+${name}\\b|(?:export\\s+)?(?:const|let|var)\\s+${name}\\b)`);
  const at = lines.findIndex(({ code }) => opens.test(code));
  if (at === -1) return null;
  let header = at;
  if (python) while (header < lines.length - 1 && !/:\s*$/.test(lines[header]?.code ?? "")) header++;
  let end = header + 1;
  let depth = python ? 0 : balance(lines[at]?.code ?? "");
  const indent = opens.exec(lines[at]?.code ?? "")?.[1]?.length ?? 0;
  for (; end < lines.length; end++) {
    const code = lines[end]?.code ?? "";
    if (python) {
      if (code.trim() !== "" && lines[end]?.continues !== true && (/^\s*/.exec(code)?.[0].length ?? 0) <= indent) break;
    } else {
      if (depth <= 0) break;
      depth += balance(code);
    }
  }
  return { first: at + 1, header: header + 1, last: end };
}

function fieldOf({ lines }: MarkedText, block: Block, name: string): { first: number; last: number } | null {
  const opens = new RegExp(`^\\s*["']?${name}["']?\\s*(?:[:=]|\\s\\w|,)`);
  for (let line = block.header; line < block.last; line++) {
    const source = lines[line];
    if (source === undefined || source.continues || !opens.test(source.code)) continue;
    let last = line;
    let depth = balance(source.code);
    while (depth > 0 && last < block.last - 1) depth += balance(lines[++last]?.code ?? "");
    return { first: line + 1, last: last + 1 };
  }
  return null;
}

/** Decorators above it, and what its body says of the whole. */
function wholeSays({ lines }: MarkedText, block: Block, text: string): boolean {
  for (let line = block.first - 2; line >= 0 && /^\s*@/.test(lines[line]?.code ?? ""); line--)
    if (/deprecat/i.test(lines[line]?.code ?? "")) return true;
  const said = lines
    .slice(block.header, block.last)
    .map(({ code, comment }) => `${code} ${comment ?? ""}`)
    .join("\n");
  return holds(said, text);
}

function balance(code: string): number {
  let depth = 0;
  for (const character of code.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "")) {
    if ("([{".includes(character)) depth++;
    else if (")]}".includes(character)) depth--;
  }
  return depth;
}
