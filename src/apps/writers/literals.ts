import type { Node } from "../../text/syntax.ts";
import type { Language } from "./languages.ts";

/** A piece of a string as the code builds it: text, or a value that only running the code would tell. */
export type Piece = { readonly text: string } | { readonly hole: string };

/** A string that code builds in one expression, from its outermost literal or concatenation. */
export interface BuiltString {
  readonly node: Node;
  readonly pieces: readonly Piece[];
}

const MAX_CONSTANTS_DEPTH = 4;

/** Every string of a file, concatenations joined, names of constants in the same file replaced by their text. */
export function stringsIn(root: Node, language: Language): BuiltString[] {
  const reader = new Reader(root, language);
  const joined = new Set<number>();
  const found: BuiltString[] = [];
  for (const literal of root.descendantsOfType([...language.literals])) {
    const top = outermost(literal, language, joined);
    if (top !== null) found.push({ node: top, pieces: reader.piecesOf(top, 0) });
  }
  return found;
}

/**
 * The concatenation that a literal belongs to, or the literal itself; null when another literal of the same concatenation came before.
 * @param joined the nodes met on the way up, so that a chain of thousands of strings is climbed once
 */
function outermost(literal: Node, language: Language, joined: Set<number>): Node | null {
  let top = literal;
  for (let parent = top.parent; parent !== null; parent = parent.parent) {
    const inParentheses = parent.type === "parenthesized_expression" && parent.parent !== null && isJoin(parent.parent, language);
    if (!inParentheses && !isJoin(parent, language)) break;
    if (joined.has(parent.id)) return null;
    joined.add(parent.id);
    top = parent;
  }
  return top;
}

function isJoin(node: Node, language: Language): boolean {
  if (!language.joins.includes(node.type)) return false;
  const operator = node.childForFieldName("operator")?.text;
  return operator === undefined || operator === "+" || operator === "<<";
}

/** What a concatenation joins, from left to right. A loop, because `a + b + …` nests as deep as it is long. */
function operandsOf(join: Node, language: Language): Node[] {
  const operands: Node[] = [];
  const waiting = [join];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === "comment") continue;
    if (isJoin(node, language)) waiting.push(...node.namedChildren.toReversed());
    else operands.push(node);
  }
  return operands;
}

class Reader {
  readonly #language: Language;
  readonly #root: Node;
  #constants: Map<string, Node | null> | null = null;

  constructor(root: Node, language: Language) {
    this.#root = root;
    this.#language = language;
  }

  piecesOf(node: Node, depth: number): Piece[] {
    if (this.#language.literals.includes(node.type)) return this.#literal(node, depth);
    if (isJoin(node, this.#language)) return operandsOf(node, this.#language).flatMap((operand) => this.piecesOf(operand, depth));
    if (node.type === "parenthesized_expression" || node.type === "expression_list") {
      const inner = node.namedChild(0);
      if (inner !== null && node.namedChildCount === 1) return this.piecesOf(inner, depth);
    }
    return this.#value(node.text, depth);
  }

  /** A name that stands for a constant string of this file, or a hole. */
  #value(expression: string, depth: number): Piece[] {
    const name = /^(?:[\w$]+(?:\.|::))*([A-Za-z_$][\w$]*)$/.exec(expression.trim())?.[1];
    const constant = name === undefined || depth > MAX_CONSTANTS_DEPTH ? null : (this.#named().get(name) ?? null);
    if (constant === null) return [{ hole: expression }];
    const pieces = this.piecesOf(constant, depth + 1);
    return pieces.every((piece) => "text" in piece) ? pieces : [{ hole: expression }];
  }

  /** Names given exactly one string in this file; a name given twice is none. */
  #named(): Map<string, Node | null> {
    if (this.#constants !== null) return this.#constants;
    const constants = new Map<string, Node | null>();
    for (const { type, name, value } of this.#language.constants) {
      for (const declaration of this.#root.descendantsOfType(type)) {
        const key = declaration.childForFieldName(name)?.text;
        const given = declaration.childForFieldName(value);
        if (key === undefined || given === null) continue;
        const single = given.type === "expression_list" && given.namedChildCount === 1 ? given.namedChild(0) : given;
        const isString = single !== null && (this.#language.literals.includes(single.type) || isJoin(single, this.#language));
        constants.set(key, isString && !constants.has(key) ? single : null);
      }
    }
    this.#constants = constants;
    return constants;
  }

  #literal(node: Node, depth: number): Piece[] {
    const { open, close, raw, interpolates } = delimiters(node, this.#language);
    const pieces: Piece[] = [];
    const text = node.text;
    const add = (from: number, to: number): void => {
      if (to <= from) return;
      const slice = text.slice(from, to);
      const plain = raw ? slice : unescape(slice);
      pieces.push(...this.#formatted(interpolates ? plain.replaceAll("{{", "{").replaceAll("}}", "}") : plain, interpolates));
    };
    let at = open;
    for (const child of node.namedChildren) {
      if (!this.#language.interpolations.includes(child.type)) continue;
      const start = child.startIndex - node.startIndex;
      add(at, start);
      const inner = child.childForFieldName("expression") ?? child.namedChild(0);
      pieces.push(...(inner === null ? [{ hole: child.text }] : this.#inner(inner, depth)));
      at = child.endIndex - node.startIndex;
    }
    add(at, text.length - close);
    return pieces;
  }

  #inner(node: Node, depth: number): Piece[] {
    return this.#language.literals.includes(node.type) ? this.piecesOf(node, depth) : this.#value(node.text, depth);
  }

  /** `{}` and `%s` of formatting functions, where the literal does not interpolate by itself. */
  #formatted(text: string, interpolates: boolean): Piece[] {
    const pattern = this.#language.format;
    if (pattern === null || (interpolates && !text.includes("%"))) return [{ text }];
    const pieces: Piece[] = [];
    let at = 0;
    for (const mark of text.matchAll(pattern)) {
      if (interpolates && mark[0].startsWith("{")) continue;
      if (insideQuotes(text, mark.index)) continue;
      pieces.push({ text: text.slice(at, mark.index) }, { hole: mark[0] });
      at = mark.index + mark[0].length;
    }
    pieces.push({ text: text.slice(at) });
    return pieces.filter((piece) => !("text" in piece) || piece.text !== "");
  }
}

function insideQuotes(text: string, at: number): boolean {
  let quotes = 0;
  for (let i = text.indexOf("'"); i !== -1 && i < at; i = text.indexOf("'", i + 1)) quotes++;
  return quotes % 2 === 1;
}

function delimiters(node: Node, language: Language): { open: number; close: number; raw: boolean; interpolates: boolean } {
  const text = node.text;
  const none = { open: 1, close: 1, raw: false, interpolates: false };
  switch (language.grammar) {
    case "python": {
      const match = /^([a-zA-Z]*)('''|"""|'|")/.exec(text);
      if (match === null) return none;
      const [whole, prefix = "", quote = ""] = match;
      return { open: whole.length, close: quote.length, raw: /r/i.test(prefix), interpolates: /f/i.test(prefix) };
    }
    case "rust": {
      const raw = /^b?r(#*)"/.exec(text);
      if (raw !== null) return { open: raw[0].length, close: (raw[1]?.length ?? 0) + 1, raw: true, interpolates: false };
      return { ...none, open: text.indexOf('"') + 1 };
    }
    case "go":
      return { ...none, raw: text.startsWith("`") };
    case "java":
      return text.startsWith('"""') ? { ...none, open: 3, close: 3 } : none;
    case "ruby": {
      if (node.type !== "heredoc_body") {
        const percent = /^%[qQ]?./.exec(text);
        return percent === null ? { ...none, raw: text.startsWith("'") } : { ...none, open: percent[0].length };
      }
      const end = node.namedChildren.find((child) => child.type === "heredoc_end");
      return { open: 0, close: end === undefined ? 0 : node.endIndex - end.startIndex, raw: false, interpolates: false };
    }
    default:
      return none;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "" };

/** The escapes that SQL in a string uses. A backslash before a line end joins the lines. */
function unescape(text: string): string {
  return text.includes("\\")
    ? text.replace(/\\(\r?\n[ \t]*|[\s\S])/g, (_, escaped: string) => (escaped.trim() === "" ? " " : (ESCAPES[escaped] ?? escaped)))
    : text;
}
