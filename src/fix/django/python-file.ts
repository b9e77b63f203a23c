import { loadPython, type PyNode, type PythonModule } from "../../sources/django/python.ts";
import { insertion, type Edit } from "../edits.ts";
import { indentAt, type TextFile } from "../text-file.ts";

/** A migration file of Django with the places that fixes change. All offsets are into the file's text. */
export interface PythonMigration {
  readonly file: TextFile;
  readonly module: PythonModule;
  /** The class `Migration`. */
  readonly cls: PyNode;
  /** The statements of its body. */
  readonly body: readonly PyNode[];
  /** The elements of `operations = […]`; null where that is no plain list. */
  readonly operations: readonly PyNode[] | null;
}

/** Null: there is no class that can be read, or the file is not valid Python. */
export async function readPythonMigration(file: TextFile): Promise<PythonMigration | null> {
  const parse = await loadPython();
  const module = parse(file.path, file.path, file.text);
  if (module.errors.length > 0) return null;
  const cls = module.root.namedChildren.find((node) => node.type === "class_definition" && node.child("name")?.text === "Migration");
  const body = cls?.child("body")?.namedChildren ?? [];
  if (cls === undefined || body.length === 0) return null;
  const list = assigned(body, "operations");
  return { file, module, cls, body, operations: list?.type === "list" ? list.namedChildren : null };
}

/** The right side of `name = …` in a class body. */
export function assigned(body: readonly PyNode[], name: string): PyNode | null {
  for (const statement of body) {
    const assignment = statement.type === "assignment" ? statement : statement.namedChildren[0];
    if (assignment?.type === "assignment" && assignment.child("left")?.text === name) return assignment.child("right");
  }
  return null;
}

/** `migrations.AddIndex(…)` and `AddIndex(…)` → `AddIndex`. */
export function calledName(call: PyNode): string | null {
  const callee = call.type === "call" ? call.child("function") : null;
  return callee === null || callee === undefined ? null : callee.text.slice(callee.text.lastIndexOf(".") + 1);
}

/** An argument by its keyword, or by its place where none is given. */
export function argument(call: PyNode, keyword: string, place: number | null): PyNode | null {
  const list = call.child("arguments")?.namedChildren ?? [];
  const named = list.find((node) => node.type === "keyword_argument" && node.child("name")?.text === keyword);
  if (named !== undefined) return named.child("value");
  const positional = place === null ? undefined : list.filter((node) => node.type !== "keyword_argument")[place];
  return positional ?? null;
}

/** A string without prefix, interpolation or concatenation: what it says is what is written. */
export function plainString(node: PyNode | null): string | null {
  const match = node?.type === "string" ? /^(["'])([^"'\\]*)\1$/.exec(node.text) : null;
  return match?.[2] ?? null;
}

/** `atomic = False` in the class. Null: it says something that is neither True nor False, or its body has no line of its own. */
export function nonAtomic({ cls, body, file }: PythonMigration): readonly Edit[] | null {
  const atomic = assigned(body, "atomic");
  if (atomic !== null) {
    if (atomic.text === "False") return [];
    return atomic.text === "True" ? [{ start: atomic.start, end: atomic.end, text: "False" }] : null;
  }
  const isDocstring = (node: PyNode): boolean => node.type === "string" || node.namedChildren[0]?.type === "string";
  const [first, second] = body;
  const target = first !== undefined && isDocstring(first) ? second : first;
  if (target === undefined) return null;
  const indent = indentAt(file.text, target.start);
  if (indent === "") return null;
  // Above the comments that belong to the first statement.
  const from = target === first ? (cls.child("superclasses")?.end ?? cls.start) : first?.end;
  const comments = [...cls.children, ...(cls.child("body")?.children ?? [])].filter(
    (node) => node.type === "comment" && node.start > (from ?? 0) && node.end <= target.start && indentAt(file.text, node.start) !== "",
  );
  const at = Math.min(target.start, ...comments.map((comment) => comment.start));
  const apart = target.text.includes("\n") || comments.length > 0 || /=\s*\[/.test(target.text) ? file.newline : "";
  return [insertion(at, `atomic = False${file.newline}${apart}${indentAt(file.text, at)}`)];
}

/** Makes names of a module known to the file. Null: one of them means something else there already, or there is no place for it. */
export function imported(migration: PythonMigration, from: string, names: readonly string[]): readonly Edit[] | null {
  const { module, file } = migration;
  const statements = module.root.namedChildren;
  const fromImports = statements.filter((node) => node.type === "import_from_statement");
  const same = fromImports.filter((node) => node.child("module_name")?.text === from && node.childrenOf("name").length > 0);
  const known = new Set(same.flatMap((node) => node.childrenOf("name").map((name) => name.text)));
  const missing = names.filter((name) => !known.has(name)).sort();
  if (missing.length === 0) return [];
  if (missing.some((name) => isBound(statements, name))) return null;
  const [existing] = same;
  if (existing !== undefined) return merged(migration, existing, missing);
  const line = `from ${from} import ${missing.join(", ")}${file.newline}`;
  // Where isort puts it: before the first import of Django that comes later in the alphabet.
  const django = fromImports.filter((node) => /^django\b/.test(node.child("module_name")?.text ?? ""));
  const next = django.find((node) => (node.child("module_name")?.text ?? "") > from);
  if (next !== undefined) return startsLine(file.text, next.start) ? [insertion(next.start, line)] : null;
  const last = django.at(-1) ?? fromImports.at(-1) ?? statements.findLast((node) => node.type === "import_statement");
  if (last === undefined) return null;
  const end = file.text.indexOf("\n", last.end);
  return end === -1 || /\S/.test(file.text.slice(last.end, end).replace(/#.*$/, "")) ? null : [insertion(end + 1, line)];
}

function startsLine(text: string, offset: number): boolean {
  return offset === 0 || text[offset - 1] === "\n";
}

/** Into the list of an import that is there, where the alphabet wants it. */
function merged({ file }: PythonMigration, existing: PyNode, missing: readonly string[]): readonly Edit[] {
  const names = existing.childrenOf("name");
  return missing.map((name) => {
    const next = names.find((other) => other.text > name);
    if (next !== undefined) {
      const indent = indentAt(file.text, next.start);
      return insertion(next.start, indent === "" ? `${name}, ` : `${name},${file.newline}${indent}`);
    }
    const last = names.at(-1) ?? existing;
    const indent = indentAt(file.text, last.start);
    return insertion(last.end, indent === "" ? `, ${name}` : `,${file.newline}${indent}${name}`);
  });
}

/** A name that the file gives to something: an import, a class, a function, a variable. */
function isBound(statements: readonly PyNode[], name: string): boolean {
  return statements.some((node) => {
    switch (node.type) {
      case "import_from_statement":
      case "import_statement":
        return node.childrenOf("name").some((each) => (each.child("alias") ?? each).text === name);
      case "class_definition":
      case "function_definition":
        return node.child("name")?.text === name;
      default:
        return (node.type === "assignment" ? node : node.namedChildren[0])?.child("left")?.text === name;
    }
  });
}
