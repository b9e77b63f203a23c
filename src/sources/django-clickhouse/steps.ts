import type { OpaqueStep, SqlStep, Step, StepCall, Suppression } from "../../model/migration.ts";
import type { Span } from "../../text/span.ts";
import { NOT_KNOWN, type Evaluator } from "../django/evaluate.ts";
import type { PyNode, PythonModule } from "../django/python.ts";
import { runSqlParts } from "../django/run-sql.ts";
import { short } from "../django/unknown.ts";
import type { PyCall, PyFunction, PyValue } from "../django/values.ts";
import { isKind, isUnknown, itemsOf, pathOf } from "../django/values.ts";

/** What the steps of one migration file are made with. */
export interface StepContext {
  readonly evaluator: Evaluator;
  /** The same, with what cannot be told left out of texts. */
  readonly lenient: Evaluator;
  readonly module: PythonModule;
  readonly functions: ReadonlySet<string>;
  readonly suppressions: readonly Suppression[];
}

/** The steps of one operation. @param node where the operation stands in the migration's own file */
export function stepsOf(value: PyValue, node: PyNode, context: StepContext): Step[] {
  if (isUnknown(value)) return [opaque(node, node, reasonAt(value.reason, value.span, context), context)];
  const nested = itemsOf(value);
  if (nested !== null) return nested.flatMap((item) => stepsOf(item, node, context));
  if (!isKind(value, "call")) return [opaque(node, node, "it is no call of a function that sends SQL", context)];
  // An operation that a helper made stands where the helper was called.
  const at = value.node.module === context.module ? value.node : node;
  const name = value.callee.slice(value.callee.lastIndexOf(".") + 1);
  if (name === "RunSQL" || context.functions.has(name)) return sqlSteps(value, name, at, context);
  if (name === "RunPython") return pythonSteps(value, at, context);
  if (name === "SeparateDatabaseAndState") {
    const operations = value.kwargs["database_operations"] ?? value.args[0] ?? null;
    return operations === null ? [] : stepsOf(operations, at, context);
  }
  return [
    opaque(
      at,
      at,
      `\`${name}\` is not known to take SQL; name it under \`functions\` of the source if its first argument is the statement`,
      context,
    ),
  ];
}

function sqlSteps(call: PyCall, name: string, at: PyNode, context: StepContext): Step[] {
  const { value, node } = argument(call, ["sql", "query", "statement"]);
  if (value === undefined) return [opaque(at, at, `\`${name}\` is called without a statement`, context)];
  const own = node !== null && node.module === context.module ? node : null;
  const text = context.evaluator.written(value, at);
  const parts = runSqlParts(text, own, own?.span ?? at.span);
  if (typeof parts === "string") {
    const step = opaque(at, at, isUnknown(text) ? reasonAt(text.reason, text.span, context) : parts, context);
    const assumed = node === null ? null : definition(node, context);
    return [assumed === null ? step : { ...step, assumed: [assumed] }];
  }
  // infi.clickhouse_orm knows no way back; Django's RunSQL does.
  const reverse =
    name === "RunSQL" && !call.callee.startsWith("infi.")
      ? (call.kwargs["reverse_sql"] ?? call.args[1] ?? null) === null
        ? "missing"
        : "present"
      : "unknown";
  const asked = callOf(call, name);
  return parts.map((part): SqlStep => ({
    kind: "sql",
    sql: part.sql,
    span: part.span,
    verbatim: part.verbatim,
    operation: titleOf(at),
    reverse,
    suppressions: beside(at, context),
    ...(asked === null ? {} : { call: asked }),
  }));
}

/**
 * A CREATE of which only texts in quotes cannot be told (a Kafka broker, a path): what it makes is certain, so that what comes after it
 * is still understood. The statement itself stays opaque.
 */
function definition(node: PyNode, { lenient }: StepContext): string | null {
  const value = lenient.written(lenient.evaluate(node), node);
  if (typeof value !== "string" || !/^\s*(?:--[^\n]*\n\s*)*CREATE\b/i.test(value)) return null;
  return value.replaceAll(/'(?:[^'\\]|\\.|'')*'/g, "").includes(NOT_KNOWN) ? null : value;
}

/** The first positional argument or one of these keywords, with its node where the call has one for it. */
function argument(call: PyCall, names: readonly string[]): { readonly value: PyValue | undefined; readonly node: PyNode | null } {
  const written = call.node.child("arguments")?.namedChildren.filter((each) => each.type !== "comment") ?? [];
  const name = names.find((each) => call.kwargs[each] !== undefined);
  if (name === undefined) {
    const first = written[0];
    const plain = first !== undefined && first.type !== "keyword_argument" && !first.type.endsWith("splat");
    return { value: call.args[0], node: plain ? first : null };
  }
  const keyword = written.find((each) => each.type === "keyword_argument" && each.child("name")?.text === name);
  return { value: call.kwargs[name], node: keyword?.child("value") ?? null };
}

/** The flags of the call: where the tool runs the statement, which only the topology can judge. */
function callOf(call: PyCall, name: string): StepCall | null {
  const given: Record<string, StepCall["arguments"][string]> = {};
  for (const [key, value] of Object.entries(call.kwargs)) {
    if (["sql", "query", "statement", "reverse_sql", "hints", "elidable", "state_operations"].includes(key)) continue;
    given[key] = plainValue(value);
  }
  for (const [index, value] of call.args.slice(1).entries()) if (name !== "RunSQL") given[String(index + 1)] = plainValue(value);
  return name === "RunSQL" && Object.keys(given).length === 0 ? null : { function: name, arguments: given };
}

function plainValue(value: PyValue): StepCall["arguments"][string] {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  const items = itemsOf(value);
  if (items !== null) return items.map((item) => String(plainValue(item)));
  const path = pathOf(value);
  return path === null ? "not known" : path.split(".").slice(-2).join(".");
}

/** `RunPython(function)`: read where the function only sends statements, one after the other. */
function pythonSteps(call: PyCall, at: PyNode, context: StepContext): Step[] {
  const code = call.kwargs["code"] ?? call.args[0];
  const path = pathOf(code) ?? "";
  if (path.endsWith("RunPython.noop")) return [];
  const sent = isKind(code, "function") ? statementsOf(code, context) : null;
  if (sent !== null) return sent.flatMap((value) => stepsOf(value, at, context));
  const name = path.slice(path.lastIndexOf(".") + 1);
  return [
    opaque(
      at,
      at,
      `RunPython runs ${name === "" ? "code" : `\`${name}\``}, which does more than send statements one after the other`,
      context,
    ),
  ];
}

/** The calls of a function whose body is nothing but calls that send SQL, evaluated; null for any other body. */
function statementsOf(code: PyFunction, context: StepContext): PyValue[] | null {
  const sent: PyValue[] = [];
  for (const statement of code.node.child("body")?.namedChildren ?? []) {
    const inner = statement.type === "expression_statement" ? statement.namedChildren[0] : undefined;
    if (statement.type === "pass_statement" || statement.type === "comment" || inner?.type === "string") continue;
    if (statement.type === "import_from_statement" || statement.type === "import_statement") continue;
    if (inner?.type !== "call" || !isSending(inner, context)) return null;
    const locals = context.evaluator.importsOf(code.node.child("body") ?? code.node);
    sent.push(context.evaluator.evaluate(inner, { module: code.node.module, classBody: null, locals }));
  }
  return sent;
}

function isSending(call: PyNode, context: StepContext): boolean {
  const name = call.child("function")?.text ?? "";
  return context.functions.has(name.slice(name.lastIndexOf(".") + 1));
}

function opaque(title: PyNode, at: PyNode, reason: string, context: StepContext): OpaqueStep {
  return {
    kind: "opaque",
    operation: titleOf(title),
    reason,
    span: at.span,
    reverse: "unknown",
    suppressions: beside(at, context),
  };
}

/** What an operation could not be read for may stand in another file. */
function reasonAt(reason: string, span: Span, { module }: StepContext): string {
  return span.file === module.display ? reason : `${reason} (${span.file}:${span.line})`;
}

function titleOf(node: PyNode): string {
  return short(node.type === "call" ? (node.child("function") ?? node) : node);
}

/** Suppressions on the lines of the operation or on comment lines directly above. */
function beside(node: PyNode, { suppressions, module }: StepContext): readonly Suppression[] {
  const lines = module.text.split("\n");
  let first = node.span.line;
  while (first > 1 && /^\s*#/.test(lines[first - 2] ?? "")) first--;
  return suppressions.filter(({ span }) => span.line >= first && span.line <= node.span.endLine);
}
