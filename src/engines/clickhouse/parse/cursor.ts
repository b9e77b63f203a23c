import type { Range } from "./ast.ts";
import type { Grammar } from "./grammar.ts";
import { Kind, type Tokens } from "./lexer.ts";

/** Thrown inside the parser where the engine throws as well; caught where a statement begins. Says why and where. */
export class Refused extends Error {
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/**
 * How deep queries may stand in queries. ClickHouse 26.7 refuses the 99th level (`max_parser_depth` = 1000, some ten calls each);
 * below it the stack of Node is safe, here and in whoever walks the tree.
 */
const maxQueryDepth = 120;

/** Of a cursor that does not record. */
const nothing: Set<string> = new Set();

/** A place in the tokens of one statement. Every parse function returns null (or false) where it does not fit, having perhaps moved on. */
export class Cursor {
  readonly source: string;
  readonly tokens: Tokens;
  readonly grammar: Grammar;
  index = 0;
  queryDepth = 0;
  typeDepth = 0;
  expressionDepth = 0;
  /** Results of queries tried at a token, by its index: what is tried again after a failure further out is not parsed again. */
  memo: Map<number, { readonly value: unknown; readonly next: number }> | null = null;
  private furthest = 0;
  private readonly recording: boolean;
  private readonly wanted: Set<string>;

  /** @param recording Also collects what was expected at the furthest token; slower, for the message about a statement that failed. */
  constructor(source: string, tokens: Tokens, grammar: Grammar, recording: boolean) {
    this.source = source;
    this.tokens = tokens;
    this.grammar = grammar;
    this.recording = recording;
    this.wanted = recording ? new Set() : nothing;
  }

  get kind(): number {
    return this.tokens.kinds[this.index] ?? Kind.End;
  }

  /** The word at hand in capitals, "" when no bare word stands here. */
  get word(): string {
    return this.tokens.words[this.index] ?? "";
  }

  get start(): number {
    return this.tokens.starts[this.index] ?? 0;
  }

  /** The offset behind the last token that was taken. */
  get lastEnd(): number {
    return this.tokens.ends[this.index - 1] ?? 0;
  }

  get text(): string {
    return this.source.slice(this.start, this.tokens.ends[this.index]);
  }

  kindAt(ahead: number): number {
    return this.tokens.kinds[this.index + ahead] ?? Kind.End;
  }

  wordAt(ahead: number): string {
    return this.tokens.words[this.index + ahead] ?? "";
  }

  rangeFrom(start: number): Range {
    return { start, end: this.lastEnd };
  }

  /** Takes a token of this kind. */
  take(kind: number, what: string): boolean {
    if (this.kind === kind) {
      this.index++;
      return true;
    }
    this.expect(what);
    return false;
  }

  /** Takes a phrase of keywords, given in capitals: `keyword("IF", "NOT", "EXISTS")`. All of it or nothing. */
  keyword(first: string, second?: string, third?: string, fourth?: string): boolean {
    const words = this.tokens.words;
    const at = this.index;
    if (
      words[at] !== first ||
      (second !== undefined && words[at + 1] !== second) ||
      (third !== undefined && words[at + 2] !== third) ||
      (fourth !== undefined && words[at + 3] !== fourth)
    ) {
      if (this.recording) this.missed([first, second, third, fourth]);
      return false;
    }
    this.index = at + (fourth !== undefined ? 4 : third !== undefined ? 3 : second !== undefined ? 2 : 1);
    return true;
  }

  /** Whether the phrase stands here, without taking it. */
  sees(first: string, second?: string, third?: string): boolean {
    const before = this.index;
    const found = this.keyword(first, second, third);
    this.index = before;
    return found;
  }

  /** Notes what would have been right here. */
  expect(what: string): void {
    if (!this.recording || this.index < this.furthest) return;
    if (this.index > this.furthest) {
      this.furthest = this.index;
      this.wanted.clear();
    }
    this.wanted.add(what);
  }

  /** Runs `parse`, and goes back to where it began when it finds nothing. */
  attempt<T>(parse: () => T | null): T | null {
    const before = this.index;
    const result = parse();
    if (result === null) this.index = before;
    return result;
  }

  /** Nests something; what nests without end is refused before the stack of Node is. */
  enterQuery(): void {
    if (++this.queryDepth > maxQueryDepth) throw this.tooDeep();
  }

  leaveQuery(): void {
    this.queryDepth--;
  }

  tooDeep(): Refused {
    return new Refused("This nests deeper than ClickHouse reads (its limit is 1000 levels of its own grammar).", this.start);
  }

  /** Where the parse got stuck and what would have helped; only of a recording cursor. */
  failure(): { readonly position: number; readonly found: string; readonly expected: readonly string[] } {
    const at = this.furthest;
    const position = this.tokens.starts[at] ?? this.source.length;
    const found = this.tokens.kinds[at] === Kind.End ? "" : this.source.slice(position, this.tokens.ends[at]);
    return { position, found, expected: [...this.wanted] };
  }

  private missed(phrase: readonly (string | undefined)[]): void {
    const before = this.index;
    const text = phrase.filter((word) => word !== undefined).join(" ");
    // As the engine does: a phrase whose first words are there is missed where it breaks off.
    for (const word of phrase) {
      if (word === undefined || this.word !== word) break;
      this.index++;
    }
    this.expect(text);
    this.index = before;
  }
}
