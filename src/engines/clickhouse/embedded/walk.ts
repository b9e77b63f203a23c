/** A node of any kind of the parse tree: what matters here is found by shape, wherever it stands. */
export type TreeNode = Readonly<Record<string, unknown>>;

/** Calls `visit` with every object of the tree, parents first. */
export function walkTree(value: unknown, visit: (node: TreeNode, key: string) => void, key = ""): void {
  if (Array.isArray(value)) {
    for (const item of value) walkTree(item, visit, key);
  } else if (typeof value === "object" && value !== null) {
    visit(value as TreeNode, key);
    for (const [name, inner] of Object.entries(value)) walkTree(inner, visit, name);
  }
}

/** A function by its name: in an expression, or in table position. */
export function functionName(node: TreeNode): string | null {
  const isExpression = node["kind"] === "function" && typeof node["name"] === "string";
  const isTableFunction = node["kind"] === undefined && Array.isArray(node["arguments"]) && Array.isArray(node["settings"]) && "at" in node;
  return (isExpression && node["operator"] === null) || isTableFunction ? String(node["name"]) : null;
}
