import { createHash } from "node:crypto";
import type { Migration, OpaqueStep, Problem, Step } from "../../model/migration.ts";
import type { Evaluator } from "../django/evaluate.ts";
import { readSuppressions } from "../django/migration-file.ts";
import type { Modules } from "../django/modules.ts";
import type { PyNode, PythonModule } from "../django/python.ts";
import type { PyValue } from "../django/values.ts";
import { isKind, isUnknown, itemsOf } from "../django/values.ts";
import { nameOf } from "../files/paths.ts";
import type { Files } from "../source.ts";
import { stepsOf } from "./steps.ts";
import type { StepContext } from "./steps.ts";

interface Reading {
  readonly files: Files;
  readonly modules: Modules;
  readonly evaluator: Evaluator;
  readonly lenient: Evaluator;
  readonly functions: ReadonlySet<string>;
  readonly problems: Problem[];
}

/** One file as a migration; null (with a problem) where it cannot be opened or holds no operations at all. */
export function readMigration(path: string, { files, modules, evaluator, lenient, functions, problems }: Reading): Migration | null {
  const display = files.display(path);
  const module = load(path, display, modules, problems);
  if (module === null) return null;
  const found = operationsOf(module, evaluator);
  const broken = module.errors[0];
  if (broken !== undefined) {
    problems.push({
      code: "syntax",
      message: `${display} is not valid Python: ${broken.missing ? "something is missing" : "the parser stopped"} here`,
      help: "Correct the syntax. Everything else in the file was read.",
      span: module.span(broken.start, Math.max(broken.end, broken.start + 1)),
      fatal: true,
    });
  }
  if (found === null) {
    if (broken === undefined) problems.push(withoutOperations(module));
    return null;
  }
  const context: StepContext = { evaluator, lenient, module, functions, suppressions: readSuppressions(module) };
  const steps = stepsOfList(found.value, found.node, context);
  if (broken !== undefined) steps.push(syntaxStep(module, broken));
  const down = steps.map((step) => step.reverse);
  return {
    id: nameOf(path).replace(/\.py$/, ""),
    path: display,
    source: "django-clickhouse",
    database: "clickhouse",
    transaction: "none",
    steps,
    down: down.includes("missing") ? "missing" : down.length > 0 && down.every((way) => way === "present") ? "present" : "unknown",
    dependsOn: [],
    replaces: [],
    hash: createHash("sha256").update(files.read(path)).digest("hex"),
  };
}

function load(path: string, display: string, modules: Modules, problems: Problem[]): PythonModule | null {
  try {
    return modules.load(path);
  } catch (error) {
    problems.push({
      code: "unreadable",
      message: `${display} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      help: "Check that the file is there and may be read.",
      span: { file: display, line: 1, column: 1, endLine: 1, endColumn: 1 },
      fatal: true,
    });
    return null;
  }
}

/** `operations` of the module, or of its `Migration` class, with the list that it was written as. */
function operationsOf(module: PythonModule, evaluator: Evaluator): { readonly value: PyValue; readonly node: PyNode } | null {
  const top = evaluator.lookup(module, "operations");
  if (top !== undefined) return { value: top, node: assigned(module.root, "operations") ?? module.root };
  const cls = evaluator.lookup(module, "Migration");
  if (!isKind(cls, "class")) return null;
  const own = evaluator.classAttribute(cls, "operations");
  const body = cls.node.child("body") ?? cls.node;
  return own === undefined ? null : { value: own, node: assigned(body, "operations") ?? cls.node };
}

/** Where the name is given its value first. */
function assigned(block: PyNode, name: string): PyNode | null {
  for (const statement of block.namedChildren) {
    const inner = statement.type === "expression_statement" ? statement.namedChildren[0] : undefined;
    if (inner?.type === "assignment" && inner.child("left")?.text === name) return inner.child("right");
    if (statement.type === "if_statement") {
      const body = statement.child("consequence");
      const found = body === null ? null : assigned(body, name);
      if (found !== null) return found;
    }
  }
  return null;
}

function stepsOfList(value: PyValue, node: PyNode, context: StepContext): Step[] {
  const items = itemsOf(value);
  if (items === null) return stepsOf(value, node, context);
  const written = node.type === "list" || node.type === "tuple" ? node.namedChildren.filter((each) => each.type !== "comment") : [];
  const aligned = written.length === items.length && !written.some((each) => each.type === "list_splat");
  return items.flatMap((item, i) => stepsOf(item, (aligned ? written[i] : placeOf(item, context.module)) ?? node, context));
}

function placeOf(item: PyValue, module: PythonModule): PyNode | undefined {
  return isKind(item, "call") && !isUnknown(item) && item.node.module === module ? item.node : undefined;
}

function withoutOperations(module: PythonModule): Problem {
  return {
    code: "no-operations",
    message: `${module.display} has no \`operations\` that can be read`,
    help: "The tool would refuse or skip it. Move helper modules out of the folder of migrations, or start their name with an underscore.",
    span: module.span(0, 0),
    fatal: true,
  };
}

function syntaxStep(module: PythonModule, error: PythonModule["errors"][number]): OpaqueStep {
  return {
    kind: "opaque",
    operation: "operations",
    reason: "a syntax error in the file",
    span: module.span(error.start, Math.max(error.end, error.start + 1)),
    reverse: "unknown",
    suppressions: [],
  };
}
