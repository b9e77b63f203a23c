import type { Files } from "../source.ts";
import { decodePython } from "./decode.ts";
import type { ParsePython, PyNode, PythonModule } from "./python.ts";

/** What a name at the top level of a module or class stands for, before it is evaluated. */
export type Binding =
  | { readonly kind: "import"; readonly module: string; readonly name: string | null }
  | {
      readonly kind: "value";
      readonly node: PyNode;
      readonly augmented: readonly PyNode[];
      /** What the name stood for until then: `APPS = APPS + […]`. */
      readonly before?: Binding | undefined;
    }
  | { readonly kind: "def"; readonly node: PyNode }
  | { readonly kind: "class"; readonly node: PyNode };

export interface Scope {
  readonly module: PythonModule;
  readonly bindings: ReadonlyMap<string, Binding>;
  /** Modules of `from x import *`, in order. */
  readonly stars: readonly string[];
}

/** The Python files of a project: read and parsed on demand, found by dotted name. */
export class Modules {
  readonly files: Files;
  /** Folders that may stand on Python's path: the source's root first. */
  readonly roots: readonly string[];
  readonly #parse: ParsePython;
  readonly #paths: ReadonlySet<string>;
  readonly #loaded = new Map<string, PythonModule | null>();
  readonly #scopes = new Map<PythonModule, Scope>();
  /** Files that are no UTF-8 and declare nothing. */
  readonly latin: string[] = [];

  constructor(files: Files, parse: ParsePython, paths: readonly string[], roots: readonly string[]) {
    this.files = files;
    this.#parse = parse;
    this.#paths = new Set(paths);
    this.roots = roots;
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Null when there is no such file or it cannot be read. */
  load(path: string): PythonModule | null {
    const known = this.#loaded.get(path);
    if (known !== undefined) return known;
    let module: PythonModule | null = null;
    if (this.#paths.has(path)) {
      const decoded = decodePython(this.files.read(path));
      if (decoded.encoding === "latin-1") this.latin.push(path);
      module = this.#parse(path, this.files.display(path), decoded.text);
    }
    this.#loaded.set(path, module);
    return module;
  }

  /** The file of a dotted module name, or null when it is not in the repository. */
  find(dotted: string): string | null {
    const relative = dotted.replaceAll(".", "/");
    for (const root of this.roots) {
      const base = root === "." || root === "" ? relative : `${root}/${relative}`;
      if (this.#paths.has(`${base}.py`)) return `${base}.py`;
      if (this.#paths.has(`${base}/__init__.py`)) return `${base}/__init__.py`;
    }
    return null;
  }

  /** Dotted name under which Python imports a file, seen from the first root that holds it. */
  dottedOf(path: string): string {
    const bare = path.replace(/(?:\/__init__)?\.py$/, "");
    const root = this.roots.find((r) => r !== "." && r !== "" && bare.startsWith(`${r}/`));
    return (root === undefined ? bare : bare.slice(root.length + 1)).replaceAll("/", ".");
  }

  scope(module: PythonModule): Scope {
    let scope = this.#scopes.get(module);
    if (scope === undefined) {
      scope = readScope(module, module.root, (level, name) => this.#relative(module, level, name));
      this.#scopes.set(module, scope);
    }
    return scope;
  }

  /** What the statements of a function's body bind. */
  scopeOf(body: PyNode): Scope {
    return readScope(body.module, body, (level, name) => this.#relative(body.module, level, name));
  }

  #relative(module: PythonModule, level: number, name: string): string {
    if (level === 0) return name;
    const parts = this.dottedOf(module.path).split(".");
    const up = module.path.endsWith("/__init__.py") ? level - 1 : level;
    const base = up === 0 ? parts : parts.slice(0, -up);
    return [...base, ...(name === "" ? [] : [name])].join(".");
  }
}

/** Names bound by the statements of a block. A later binding wins, as it does when the module has run. */
export function readScope(module: PythonModule, block: PyNode, resolve: (level: number, name: string) => string): Scope {
  const bindings = new Map<string, Binding>();
  const stars: string[] = [];
  const visit = (statement: PyNode): void => {
    switch (statement.type) {
      case "import_statement":
        for (const name of statement.childrenOf("name")) {
          if (name.type === "aliased_import") {
            const alias = name.child("alias")?.text ?? "";
            bindings.set(alias, { kind: "import", module: name.child("name")?.text ?? "", name: null });
          } else {
            const first = name.text.split(".")[0] ?? name.text;
            bindings.set(first, { kind: "import", module: first, name: null });
          }
        }
        return;
      case "import_from_statement":
      case "future_import_statement": {
        const from = statement.child("module_name");
        if (from === null) return;
        const dots = /^[.\s]*/.exec(from.text)?.[0].replaceAll(/\s/g, "").length ?? 0;
        const target = resolve(dots, from.text.replace(/^[.\s]+/, ""));
        if (statement.children.some((c) => c.type === "wildcard_import")) stars.push(target);
        for (const name of statement.childrenOf("name")) {
          const aliased = name.type === "aliased_import";
          const imported = (aliased ? name.child("name")?.text : name.text) ?? "";
          const local = (aliased ? name.child("alias")?.text : name.text) ?? "";
          bindings.set(local, { kind: "import", module: target, name: imported });
        }
        return;
      }
      case "expression_statement":
        for (const child of statement.namedChildren) bindAssignment(child, bindings);
        return;
      case "function_definition":
        bindings.set(statement.child("name")?.text ?? "", { kind: "def", node: statement });
        return;
      case "class_definition":
        bindings.set(statement.child("name")?.text ?? "", { kind: "class", node: statement });
        return;
      case "decorated_definition": {
        const definition = statement.child("definition");
        if (definition !== null) visit(definition);
        return;
      }
      case "try_statement":
      case "with_statement": {
        const body = statement.child("body");
        if (body !== null) for (const inner of body.namedChildren) visit(inner);
        return;
      }
      case "if_statement": {
        // Names bound under a condition are taken as bound; what is added to a list under one is decided where it is evaluated.
        const body = statement.child("consequence");
        if (body !== null) for (const inner of body.namedChildren) visit(inner);
        return;
      }
      default:
        // A loop, a `with`, a `match`: nothing is run here, so what it changes is known to be changed, and not how.
        for (const name of changedNames(statement)) {
          const known = bindings.get(name);
          if (known?.kind === "value") bindings.set(name, { ...known, augmented: [...known.augmented, statement] });
        }
    }
  };
  for (const statement of block.namedChildren) visit(statement);
  return { module, bindings, stars };
}

/** Names that a compound statement assigns to, adds to, or calls `append` and the like on. */
function changedNames(statement: PyNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: PyNode): void => {
    if (node.type === "assignment" || node.type === "augmented_assignment") names.add(node.child("left")?.text ?? "");
    if (node.type === "call") {
      const callee = node.child("function");
      if (callee?.type === "attribute") names.add(callee.child("object")?.text ?? "");
    }
    for (const child of node.namedChildren) visit(child);
  };
  visit(statement);
  return names;
}

function bindAssignment(node: PyNode, bindings: Map<string, Binding>): void {
  if (node.type === "assignment") {
    const left = node.child("left");
    const right = node.child("right");
    if (left === null || right === null) return;
    if (left.type === "identifier") bindings.set(left.text, { kind: "value", node: right, augmented: [], before: bindings.get(left.text) });
    // `a = b = value`
    if (right.type === "assignment") bindAssignment(right, bindings);
    if ((left.type === "pattern_list" || left.type === "tuple_pattern") && right.namedChildren.length === left.namedChildren.length) {
      left.namedChildren.forEach((name, i) => {
        const value = right.namedChildren[i];
        if (value !== undefined && name.type === "identifier") bindings.set(name.text, { kind: "value", node: value, augmented: [] });
      });
    }
  } else if (node.type === "augmented_assignment") {
    const name = node.child("left")?.text ?? "";
    const known = bindings.get(name);
    if (known?.kind === "value") bindings.set(name, { ...known, augmented: [...known.augmented, node] });
    else if (known !== undefined) bindings.delete(name);
  } else if (node.type === "call") {
    // `operations.append(…)`, `.extend([…])`, `.insert(…)` on a list bound above.
    const callee = node.child("function");
    if (callee?.type !== "attribute") return;
    const target = callee.child("object")?.text ?? "";
    const known = bindings.get(target);
    if (known?.kind === "value") bindings.set(target, { ...known, augmented: [...known.augmented, node] });
  }
}
