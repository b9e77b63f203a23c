import { tokensOf, type Token } from "../../engines/postgres/parse/lexer.ts";
import { identifierOf, sqlName } from "../sql.ts";
import { PlanTrouble } from "../trouble.ts";

/** Reads words from left to right; everything it hands out is SQL or a name as the server folds it. */
export class Words {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly #usage: string;
  readonly #verb: string;

  constructor(text: string, usage: string, verb: string) {
    this.#verb = verb;
    this.text = text;
    this.#tokens = tokensOf(text);
    this.#usage = usage;
  }

  get ended(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** `person`, `crm.person`, `"Person".email`: every part. @throws PlanTrouble */
  name(what: string): readonly string[] {
    const parts: string[] = [];
    do {
      if (parts.length > 0) this.#at++;
      const part = identifierOf(this.text, this.#tokens[this.#at]);
      if (part === null) throw this.expected(what);
      parts.push(part);
      this.#at++;
    } while (this.#tokens[this.#at]?.text === ".");
    return parts;
  }

  /** A table, as SQL. */
  table(what = "a table"): string {
    return this.name(what).map(sqlName).join(".");
  }

  /** `person.email`. @returns the table as SQL and the column's name */
  column(): { readonly table: string; readonly column: string } {
    const parts = this.name("a column as table.column");
    const column = parts.at(-1);
    if (column === undefined || parts.length < 2) throw this.expected("a column as table.column");
    return { table: parts.slice(0, -1).map(sqlName).join("."), column };
  }

  /** `person.email`, `person (a, b)`. */
  columns(): { readonly table: string; readonly columns: readonly string[] } {
    const parts = this.name("table.column or table (column, …)");
    if (this.peek("(")) {
      const inside = this.brackets();
      const columns = tokensOf(inside).flatMap((token) => identifierOf(inside, token) ?? []);
      return { table: parts.map(sqlName).join("."), columns };
    }
    const column = parts.at(-1);
    if (column === undefined || parts.length < 2) throw this.expected("table.column or table (column, …)");
    return { table: parts.slice(0, -1).map(sqlName).join("."), columns: [column] };
  }

  /** The text in the brackets that come now, without them. @throws PlanTrouble */
  brackets(): string {
    const open = this.#tokens[this.#at];
    if (open?.text !== "(") throw this.expected("(");
    let depth = 0;
    for (let at = this.#at; at < this.#tokens.length; at++) {
      const token = this.#tokens[at];
      if (token?.text === "(") depth++;
      if (token?.text === ")" && --depth === 0) {
        this.#at = at + 1;
        return this.text.slice(open.end, token.start).trim();
      }
    }
    throw this.expected("a closing bracket");
  }

  peek(...words: readonly string[]): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && token.kind !== "quoted" && words.includes(token.text);
  }

  /** Steps over the word where it comes next. */
  take(...words: readonly string[]): boolean {
    if (!this.peek(...words)) return false;
    this.#at++;
    return true;
  }

  /** A string literal, with its quotes; a bare word counts as one. */
  literal(what: string): string {
    const token = this.#tokens[this.#at];
    if (token === undefined || (token.kind !== "string" && token.kind !== "word" && token.kind !== "number")) throw this.expected(what);
    this.#at++;
    const raw = this.text.slice(token.start, token.end);
    return token.kind === "string" ? raw : `'${raw}'`;
  }

  /** Everything up to one of these words outside of brackets, or to the end; trimmed. */
  until(...words: readonly string[]): string {
    const from = this.#tokens[this.#at]?.start ?? this.text.length;
    let depth = 0;
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at];
      if (token?.text === "(") depth++;
      else if (token?.text === ")") depth--;
      else if (depth === 0 && token?.kind === "word" && words.includes(token.text)) break;
    }
    const to = this.#tokens[this.#at]?.start ?? this.text.length;
    return this.text.slice(from, to).trim();
  }

  rest(): string {
    return this.until();
  }

  /** @throws PlanTrouble where something is left */
  end(): void {
    if (!this.ended) throw this.expected("nothing more");
  }

  expected(what: string): PlanTrouble {
    const token = this.#tokens[this.#at];
    const found = token === undefined ? "the words end" : `found \`${this.text.slice(token.start, token.end)}\``;
    return new PlanTrouble(`${`${this.#verb} ${this.text}`.trim()}: expected ${what}, ${found}`, `write it as: tread plan ${this.#usage}`);
  }
}
