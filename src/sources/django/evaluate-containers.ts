import type { Evaluator, Names } from "./evaluate.ts";
import { formatPercent, toText } from "./evaluate-operators.ts";
import type { PyNode } from "./python.ts";
import { plainLiteral, unescape } from "./string-literal.ts";
import { short, unknown, unknownFrom } from "./unknown.ts";
import type { PyUnknown, PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf, truthOf } from "./values.ts";

export function itemsFrom(evaluator: Evaluator, nodes: readonly PyNode[], names: Names): PyValue[] {
  const items: PyValue[] = [];
  for (const node of nodes) {
    if (node.type === "list_splat") {
      const inner = node.namedChildren[0];
      const value = inner === undefined ? unknown(node, "`*` without a value") : evaluator.evaluate(inner, names);
      const spread = isKind(value, "dict") ? value.entries.map(([k]) => k) : itemsOf(value);
      if (spread === null) items.push(unknownFrom(value, node));
      else items.push(...spread);
    } else items.push(evaluator.evaluate(node, names));
  }
  return items;
}

export function dictionary(evaluator: Evaluator, node: PyNode, names: Names): PyValue {
  const entries: (readonly [PyValue, PyValue])[] = [];
  for (const child of node.namedChildren) {
    if (child.type === "dictionary_splat") {
      const inner = child.namedChildren[0];
      const value = inner === undefined ? unknown(child, "`**` without a value") : evaluator.evaluate(inner, names);
      if (!isKind(value, "dict")) return unknownFrom(value, child);
      entries.push(...value.entries);
      continue;
    }
    const key = child.child("key");
    const value = child.child("value");
    if (key === null || value === null) return unknown(child, "a dictionary entry that cannot be read");
    entries.push([evaluator.evaluate(key, names), evaluator.evaluate(value, names)]);
  }
  return { kind: "dict", entries };
}

export function stringValue(evaluator: Evaluator, node: PyNode, names: Names): PyValue {
  const plain = plainLiteral(node);
  if (plain !== null) {
    return plain.bytes ? { kind: "bytes", value: Uint8Array.from(plain.value, (c) => c.charCodeAt(0)) } : plain.value;
  }
  const open = node.children[0];
  const raw = open?.text.toLowerCase().includes("r") === true;
  let text = "";
  for (const child of node.children) {
    if (child.type === "string_content") {
      const content = child.text.replaceAll("\r\n", "\n").replaceAll("{{", "{").replaceAll("}}", "}");
      text += raw ? content : unescape(content);
    } else if (child.type === "interpolation") {
      const expression = child.child("expression");
      if (expression === null) return unknown(child, "an f-string part that cannot be read");
      const value = evaluator.written(evaluator.evaluate(expression, names), child);
      if (isUnknown(value)) return value;
      const format = child.child("format_specifier")?.text ?? "";
      const written = format === "" ? toText(value, child.child("type_conversion")?.text ?? "") : formatPercent(format.slice(1), value);
      if (written === null) return unknown(child, `an f-string part that only running code can write: \`${short(child)}\``);
      text += written;
    }
  }
  return text;
}

export function booleanOperation(evaluator: Evaluator, node: PyNode, names: Names): PyValue {
  const left = node.child("left");
  const right = node.child("right");
  if (left === null || right === null) return unknown(node, "operator without operand");
  const value = evaluator.evaluate(left, names);
  const truth = truthOf(value);
  if (truth === null) return isUnknown(value) ? value : unknown(node, `a condition that only running code can decide: \`${short(left)}\``);
  const isAnd = node.child("operator")?.text === "and";
  return truth === isAnd ? evaluator.evaluate(right, names) : value;
}

export function subscript(evaluator: Evaluator, node: PyNode, names: Names): PyValue {
  const object = node.child("value");
  const index = node.child("subscript");
  if (object === null || index === null) return unknown(node, "an index that cannot be read");
  const value = evaluator.evaluate(object, names);
  if (isUnknown(value)) return value;
  if (index.type === "slice") {
    const parts = index.children.map((c) => (c.type === ":" ? ":" : evaluator.evaluate(c, names)));
    const colon = parts.indexOf(":");
    const from = colon === 0 ? undefined : parts[0];
    const to = parts[colon + 1];
    const bounds = [typeof from === "number" ? from : 0, typeof to === "number" ? to : undefined] as const;
    if (typeof value === "string") return value.slice(...bounds);
    if (isKind(value, "list") || isKind(value, "tuple")) return { kind: value.kind, items: value.items.slice(...bounds) };
    return unknown(node, "a slice of something that is no list");
  }
  const key = evaluator.evaluate(index, names);
  if (isKind(value, "dict")) {
    const entry = value.entries.find(([k]) => k === key);
    return entry === undefined ? unknown(node, `no entry \`${short(index)}\` in the dictionary`) : entry[1];
  }
  const items = typeof value === "string" ? Array.from(value) : itemsOf(value);
  const item = typeof key === "number" ? items?.at(key) : undefined;
  return item === undefined ? unknown(node, `\`${short(node)}\` is only known when the code runs`) : item;
}

export function comprehension(evaluator: Evaluator, node: PyNode, names: Names, kind: "list" | "set" | "dict"): PyValue {
  const body = node.child("body");
  if (body === null) return unknown(node, "a comprehension that cannot be read");
  const clauses = node.namedChildren.filter((c) => c.type === "for_in_clause" || c.type === "if_clause");
  const items: PyValue[] = [];
  const entries: (readonly [PyValue, PyValue])[] = [];
  let failure: PyUnknown | null = null;
  const step = (position: number, locals: ReadonlyMap<string, PyValue>): void => {
    if (failure !== null) return;
    const within: Names = { ...names, locals };
    const clause = clauses[position];
    if (clause === undefined) {
      if (kind === "dict") {
        const key = body.child("key");
        const value = body.child("value");
        if (key !== null && value !== null) entries.push([evaluator.evaluate(key, within), evaluator.evaluate(value, within)]);
      } else items.push(evaluator.evaluate(body, within));
      return;
    }
    if (clause.type === "if_clause") {
      const condition = clause.namedChildren[0];
      const truth = condition === undefined ? null : truthOf(evaluator.evaluate(condition, within));
      if (truth === null) failure = unknown(clause, "a condition that only running code can decide");
      else if (truth) step(position + 1, locals);
      return;
    }
    const left = clause.child("left");
    const right = clause.child("right");
    const over = right === null ? null : evaluator.evaluate(right, within);
    const values = isKind(over, "dict") ? over.entries.map(([k]) => k) : itemsOf(over);
    if (left === null || values === null) {
      failure = unknownFrom(over, clause);
      return;
    }
    for (const value of values) {
      const next = new Map(locals);
      if (!bindTarget(left, value, next)) failure = unknown(clause, "a comprehension whose variables cannot be bound");
      step(position + 1, next);
    }
  };
  step(0, names.locals);
  if (failure !== null) return failure;
  return kind === "dict" ? { kind, entries } : { kind, items };
}

/** Binds a name, or the names of a tuple. @returns false where the shapes do not fit */
export function bindTarget(target: PyNode, value: PyValue, locals: Map<string, PyValue>): boolean {
  if (target.type === "identifier") {
    locals.set(target.text, value);
    return true;
  }
  const items = itemsOf(value);
  const targets = target.namedChildren;
  if (items === null || items.length !== targets.length) return false;
  return targets.every((t, i) => bindTarget(t, items[i] ?? null, locals));
}
