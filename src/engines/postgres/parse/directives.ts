const MARK = /(?:^|\s)tread:[ \t]+(\S[^\r\n]*)/;

/** `-- tread: backfill table=person key=id`: what a comment asks of `tread apply`, without the mark. */
export function directiveIn(text: string, start: number, end: number): string | null {
  const match = MARK.exec(text.slice(start, end));
  return match === null ? null : (match[1] ?? "").replace(/\*\/\s*$/, "").trim();
}
