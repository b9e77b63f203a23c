/** One change of a text: `text.slice(start, end)` becomes `text`. UTF-16 offsets, the end exclusive; equal offsets insert. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

/** Applies edits; insertions at one place keep their order. Null: two of them want the same characters. */
export function applyEdits(text: string, edits: readonly Edit[]): string | null {
  const ordered = distinct(edits)
    .map((edit, n) => ({ edit, n }))
    .sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.n - b.n)
    .map(({ edit }) => edit);
  let at = 0;
  const pieces: string[] = [];
  for (const { start, end, text: replacement } of ordered) {
    if (start < at) return null;
    pieces.push(text.slice(at, start), replacement);
    at = end;
  }
  return pieces.join("") + text.slice(at);
}

/** Two fixes of one file may need the same thing done to it (a marker line, an import): once is enough. */
function distinct(edits: readonly Edit[]): readonly Edit[] {
  const seen = new Set<string>();
  return edits.filter(({ start, end, text }) => {
    const key = `${start} ${end} ${text}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
