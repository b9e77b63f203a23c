import { createHash } from "node:crypto";
import type { Problem, Suppression } from "../../model/migration.ts";
import type { Span } from "../../text/span.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Operation } from "./operation.ts";
import type { PyNode, PythonModule } from "./python.ts";
import type { OperationReader } from "./read-operation.ts";
import type { PyClass, PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf } from "./values.ts";

/** One `Migration` class as its file says it. */
export interface MigrationNode {
  /** `person.0002_email`. */
  readonly id: string;
  readonly app: string;
  readonly name: string;
  /** Relative to the `Files` root; for a migration of Django itself a description. */
  readonly path: string;
  /** `[app, name]`; the name may be `__first__` or `__latest__`. */
  readonly dependencies: readonly Dependency[];
  readonly runBefore: readonly Dependency[];
  /** Ids that this squash stands for. */
  readonly replaces: readonly string[];
  readonly atomic: boolean;
  readonly operations: readonly Operation[];
  readonly suppressions: readonly Suppression[];
  readonly module: PythonModule;
  readonly hash: string;
  /** Shipped with Django: applied wherever its app is, and never new. */
  readonly builtIn: boolean;
  readonly span: Span;
}

export interface Dependency {
  readonly app: string;
  readonly name: string;
  readonly span: Span;
}

export interface MigrationFile {
  readonly app: string;
  readonly name: string;
  readonly path: string;
  readonly module: PythonModule;
  readonly bytes: Uint8Array;
  readonly builtIn: boolean;
}

/** Reads a migration file. A problem instead of a node: the file has no migration that can be read. */
export function readMigrationFile(
  file: MigrationFile,
  evaluator: Evaluator,
  reader: OperationReader,
  problems: Problem[],
): MigrationNode | null {
  const { module } = file;
  const error = module.errors[0];
  if (error !== undefined) {
    problems.push({
      code: "syntax",
      message: `${module.display} is not valid Python: ${error.missing ? "something is missing" : "the parser stopped"} here`,
      help: "Correct the syntax. Everything else in the file was read; what the error covers is shown as opaque.",
      span: module.span(error.start, Math.max(error.end, error.start + 1)),
      fatal: true,
    });
  }
  const cls = evaluator.lookup(module, "Migration");
  if (!isKind(cls, "class")) {
    problems.push({
      code: "unreadable",
      message: `${module.display} has no \`Migration\` class that can be read`,
      help: "Django refuses such a file too (BadMigrationError). Move helper modules out of migrations/ or start their name with an underscore.",
      span: module.span(0, 0),
      fatal: true,
    });
    return null;
  }
  const attribute = (name: string): PyValue | undefined => attributeOf(cls, name, evaluator);
  const dependencies = readDependencies(attribute("dependencies"), file, problems);
  const atomic = attribute("atomic");
  const operationsNode = bodyNode(cls.node, "operations") ?? cls.node;
  const operationsValue = attribute("operations");
  const operations = [...reader.readAll(operationsValue, operationsNode)];
  for (const method of ["apply", "mutate_state"]) {
    if (isKind(attribute(method), "function")) {
      const node = cls.node;
      const reason = `the migration class has a \`${method}\` of its own, which decides what runs`;
      operations.push({ kind: "opaque", reason, className: "Migration", node, span: node.span, title: `Migration.${method}` });
    }
  }
  const inClass = module.errors.filter((e) => e.start >= cls.node.start && e.start <= cls.node.end);
  if (inClass.length > 0 && !operations.some((o) => o.kind === "opaque")) {
    const first = inClass[0];
    const span = first === undefined ? cls.node.span : module.span(first.start, Math.max(first.end, first.start + 1));
    operations.push({
      kind: "opaque",
      reason: "a syntax error inside of the migration class",
      className: "Migration",
      node: cls.node,
      span,
      title: "Migration",
    });
  }
  return {
    id: `${file.app}.${file.name}`,
    app: file.app,
    name: file.name,
    path: file.path,
    dependencies,
    runBefore: readDependencies(attribute("run_before"), file, problems),
    replaces: readDependencies(attribute("replaces"), file, problems).map((d) => `${d.app}.${d.name}`),
    atomic: atomic !== false,
    operations,
    suppressions: readSuppressions(module),
    module,
    hash: createHash("sha256").update(file.bytes).digest("hex"),
    builtIn: file.builtIn,
    span: cls.node.child("name")?.span ?? cls.node.span,
  };
}

function attributeOf(cls: PyClass, name: string, evaluator: Evaluator, depth = 0): PyValue | undefined {
  const own = evaluator.classAttribute(cls, name);
  if (own !== undefined || depth > 10) return own;
  for (const base of evaluator.bases(cls)) {
    const inherited = isKind(base, "class") ? attributeOf(base, name, evaluator, depth + 1) : undefined;
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

function bodyNode(cls: PyNode, name: string): PyNode | null {
  for (const statement of cls.child("body")?.namedChildren ?? []) {
    const assignment = statement.namedChildren[0];
    if (assignment?.type === "assignment" && assignment.child("left")?.text === name) return assignment.child("right");
  }
  return null;
}

function readDependencies(value: PyValue | undefined, file: MigrationFile, problems: Problem[]): readonly Dependency[] {
  if (value === undefined || value === null) return [];
  const items = itemsOf(value);
  const span = file.module.span(0, 0);
  const result: Dependency[] = [];
  const failed = (reason: string, at: Span): void => {
    problems.push({
      code: "unreadable",
      message: `a dependency of ${file.module.display} cannot be read: ${reason}`,
      help: 'Write the dependency as a plain ("app", "name") pair; the order of the migrations depends on it.',
      span: at,
      fatal: true,
    });
  };
  if (items === null) {
    failed(isUnknown(value) ? value.reason : "it is not a plain list", isUnknown(value) ? value.span : span);
    return [];
  }
  for (const item of items) {
    if (isKind(item, "call") && item.callee.endsWith("swappable_dependency")) {
      const label = item.args[0];
      if (typeof label === "string" && label.includes("."))
        result.push({ app: label.split(".")[0] ?? "", name: "__first__", span: item.node.span });
      else failed(isUnknown(label) ? label.reason : "the setting is not a label", item.node.span);
      continue;
    }
    const [app, name] = itemsOf(item) ?? [];
    if (typeof app === "string" && typeof name === "string")
      result.push({ app, name, span: dependencySpan(file.module, app, name) ?? span });
    else failed(isUnknown(item) ? item.reason : "it is not a pair of strings", isUnknown(item) ? item.span : span);
  }
  return result;
}

/** The pair as it stands in the file; values carry no place, so it is looked for in the text. */
function dependencySpan(module: PythonModule, app: string, name: string): Span | null {
  const at = module.text.search(new RegExp(`["']${escaped(app)}["']\\s*,\\s*["']${escaped(name)}["']`));
  if (at === -1) return null;
  const length = /^["'][^"']*["']\s*,\s*["'][^"']*["']/.exec(module.text.slice(at))?.[0].length ?? 1;
  return module.span(at, at + length);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const SUPPRESSION = /#\s*tread-ignore\s+([\w-]+)\s*(?::\s*(.*\S))?\s*$/;

/** `# tread-ignore rule: reason` comments of a file. */
export function readSuppressions(module: PythonModule): readonly Suppression[] {
  if (!module.text.includes("tread-ignore")) return [];
  const found: Suppression[] = [];
  const visit = (node: PyNode): void => {
    if (node.type === "comment") {
      const match = SUPPRESSION.exec(node.text);
      if (match !== null) found.push({ rule: match[1] ?? "", reason: match[2] ?? null, span: node.span });
    }
    for (const child of node.children) visit(child);
  };
  visit(module.root);
  return found;
}
