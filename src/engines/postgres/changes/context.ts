import type { Span } from "../../../text/span.ts";
import { spanWithin } from "../../../text/span.ts";
import type { Change, ChangeBody } from "../../../model/change.ts";
import type { SchemaState } from "../../../model/schema.ts";
import type { RangeVar } from "libpg-query";
import { tokensOf, type Token } from "../parse/lexer.ts";
import type { Grammar, Node } from "../parse/grammar.ts";

/** Reads one statement node; handed in so that bodies of functions can hold any statement. */
export type ReadNode = (node: Node, context: Context) => Change[];

export interface Source {
  readonly sql: string;
  readonly span: Span;
  /** Offsets into `sql` can be turned into places in the file. */
  readonly verbatim: boolean;
}

/** What the readers of statements share: the source text, the schema before, and how names are resolved. */
export class Context {
  readonly sql: string;
  readonly state: SchemaState;
  readonly grammar: Grammar;
  /** How many function bodies stand around this statement. */
  readonly depth: number;
  readonly #read: ReadNode;
  readonly #span: Span;
  readonly #verbatim: boolean;
  #tokens: Token[] | undefined;

  constructor(source: Source, state: SchemaState, grammar: Grammar, read: ReadNode, depth = 0) {
    this.sql = source.sql;
    this.state = state;
    this.grammar = grammar;
    this.depth = depth;
    this.#read = read;
    this.#span = source.span;
    this.#verbatim = source.verbatim;
  }

  /** Statements of a body inside this statement, each with the text it was parsed from. All stand at the outer statement's place. */
  nested(sql: string, nodes: readonly Node[]): Change[] {
    const inner = new Context({ sql, span: this.#span, verbatim: false }, this.state, this.grammar, this.#read, this.depth + 1);
    return nodes.flatMap((node) => this.#read(node, inner));
  }

  /** The same statement in another state: the elements of one statement see what those before them made. */
  in(state: SchemaState): Context {
    return new Context({ sql: this.sql, span: this.#span, verbatim: this.#verbatim }, state, this.grammar, this.#read, this.depth);
  }

  get tokens(): readonly Token[] {
    this.#tokens ??= tokensOf(this.sql);
    return this.#tokens;
  }

  /** The statement, or a part of it where the source text stands verbatim in the file. */
  span(start?: number, end?: number): Span {
    if (start === undefined || end === undefined || !this.#verbatim) return this.#span;
    return spanWithin(this.#span, this.sql, start, end);
  }

  change(body: ChangeBody, part?: { readonly start: number; readonly end: number }): Change {
    return { ...body, span: this.span(part?.start, part?.end) };
  }

  opaque(reason: string, mayTouch: readonly string[] | null = null): Change {
    return this.change({ kind: "opaque", reason, mayTouch });
  }

  /** Where unqualified names of new objects go: the first schema of the search path. */
  get creationSchema(): string {
    const { searchPath } = this.state.session;
    // An empty path: no schema at all, so that an unqualified name is found nowhere (42P01) and made nowhere (3F000).
    if (searchPath.length === 0) return "";
    return searchPath.find((s) => s !== "pg_catalog" && s !== "$user") ?? "public";
  }

  /** An existing relation, as the search path finds it; where the state does not know it, as it would be created. */
  relation(range: RangeVar | undefined): string {
    const name = range?.relname ?? "";
    const found = this.lookup(range?.schemaname, name, (q) => this.state.relations.has(q) || this.state.sequences.has(q));
    // pg_catalog is searched first of all when the path does not name it (manual section 5.10.5); no user's table begins with pg_ there.
    const isCatalog = range?.schemaname === undefined && name.startsWith("pg_") && !this.state.relations.has(found);
    return isCatalog ? `pg_catalog.${name}` : found;
  }

  /** An existing sequence, as the search path finds it. */
  sequence(range: RangeVar | undefined): string {
    return this.lookup(range?.schemaname, range?.relname ?? "", (q) => this.state.sequences.has(q) || this.state.relations.has(q));
  }

  newRelation(range: RangeVar | undefined): string {
    // Temporary tables live in a schema of their own, which comes first on the path.
    const schema = range?.relpersistence === "t" ? "pg_temp" : (range?.schemaname ?? this.creationSchema);
    return `${schema}.${range?.relname ?? ""}`;
  }

  lookup(schema: string | undefined, name: string, exists: (qualified: string) => boolean): string {
    if (schema !== undefined && schema !== "") return `${schema}.${name}`;
    if (exists(`pg_temp.${name}`)) return `pg_temp.${name}`;
    for (const candidate of this.state.session.searchPath) {
      if (exists(`${candidate}.${name}`)) return `${candidate}.${name}`;
    }
    return `${this.creationSchema}.${name}`;
  }

  /** From a list of name parts, as DROP and RENAME hold them. */
  named(parts: readonly string[], exists: (qualified: string) => boolean): string {
    const name = parts.at(-1) ?? "";
    return this.lookup(parts.length > 1 ? parts.at(-2) : undefined, name, exists);
  }

  /** Index of the token that starts at or after this offset. */
  tokenAt(offset: number): number {
    const index = this.tokens.findIndex((t) => t.start >= offset);
    return index === -1 ? this.tokens.length : index;
  }

  /**
   * The source text from token `from` up to a comma or closing parenthesis on the same level, `stop`, or the end.
   * @param stop offsets at which something else begins (the next constraint of a column)
   */
  until(from: number, stop: readonly number[] = []): { text: string; start: number; end: number; next: number } {
    let depth = 0;
    let index = from;
    for (; index < this.tokens.length; index++) {
      const token = this.tokens[index];
      if (token === undefined || (depth === 0 && index > from && stop.includes(token.start))) break;
      if (token.kind !== "punct") continue;
      if (token.text === "(" || token.text === "[") depth++;
      else if (token.text === ")" || token.text === "]") {
        if (depth === 0) break;
        depth--;
      } else if (token.text === "," && depth === 0) break;
    }
    const start = this.tokens[from]?.start ?? this.sql.length;
    const end = index > from ? (this.tokens[index - 1]?.end ?? start) : start;
    return { text: this.sql.slice(start, end), start, end, next: index };
  }

  /** The text inside the parentheses that open at or after token `from`. */
  inParentheses(from: number): string {
    let open = from;
    while (open < this.tokens.length && this.tokens[open]?.text !== "(") open++;
    let depth = 0;
    for (let index = open; index < this.tokens.length; index++) {
      const token = this.tokens[index];
      if (token?.kind !== "punct") continue;
      if (token.text === "(") depth++;
      else if (token.text === ")" && --depth === 0) return this.sql.slice(this.tokens[open]?.end ?? 0, token.start).trim();
    }
    return "";
  }

  /** The first word token with this text outside of parentheses, at or after token `from`; -1 when there is none. */
  wordAt(word: string, from = 0): number {
    let depth = 0;
    for (let index = from; index < this.tokens.length; index++) {
      const token = this.tokens[index];
      if (token?.text === "(" && token.kind === "punct") depth++;
      else if (token?.text === ")" && token.kind === "punct") depth--;
      else if (depth === 0 && token?.kind === "word" && token.text === word) return index;
    }
    return -1;
  }

  /** Places of the sub-commands of ALTER TABLE: the pieces between top-level commas. */
  segments(from: number): { start: number; end: number; token: number }[] {
    const parts: { start: number; end: number; token: number }[] = [];
    for (let at = from; at < this.tokens.length;) {
      const part = this.until(at);
      parts.push({ start: part.start, end: part.end, token: at });
      at = part.next + 1;
    }
    return parts;
  }
}
