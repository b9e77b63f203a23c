import type { Rule } from "../rule.ts";
import { list } from "../words.ts";

export const identifierTooLong: Rule = {
  id: "identifier-too-long",
  summary: "a name of more than 63 bytes, which Postgres cuts",
  database: "postgres",
  check({ statement }) {
    const names = [...new Set(statement.changes.flatMap(({ truncated }) => truncated ?? []))];
    const [first] = names;
    if (first === undefined) return [];
    return [
      {
        severity: "info",
        message: `${list(names.map((name) => `\`${name}\``))} ${names.length === 1 ? "has" : "have"} more than 63 bytes and ${names.length === 1 ? "is" : "are"} cut`,
        label: `becomes \`${cut(first)}\``,
        why: "Postgres cuts the name with no more than a NOTICE: two names that differ after byte 63 are one, IF NOT EXISTS then finds the other, and a tool that looks for the whole name in the catalogue does not find it",
        help: "a name of at most 63 bytes (beyond ASCII a letter takes 2 to 4)",
        evidence: [],
      },
    ];
  },
};

/** As the scanner cuts it: at byte 63, or before the character that would reach beyond it. */
function cut(name: string): string {
  let kept = "";
  let length = 0;
  for (const character of name) {
    length += bytesOf(character);
    if (length > 63) break;
    kept += character;
  }
  return kept;
}

function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
