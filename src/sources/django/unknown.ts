import type { PyNode } from "./python.ts";
import type { PyUnknown, PyValue } from "./values.ts";
import { isUnknown } from "./values.ts";

export function unknown(node: PyNode, reason: string): PyUnknown {
  return { kind: "unknown", reason, span: node.span };
}

/** Keeps the reason of an unknown value; gives one to a value that is known but does not fit here. */
export function unknownFrom(value: PyValue | undefined, node: PyNode): PyUnknown {
  return isUnknown(value) ? value : unknown(node, `\`${short(node)}\` is only known when the code runs`);
}

/** One line of a node's text, for messages. */
export function short(node: PyNode): string {
  const line = node.text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
