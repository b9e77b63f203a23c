/** Columns that a text takes on a terminal: 2 for East Asian wide characters and emoji, 0 for what combines with its neighbour. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes().segment(text)) width += graphemeWidth(segment);
  return width;
}

/** What a reader sees as one character, with the UTF-16 offset at which it starts. */
export interface Grapheme {
  readonly text: string;
  readonly offset: number;
  readonly width: number;
}

export function splitGraphemes(text: string): Grapheme[] {
  if (isPlain(text)) return Array.from(text, (character, offset) => ({ text: character, offset, width: 1 }));
  return Array.from(graphemes().segment(text), (s) => ({ text: s.segment, offset: s.index, width: graphemeWidth(s.segment) }));
}

/** Cut to `width` columns, with `…` where something is missing. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { text: grapheme, width: columns } of splitGraphemes(text.slice(0, width * 8))) {
    if (used + columns > width - 1) break;
    kept += grapheme;
    used += columns;
  }
  return width < 1 ? "" : `${kept.trimEnd()}…`;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks at spaces so that no line is wider than `width`; a word that is wider alone stays whole, so that it can be copied. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width && !text.startsWith(" ") && isPlain(text)) return [text];
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    const measure = isPlain(paragraph) ? (word: string) => word.length : displayWidth;
    let line = "";
    let used = 0;
    for (const word of paragraph.split(" ")) {
      const needed = measure(word);
      if (line !== "" && used + 1 + needed > width) {
        lines.push(line);
        line = "";
      }
      used = line === "" ? needed : used + 1 + needed;
      line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

let segmenter: Intl.Segmenter | undefined;
function graphemes(): Intl.Segmenter {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter;
}

/** Every character takes one column and is safe to print as it is. */
export function isPlain(text: string): boolean {
  // ASCII, Latin letters, dashes and quotes, bullet and ellipsis, arrows, lines and blocks, ✓ and ✗: what tread's own words hold. Making
  // an Intl.Segmenter takes 15 ms, a thirtieth of a check of a small project.
  return /^[ -~¡-¬®-˿‐-―‘-‟•…←-↓─-▟▸✓✗]*$/.test(text);
}

function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (/^\p{Mark}|^[\u200b-\u200d\u2060\ufeff]/u.test(grapheme)) return 0;
  if (isWide(code) || (grapheme.includes("\ufe0f") && /^\p{Extended_Pictographic}/u.test(grapheme))) return 2;
  return 1;
}

/** East Asian Wide and Fullwidth (Unicode 16, annex 11), the blocks that occur in code, and emoji shown as pictures by default. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0x303e) ||
    (code >= 0x3041 && code <= 0x33ff) ||
    (code >= 0x3400 && code <= 0x4dbf) ||
    (code >= 0x4e00 && code <= 0x9fff) ||
    (code >= 0xa000 && code <= 0xa4cf) ||
    (code >= 0xa960 && code <= 0xa97c) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6b) ||
    (code >= 0xff01 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x17000 && code <= 0x18cff) ||
    (code >= 0x1b000 && code <= 0x1b2ff) ||
    (code >= 0x20000 && code <= 0x3fffd) ||
    /^\p{Emoji_Presentation}$/u.test(String.fromCodePoint(code))
  );
}
