import type { PyNode } from "../python.ts";
import { plainLiteral, unescape } from "../string-literal.ts";
import type { Scope } from "./abstract-values.ts";
import type { Interpreter } from "./interpreter.ts";
import { calleeName, keyword, keywords, positional, splats } from "./python-shapes.ts";

const MAX_DEPTH = 20;

/**
 * The text of an expression when all its parts are constant: literals, `+`, f-strings, `%`, `.format(…)`, `.join(…)`, names in scope,
 * `Model._meta.db_table` and `quote_name("…")`. Null when a part is only known when the code runs.
 */
export function constantText(node: PyNode | null, scope: Scope, interpreter: Interpreter, depth = 0): string | null {
  if (node === null || depth > MAX_DEPTH) return null;
  const inner = (n: PyNode | null): string | null => constantText(n, scope, interpreter, depth + 1);
  switch (node.type) {
    case "string":
      return plainLiteral(node)?.value ?? interpolated(node, inner);
    case "concatenated_string": {
      const parts = node.namedChildren.map(inner);
      return parts.every((p) => p !== null) ? parts.join("") : null;
    }
    case "parenthesized_expression":
      return inner(node.namedChildren[0] ?? null);
    case "integer":
      return node.text;
    case "binary_operator": {
      const left = inner(node.child("left"));
      const operator = node.child("operator")?.text;
      const right = node.child("right");
      if (left === null || right === null) return null;
      if (operator === "+") {
        const text = inner(right);
        return text === null ? null : left + text;
      }
      return operator === "%" ? percent(left, right, inner) : null;
    }
    case "call":
      return called(node, inner) ?? whole(interpreter.input.evaluate(node));
    case "identifier": {
      const value = scope.get(node.text);
      if (value !== undefined) return value.kind === "constant" && typeof value.value === "string" ? value.value : null;
      return whole(interpreter.input.evaluate(node));
    }
    case "attribute": {
      if (node.child("attribute")?.text === "db_table") {
        const meta = node.child("object");
        const model = meta?.type === "attribute" && meta.child("attribute")?.text === "_meta" ? meta.child("object") : null;
        const value = model === null || model === undefined ? null : interpreter.expression(model, scope);
        const labels = value?.kind === "model" ? value.labels : value?.kind === "row" ? value.source.labels : [];
        if (labels.length === 1) return interpreter.recorder.model(labels[0] ?? "")?.table ?? null;
      }
      return whole(interpreter.input.evaluate(node));
    }
    default:
      return null;
  }
}

function whole(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** An f-string: its literal pieces are what stands between the interpolations. */
function interpolated(node: PyNode, inner: (n: PyNode | null) => string | null): string | null {
  const open = node.children[0];
  const close = node.children.at(-1);
  if (open?.type !== "string_start" || close?.type !== "string_end") return null;
  const isRaw = open.text.toLowerCase().includes("r");
  const piece = (from: number, to: number): string => {
    const text = node.module.text.slice(from, to).replaceAll("{{", "{").replaceAll("}}", "}");
    return isRaw ? text : unescape(text);
  };
  let text = "";
  let at = open.end;
  for (const part of node.children) {
    if (part.type !== "interpolation") continue;
    const value = part.children.some((c) => c.type === "format_specifier") ? null : inner(part.namedChildren[0] ?? null);
    if (value === null) return null;
    text += piece(at, part.start) + value;
    at = part.end;
  }
  return text + piece(at, close.start);
}

function percent(template: string, right: PyNode, inner: (n: PyNode | null) => string | null): string | null {
  const values = (right.type === "tuple" ? right.namedChildren : [right]).map(inner);
  if (!values.every((v) => v !== null) || /%\(|%[^sd%]/.test(template)) return null;
  let next = 0;
  const text = template.replaceAll(/%([sd%])/g, (_, kind: string) => (kind === "%" ? "%" : (values[next++] ?? "")));
  return next === values.length ? text : null;
}

function called(call: PyNode, inner: (n: PyNode | null) => string | null): string | null {
  const callee = call.child("function");
  const name = calleeName(call);
  if (callee?.type !== "attribute" || splats(call).length > 0) return null;
  if (name === "quote_name") {
    const quoted = inner(positional(call)[0] ?? keyword(call, "name"));
    return quoted === null ? null : `"${quoted}"`;
  }
  const on = inner(callee.child("object"));
  if (on === null) return null;
  if (name === "strip" && positional(call).length === 0) return on.trim();
  if (name === "join") {
    const list = positional(call)[0];
    const items = list !== undefined && ["list", "tuple"].includes(list.type) ? list.namedChildren.map(inner) : null;
    return items?.every((i) => i !== null) === true ? items.join(on) : null;
  }
  if (name !== "format") return null;
  const args = positional(call).map(inner);
  const named = new Map(keywords(call).map((k) => [k.child("name")?.text ?? "", inner(k.child("value"))]));
  let next = 0;
  let known = true;
  const text = on.replaceAll(/\{\{|\}\}|\{(\w*)\}/g, (match: string, key: string | undefined) => {
    if (match === "{{" || match === "}}") return match.slice(1);
    const value = key === undefined || key === "" ? args[next++] : /^\d+$/.test(key) ? args[Number(key)] : named.get(key);
    if (value === undefined || value === null) known = false;
    return value ?? "";
  });
  return known ? text : null;
}
