import type { Span } from "../../text/span.ts";
import type { SqlValue } from "./schema/literals.ts";
import { literal } from "./schema/literals.ts";
import { numberOf } from "./evaluate-operators.ts";
import type { PyNode } from "./python.ts";
import { plainLiteral } from "./string-literal.ts";
import type { PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf } from "./values.ts";

export interface SqlPart {
  readonly sql: string;
  readonly span: Span;
  readonly verbatim: boolean;
}

/** The SQL of a RunSQL in the pieces in which Django sends it, or why it cannot be told. */
export function runSqlParts(value: PyValue, node: PyNode | null, span: Span): readonly SqlPart[] | string {
  if (isUnknown(value)) return value.reason;
  if (typeof value === "string") return value.trim() === "" ? [] : [partOf(value, node, span)];
  if (isKind(value, "ref") && value.path.endsWith("RunSQL.noop")) return [];
  const items = itemsOf(value);
  if (items === null) return "the SQL is only known when the code runs";
  const nodes = node !== null && (node.type === "list" || node.type === "tuple") ? node.namedChildren : [];
  const aligned = nodes.length === items.length && !nodes.some((n) => n.type === "list_splat");
  const parts: SqlPart[] = [];
  for (const [i, item] of items.entries()) {
    const at = aligned ? (nodes[i] ?? null) : null;
    if (isUnknown(item)) return item.reason;
    if (typeof item === "string") {
      parts.push(partOf(item, at, span));
      continue;
    }
    const pair = itemsOf(item);
    const [sql, params] = pair ?? [];
    if (pair?.length !== 2 || typeof sql !== "string") return isUnknown(sql) ? sql.reason : "RunSQL takes strings or (sql, params) pairs";
    if (params === null) parts.push(partOf(sql, at?.namedChildren[0] ?? null, span));
    else {
      const bound = bind(sql, params);
      if (bound === null) return "the parameters of the SQL are only known when the code runs";
      parts.push({ sql: bound, span: at?.span ?? span, verbatim: false });
    }
  }
  return parts.filter((p) => p.sql.trim() !== "");
}

function partOf(sql: string, node: PyNode | null, span: Span): SqlPart {
  const inner = node?.type === "parenthesized_expression" ? (node.namedChildren[0] ?? null) : node;
  if (inner?.type === "string") {
    const plain = plainLiteral(inner);
    if (plain?.verbatim === true && plain.value === sql) return { sql, span: inner.module.span(plain.start, plain.end), verbatim: true };
  }
  return { sql, span: inner?.span ?? span, verbatim: false };
}

/** Puts parameters into the text as psycopg's client-side binding does. */
function bind(sql: string, params: PyValue | undefined): string | null {
  const positional = itemsOf(params);
  const named = isKind(params, "dict") ? params.entries : null;
  if (positional === null && named === null) return null;
  let next = 0;
  let failed = false;
  const text = sql.replaceAll(/%(?:%|s|\((\w+)\)s)/g, (whole, name: string | undefined) => {
    if (whole === "%%") return "%";
    const value = name === undefined ? positional?.[next++] : named?.find(([k]) => k === name)?.[1];
    const bound = value === undefined ? null : parameter(value);
    if (bound === null) failed = true;
    return bound === null ? "" : literal(bound);
  });
  return failed ? null : text;
}

function parameter(value: PyValue): SqlValue | null {
  if (value === null) return { kind: "null" };
  if (typeof value === "boolean") return { kind: "bool", value };
  if (typeof value === "string") return { kind: "text", value };
  if (typeof value === "number" || typeof value === "bigint") return { kind: "int", value };
  if (isKind(value, "float")) return { kind: "float", value: numberOf(value) ?? 0 };
  const items = itemsOf(value);
  if (items === null) return null;
  const bound = items.map(parameter);
  return bound.every((b) => b !== null) ? { kind: "array", items: bound } : null;
}
