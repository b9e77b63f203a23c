/** A piece of a script between semicolons that are code, as offsets; without the blanks and comments around it. */
interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Comments, strings, quoted names and heredocs of ClickHouse (docs: sql-reference/syntax); a semicolon inside of one ends nothing. */
const HIDDEN =
  /--[^\n]*|#(?:[ !\t][^\n]*)|\/\*[\s\S]*?(?:\*\/|$)|(['"`])(?:(?!\1)[^\\]|\1\1|\\[\s\S])*(?:\1|$)|\$(\w*)\$[\s\S]*?(?:\$\2\$|$)|;/g;

/**
 * How many statements a ClickHouse script holds and whether a semicolon stands inside of a string or a comment: what a tool that cuts
 * at every semicolon, or sends the text as one query, makes of it. The statements themselves are read by the engine's parser.
 */
export function piecesOf(text: string): { readonly statements: readonly Piece[]; readonly hiddenSemicolons: readonly number[] } {
  const statements: Piece[] = [];
  const hiddenSemicolons: number[] = [];
  let code: Piece | null = null;
  let last = 0;
  const take = (from: number, to: number): void => {
    const part = text.slice(from, to);
    const first = part.search(/\S/);
    if (first === -1) return;
    code = { start: code?.start ?? from + first, end: from + part.trimEnd().length };
  };
  const close = (): void => {
    if (code !== null) statements.push(code);
    code = null;
  };
  for (const match of text.matchAll(HIDDEN)) {
    take(last, match.index);
    const [piece] = match;
    last = match.index + piece.length;
    if (piece === ";") {
      close();
      continue;
    }
    const inside = piece.indexOf(";");
    if (inside !== -1) hiddenSemicolons.push(match.index + inside);
    if (!/^(?:--|#|\/\*)/.test(piece)) take(match.index, last);
  }
  take(last, text.length);
  close();
  return { statements, hiddenSemicolons };
}
