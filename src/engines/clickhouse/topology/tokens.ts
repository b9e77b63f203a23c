/**
 * The words of a piece of SQL: names without their quotes and words in lower case, strings as they are, no blanks, no comments, no pair of
 * brackets that stands around one word only.
 */
export function scanTokens(text: string): readonly string[] {
  const found: string[] = [];
  const pattern =
    /'(?:[^'\\]|\\.|'')*'|`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)"|--[^\n]*|\/\*[\s\S]*?\*\/|[\p{L}_][\p{L}\p{N}_]*|\d[\w.]*|[<>!=]=|<>|->|\|\||::|\S/gu;
  for (const [whole, backticked, quoted] of text.matchAll(pattern)) {
    if (whole.startsWith("--") || whole.startsWith("/*")) continue;
    if (whole.startsWith("'")) found.push(whole);
    else found.push((backticked ?? quoted ?? whole).toLowerCase());
  }
  if (found.at(-1) === ";") found.pop();
  const bare: string[] = [];
  for (const [index, token] of found.entries()) {
    const single =
      (token === "(" && found[index + 2] === ")" && isPlain(found[index - 1])) ||
      (token === ")" && found[index - 2] === "(" && isPlain(found[index - 3]));
    if (!single) bare.push(token);
  }
  return bare;
}

/** What stands before a bracket that groups, and does not call. */
function isPlain(before: string | undefined): boolean {
  return before === undefined || /^(?:and|or|not|by|where|having|on|in|select|then|else|when|[^\p{L}\p{N}_)'])$/u.test(before);
}
