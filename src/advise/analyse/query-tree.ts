/**
 * The analyzer's own tree of a query, as `EXPLAIN QUERY TREE` prints it: names are resolved, aliases and CTEs followed, constants
 * folded. Two spaces of indentation per level; a node is `KIND id: 7, key: value, …`, a section is a word in capitals.
 * Read on 26.7.2.1.
 */
export type TreeNode =
  | { readonly kind: "column"; readonly name: string; readonly type: string; readonly source: number; readonly expression: TreeNode | null }
  /** `expression` is what the constant was folded from: `today() - 7`. */
  | { readonly kind: "constant"; readonly value: string; readonly type: string; readonly expression: TreeNode | null }
  | {
      readonly kind: "function";
      readonly name: string;
      readonly type: string;
      readonly aggregate: boolean;
      readonly parameters: readonly TreeNode[];
      readonly arguments: readonly TreeNode[];
    }
  | TableNode
  | QueryNode
  | UnionNode
  | { readonly kind: "other"; readonly label: string; readonly children: readonly TreeNode[] };

export interface TableNode {
  readonly kind: "table";
  readonly id: number;
  /** `database.table`; a table function gives its name. */
  readonly table: string;
  readonly final: boolean;
}

export interface QueryNode {
  readonly kind: "query";
  readonly id: number;
  /** Names of the columns that it gives, in order. */
  readonly columns: readonly string[];
  readonly projection: readonly TreeNode[];
  readonly from: readonly TreeNode[];
  readonly prewhere: TreeNode | null;
  readonly where: TreeNode | null;
  readonly having: TreeNode | null;
  readonly groupBy: readonly TreeNode[];
  readonly orderBy: readonly TreeNode[];
  readonly limit: boolean;
}

export interface UnionNode {
  readonly kind: "union";
  readonly id: number;
  readonly queries: readonly TreeNode[];
}

interface Line {
  readonly depth: number;
  readonly text: string;
}

interface Raw {
  readonly text: string;
  readonly children: Raw[];
}

/** @throws Error when the text is not a query tree */
export function parseQueryTree(text: string): TreeNode {
  const root = nest(linesOf(text));
  const first = root[0];
  if (first === undefined) throw new Error("the engine printed no query tree");
  return nodeOf(first);
}

/** A constant may hold line breaks: what does not look like a node or a section belongs to the line before. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split("\n")) {
    const trimmed = line.trimStart();
    if (trimmed === "") continue;
    lines.push({ depth: Math.floor((line.length - trimmed.length) / 2), text: trimmed });
  }
  return lines;
}

function nest(lines: readonly Line[]): Raw[] {
  const roots: Raw[] = [];
  const open: { depth: number; node: Raw }[] = [];
  for (const { depth, text } of lines) {
    while (open.length > 0 && (open.at(-1)?.depth ?? 0) >= depth) open.pop();
    const node: Raw = { text, children: [] };
    const parent = open.at(-1)?.node;
    if (parent === undefined) roots.push(node);
    else parent.children.push(node);
    open.push({ depth, node });
  }
  return roots;
}

function nodeOf(raw: Raw): TreeNode {
  const word = raw.text.split(" ", 1)[0] ?? "";
  switch (word) {
    case "COLUMN":
      return {
        kind: "column",
        name: between(raw.text, "column_name: ", ", result_type: "),
        type: between(raw.text, ", result_type: ", ", source_id: "),
        source: Number(after(raw.text, ", source_id: ")),
        expression: childOf(raw, "EXPRESSION"),
      };
    case "CONSTANT":
      return {
        kind: "constant",
        value: between(raw.text, "constant_value: ", ", constant_value_type: "),
        type: after(raw.text, ", constant_value_type: "),
        expression: childOf(raw, "EXPRESSION"),
      };
    case "FUNCTION":
      return {
        kind: "function",
        name: between(raw.text, "function_name: ", ", function_type: "),
        aggregate: !raw.text.includes("function_type: ordinary"),
        type: after(raw.text, ", result_type: "),
        parameters: listOf(raw, "PARAMETERS"),
        arguments: listOf(raw, "ARGUMENTS"),
      };
    case "TABLE":
    case "TABLE_FUNCTION":
      return {
        kind: "table",
        id: idOf(raw.text),
        table: word === "TABLE" ? between(raw.text, "table_name: ", ",") : `${between(raw.text, "table_function_name: ", ",")}()`,
        final: raw.text.includes("final: 1"),
      };
    case "QUERY":
      return queryOf(raw);
    case "UNION":
      return { kind: "union", id: idOf(raw.text), queries: listOf(raw, "QUERIES") };
    default:
      return { kind: "other", label: word, children: flatten(raw.children) };
  }
}

function queryOf(raw: Raw): QueryNode {
  return {
    kind: "query",
    id: idOf(raw.text),
    columns: (section(raw, "PROJECTION COLUMNS")?.children ?? []).map((child) => firstWord(child.text)),
    projection: listOf(raw, "PROJECTION"),
    from: flatten(section(raw, "JOIN TREE")?.children ?? []),
    prewhere: childOf(raw, "PREWHERE"),
    where: childOf(raw, "WHERE"),
    having: childOf(raw, "HAVING"),
    groupBy: listOf(raw, "GROUP BY").flatMap((node) => (node.kind === "other" && node.label === "LIST" ? node.children : [node])),
    orderBy: listOf(raw, "ORDER BY").flatMap((node) => (node.kind === "other" ? node.children.slice(0, 1) : [])),
    limit: section(raw, "LIMIT") !== null || section(raw, "LIMIT BY") !== null,
  };
}

/** Sections are words in capitals; below them stand nodes. */
function section(raw: Raw, label: string): Raw | null {
  return raw.children.find((child) => child.text === label) ?? null;
}

function childOf(raw: Raw, label: string): TreeNode | null {
  const found = raw.children.find((child) => child.text === label || child.text.startsWith(`${label} `));
  const first = found?.children[0];
  return first === undefined ? null : nodeOf(first);
}

function listOf(raw: Raw, label: string): TreeNode[] {
  const list = section(raw, label)?.children.find((child) => child.text.startsWith("LIST "));
  return (list?.children ?? []).map(nodeOf);
}

/** Nodes below, whatever sections and lists stand between. */
function flatten(children: readonly Raw[]): TreeNode[] {
  return children.flatMap((child): TreeNode[] => {
    const word = child.text.split(" ", 1)[0] ?? "";
    const isNode = child.text.includes(" id: ");
    if (!isNode || word === "LIST") return flatten(child.children);
    return [nodeOf(child)];
  });
}

function idOf(text: string): number {
  return Number.parseInt(after(text, " id: "), 10);
}

function after(text: string, mark: string): string {
  const at = text.indexOf(mark);
  return at === -1 ? "" : text.slice(at + mark.length);
}

/** From the first mark to the last occurrence of the second, or to the end. A comma may stand within a type: take what is asked for. */
function between(text: string, from: string, to: string): string {
  const rest = after(text, from);
  const end = to === "," ? rest.indexOf(to) : rest.lastIndexOf(to);
  return end === -1 ? rest : rest.slice(0, end);
}

/** A projected name may be quoted: `` `count()` `` or with blanks in it. */
function firstWord(text: string): string {
  const blank = text.lastIndexOf(" ");
  const open = text.indexOf("(");
  // `name Type(args, with blanks)`: the type starts after the first blank that no parenthesis of the name encloses.
  if (open === -1) return blank === -1 ? text : text.slice(0, blank);
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === " " && depth === 0 && /^[A-Z]/.test(text.slice(i + 1))) return text.slice(0, i);
  }
  return text;
}
