/**
 * Text from files and databases that we do not trust, made safe to print: every control character (escape sequences that move
 * the cursor, set the title or hide text), bidirectional override and line separator becomes one visible character.
 * Newlines and tabs stay when `keep` says so.
 */
export function visible(text: string, keep: "lines" | "nothing" = "nothing"): string {
  return text.replace(UNSAFE, (character) => {
    if (keep === "lines" && (character === "\n" || character === "\t")) return character;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "␡" : "�";
  });
}

// C0, DEL, C1; bidirectional marks, embeddings and isolates; line and paragraph separators; lone surrogates.
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- they are what is replaced
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** On one line: runs of white space become one space, the rest as `visible`. */
export function oneLine(text: string): string {
  // Nearly all of what is printed is printable ASCII with single spaces already.
  return /^(?:[!-~]+(?: [!-~]+)*)?$/.test(text) ? text : visible(text.replace(/\s+/g, " ").trim());
}
