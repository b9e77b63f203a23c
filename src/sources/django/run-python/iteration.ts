import type { PyNode } from "../python.ts";
import { isKind, itemsOf } from "../values.ts";
import { join, OTHER } from "./abstract-values.ts";
import type { Abstract, QuerySource, Scope } from "./abstract-values.ts";
import type { Interpreter } from "./interpreter.ts";
import { row } from "./queryset.ts";

export function sourceOf(value: Abstract): QuerySource | null {
  if (value.kind === "query" || value.kind === "paginator") return value.source;
  if (value.kind === "items") return value.source ?? sourceOf(value.item);
  return null;
}

export function iterated(value: Abstract, at: PyNode): { item: Abstract; source: QuerySource | null; batches: boolean } {
  switch (value.kind) {
    case "query":
      return { item: row(value.source, false), source: value.source, batches: false };
    case "items":
      return { item: value.item, source: value.source, batches: value.batches };
    case "paginator":
      return {
        item: {
          kind: "items",
          item: row({ ...value.source, extent: "bounded" }, false),
          source: { ...value.source, extent: "bounded" },
          batches: false,
        },
        source: value.source,
        batches: true,
      };
    case "tuple":
      return { item: value.items.reduce(join, OTHER), source: null, batches: false };
    default:
      // `range(0, total, 1000)` walks in steps: what it slices or filters is a batch.
      return { item: OTHER, source: null, batches: /^range\([^,]+,[^,]+,/.test(at.text) };
  }
}

export function constantItems(value: Abstract): readonly Abstract[] | null {
  if (value.kind === "tuple") return value.items;
  if (value.kind !== "constant") return null;
  const items = isKind(value.value, "dict") ? value.value.entries.map(([key]) => key) : itemsOf(value.value);
  return items?.map((i): Abstract => ({ kind: "constant", value: i })) ?? null;
}

export function elementAt(value: Abstract, i: number): Abstract {
  if (value.kind === "tuple") return value.items[i] ?? OTHER;
  if (value.kind === "constant") {
    const item = itemsOf(value.value)?.[i];
    return item === undefined ? OTHER : { kind: "constant", value: item };
  }
  // `for i, row in enumerate(rows)`, `for pk, row in by_pk.items()`: whichever it is, the row is in one of them.
  return value.kind === "row" && i === 0 ? OTHER : value;
}

/** The query that a `while` loop takes its slices from, for "the whole table in the end": the first one in its body. */
export function sourceIn(body: PyNode, interpreter: Interpreter, scope: Scope): QuerySource | null {
  let found: QuerySource | null = null;
  const visit = (node: PyNode): void => {
    if (found !== null) return;
    if (node.type === "identifier" || (node.type === "attribute" && node.child("attribute")?.text === "objects")) {
      const value = node.type === "identifier" ? (scope.get(node.text) ?? OTHER) : interpreter.expression(node, scope);
      if (value.kind === "query") found = value.source;
    }
    for (const child of node.namedChildren) visit(child);
  };
  visit(body);
  return found;
}
