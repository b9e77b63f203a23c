import { tokensOf } from "../engines/postgres/parse/lexer.ts";
import { identifierOf, splitAtCommas } from "./sql.ts";

/** What a UNIQUE or PRIMARY KEY says of its index besides its columns; `ADD CONSTRAINT … USING INDEX` takes it all over with the index. */
export interface KeyOptions {
  /** From PostgreSQL 15 on: one row without a value at most. */
  readonly nullsNotDistinct: boolean;
  readonly include: readonly string[];
  /** `WITH (fillfactor = 70) TABLESPACE fast`, as CREATE INDEX writes it; empty for none. */
  readonly storage: string;
}

export const NO_OPTIONS: KeyOptions = { nullsNotDistinct: false, include: [], storage: "" };

/** @param sql an ALTER TABLE … ADD … UNIQUE or PRIMARY KEY, as it was written (manual, ALTER TABLE, `index_parameters`) */
export function keyOptions(sql: string): KeyOptions {
  const tokens = tokensOf(sql);
  const isWord = (at: number, word: string): boolean => tokens[at]?.kind === "word" && tokens[at].text === word;
  let at = tokens.findIndex((_, each) => isWord(each, "unique") || (isWord(each, "primary") && isWord(each + 1, "key")));
  if (at === -1) return NO_OPTIONS;
  at += isWord(at, "primary") ? 2 : 1;
  const nullsNotDistinct = isWord(at, "nulls") && isWord(at + 1, "not") && isWord(at + 2, "distinct");
  while (at < tokens.length && tokens[at]?.text !== "(") at++;
  /** Behind the brackets that open at a token, and what is in them. */
  const brackets = (open: number): { readonly behind: number; readonly inside: string } => {
    let depth = 0;
    for (let each = open; each < tokens.length; each++) {
      if (tokens[each]?.text === "(") depth++;
      if (tokens[each]?.text === ")" && --depth === 0)
        return { behind: each + 1, inside: sql.slice(tokens[open]?.end, tokens[each]?.start) };
    }
    return { behind: tokens.length, inside: "" };
  };
  at = brackets(at).behind;
  let include: readonly string[] = [];
  if (isWord(at, "include")) {
    const { behind, inside } = brackets(at + 1);
    include = splitAtCommas(inside).flatMap((each) => identifierOf(each, tokensOf(each)[0]) ?? []);
    at = behind;
  }
  const storage: string[] = [];
  if (isWord(at, "with")) {
    const { behind, inside } = brackets(at + 1);
    storage.push(`WITH (${inside.trim()})`);
    at = behind;
  }
  if (isWord(at, "using") && isWord(at + 1, "index") && isWord(at + 2, "tablespace")) {
    const name = tokens[at + 3];
    if (name !== undefined) storage.push(`TABLESPACE ${sql.slice(name.start, name.end)}`);
  }
  return { nullsNotDistinct, include, storage: storage.join(" ") };
}
