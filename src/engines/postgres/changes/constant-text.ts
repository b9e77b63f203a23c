import { as, strings, type Node } from "../parse/grammar.ts";

/**
 * The text that an expression is, when every part of it is a constant: literals, `||`, casts to text, quote_ident(), quote_literal(),
 * concat() and format() with %s, %I and %L. Null when a part of it is known only while it runs.
 */
export function constantText(node: Node | undefined): string | null {
  if (node === undefined) return null;
  const constant = as(node, "A_Const");
  if (constant !== undefined) {
    if (constant.sval !== undefined) return constant.sval.sval ?? "";
    if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
    return constant.fval?.fval ?? null;
  }
  const cast = as(node, "TypeCast");
  if (cast !== undefined) {
    const type = strings(cast.typeName?.names).at(-1);
    return type === "text" || type === "varchar" || type === "name" ? constantText(cast.arg) : null;
  }
  const joined = as(node, "A_Expr");
  if (joined !== undefined) {
    if (strings(joined.name).at(-1) !== "||") return null;
    const [left, right] = [constantText(joined.lexpr), constantText(joined.rexpr)];
    return left === null || right === null ? null : left + right;
  }
  const call = as(node, "FuncCall");
  return call === undefined ? null : called(strings(call.funcname).at(-1) ?? "", call.args ?? []);
}

function called(name: string, args: readonly Node[]): string | null {
  const values = args.map(constantText);
  if (!values.every((value) => value !== null)) return null;
  const [first = ""] = values;
  switch (name) {
    case "format":
      return formatted(first, values.slice(1));
    case "concat":
      return values.join("");
    case "quote_ident":
      return quoteIdent(first);
    case "quote_literal":
      return quoteLiteral(first);
    default:
      return null;
  }
}

/** format() of the manual, section 9.4.1; widths are rare in SQL and left alone. */
function formatted(template: string, values: readonly string[]): string | null {
  let next = 0;
  let failed = false;
  const text = template.replaceAll(/%(?:(\d+)\$)?([sIL%])/g, (_, position: string | undefined, kind: string) => {
    if (kind === "%") return "%";
    const value = values[position === undefined ? next++ : Number(position) - 1];
    if (value === undefined) {
      failed = true;
      return "";
    }
    return kind === "s" ? value : kind === "I" ? quoteIdent(value) : quoteLiteral(value);
  });
  return failed ? null : text;
}

function quoteIdent(text: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
