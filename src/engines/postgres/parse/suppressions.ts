import type { Suppression } from "../../../model/migration.ts";
import type { Span } from "../../../text/span.ts";

const MARK = /tread-ignore[ \t]+([a-z0-9-]+(?:[ \t]*,[ \t]*[a-z0-9-]+)*)[ \t]*(?::[ \t]*(\S[^\r\n]*))?/g;

/**
 * `tread-ignore <rule>: <reason>` in one comment; several rules may share a reason, separated by commas. Without a reason the
 * suppression is handed on with `reason: null`, so that it can be reported.
 */
export function suppressionsIn(text: string, start: number, end: number, spanOf: (start: number, end: number) => Span): Suppression[] {
  const comment = text.slice(start, end);
  if (!comment.includes("tread-ignore")) return [];
  return [...comment.matchAll(MARK)].flatMap((match) => {
    const from = start + match.index;
    const reason = (match[2] ?? "").replace(/\*\/\s*$/, "").trim();
    const span = spanOf(from, from + match[0].trimEnd().length);
    return (match[1] ?? "").split(",").map((rule) => ({ rule: rule.trim(), reason: reason === "" ? null : reason, span }));
  });
}
