import type { ClickHouseError } from "../../../model/clickhouse/effects.ts";
import type { ClickHouseType } from "../../../model/clickhouse/schema.ts";
import { childrenOf } from "../changes/expression.ts";
import { expressionType, type ColumnTypes } from "../changes/expression-type.ts";
import { bareType, isNullable } from "../changes/types.ts";
import type { Expression, FunctionExpression } from "../parse/ast.ts";
import { unparsable } from "../predict/defaults.ts";

const COMPARISON = /^(?:equals|notEquals|less|greater|lessOrEquals|greaterOrEquals)$/;
const ARITHMETIC = /^(?:plus|minus|multiply|divide|modulo|intDiv)$/;
const LOGIC = /^(?:and|or|xor|not)$/;
/** Their first argument is text. */
const OF_TEXT =
  /^(?:upper|lower|upperutf8|lowerutf8|ucase|lcase|like|notlike|ilike|notilike|match|startswith|endswith|position|locate|substring|substr|mid|trimleft|trimright|trimboth|trim|ltrim|rtrim|replaceall|replaceone|replaceregexpall|replaceregexpone|replace|splitbychar|splitbystring|domain|lengthutf8|reverseutf8)$/;
/** Of text that take no collection either. */
const OF_LETTERS = /^(?:upper|lower|upperUTF8|lowerUTF8|ucase|lcase)$/i;
const NUMERIC = /^(?:U?Int\d+|Float\d+|BFloat16|Decimal|Bool)$/;
const TEXT = /^(?:String|FixedString)$/;
const NO_CONDITION = /^(?:String|FixedString|Date|Date32|DateTime|DateTime64|UUID|IPv4|IPv6|Array|Map|Tuple|Enum8|Enum16)$/;

/**
 * Operands whose types the server refuses together. Only what is certain: a column's type is known, or a literal's. What could not be told, and
 * every pair that was not measured, passes.
 */
export function operandProblem(e: Expression, types: ColumnTypes): ClickHouseError | null {
  if (e.kind === "lambda" || e.kind === "subquery") return null;
  for (const child of childrenOf(e)) {
    const found = operandProblem(child, types);
    if (found !== null) return found;
  }
  return e.kind === "function" ? callProblem(e, types) : null;
}

function callProblem(e: FunctionExpression, types: ColumnTypes): ClickHouseError | null {
  const bare = (operand: Expression | undefined): ClickHouseType | null => {
    const type = operand === undefined ? null : expressionType(operand, types);
    return type === null ? null : bareType(type);
  };
  const [a, b] = e.arguments;
  const illegal = (code: number, what: string): ClickHouseError => ({
    code,
    message: `Illegal types of arguments of function ${e.name}: ${what}`,
  });
  const left = bare(a);
  if (left === null) return null;
  if (COMPARISON.test(e.name)) return comparison(e, left, bare(b), types, illegal);
  if (/^(?:in|notIn)$/.test(e.name)) return membership(a, left, b, illegal);
  if (ARITHMETIC.test(e.name)) {
    const right = bare(b);
    if (right === null) return null;
    const mixed = (x: ClickHouseType, y: ClickHouseType): boolean => TEXT.test(x.name) && NUMERIC.test(y.name);
    return mixed(left, right) || mixed(right, left) || (TEXT.test(left.name) && TEXT.test(right.name))
      ? illegal(43, `${left.text} and ${right.text}`)
      : null;
  }
  if (LOGIC.test(e.name)) {
    const wrong = e.arguments.map(bare).find((type) => type !== null && NO_CONDITION.test(type.name));
    return wrong === undefined || wrong === null ? null : illegal(43, wrong.text);
  }
  if (OF_TEXT.test(e.name.toLowerCase()) && (NUMERIC.test(left.name) || left.name.startsWith("Date"))) return illegal(43, left.text);
  if (OF_LETTERS.test(e.name) && /^(?:Array|Map|Tuple)$/.test(left.name)) return illegal(43, left.text);
  if (/^(?:like|notLike|ilike|notILike|match)$/.test(e.name)) {
    const right = bare(b);
    return right !== null && NUMERIC.test(right.name) ? illegal(43, right.text) : null;
  }
  if (e.name === "length" && (NUMERIC.test(left.name) || left.name.startsWith("Date"))) return illegal(43, left.text);
  return null;
}

type Illegal = (code: number, what: string) => ClickHouseError;

/** Measured on 26.7: text against a number is 386, a date or an array against a number 43, a literal that is no value of the type has its own code. */
function comparison(
  e: FunctionExpression,
  left: ClickHouseType,
  right: ClickHouseType | null,
  types: ColumnTypes,
  illegal: Illegal,
): ClickHouseError | null {
  const [a, b] = e.arguments;
  if (right === null) return null;
  const literal = (operand: Expression | undefined): string | null =>
    operand?.kind === "literal" && operand.value.type === "string" ? operand.value.value : null;
  for (const [text, type, operand] of [
    [literal(b), left, a],
    [literal(a), right, b],
  ] as const) {
    const whole = operand === undefined ? null : expressionType(operand, types);
    // Measured: against a Nullable it only finds nothing.
    if (text !== null && whole !== null && isNullable(whole)) return null;
    if (text === null || TEXT.test(type.name) || type.name.startsWith("Enum")) continue;
    const code = unparsable(text, type);
    if (code !== null && !/^(?:JSON|Array)$/.test(type.name)) return illegal(code === 6 ? 53 : code, `${type.text} and '${text}'`);
    return null;
  }
  const pair = (x: RegExp, y: RegExp): boolean => (x.test(left.name) && y.test(right.name)) || (x.test(right.name) && y.test(left.name));
  if (pair(TEXT, NUMERIC)) return illegal(386, `${left.text} and ${right.text}`);
  if (pair(/^(?:Date|Date32|Array|Map|UUID)$/, NUMERIC)) return illegal(43, `${left.text} and ${right.text}`);
  return null;
}

function membership(a: Expression | undefined, left: ClickHouseType, b: Expression | undefined, illegal: Illegal): ClickHouseError | null {
  if (a?.kind !== "identifier" || b === undefined || TEXT.test(left.name) || left.name.startsWith("Enum")) return null;
  const values = b.kind === "function" && /^(?:tuple|array)$/.test(b.name) ? b.arguments : [b];
  for (const value of values) {
    if (value.kind !== "literal" || value.value.type !== "string") continue;
    const code = unparsable(value.value.value, left);
    if (code !== null && !/^(?:JSON|Array)$/.test(left.name))
      return illegal(code === 6 ? 53 : code, `${left.text} and '${value.value.value}'`);
  }
  return null;
}
