import type { Files } from "../../sources/source.ts";
import type { AppInfo } from "../../sources/django/apps.ts";
import { readScope } from "../../sources/django/modules.ts";
import type { Modules, Scope } from "../../sources/django/modules.ts";
import type { PyNode, PythonModule } from "../../sources/django/python.ts";
import { decodePython } from "../../sources/django/decode.ts";

/** What a name in a module stands for: a class or function of the repository, a value, or something from outside by its path. */
export type Resolved =
  | { readonly kind: "class" | "function" | "value"; readonly node: PyNode; readonly module: PythonModule }
  | { readonly kind: "external"; readonly path: string };

const TEST_PATH = /(?:^|\/)(?:tests?|testing|testutils)\/|(?:^|\/)(?:test_[^/]*|[^/]*_tests?|tests|conftest)\.py$/;
/** Django finds templates in folders of this name; pages and mails that code reads by itself lie anywhere. */
const TEMPLATE =
  /^(?!.*(?:^|\/)(?:node_modules|docs?|tests?)\/).*\.(?:html?|djhtml|jinja2?|j2|mjml)$|(?:^|\/)(?:templates|jinja2)\/.*\.(?:txt|xml)$/;
const CLASS = /^[ \t]*class[ \t]+(\w+)/gm;
const MAX_HOPS = 10;

/**
 * The Python code of one version that serves requests: migrations and tests are left out. Files are read as text once; only those
 * that a reader asks for are parsed (about 1 ms per 200 lines).
 */
export class CodeIndex {
  readonly files: Files;
  readonly root: string;
  readonly modules: Modules;
  /** Python files that serve, without migrations and tests. */
  readonly paths: readonly string[];
  /** Templates: they use accessors too. */
  readonly templates: readonly string[];
  /** Label of each Django app by its folder. */
  readonly apps: ReadonlyMap<string, string>;
  /** Files that were listed and could not be read. */
  readonly unreadable: string[] = [];
  readonly #texts = new Map<string, string>();
  readonly #locals = new Map<PyNode, Scope>();
  #classes: Map<string, string[]> | null = null;
  #folders: Set<string> | null = null;

  constructor(files: Files, root: string, modules: Modules, apps: readonly AppInfo[]) {
    this.files = files;
    this.root = root;
    const listed = files.list(root);
    const python = listed.filter((p) => p.endsWith(".py"));
    const isMigration = (p: string): boolean => /(?:^|\/)migrations\//.test(p);
    this.paths = python.filter((p) => !isMigration(p) && !TEST_PATH.test(p.slice(root === "." ? 0 : root.length)));
    this.templates = listed.filter((p) => TEMPLATE.test(p));
    this.modules = modules;
    this.apps = new Map(apps.map((a) => [a.folder === "." ? "" : a.folder, a.label]));
  }

  /** Empty for a file that cannot be read: it is in `unreadable` then. */
  text(path: string): string {
    let text = this.#texts.get(path);
    if (text === undefined) {
      try {
        text = decodePython(this.files.read(path)).text;
      } catch {
        this.unreadable.push(path);
        text = "";
      }
      this.#texts.set(path, text);
    }
    return text;
  }

  /** Null for a file that cannot be read. Syntax errors are in the module's `errors`. */
  load(path: string): PythonModule | null {
    try {
      return this.modules.load(path);
    } catch {
      if (!this.unreadable.includes(path)) this.unreadable.push(path);
      return null;
    }
  }

  /** Files that declare a class of this name. */
  filesOfClass(name: string): readonly string[] {
    if (this.#classes === null) {
      this.#classes = new Map();
      for (const path of this.paths) {
        for (const match of this.text(path).matchAll(CLASS)) {
          const found = this.#classes.get(match[1] ?? "");
          if (found === undefined) this.#classes.set(match[1] ?? "", [path]);
          else if (found.at(-1) !== path) found.push(path);
        }
      }
    }
    return this.#classes.get(name) ?? [];
  }

  /** Label of the app that a file belongs to: the nearest folder above it that is an app. */
  appOf(path: string): string | null {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const label = this.apps.get(folder);
      if (label !== undefined) return label;
      if (folder === "") return null;
    }
  }

  /** Follows a dotted name (`models.Model`, `Person`, `utils.base.Base`) through the module's imports. */
  resolve(module: PythonModule, dotted: string, hops = 0): Resolved | null {
    if (hops > MAX_HOPS) return null;
    const [first = "", ...rest] = dotted.split(".");
    const scope = this.modules.scope(module);
    const binding = scope.bindings.get(first);
    if (binding === undefined) {
      for (const star of scope.stars) {
        const path = this.modules.find(star);
        const starred = path === null ? null : this.load(path);
        const found = starred === null ? null : this.resolve(starred, dotted, hops + 1);
        if (found !== null && found.kind !== "external") return found;
      }
      return scope.stars.some((s) => this.modules.find(s) === null) ? { kind: "external", path: dotted } : null;
    }
    switch (binding.kind) {
      case "class":
        return this.#inClass({ kind: "class", node: binding.node, module }, rest);
      case "def":
        return rest.length === 0 ? { kind: "function", node: binding.node, module } : null;
      case "value":
        if (rest.length > 0) return null;
        if (binding.augmented.length > 0) return { kind: "external", path: `${first} (changed after it was set)` };
        if (binding.node.type === "identifier" || binding.node.type === "attribute") {
          return this.resolve(module, binding.node.text, hops + 1) ?? { kind: "value", node: binding.node, module };
        }
        return { kind: "value", node: binding.node, module };
      case "import":
        return this.#imported(binding.module, binding.name === null ? rest : [binding.name, ...rest], hops);
      default:
        return binding satisfies never;
    }
  }

  /** A name that an import inside of the function around `node` brings in (the usual way around circular imports). */
  resolveLocal(node: PyNode, name: string): Resolved | null {
    for (let n = node.parent; n !== null; n = n.parent) {
      const body = n.type === "function_definition" ? n.child("body") : null;
      if (body === null || !body.text.includes("import")) continue;
      let scope = this.#locals.get(body);
      if (scope === undefined) {
        const here = this.modules.dottedOf(n.module.path).split(".");
        const isPackage = n.module.path.endsWith("/__init__.py");
        scope = readScope(n.module, body, (level, from) => {
          const up = level - (isPackage ? 1 : 0);
          const base = level === 0 ? [] : up === 0 ? here : here.slice(0, -up);
          return [...base, ...(from === "" ? [] : [from])].join(".");
        });
        this.#locals.set(body, scope);
      }
      const binding = scope.bindings.get(name);
      if (binding?.kind === "import") return this.#imported(binding.module, binding.name === null ? [] : [binding.name], 0);
    }
    return null;
  }

  #imported(dotted: string, rest: readonly string[], hops: number): Resolved | null {
    // `import a.b` binds `a`: modules are walked down while they exist, then the rest is a name in the last of them.
    let base = dotted;
    let names = rest;
    for (;;) {
      const next = names[0];
      if (next === undefined) break;
      const path = this.modules.find(base);
      const module = path === null ? null : this.load(path);
      const found = module === null ? null : this.resolve(module, names.join("."), hops + 1);
      if (found !== null) return found;
      if (this.modules.find(`${base}.${next}`) === null && !this.#isFolder(`${base}.${next}`)) break;
      base = `${base}.${next}`;
      names = names.slice(1);
    }
    if (this.modules.find(base) !== null) return null;
    return { kind: "external", path: [base, ...names].join(".") };
  }

  #isFolder(dotted: string): boolean {
    if (this.#folders === null) {
      this.#folders = new Set();
      for (const path of this.paths) {
        // A folder that is known has all of those above it.
        for (let folder = dirname(path); folder !== "" && !this.#folders.has(folder); folder = dirname(folder)) this.#folders.add(folder);
      }
    }
    const folders = this.#folders;
    const relative = dotted.replaceAll(".", "/");
    return this.modules.roots.some((r) => folders.has(r === "." || r === "" ? relative : `${r}/${relative}`));
  }

  #inClass(found: Resolved, rest: readonly string[]): Resolved | null {
    if (found.kind === "external" || rest.length === 0) return found;
    const inner = found.node.child("body")?.namedChildren.find((c) => c.type === "class_definition" && c.child("name")?.text === rest[0]);
    return inner === undefined ? null : this.#inClass({ kind: "class", node: inner, module: found.module }, rest.slice(1));
  }
}

function dirname(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
}
