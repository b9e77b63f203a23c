import type { ModelState } from "../../../sources/django/state.ts";
import { pythonString, Unwritable } from "./python-text.ts";

const LOOKUPS: Readonly<Record<string, string>> = { "=": "exact", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte" };

/**
 * A CHECK as a `Q`: comparisons of a column with a constant, IS [NOT] NULL, IN, joined by AND or by OR.
 * @throws Unwritable for everything else: better none than one that says something else
 */
export function conditionOf(expression: string, model: ModelState): string {
  const text = unwrapped(expression.trim());
  for (const [word, sign] of [
    ["OR", "|"],
    ["AND", "&"],
  ] as const) {
    const parts = split(text, word);
    if (parts.length > 1) return parts.map((part) => `(${conditionOf(part, model)})`).join(` ${sign} `);
  }
  const field = (column: string): string => {
    const name = column.replaceAll('"', "");
    const found = model.fields.find((one) => one.column === name);
    if (found === undefined) throw new Unwritable(`${model.name} has no field for ${column}`);
    return found.name;
  };
  const nulls = /^("?\w+"?)\s+IS\s+(NOT\s+)?NULL$/i.exec(text);
  if (nulls?.[1] !== undefined) return `models.Q(${field(nulls[1])}__isnull=${nulls[2] === undefined ? "True" : "False"})`;
  const compared = /^("?\w+"?)\s*(=|>=|<=|>|<)\s*(.+)$/s.exec(text);
  if (compared?.[1] !== undefined && compared[3] !== undefined)
    return `models.Q(${field(compared[1])}__${LOOKUPS[compared[2] ?? "="] ?? "exact"}=${constant(compared[3])})`.replace("__exact=", "=");
  const within = /^("?\w+"?)\s+IN\s*\((.+)\)$/is.exec(text);
  if (within?.[1] !== undefined && within[2] !== undefined)
    return `models.Q(${field(within[1])}__in=[${split(within[2], ",").map(constant).join(", ")}])`;
  throw new Unwritable(`\`${expression}\` is SQL that Django has no word for`);
}

function constant(text: string): string {
  const value = text.trim();
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return value;
  if (/^(?:true|false)$/i.test(value)) return value.toLowerCase() === "true" ? "True" : "False";
  const literal = /^'((?:[^']|'')*)'$/.exec(value);
  if (literal?.[1] !== undefined) return pythonString(literal[1].replaceAll("''", "'"));
  throw new Unwritable(`\`${value}\` is no constant`);
}

/** Without parentheses around the whole. */
function unwrapped(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth === 0 && i < text.length - 1) return text;
  }
  return unwrapped(text.slice(1, -1).trim());
}

/** At a word, or a comma, outside of parentheses and strings. */
function split(text: string, at: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth !== 0) continue;
    const here = text.slice(i, i + at.length).toUpperCase() === at;
    const alone = at === "," || (/\s/.test(text[i - 1] ?? "") && /\s/.test(text[i + at.length] ?? ""));
    if (!here || !alone) continue;
    parts.push(text.slice(start, i));
    start = i + at.length;
    i += at.length - 1;
  }
  return [...parts, text.slice(start)];
}
