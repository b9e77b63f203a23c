import { constant, skipCasts, Tokens } from "./constants.ts";
import { between, complement, EVERYTHING, Incomparable, intersect, point, union, type Value, type ValueSet } from "./value-sets.ts";

interface Known {
  readonly set: ValueSet;
  /** These values and no others; false: what was not understood may leave out more of them. */
  readonly exact: boolean;
}

const UNKNOWN: Known = { set: EVERYTHING, exact: false };

/** The values of a column for which a CHECK can be true: all of them where it says nothing that is understood. Never throws. */
export function valuesAllowed(check: string, column: string): ValueSet {
  try {
    const tokens = new Tokens(check);
    const { set } = disjunction(tokens, column);
    return tokens.ended ? set : EVERYTHING;
  } catch (error) {
    if (error instanceof Incomparable) return EVERYTHING;
    throw error;
  }
}

function disjunction(tokens: Tokens, column: string): Known {
  const parts = [conjunction(tokens, column)];
  while (tokens.take("or")) parts.push(conjunction(tokens, column));
  return { set: union(parts.map((p) => p.set)), exact: parts.every((p) => p.exact) };
}

function conjunction(tokens: Tokens, column: string): Known {
  let known = negation(tokens, column);
  while (tokens.take("and")) {
    const next = negation(tokens, column);
    known = { set: intersect(known.set, next.set), exact: known.exact && next.exact };
  }
  return known;
}

function negation(tokens: Tokens, column: string): Known {
  if (!tokens.take("not")) return primary(tokens, column);
  const known = primary(tokens, column);
  return known.exact ? { set: complement(known.set), exact: true } : UNKNOWN;
}

function primary(tokens: Tokens, column: string): Known {
  const from = tokens.at;
  const comparison = compared(tokens, column);
  if (comparison !== null && atEnd(tokens)) return comparison;
  tokens.at = from;
  if (tokens.take("(")) {
    const inner = disjunction(tokens, column);
    if (tokens.take(")") && atEnd(tokens)) return inner;
  }
  tokens.at = from;
  return skipped(tokens);
}

function atEnd(tokens: Tokens): boolean {
  return tokens.ended || tokens.is("and") || tokens.is("or") || tokens.is(")");
}

/** Something else, up to the next AND, OR or closing parenthesis of this level. */
function skipped(tokens: Tokens): Known {
  let depth = 0;
  while (!tokens.ended && !(depth === 0 && atEnd(tokens))) {
    if (tokens.is("(")) depth++;
    else if (tokens.is(")")) depth--;
    tokens.at++;
  }
  return UNKNOWN;
}

function isColumn(tokens: Tokens, column: string): boolean {
  const from = tokens.at;
  const wrapped = tokens.take("(");
  const token = tokens.next;
  if ((token?.kind === "word" || token?.kind === "quoted") && token.text === column) {
    tokens.at++;
    skipCasts(tokens);
    if (!wrapped || tokens.take(")")) {
      skipCasts(tokens);
      return true;
    }
  }
  tokens.at = from;
  return false;
}

function compared(tokens: Tokens, column: string): Known | null {
  if (!isColumn(tokens, column)) {
    const value = constant(tokens);
    if (value === null) return null;
    const operator = comparator(tokens);
    return operator === null || !isColumn(tokens, column) ? null : ordered(MIRRORED[operator], value);
  }
  const not = tokens.take("not");
  if (tokens.take("between")) {
    const low = constant(tokens);
    const high = low !== null && tokens.take("and") ? constant(tokens) : null;
    if (low === null || high === null || !isOrdered(low) || !isOrdered(high)) return null;
    const set = between(low, high, false);
    return { set: not ? complement(set) : set, exact: true };
  }
  if (tokens.take("in", "(")) return listed(tokens, not, ")");
  if (not) return null;
  if (tokens.take("=", "any", "(", "array", "[")) return closed(tokens, listed(tokens, false, "]"));
  if (tokens.take("<", ">", "all", "(", "array", "[")) return closed(tokens, listed(tokens, true, "]"));
  const operator = comparator(tokens);
  const value = operator === null ? null : constant(tokens);
  return operator === null || value === null ? null : ordered(operator, value);
}

/** The parenthesis after `ARRAY[…]::text[]`. */
function closed(tokens: Tokens, known: Known | null): Known | null {
  skipCasts(tokens);
  return tokens.take(")") ? known : null;
}

function listed(tokens: Tokens, not: boolean, end: string): Known | null {
  const points: ValueSet[] = [];
  do {
    const value = constant(tokens);
    if (value === null) return null;
    points.push(point(value));
  } while (tokens.take(","));
  if (!tokens.take(end)) return null;
  const set = union(points);
  return { set: not ? complement(set) : set, exact: true };
}

type Comparator = "<" | "<=" | "=" | ">=" | ">" | "<>";
const MIRRORED: Readonly<Record<Comparator, Comparator>> = { "<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<", "<>": "<>" };

function comparator(tokens: Tokens): Comparator | null {
  if (tokens.take("<", ">") || tokens.take("!", "=")) return "<>";
  if (tokens.take("<", "=")) return "<=";
  if (tokens.take(">", "=")) return ">=";
  return tokens.take("<") ? "<" : tokens.take(">") ? ">" : tokens.take("=") ? "=" : null;
}

function ordered(operator: Comparator, value: Value): Known {
  if (operator === "=") return { set: point(value), exact: true };
  if (operator === "<>") return { set: complement(point(value)), exact: true };
  if (!isOrdered(value)) return UNKNOWN;
  const isUpper = operator === "<" || operator === "<=";
  const open = operator === "<" || operator === ">";
  return { set: isUpper ? between(null, value, open) : between(value, null, true, open), exact: true };
}

/** Collations agree about the order of plain lower-case words and digits; of anything else nobody knows without asking the server. */
export function isOrdered(value: Value): boolean {
  return value.kind !== "string" || /^[a-z0-9]*$/.test(value.at);
}
