import type { Evaluator } from "./evaluate.ts";
import { EXTENSIONS, isKnown, PARAMETERS } from "./operation-signatures.ts";
import { title } from "./operation-title.ts";
import { pairs, record, together } from "./operation-values.ts";
import { short } from "./unknown.ts";
import type { Operation, OperationBody } from "./operation.ts";
import type { PyNode } from "./python.ts";
import type { PyCall, PyClass, PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf, stringsOf, truthOf, unknownIn } from "./values.ts";

/** `{ SafeAddIndexConcurrently: "AddIndexConcurrently" }` of the config: short names or dotted paths. */
export type OperationMapping = Readonly<Record<string, string>>;

const DATABASE_METHODS = ["database_forwards", "state_forwards", "__init__", "__new__"];

export class OperationReader {
  readonly #evaluator: Evaluator;
  readonly #mapping: OperationMapping;

  constructor(evaluator: Evaluator, mapping: OperationMapping) {
    this.#evaluator = evaluator;
    this.#mapping = mapping;
  }

  /** Reads one entry of `operations`. Never throws: what is not understood is an opaque operation. */
  read(value: PyValue, fallback: PyNode): Operation {
    if (!isKind(value, "call")) {
      const reason = isUnknown(value) ? value.reason : "the operation is not written as a call";
      const span = isUnknown(value) ? value.span : fallback.span;
      return { kind: "opaque", reason, className: short(fallback), node: fallback, span, title: short(fallback) };
    }
    const className = value.callee.slice(value.callee.lastIndexOf(".") + 1);
    const at = { className, node: value.node, span: value.node.span };
    const opaque = (reason: string): Operation => ({ kind: "opaque", reason, ...at, title: title(className, value) });
    if (value.node.hasError) return opaque("a syntax error inside of the operation");
    const known = this.#resolve(value);
    if (known.name === null) return opaque(known.reason);
    const body = this.#body(known.name, value);
    if (typeof body === "string") return opaque(body);
    return { ...body, ...at, title: title(className, value, body) };
  }

  #resolve(call: PyCall): { readonly name: string; readonly reason: null } | { readonly name: null; readonly reason: string } {
    const simple = call.callee.slice(call.callee.lastIndexOf(".") + 1);
    const mapped = this.#mapping[call.callee] ?? this.#mapping[simple];
    if (mapped !== undefined) {
      const target = mapped.slice(mapped.lastIndexOf(".") + 1);
      if (isKnown(target)) return { name: target, reason: null };
      return { name: null, reason: `the configuration maps \`${simple}\` to \`${mapped}\`, which is no operation of Django` };
    }
    if (call.callee.startsWith("django.") && isKnown(simple)) return { name: simple, reason: null };
    if (call.cls !== null) return this.#resolveClass(call.cls, 0);
    return {
      name: null,
      reason: `\`${call.callee}\` is an operation that tread does not know; map it with \`operations: { ${simple}: … }\` on the source`,
    };
  }

  #resolveClass(
    cls: PyClass,
    depth: number,
  ): { readonly name: string; readonly reason: null } | { readonly name: null; readonly reason: string } {
    const simple = cls.path.slice(cls.path.lastIndexOf(".") + 1);
    const mapped = this.#mapping[cls.path] ?? this.#mapping[simple];
    if (mapped !== undefined && isKnown(mapped.slice(mapped.lastIndexOf(".") + 1))) {
      return { name: mapped.slice(mapped.lastIndexOf(".") + 1), reason: null };
    }
    const own = this.#evaluator.classScope(cls);
    const overridden = DATABASE_METHODS.find((m) => own.has(m));
    const hint = `map it with \`operations: { ${simple}: … }\` on the source if it does what one of Django's operations does`;
    if (overridden !== undefined) return { name: null, reason: `\`${simple}\` has a \`${overridden}\` of its own; ${hint}` };
    for (const base of depth > 10 ? [] : this.#evaluator.bases(cls)) {
      if (isKind(base, "ref") && base.path.startsWith("django.")) {
        const name = base.path.slice(base.path.lastIndexOf(".") + 1);
        if (isKnown(name)) return { name, reason: null };
      }
      if (isKind(base, "class")) {
        const found = this.#resolveClass(base, depth + 1);
        if (found.name !== null) return found;
        return { name: null, reason: found.reason };
      }
    }
    return { name: null, reason: `\`${simple}\` is an operation of the repository that tread does not know; ${hint}` };
  }

  readAll(value: PyValue | undefined, node: PyNode): readonly Operation[] {
    if (value === undefined || value === null) return [];
    const items = itemsOf(value);
    if (items === null) return [this.read(value, node)];
    return items.map((item) => this.read(item, node));
  }

  #body(name: string, call: PyCall): OperationBody | string {
    const given: Record<string, PyValue> = { ...call.kwargs };
    const parameters = PARAMETERS[name] ?? [];
    call.args.forEach((argument, i) => {
      const parameter = parameters[i];
      if (parameter !== undefined) given[parameter] ??= argument;
    });
    const failures: string[] = [];
    const text = (parameter: string): string => {
      const value = given[parameter];
      if (typeof value === "string") return value;
      failures.push(isUnknown(value) ? value.reason : `\`${parameter}\` of ${name} is missing or no plain string`);
      return "";
    };
    const required = (parameter: string): PyValue => {
      const value = given[parameter];
      if (value === undefined) failures.push(`\`${parameter}\` of ${name} is missing`);
      if (isUnknown(value)) failures.push(value.reason);
      return value ?? null;
    };
    const body = this.#typed(name, call, given, text, required);
    return failures[0] ?? body;
  }

  #typed(
    name: string,
    call: PyCall,
    given: Readonly<Record<string, PyValue>>,
    text: (parameter: string) => string,
    required: (parameter: string) => PyValue,
  ): OperationBody | string {
    const flag = (parameter: string, fallback: boolean): boolean =>
      given[parameter] === undefined ? fallback : (truthOf(given[parameter]) ?? fallback);
    const textOrNull = (parameter: string): string | null => (typeof given[parameter] === "string" ? given[parameter] : null);
    const extension = EXTENSIONS[name];
    if (extension !== undefined) return { kind: "create-extension", name: extension };
    switch (name) {
      case "CreateModel": {
        const fields = pairs(given["fields"]);
        const options = record(given["options"]);
        if (fields === null) return unknownIn(given["fields"])?.reason ?? "`fields` is not a plain list";
        if (options === null) return unknownIn(given["options"])?.reason ?? "`options` is not a plain dictionary";
        return {
          kind: "create-model",
          name: text("name"),
          fields,
          options,
          bases: itemsOf(given["bases"]) ?? [],
          managers: pairs(given["managers"]) ?? [],
        };
      }
      case "DeleteModel":
        return { kind: "delete-model", name: text("name") };
      case "RenameModel":
        return { kind: "rename-model", name: text("old_name"), to: text("new_name") };
      case "AlterModelTable":
        if (isUnknown(given["table"])) return given["table"].reason;
        return { kind: "alter-model-table", name: text("name"), table: textOrNull("table") };
      case "AlterModelTableComment":
        return { kind: "alter-model-table-comment", name: text("name"), comment: textOrNull("table_comment") };
      case "AlterModelOptions":
        return { kind: "alter-model-options", name: text("name"), options: record(given["options"]) ?? {} };
      case "AlterModelManagers":
        return { kind: "alter-model-managers", name: text("name"), managers: pairs(given["managers"]) ?? [] };
      case "AlterUniqueTogether":
      case "AlterIndexTogether": {
        const option = name === "AlterUniqueTogether" ? "unique_together" : "index_together";
        const value = together(given[option]);
        if (value === null) return unknownIn(given[option])?.reason ?? `\`${option}\` is not a plain set of names`;
        return { kind: "alter-together", option, name: text("name"), value };
      }
      case "AlterOrderWithRespectTo":
        return { kind: "alter-order-with-respect-to", name: text("name"), field: textOrNull("order_with_respect_to") };
      case "AddField":
      case "AlterField":
        return {
          kind: name === "AddField" ? "add-field" : "alter-field",
          model: text("model_name"),
          name: text("name"),
          field: required("field"),
          preserveDefault: flag("preserve_default", true),
        };
      case "RemoveField":
        return { kind: "remove-field", model: text("model_name"), name: text("name") };
      case "RenameField":
        return { kind: "rename-field", model: text("model_name"), name: text("old_name"), to: text("new_name") };
      case "AddIndex":
      case "AddIndexConcurrently":
        return { kind: "add-index", model: text("model_name"), index: required("index"), concurrently: name === "AddIndexConcurrently" };
      case "RemoveIndex":
      case "RemoveIndexConcurrently":
        return { kind: "remove-index", model: text("model_name"), name: text("name"), concurrently: name === "RemoveIndexConcurrently" };
      case "RenameIndex":
        return {
          kind: "rename-index",
          model: text("model_name"),
          to: text("new_name"),
          name: textOrNull("old_name"),
          fields: stringsOf(given["old_fields"]),
        };
      case "AddConstraint":
      case "AddConstraintNotValid":
        return {
          kind: "add-constraint",
          model: text("model_name"),
          constraint: required("constraint"),
          notValid: name === "AddConstraintNotValid",
        };
      case "RemoveConstraint":
        return { kind: "remove-constraint", model: text("model_name"), name: text("name") };
      case "AlterConstraint":
        return { kind: "alter-constraint", model: text("model_name"), name: text("name"), constraint: required("constraint") };
      case "ValidateConstraint":
        return { kind: "validate-constraint", model: text("model_name"), name: text("name") };
      case "RunSQL":
        return {
          kind: "run-sql",
          sql: given["sql"] ?? null,
          sqlNode: argumentNode(call.node, "sql", 0),
          reverse: given["reverse_sql"],
          stateOperations: this.readAll(given["state_operations"], call.node),
        };
      case "RunPython":
        return {
          kind: "run-python",
          code: given["code"] ?? null,
          codeNode: argumentNode(call.node, "code", 0),
          reverse: given["reverse_code"],
          atomic: given["atomic"] === undefined || given["atomic"] === null ? null : truthOf(given["atomic"]),
        };
      case "SeparateDatabaseAndState":
        return {
          kind: "separate",
          database: this.readAll(given["database_operations"], call.node),
          state: this.readAll(given["state_operations"], call.node),
        };
      case "CreateExtension":
        return { kind: "create-extension", name: text("name") };
      case "CreateCollation":
      case "RemoveCollation":
        return {
          kind: name === "CreateCollation" ? "create-collation" : "remove-collation",
          name: text("name"),
          locale: text("locale"),
          provider: textOrNull("provider") ?? "libc",
          deterministic: flag("deterministic", true),
        };
      default:
        return `\`${name}\` is an operation that tread does not know`;
    }
  }
}

/** The node of an argument, by keyword or position: where its text stands in the file. */
function argumentNode(call: PyNode, keyword: string, position: number): PyNode | null {
  const args = call.child("arguments")?.namedChildren ?? [];
  for (const argument of args)
    if (argument.type === "keyword_argument" && argument.child("name")?.text === keyword) return argument.child("value");
  const at = args.filter((a) => a.type !== "keyword_argument" && a.type !== "dictionary_splat")[position];
  return at === undefined || at.type === "list_splat" ? null : at;
}
