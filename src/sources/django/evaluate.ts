import { isEnum, memberOf } from "./evaluate-classes.ts";
import { booleanOperation, comprehension, dictionary, itemsFrom, stringValue, subscript } from "./evaluate-containers.ts";
import { called, inlined } from "./evaluate-functions.ts";
import { instanceAttribute, instanceMethod, instanceText } from "./evaluate-instances.ts";
import { short, unknown, unknownFrom } from "./unknown.ts";
import { builtinCall, constantMethod } from "./evaluate-builtins.ts";
import { binaryOperation, compareValues, unaryOperation } from "./evaluate-operators.ts";
import { BoundValues } from "./bound-values.ts";
import type { Binding, Modules } from "./modules.ts";
import { readScope } from "./modules.ts";
import type { PyNode, PythonModule } from "./python.ts";
import type { PyCall, PyClass, PyValue } from "./values.ts";
import { isKind, isObject, isUnknown, itemsOf, truthOf } from "./values.ts";

/** Names bound around an expression besides its module's: a class body, a function's parameters, a comprehension's variables. */
export interface Names {
  readonly module: PythonModule;
  readonly classBody: ReadonlyMap<string, Binding> | null;
  readonly locals: ReadonlyMap<string, PyValue>;
}

/** Deeper than any code that a person writes; reached only by definitions that go round in a circle. */
const MAX_DEPTH = 60;

/** Stands in a text for a part that only running code can write. */
export const NOT_KNOWN = "__not_known__";

/** What a source other than Django's asks of the evaluator on top. */
export interface EvaluatorModes {
  /** Functions, by the last part of their names, whose calls are kept as data though their body could be read. */
  readonly kept?: ReadonlySet<string>;
  /** Values by name that stand for a setting or a variable of a module, whatever the files say. */
  readonly constants?: ReadonlyMap<string, PyValue>;
  /** Environment variables are taken as not set, so that defaults hold; the names that were asked for are added here. */
  readonly environment?: Set<string>;
  /** What cannot be told and goes into a text stands there as `NOT_KNOWN`: for what the rest of the text says anyway. */
  readonly lenient?: boolean;
  /** Objects of the repository's own classes are followed through `__init__`, `__str__`, properties and straight methods. */
  readonly instances?: boolean;
}

const CIRCLE = "definitions that refer to each other in a circle";

const BUILTINS = new Set(
  "str int float bool list dict set frozenset tuple len range sorted min max sum abs zip enumerate reversed bytes getattr map any all round object type print isinstance".split(
    " ",
  ),
);

/**
 * Evaluates Python expressions as migrations use them, without running anything: constants, containers, strings put together in all
 * the usual ways, names followed through the modules of the repository, classes and calls kept as data. What cannot be told is an
 * `unknown` value that says why and where.
 */
export class Evaluator {
  readonly modules: Modules;
  /** `settings.NAME`: undefined when the settings do not define it. */
  readonly setting: (name: string) => PyValue | undefined;
  readonly modes: EvaluatorModes;
  readonly #values = new BoundValues();
  /** `from x import *` that are being followed: two modules may name each other. */
  readonly #following = new Set<string>();
  #depth = 0;

  constructor(modules: Modules, setting: (name: string) => PyValue | undefined, modes: EvaluatorModes = {}) {
    this.modules = modules;
    this.setting = setting;
    this.modes = modes;
  }

  /** Evaluates at the top level of the node's module. */
  evaluate(node: PyNode, names?: Names): PyValue {
    const within = names ?? { module: node.module, classBody: null, locals: NO_LOCALS };
    if (this.#depth > MAX_DEPTH) {
      this.#values.cutOff();
      return unknown(node, CIRCLE);
    }
    this.#depth++;
    try {
      return this.#expression(node, within);
    } finally {
      this.#depth--;
    }
  }

  /** A name of a module's top level, through imports; undefined when the module does not bind it. */
  lookup(module: PythonModule, name: string): PyValue | undefined {
    const scope = this.modules.scope(module);
    const binding = scope.bindings.get(name);
    const constant = binding?.kind === "value" || binding?.kind === "import" ? this.modes.constants?.get(name) : undefined;
    if (constant !== undefined) return constant;
    if (binding !== undefined) return this.#worked(binding, name, { module, classBody: null, locals: NO_LOCALS });
    const following = `${module.path} ${name}`;
    if (this.#following.has(following)) return undefined;
    this.#following.add(following);
    try {
      for (const star of scope.stars) {
        const path = this.modules.find(star);
        const target = path === null ? null : this.modules.load(path);
        const found = target === null || target === module ? undefined : this.lookup(target, name);
        if (found !== undefined) return found;
      }
      return undefined;
    } finally {
      this.#following.delete(following);
    }
  }

  #worked(binding: Binding, name: string, names: Names): PyValue {
    const before = (): PyValue => {
      if (binding.kind === "value")
        return binding.before === undefined ? unknown(binding.node, CIRCLE) : this.#worked(binding.before, name, names);
      return binding.kind === "import"
        ? { kind: "ref", path: `${binding.module}.${binding.name ?? ""}` }
        : this.#bound(binding, name, names);
    };
    return this.#values.of(binding, (told) => this.#bound(binding, name, names, told), before);
  }

  /** A dotted path, resolved inside of the repository where it leads there. */
  dotted(path: string): PyValue {
    const cut = path.lastIndexOf(".");
    if (cut === -1) return { kind: "ref", path };
    const file = this.modules.find(path.slice(0, cut));
    const module = file === null ? null : this.modules.load(file);
    if (module !== null) {
      const found = this.lookup(module, path.slice(cut + 1));
      if (found !== undefined) return found;
    }
    return { kind: "ref", path };
  }

  /** What the imports of a function's own body bind. */
  importsOf(body: PyNode): ReadonlyMap<string, PyValue> {
    const names: Names = { module: body.module, classBody: null, locals: NO_LOCALS };
    const found = new Map<string, PyValue>();
    for (const [name, binding] of this.modules.scopeOf(body).bindings)
      if (binding.kind === "import") found.set(name, this.#bound(binding, name, names));
    return found;
  }

  /** An object with a `__str__` of its own as its text, where objects are followed; anything else as it is. */
  written(value: PyValue, node: PyNode): PyValue {
    if (this.modes.lenient === true && isUnknown(value)) return NOT_KNOWN;
    return this.modes.instances === true && isKind(value, "call") && value.cls !== null
      ? (instanceText(this, value, node) ?? value)
      : value;
  }

  /** The bindings of a class body. */
  classScope(cls: PyClass | PyNode): ReadonlyMap<string, Binding> {
    const node = "path" in cls ? cls.node : cls;
    const body = node.child("body");
    return body === null ? new Map<string, Binding>() : readScope(node.module, body, (_level, name) => name).bindings;
  }

  /** An attribute written in a class body (not inherited); undefined when it is not there. */
  classAttribute(cls: PyClass | PyNode, name: string): PyValue | undefined {
    const node = "path" in cls ? cls.node : cls;
    const bindings = this.classScope(node);
    const binding = bindings.get(name);
    return binding === undefined ? undefined : this.#worked(binding, name, { module: node.module, classBody: bindings, locals: NO_LOCALS });
  }

  /** The bases of a class, evaluated. */
  bases(cls: PyClass): readonly PyValue[] {
    const list = cls.node.child("superclasses");
    return (list?.namedChildren ?? []).filter((b) => b.type !== "keyword_argument").map((b) => this.evaluate(b));
  }

  #bound(binding: Binding, name: string, names: Names, told?: (soFar: PyValue) => void): PyValue {
    switch (binding.kind) {
      case "import": {
        if (binding.name === null) return { kind: "ref", path: binding.module };
        return this.dotted(binding.module === "" ? binding.name : `${binding.module}.${binding.name}`);
      }
      case "def":
        return { kind: "function", path: `${this.modules.dottedOf(names.module.path)}.${name}`, node: binding.node };
      case "class":
        return { kind: "class", path: `${this.modules.dottedOf(names.module.path)}.${name}`, node: binding.node };
      case "value": {
        const doubt = names.classBody === null ? null : this.#conditional(binding.node, names);
        let value = doubt ?? this.evaluate(binding.node, names);
        for (const change of binding.augmented) {
          told?.(value);
          value = this.#augment(value, change, names);
        }
        return value;
      }
      default:
        return binding satisfies never;
    }
  }

  /** Why a value of a class body may not be the one that is bound: it stands under an `if` that is not known to be taken. */
  #conditional(node: PyNode, names: Names): PyValue | null {
    for (
      let around = node.parent;
      around !== null && around.type !== "module" && around.type !== "class_definition";
      around = around.parent
    ) {
      const condition = around.type === "if_statement" ? around.child("condition") : null;
      if (condition === null) continue;
      const truth = truthOf(this.evaluate(condition, names));
      const what = truth === false ? "does not hold on Postgres" : "only running code can decide";
      if (truth !== true) return unknown(node, `set under a condition that ${what}: \`${condition.text}\``);
    }
    return null;
  }

  #augment(value: PyValue, change: PyNode, names: Names): PyValue {
    const added = (reason: string): PyValue => ({ kind: "list", items: [...(itemsOf(value) ?? []), unknown(change, reason)] });
    if (change.type !== "augmented_assignment" && change.type !== "call")
      return added("changed by a statement that only running code decides");
    for (
      let around = change.parent;
      around !== null && around.type !== "module" && around.type !== "class_definition";
      around = around.parent
    ) {
      if (around.type !== "if_statement") continue;
      const condition = around.child("condition");
      const truth = condition === null ? null : truthOf(this.evaluate(condition, names));
      if (truth === null) return added("added under a condition that only running code can decide");
      if (!truth) return value;
    }
    if (change.type === "augmented_assignment") {
      const right = change.child("right");
      const operator = (change.child("operator")?.text ?? change.children[1]?.text ?? "").replace(/=$/, "");
      if (right === null) return unknown(change, "assignment without a value");
      const operand = this.evaluate(right, names);
      // What was in the list before stays known.
      const items = operator === "+" && isUnknown(operand) ? itemsOf(value) : null;
      return items === null ? binaryOperation(operator, value, operand, change) : { kind: "list", items: [...items, operand] };
    }
    const method = change.child("function")?.child("attribute")?.text ?? "";
    const args = (change.child("arguments")?.namedChildren ?? []).map((a) => this.evaluate(a, names));
    const items = itemsOf(value);
    const first = args[0];
    if (items === null || first === undefined) return value;
    if (method === "append") return { kind: "list", items: [...items, first] };
    if (method === "extend") return { kind: "list", items: [...items, ...(itemsOf(first) ?? [unknownFrom(first, change)])] };
    if (method === "insert" && typeof first === "number" && args[1] !== undefined) {
      const copy = [...items];
      copy.splice(first, 0, args[1]);
      return { kind: "list", items: copy };
    }
    return { kind: "list", items: [...items, unknown(change, `\`.${method}(…)\` on a list`)] };
  }

  #expression(node: PyNode, names: Names): PyValue {
    switch (node.type) {
      case "none":
        return null;
      case "true":
        return true;
      case "false":
        return false;
      case "integer":
        return integer(node.text);
      case "float":
        return { kind: "float", value: Number(node.text.replaceAll("_", "")) };
      case "string":
        return stringValue(this, node, names);
      case "concatenated_string": {
        const parts = node.namedChildren.map((c) => this.evaluate(c, names));
        return parts.every((p) => typeof p === "string")
          ? parts.join("")
          : (parts.find(isUnknown) ?? unknown(node, "joined literals of different kinds"));
      }
      case "parenthesized_expression": {
        const inner = node.namedChildren[0];
        return inner === undefined ? unknown(node, "empty parentheses") : this.evaluate(inner, names);
      }
      case "list":
        return { kind: "list", items: itemsFrom(this, node.namedChildren, names) };
      case "tuple":
      case "expression_list":
        return { kind: "tuple", items: itemsFrom(this, node.namedChildren, names) };
      case "set":
        return { kind: "set", items: itemsFrom(this, node.namedChildren, names) };
      case "dictionary":
        return dictionary(this, node, names);
      case "list_comprehension":
      case "generator_expression":
        return comprehension(this, node, names, "list");
      case "set_comprehension":
        return comprehension(this, node, names, "set");
      case "dictionary_comprehension":
        return comprehension(this, node, names, "dict");
      case "identifier":
        return this.#name(node, names);
      case "attribute":
        return this.#attribute(node, names);
      case "call":
        return this.#call(node, names);
      case "lambda":
        return { kind: "lambda", node };
      case "unary_operator":
      case "not_operator": {
        const operand = node.child("argument");
        const operator = node.type === "not_operator" ? "not" : (node.child("operator")?.text ?? "");
        return operand === null ? unknown(node, "operator without operand") : unaryOperation(operator, this.evaluate(operand, names), node);
      }
      case "binary_operator": {
        const left = node.child("left");
        const right = node.child("right");
        if (left === null || right === null) return unknown(node, "operator without operand");
        const operator = node.child("operator")?.text ?? "";
        const operands = [this.evaluate(left, names), this.evaluate(right, names)] as const;
        if (operator !== "%" || typeof operands[0] !== "string") return binaryOperation(operator, ...operands, node);
        const [, filled] = operands;
        const plain: PyValue = isKind(filled, "tuple")
          ? { kind: "tuple", items: filled.items.map((item) => this.written(item, node)) }
          : this.written(filled, node);
        return binaryOperation(operator, operands[0], plain, node);
      }
      case "boolean_operator":
        return booleanOperation(this, node, names);
      case "comparison_operator": {
        const operands = node.namedChildren.map((c) => this.evaluate(c, names));
        const operators = node.childrenOf("operators").map((o) => o.text);
        return compareValues(operands, operators, node);
      }
      case "conditional_expression": {
        const [yes, condition, no] = node.namedChildren;
        if (yes === undefined || condition === undefined || no === undefined) return unknown(node, "incomplete condition");
        const truth = truthOf(this.evaluate(condition, names));
        if (truth === null) return unknown(node, `a condition that only running code can decide: \`${short(condition)}\``);
        return this.evaluate(truth ? yes : no, names);
      }
      case "subscript":
        return subscript(this, node, names);
      case "named_expression": {
        const value = node.child("value");
        return value === null ? unknown(node, "assignment without a value") : this.evaluate(value, names);
      }
      case "assignment": {
        const right = node.child("right");
        return right === null ? unknown(node, "assignment without a value") : this.evaluate(right, names);
      }
      default:
        return unknown(node, node.type === "ERROR" ? "a syntax error" : `\`${short(node)}\` is not a static expression`);
    }
  }

  #name(node: PyNode, names: Names): PyValue {
    const name = node.text;
    const local = names.locals.get(name);
    if (local !== undefined) return local;
    const inClass = names.classBody?.get(name);
    if (inClass !== undefined) return this.#worked(inClass, name, { ...names, locals: NO_LOCALS });
    const found = this.lookup(names.module, name);
    if (found !== undefined) return found;
    if (BUILTINS.has(name)) return { kind: "ref", path: `builtins.${name}` };
    const star = this.modules.scope(names.module).stars.find((s) => s.startsWith("django.") && this.modules.find(s) === null);
    if (star !== undefined) return { kind: "ref", path: `${star}.${name}` };
    return unknown(node, `\`${name}\` is not defined in this file in a way that can be read statically`);
  }

  #attribute(node: PyNode, names: Names): PyValue {
    const object = node.child("object");
    const name = node.child("attribute")?.text ?? "";
    if (object === null) return unknown(node, "attribute without an object");
    return this.attributeOf(this.evaluate(object, names), name, node);
  }

  /** `value.name`, for values that have attributes that can be told. */
  attributeOf(value: PyValue, name: string, node: PyNode): PyValue {
    if (!isObject(value)) return unknown(node, `attribute \`${name}\` of a constant`);
    switch (value.kind) {
      case "unknown":
        return value;
      case "ref": {
        if (value.path === "django.conf.settings") {
          return (
            this.modes.constants?.get(name) ??
            this.setting(name) ??
            unknown(node, `\`settings.${name}\` is not set in a settings file that can be read statically`)
          );
        }
        // tread judges what runs on Postgres.
        if (name === "vendor" && value.path === "django.db.connection") return "postgresql";
        // What the tool is started with; whether tests run is asked of it.
        if (name === "argv" && value.path === "sys" && this.modes.environment !== undefined)
          return { kind: "list", items: ["manage.py", "migrate"] };
        return this.dotted(`${value.path}.${name}`);
      }
      case "class":
        return memberOf(this, value, name, node);
      case "call":
        if (value.cls !== null && isEnum(this.bases(value.cls)) && (name === "value" || name === "label")) return value.args[0] ?? null;
        if (this.modes.instances === true && value.cls !== null) return instanceAttribute(this, value, name, node);
        return unknown(node, `attribute \`${name}\` of an object that only exists at run time`);
      default:
        return unknown(node, `attribute \`${name}\` of a ${value.kind}`);
    }
  }

  #call(node: PyNode, names: Names): PyValue {
    const functionNode = node.child("function");
    const argumentNode = node.child("arguments");
    if (functionNode === null || argumentNode === null) return unknown(node, "a call that cannot be read");
    const args: PyValue[] = [];
    const kwargs: Record<string, PyValue> = {};
    if (argumentNode.type === "generator_expression") args.push(this.evaluate(argumentNode, names));
    else {
      for (const child of argumentNode.namedChildren) {
        if (child.type === "keyword_argument") {
          const value = child.child("value");
          if (value !== null) kwargs[child.child("name")?.text ?? ""] = this.evaluate(value, names);
        } else if (child.type === "dictionary_splat") {
          const inner = child.namedChildren[0];
          const value = inner === undefined ? null : this.evaluate(inner, names);
          if (!isKind(value, "dict") || !value.entries.every(([k]) => typeof k === "string")) return unknownFrom(value, child);
          for (const [k, v] of value.entries) if (typeof k === "string") kwargs[k] = v;
        } else args.push(...itemsFrom(this, [child], names));
      }
    }
    if (functionNode.type === "attribute") {
      const object = functionNode.child("object");
      const method = functionNode.child("attribute")?.text ?? "";
      if (object !== null) {
        const receiver = this.evaluate(object, names);
        const written = (values: readonly PyValue[]): PyValue[] => values.map((each) => this.written(each, node));
        const constant =
          typeof receiver === "string" && this.modes.instances === true
            ? constantMethod(
                receiver,
                method,
                written(args),
                Object.fromEntries(Object.entries(kwargs).map(([key, each]) => [key, this.written(each, node)])),
                node,
              )
            : constantMethod(receiver, method, args, kwargs, node);
        if (constant !== undefined) return constant;
        if (isUnknown(receiver)) return receiver;
        if (this.modes.instances === true && isKind(receiver, "call") && receiver.cls !== null) {
          const result = instanceMethod(this, receiver, method, args, kwargs, node);
          if (result !== undefined) return result;
        }
        if (isKind(receiver, "call") || isKind(receiver, "operation")) {
          return { kind: "call", callee: `.${method}`, receiver, args, kwargs, cls: null, node };
        }
        return this.#apply(this.attributeOf(receiver, method, functionNode), args, kwargs, node);
      }
    }
    return this.#apply(this.evaluate(functionNode, names), args, kwargs, node);
  }

  #apply(callee: PyValue, args: readonly PyValue[], kwargs: Readonly<Record<string, PyValue>>, node: PyNode): PyValue {
    if (!isObject(callee)) return unknown(node, `\`${short(node)}\` calls something that is no function`);
    const call = (path: string, cls: PyClass | null): PyCall => ({
      kind: "call",
      callee: path,
      receiver: undefined,
      args,
      kwargs,
      cls,
      node,
    });
    switch (callee.kind) {
      case "ref":
        return builtinCall(callee.path, args, kwargs, node, this) ?? call(callee.path, null);
      case "class":
        return call(callee.path, callee);
      case "function":
        if (this.modes.kept?.has(callee.path.slice(callee.path.lastIndexOf(".") + 1)) === true) return call(callee.path, null);
        return inlined(this, callee.node, args, kwargs, node) ?? call(callee.path, null);
      case "unknown":
        return callee;
      case "lambda":
        return called(this, callee.node, args, kwargs, node);
      case "call":
      case "operation":
        return unknown(node, `\`${short(node)}\` is only known when the code runs`);
      default:
        return unknown(node, `\`${short(node)}\` calls something that is no function`);
    }
  }
}

const NO_LOCALS: ReadonlyMap<string, PyValue> = new Map();
function integer(text: string): PyValue {
  const digits = text.replaceAll("_", "").toLowerCase();
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  return /^[\da-fxo]+$/.test(digits) ? BigInt(digits) : { kind: "float", value: Number.NaN };
}
