import type { Node } from "libpg-query";

export function stringOf(node: Node | undefined): string | undefined {
  return node !== undefined && "String" in node ? node.String.sval : undefined;
}

export function names(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).map(stringOf).filter((name) => name !== undefined);
}
