import type { Node } from "../text/syntax.ts";
import { wholeSpan } from "../text/span.ts";
import type { Span } from "../text/span.ts";
import { Places } from "./located.ts";
import type { Located, Unreadable } from "./located.ts";

/** Wrappers that only give the editor types. */
const WRAPPERS = new Set(["defineConfig", "defineTreadConfig"]);

const MOST_VALUES = 100_000;

const NEVER_RUN = "tread reads this file and never runs it: write plain values, top-level constants and spreads of them";

/**
 * The default export of a `.ts`, `.mts`, `.js` or `.mjs` file, read from its syntax tree. The file is never executed: a check also
 * runs on repositories that the reader does not trust, in CI with secrets around.
 *
 * Understood: object, array, string, number, boolean and null literals, templates without substitutions, `as const`,
 * `satisfies`, parentheses, a `defineConfig(…)` wrapper, references to top-level constants and spreads of them,
 * `export default` and `module.exports =`.
 */
export async function readScript(file: string, text: string): Promise<Located | Unreadable> {
  const { loadGrammar } = await import("../text/syntax.ts");
  const parse = await loadGrammar(/\.[mc]?ts$/.test(file) ? "typescript" : "javascript");
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const tree = parse(source);
  try {
    const broken = firstError(tree.root);
    if (broken !== null) {
      return { errors: [{ span: spanOf(file, broken), message: "the file does not parse here", help: "correct the syntax" }] };
    }
    const exported = defaultExport(tree.root);
    if (exported === null) {
      const help = "end the file with `export default { … }`";
      return { errors: [{ span: wholeSpan(file, ""), message: "the file has no default export", help }] };
    }
    const reader = new Reader(file, constants(tree.root));
    const value = reader.read(exported, []);
    if (reader.errors.length > 0) return { errors: reader.errors };
    const whole = spanOf(file, exported);
    return { value, span: (path, part) => reader.places.find(path, part, whole) };
  } finally {
    tree.free();
  }
}

function firstError(root: Node): Node | null {
  if (!root.hasError) return null;
  let node = root;
  for (;;) {
    if (node.isError || node.isMissing) return node;
    const next = node.children.find((child) => child !== null && (child.hasError || child.isMissing));
    if (!next) return node;
    node = next;
  }
}

function defaultExport(root: Node): Node | null {
  for (const statement of named(root)) {
    if (statement.type === "export_statement" && statement.children.some((child) => child?.type === "default")) {
      return statement.childForFieldName("value") ?? statement.childForFieldName("declaration");
    }
    const assignment = statement.type === "expression_statement" ? named(statement)[0] : undefined;
    if (assignment?.type === "assignment_expression" && assignment.childForFieldName("left")?.text === "module.exports") {
      return assignment.childForFieldName("right");
    }
  }
  return null;
}

function constants(root: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const statement of named(root)) {
    const declaration = statement.type === "export_statement" ? statement.childForFieldName("declaration") : statement;
    // `let` may be assigned again later; only a const is what its initialiser says.
    if (declaration?.type !== "lexical_declaration" || declaration.childForFieldName("kind")?.text !== "const") continue;
    for (const declarator of named(declaration)) {
      const name = declarator.childForFieldName("name");
      const value = declarator.childForFieldName("value");
      if (name?.type === "identifier" && value) found.set(name.text, value);
    }
  }
  return found;
}

class Reader {
  readonly errors: { span: Span; message: string; help: string }[] = [];
  readonly places: Places = new Places();
  readonly #file: string;
  readonly #constants: ReadonlyMap<string, Node>;
  readonly #reading: string[] = [];
  #visited = 0;

  constructor(file: string, known: ReadonlyMap<string, Node>) {
    this.#file = file;
    this.#constants = known;
  }

  read(node: Node, path: readonly PropertyKey[], key?: Node): unknown {
    // Constants that spread each other double with every step: forty lines would fill the memory.
    if (++this.#visited > MOST_VALUES) return this.errors.length > 0 ? undefined : this.#cannot(node, "the file holds too many values");
    this.places.set(path, spanOf(this.#file, node), key && spanOf(this.#file, key));
    switch (node.type) {
      case "object":
        return this.#object(node, path);
      case "array":
        return this.#array(node, path);
      case "string":
        return unquote(node);
      case "template_string":
        return node.children.some((child) => child?.type === "template_substitution")
          ? this.#cannot(node, "a template with substitutions cannot be read")
          : unquote(node);
      case "number":
        return Number(node.text.replaceAll("_", ""));
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      case "undefined":
        return undefined;
      case "unary_expression": {
        const argument = node.childForFieldName("argument");
        const sign = node.childForFieldName("operator")?.text;
        if (argument?.type === "number" && (sign === "-" || sign === "+")) {
          return Number(argument.text.replaceAll("_", "")) * (sign === "-" ? -1 : 1);
        }
        return this.#cannot(node);
      }
      case "parenthesized_expression":
      case "as_expression":
      case "satisfies_expression":
      case "non_null_expression": {
        const inner = named(node)[0];
        return inner ? this.read(inner, path, key) : this.#cannot(node);
      }
      case "type_assertion": {
        const inner = named(node).at(-1);
        return inner ? this.read(inner, path, key) : this.#cannot(node);
      }
      case "call_expression":
        return this.#call(node, path, key);
      case "identifier":
        return this.#constant(node, path, key);
      default:
        return this.#cannot(node);
    }
  }

  #object(node: Node, path: readonly PropertyKey[]): unknown {
    const value: Record<string, unknown> = {};
    for (const member of named(node)) {
      if (member.type === "pair") {
        const key = member.childForFieldName("key");
        const of = member.childForFieldName("value");
        const name = key && keyName(key);
        if (!key || !of || name === null || name === undefined) this.#cannot(key ?? member, "a computed key cannot be read");
        else this.#put(value, name, key, () => this.read(of, [...path, name], key));
      } else if (member.type === "shorthand_property_identifier") {
        this.#put(value, member.text, member, () => this.#constant(member, [...path, member.text], member));
      } else if (member.type === "spread_element") {
        const of = named(member)[0];
        const spread = of && this.read(of, path);
        if (typeof spread === "object" && spread !== null && !Array.isArray(spread)) Object.assign(value, spread);
        else if (this.errors.length === 0) this.#cannot(member, "only an object can be spread here");
      } else if (member.type !== "comment") {
        this.#cannot(member, "a function cannot be read");
      }
    }
    return value;
  }

  #put(value: Record<string, unknown>, name: string, key: Node, read: () => unknown): void {
    if (name === "__proto__") {
      this.#cannot(key, "`__proto__` is not a setting");
      return;
    }
    const part = read();
    if (part !== undefined) value[name] = part;
  }

  #array(node: Node, path: readonly PropertyKey[]): unknown {
    const items: unknown[] = [];
    for (const element of named(node)) {
      if (element.type === "comment") continue;
      if (element.type === "spread_element") {
        const of = named(element)[0];
        const spread = of && this.read(of, [...path, items.length]);
        if (Array.isArray(spread)) items.push(...(spread as unknown[]));
        else if (this.errors.length === 0) this.#cannot(element, "only a list can be spread here");
      } else {
        items.push(this.read(element, [...path, items.length]));
      }
    }
    return items;
  }

  #call(node: Node, path: readonly PropertyKey[], key?: Node): unknown {
    const callee = node.childForFieldName("function")?.text ?? "";
    const passed = node.childForFieldName("arguments");
    const only = passed ? named(passed).filter((child) => child.type !== "comment") : [];
    const [argument] = only;
    if (WRAPPERS.has(callee) && argument && only.length === 1) return this.read(argument, path, key);
    return this.#cannot(node, `a call of \`${shorten(callee)}\` cannot be read`);
  }

  #constant(node: Node, path: readonly PropertyKey[], key?: Node): unknown {
    const name = node.text;
    if (name === "undefined") return undefined;
    const value = this.#constants.get(name);
    if (value === undefined) return this.#cannot(node, `\`${shorten(name)}\` is not a top-level constant of this file`);
    if (this.#reading.includes(name)) return this.#cannot(node, `\`${shorten(name)}\` refers to itself`);
    this.#reading.push(name);
    const read = this.read(value, path, key);
    this.#reading.pop();
    return read;
  }

  #cannot(node: Node, message = `\`${shorten(node.text)}\` cannot be read`): undefined {
    this.errors.push({ span: spanOf(this.#file, node), message, help: NEVER_RUN });
    return undefined;
  }
}

function keyName(key: Node): string | null {
  switch (key.type) {
    case "property_identifier":
      return key.text;
    case "string":
      return unquote(key);
    case "number":
      return String(Number(key.text));
    default:
      return null;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", "0": "\0", "\n": "" };

function unquote(node: Node): string {
  return node.text
    .slice(1, -1)
    .replace(
      /\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([\s\S]))/g,
      (_, brace, four, two, other: string | undefined) => {
        const code = (brace ?? four ?? two) as string | undefined;
        if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
        return other === undefined ? "" : (ESCAPES[other] ?? other);
      },
    );
}

function named(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

function spanOf(file: string, node: Node): Span {
  return {
    file,
    line: node.startPosition.row + 1,
    column: node.startPosition.column + 1,
    endLine: node.endPosition.row + 1,
    endColumn: node.endPosition.column + 1,
  };
}
