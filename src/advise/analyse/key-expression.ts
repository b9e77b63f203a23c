import { quoteName } from "../engine/lab.ts";
import { walk } from "./query-reads.ts";
import type { TreeNode } from "./query-tree.ts";

/** Functions whose value depends on when or by whom it is asked: a key made of them would be wrong tomorrow. */
const VOLATILE: ReadonlySet<string> = new Set([
  "now",
  "now64",
  "today",
  "yesterday",
  "currentUser",
  "hostName",
  "rand",
  "rand32",
  "rand64",
  "randConstant",
  "generateUUIDv4",
  "generateUUIDv7",
  "currentDatabase",
  "uptime",
  "timezone",
  "serverTimezone",
  "dictGet",
  "dictGetOrDefault",
  "dictHas",
  "joinGet",
]);

const INFIX: Readonly<Record<string, string>> = { modulo: "%", plus: "+", minus: "-", multiply: "*", divide: "/" };

/**
 * The SQL of an expression over the table's own columns, as one would write it in ORDER BY; null where it has no place there (it depends on
 * the moment, on another table, or on a constant that cannot be written down).
 */
export function keyExpression(node: TreeNode): string | null {
  switch (node.kind) {
    case "column":
      return node.name.split(".").every((part) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(part)) ? node.name : quoteName(node.name);
    case "constant":
      return node.expression === null || isPlain(node) ? constantText(node.value) : keyExpression(node.expression);
    case "function": {
      if (VOLATILE.has(node.name) || node.aggregate || node.parameters.length > 0) return null;
      const args = node.arguments.map(keyExpression);
      if (args.includes(null)) return null;
      const infix = INFIX[node.name];
      if (infix !== undefined && args.length === 2) return `${wrapped(args[0] ?? "")} ${infix} ${wrapped(args[1] ?? "")}`;
      return `${node.name}(${args.join(", ")})`;
    }
    default:
      return null;
  }
}

function wrapped(sql: string): string {
  return sql.includes(" ") && !sql.endsWith(")") ? `(${sql})` : sql;
}

/** A number or a string that was written as such, or folded from what is no function of the moment. */
function isPlain(node: Extract<TreeNode, { kind: "constant" }>): boolean {
  if (node.expression === null) return true;
  let volatile = false;
  walk(node.expression, (part) => {
    volatile ||= part.kind === "function" && VOLATILE.has(part.name);
  });
  return !volatile && /^(?:U?Int|Float|String)/.test(node.type);
}

/** `UInt64_5` → `5`, `'a'` stays as it is; null for what has another form (tuples, dates, decimals). */
export function constantText(value: string): string | null {
  if (value.startsWith("'")) return value;
  const number = /^(?:U?Int\d+|Float64)_(-?[0-9.e+-]+)$/.exec(value)?.[1];
  if (number !== undefined) return number;
  const quoted = /^U?Int\d+_'?(-?\d+)'?$/.exec(value)?.[1];
  return quoted ?? null;
}

/** The text behind a string constant, or null. */
export function stringConstant(value: string): string | null {
  if (!value.startsWith("'") || !value.endsWith("'")) return null;
  return value.slice(1, -1).replace(/\\(.)/gs, (_, character: string) => ({ n: "\n", t: "\t", r: "\r", 0: "\0" })[character] ?? character);
}
