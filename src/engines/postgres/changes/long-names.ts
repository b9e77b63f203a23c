import { Buffer } from "node:buffer";
import { tokensOf } from "../parse/lexer.ts";

/** NAMEDATALEN - 1 (manual section 4.1.1): the scanner cuts what is longer, with a NOTICE. */
const LONGEST = 63;

/** Names that Postgres will cut, as written and without their quotes. */
export function longNames(sql: string): readonly string[] {
  // Hardly any statement has one, and a look at the text is much cheaper than its tokens. Beyond ASCII a character is up to 3 bytes.
  // oxlint-disable-next-line no-control-regex -- the range of ASCII begins with a control character
  if (!/[\w$]{64,}|"[^"]{64,}"/.test(sql) && (/^[\0-\x7f]*$/.test(sql) || !/[\w$\u0080-\uffff]{16,}|"[^"]{16,}"/.test(sql))) return [];
  const names = new Set<string>();
  for (const token of tokensOf(sql)) {
    if (token.kind !== "word" && token.kind !== "quoted") continue;
    const name =
      token.kind === "word" ? sql.slice(token.start, token.end) : sql.slice(token.start + 1, token.end - 1).replaceAll('""', '"');
    if (Buffer.byteLength(name) > LONGEST) names.add(name);
  }
  return [...names];
}
