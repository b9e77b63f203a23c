/** What a simple CHECK says about one column, so that values can be made that pass instead of being tried. */
export interface ColumnDemand {
  readonly column: string;
  /** SQL literals to choose from. */
  readonly choices: readonly string[] | null;
  readonly least: number | null;
  readonly most: number | null;
  readonly minLength: number | null;
  readonly maxLength: number | null;
}

const NOTHING = { choices: null, least: null, most: null, minLength: null, maxLength: null } as const;
const COLUMN = String.raw`\(*(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\)*(?:::[a-z ]+(?:\(\d+\))?)?\)*`;
const NUMBER = String.raw`\(*'?(-?\d+(?:\.\d+)?)'?\)*(?:::[a-z ]+(?:\([\d,]+\))?)?\)*`;
const COMPARISON = new RegExp(`^\\(*${COLUMN}\\s*(>=|<=|>|<|=)\\s*${NUMBER}$`);
const LENGTH = new RegExp(`^\\(*(?:char_length|character_length|length)\\(${COLUMN}\\)*\\s*(>=|<=|>|<|=)\\s*${NUMBER}$`);
const ANY_OF = new RegExp(`^\\(*${COLUMN}\\s*=\\s*ANY\\s*\\(+ARRAY\\[(.*)\\]\\)*(?:::[a-z ]+\\[\\])?\\)*$`, "s");
const ONE_OF = new RegExp(`^\\(*${COLUMN}\\s*=\\s*('(?:[^']|'')*'::[a-z ."]+?)\\)*$`, "s");

/**
 * Reads an expression as `pg_get_expr` prints it. What is not recognised gives nothing: rows are filtered with the check itself
 * afterwards, so a demand need only be helpful, not complete.
 */
export function demandsOf(expression: string): ColumnDemand[] {
  return conjuncts(expression).flatMap((part) => {
    const demand = oneDemand(part);
    return demand === null ? [] : [demand];
  });
}

function oneDemand(part: string): ColumnDemand | null {
  const length = LENGTH.exec(part);
  if (length !== null) {
    const [least, most] = bounds(length[3] ?? "", Number(length[4]), 1);
    return { column: columnOf(length), ...NOTHING, minLength: least, maxLength: most };
  }
  const anyOf = ANY_OF.exec(part);
  if (anyOf !== null) return { column: columnOf(anyOf), ...NOTHING, choices: splitTop(anyOf[3] ?? "", ",") };
  const comparison = COMPARISON.exec(part);
  if (comparison !== null) {
    const [least, most] = bounds(comparison[3] ?? "", Number(comparison[4]), 1);
    return { column: columnOf(comparison), ...NOTHING, least, most };
  }
  const oneOf = ONE_OF.exec(part);
  if (oneOf !== null) return { column: columnOf(oneOf), ...NOTHING, choices: [oneOf[3] ?? ""] };
  return null;
}

function columnOf(match: RegExpExecArray): string {
  return match[1]?.replaceAll('""', '"') ?? match[2] ?? "";
}

function bounds(operator: string, value: number, step: number): [number | null, number | null] {
  switch (operator) {
    case ">=":
      return [value, null];
    case ">":
      return [Math.floor(value) + step, null];
    case "<=":
      return [null, value];
    case "<":
      return [null, Math.ceil(value) - step];
    default:
      return [value, value];
  }
}

/** Splits at AND outside of parentheses and strings, into nested ones too. */
export function conjuncts(expression: string): string[] {
  const bare = stripParentheses(expression.trim());
  const parts = splitTop(bare, " AND ");
  // BETWEEN is deparsed as two comparisons, so AND always separates conditions.
  return parts.length === 1 ? [bare] : parts.flatMap((part) => conjuncts(part));
}

function stripParentheses(text: string): string {
  let bare = text;
  while (bare.startsWith("(") && closing(bare, 0) === bare.length - 1) bare = bare.slice(1, -1).trim();
  return bare;
}

function closing(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === "'" || c === '"') i = endOfQuote(text, i);
    else if (c === "(" || c === "[") depth++;
    else if ((c === ")" || c === "]") && --depth === 0) return i;
  }
  return -1;
}

function endOfQuote(text: string, start: number): number {
  const end = text.indexOf(text.charAt(start), start + 1);
  return end === -1 ? text.length : end;
}

/** Splits at a separator outside of parentheses, brackets and quotes. */
export function splitTop(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === "'" || c === '"') i = endOfQuote(text, i);
    else if (c === "(" || c === "[") depth++;
    else if (c === ")" || c === "]") depth--;
    else if (depth === 0 && text.startsWith(separator, i)) {
      parts.push(text.slice(from, i).trim());
      i += separator.length - 1;
      from = i + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}
