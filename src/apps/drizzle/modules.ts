import { folderOf, joinPath, normalisePath } from "../../sources/files/paths.ts";
import type { Node, SyntaxTree } from "../../text/syntax.ts";

/** One file as far as names go: what it defines at the top, and what it takes from elsewhere. */
export interface Module {
  readonly path: string;
  readonly root: Node;
  /** Values and functions by name. */
  readonly values: ReadonlyMap<string, Node>;
  readonly imports: ReadonlyMap<string, { readonly from: string; readonly name: string }>;
  free(): void;
}

/** A value together with the module whose names it uses. */
export interface Located {
  readonly node: Node;
  readonly module: Module;
}

export function moduleOf(path: string, tree: SyntaxTree): Module {
  const values = new Map<string, Node>();
  const imports = new Map<string, { from: string; name: string }>();
  for (const statement of tree.root.namedChildren) {
    const inner = statement.type === "export_statement" ? (statement.childForFieldName("declaration") ?? statement) : statement;
    if (inner.type === "import_statement") readImport(inner, imports);
    else if (inner.type === "lexical_declaration" || inner.type === "variable_declaration") {
      for (const declarator of inner.namedChildren) {
        const name = declarator.childForFieldName("name");
        const value = declarator.childForFieldName("value");
        if (name?.type === "identifier" && value !== null) values.set(name.text, value);
      }
    } else if (inner.type === "function_declaration") {
      const name = inner.childForFieldName("name");
      if (name !== null) values.set(name.text, inner);
    }
  }
  return { path, root: tree.root, values, imports, free: () => tree.free() };
}

function readImport(statement: Node, imports: Map<string, { from: string; name: string }>): void {
  const from = statement.childForFieldName("source")?.text.slice(1, -1) ?? "";
  for (const specifier of statement.descendantsOfType("import_specifier")) {
    const name = specifier.childForFieldName("name")?.text;
    if (name !== undefined) imports.set(specifier.childForFieldName("alias")?.text ?? name, { from, name });
  }
  const namespace = statement.descendantsOfType("namespace_import")[0]?.namedChild(0)?.text;
  if (namespace !== undefined) imports.set(namespace, { from, name: "*" });
}

/** All modules of a project, and how names reach from one to another. */
export class Project {
  readonly #modules = new Map<string, Module>();

  add(module: Module): void {
    this.#modules.set(module.path, module);
  }

  get modules(): readonly Module[] {
    return [...this.#modules.values()];
  }

  /** What a name stands for, through imports; undefined when it comes from a package or cannot be found. */
  resolve(name: string, from: Module, depth = 0): Located | undefined {
    const own = from.values.get(name);
    if (own !== undefined) {
      const alias = own.type === "identifier" && own.text !== name && depth < 8 ? this.resolve(own.text, from, depth + 1) : undefined;
      return alias ?? { node: own, module: from };
    }
    const imported = from.imports.get(name);
    if (imported === undefined || depth > 8) return undefined;
    const target = this.#imported(imported.from, from.path);
    if (target !== undefined) return this.resolve(imported.name, target, depth + 1) ?? this.#anywhere(imported.name);
    return imported.from.startsWith("drizzle-orm") ? undefined : this.#anywhere(imported.name);
  }

  /** Under which name of drizzle-orm an identifier is known, `pgTable` for `import { pgTable as table }`. */
  drizzleName(name: string, from: Module): string | null {
    const imported = from.imports.get(name);
    return imported !== undefined && imported.from.startsWith("drizzle-orm") ? imported.name : null;
  }

  #imported(specifier: string, from: string): Module | undefined {
    const bare = specifier.replace(/\.[cm]?[jt]sx?$/, "");
    const endings = [".ts", ".tsx", ".mts", ".js", ".mjs", "/index.ts", "/index.js"];
    if (specifier.startsWith(".")) {
      const path = normalisePath(joinPath(folderOf(from), bare));
      return endings.map((end) => this.#modules.get(path + end)).find((module) => module !== undefined);
    }
    // `@/db/columns`, `~/db/columns`: an alias of the project, whose target is in a tsconfig; the end of the path will do.
    const tail = /^(?:@|~|#)\/?(.+)$/.exec(bare)?.[1];
    if (tail === undefined) return undefined;
    const found = this.modules.filter(({ path }) => endings.some((end) => path === tail + end || path.endsWith(`/${tail}${end}`)));
    return found.length === 1 ? found[0] : undefined;
  }

  /** The one module that defines the name, for imports through packages of a monorepo. */
  #anywhere(name: string): Located | undefined {
    const found = this.modules.filter(({ values }) => values.has(name));
    const [only] = found;
    const node = only?.values.get(name);
    return found.length === 1 && only !== undefined && node !== undefined ? { node, module: only } : undefined;
  }
}

/** A call with the calls chained behind it: `text("name").notNull()` → base `text`, then `notNull`. */
export interface Chain {
  /** What the base is called on: `t` of `t.text()`, `auth` of `auth.table()`; null for a plain function. */
  readonly object: string | null;
  readonly name: string;
  readonly args: readonly Node[];
  readonly methods: readonly { readonly name: string; readonly args: readonly Node[] }[];
}

export function chainOf(node: Node): Chain | null {
  if (node.type !== "call_expression") return null;
  const callee = node.childForFieldName("function");
  const args = (node.childForFieldName("arguments")?.namedChildren ?? []).filter((child) => child.type !== "comment");
  if (callee?.type === "identifier") return { object: null, name: callee.text, args, methods: [] };
  if (callee?.type !== "member_expression") return null;
  const object = callee.childForFieldName("object");
  const name = callee.childForFieldName("property")?.text ?? "";
  if (object?.type === "identifier") return { object: object.text, name, args, methods: [] };
  const inner = object === null ? null : chainOf(object);
  return inner === null ? null : { ...inner, methods: [...inner.methods, { name, args }] };
}

/** The text of a string literal or a template without holes, else null. */
export function stringOf(node: Node | undefined): string | null {
  if (node === undefined) return null;
  if (node.type === "string") return node.text.slice(1, -1);
  return node.type === "template_string" && node.descendantsOfType("template_substitution").length === 0 ? node.text.slice(1, -1) : null;
}

/** An expression without the parentheses, `as const` and `satisfies X` around it. */
export function unwrap(node: Node): Node {
  let inner = node;
  while (/^(?:parenthesized_expression|as_expression|satisfies_expression|non_null_expression)$/.test(inner.type)) {
    const next = inner.namedChild(0);
    if (next === null) break;
    inner = next;
  }
  return inner;
}

/** What a function returns when that is all it does: an arrow's expression, or its one `return`. */
export function returned(node: Node): Node | null {
  if (!/^(?:arrow_function|function_declaration|function_expression|function)$/.test(node.type)) return null;
  const body = node.childForFieldName("body");
  if (body === null) return null;
  if (body.type !== "statement_block") return unwrap(body);
  const returns = body.namedChildren.filter((child) => child.type === "return_statement");
  const value = returns.length === 1 ? returns[0]?.namedChild(0) : null;
  return value === null || value === undefined ? null : unwrap(value);
}
