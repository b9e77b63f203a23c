import type { PyValue } from "../values.ts";
import { isKind } from "../values.ts";

/** Django's `Q` tree, combined as `Q._combine` and `Node.add` combine it. */
export interface Q {
  readonly kind: "q";
  readonly connector: "AND" | "OR" | "XOR";
  readonly negated: boolean;
  readonly children: readonly QChild[];
}

export type QChild =
  | Q
  | { readonly kind: "lookup"; readonly name: string; readonly value: PyValue }
  | { readonly kind: "expression"; readonly value: PyValue };

/** Null when the value is no `Q`. */
export function readQ(value: PyValue): Q | null {
  if (isKind(value, "call") && /(?:^|\.)Q$/.test(value.callee)) {
    const { _connector: connector, _negated: negated, ...kwargs } = value.kwargs;
    const children: QChild[] = value.args.map((a) => childOf(a));
    for (const name of Object.keys(kwargs).toSorted()) children.push({ kind: "lookup", name, value: kwargs[name] ?? null });
    return { kind: "q", connector: connector === "OR" ? "OR" : connector === "XOR" ? "XOR" : "AND", negated: negated === true, children };
  }
  if (!isKind(value, "operation")) return null;
  const [left, right] = value.operands.map((o) => readQ(o));
  if (value.operator === "~" && left !== null && left !== undefined) return { ...left, negated: !left.negated };
  const connector = value.operator === "&" ? "AND" : value.operator === "|" ? "OR" : value.operator === "^" ? "XOR" : null;
  if (connector === null || left === undefined || right === undefined) return null;
  const a = left ?? wrap(value.operands[0]);
  const b = right ?? wrap(value.operands[1]);
  if ((left === null && right === null) || a === null || b === null) return null;
  if (a.children.length === 0) return b;
  if (b.children.length === 0) return a;
  return { kind: "q", connector, negated: false, children: [...merged(a, connector), ...merged(b, connector)] };
}

function wrap(value: PyValue | undefined): Q | null {
  return value === undefined ? null : { kind: "q", connector: "AND", negated: false, children: [{ kind: "expression", value }] };
}

/** `Node.add`: a child with the same connector, or with a single part, is merged into its parent unless it is negated. */
function merged(q: Q, connector: string): readonly QChild[] {
  return !q.negated && (q.connector === connector || q.children.length === 1) ? q.children : [q];
}

function childOf(value: PyValue): QChild {
  if (isKind(value, "tuple") && typeof value.items[0] === "string")
    return { kind: "lookup", name: value.items[0], value: value.items[1] ?? null };
  return readQ(value) ?? { kind: "expression", value };
}
