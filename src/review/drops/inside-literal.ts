/** What opens and closes literals of more than one line, in the languages whose pieces of SQL matter. */
export const QUOTES: readonly string[] = ["-e", '"""', "-e", "'''", "-e", "`"];

/**
 * Whether a line stands inside of a literal that began above it.
 * @param quoted the lines of its file that hold one of these, in order
 */
export function isInLiteral(line: number, quoted: readonly { readonly line: number; readonly text: string }[]): boolean {
  let open: string | null = null;
  for (const { line: at, text } of quoted) {
    if (at >= line) break;
    for (const [quote] of text.matchAll(/"""|'''|`/g)) {
      if (open === null) {
        // A docstring is said to people.
        open = /^\s*[rR]?(?:"""|''')\s*[A-Z][a-z]/.test(text) ? `${quote} docstring` : quote;
      } else if (open === quote || open === `${quote} docstring`) open = null;
    }
  }
  return open !== null && !open.endsWith("docstring");
}
