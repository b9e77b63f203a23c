import { builtinCall, constantMethod } from "./evaluate-builtins.ts";
import { binaryOperation, compareValues, formatPercent, toText, unaryOperation } from "./evaluate-operators.ts";
import type { Binding, Modules } from "./modules.ts";
import { readScope } from "./modules.ts";
import type { PyNode, PythonModule } from "./python.ts";
import { plainLiteral, unescape } from "./string-literal.ts";
import type { PyCall, PyClass, PyUnknown, PyValue } from "./values.ts";
import { isKind, isObject, isUnknown, itemsOf, truthOf } from "./values.ts";

/** Names bound around an expression besides its module's: a class body, a function's parameters, a comprehension's variables. */
export interface Names {
  readonly module: PythonModule;
  readonly classBody: ReadonlyMap<string, Binding> | null;
  readonly locals: ReadonlyMap<string, PyValue>;
}

/** Deeper than any code that a person writes; reached only by definitions that go round in a circle. */
const MAX_DEPTH = 60;

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
  #depth = 0;

  constructor(modules: Modules, setting: (name: string) => PyValue | undefined) {
    this.modules = modules;
    this.setting = setting;
  }

  /** Evaluates at the top level of the node's module. */
  evaluate(node: PyNode, names?: Names): PyValue {
    const within = names ?? { module: node.module, classBody: null, locals: NO_LOCALS };
    if (this.#depth > MAX_DEPTH) return unknown(node, "definitions that refer to each other in a circle");
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
    if (binding !== undefined) return this.#bound(binding, name, { module, classBody: null, locals: NO_LOCALS });
    for (const star of scope.stars) {
      const path = this.modules.find(star);
      const target = path === null ? null : this.modules.load(path);
      const found = target === null || target === module ? undefined : this.lookup(target, name);
      if (found !== undefined) return found;
    }
    return undefined;
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
    return binding === undefined ? undefined : this.#bound(binding, name, { module: node.module, classBody: bindings, locals: NO_LOCALS });
  }

  /** The bases of a class, evaluated. */
  bases(cls: PyClass): readonly PyValue[] {
    const list = cls.node.child("superclasses");
    return (list?.namedChildren ?? []).filter((b) => b.type !== "keyword_argument").map((b) => this.evaluate(b));
  }

  #bound(binding: Binding, name: string, names: Names): PyValue {
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
        let value = this.evaluate(binding.node, names);
        for (const change of binding.augmented) value = this.#augment(value, change, names);
        return value;
      }
      default:
        return binding satisfies never;
    }
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
      return right === null
        ? unknown(change, "assignment without a value")
        : binaryOperation(operator, value, this.evaluate(right, names), change);
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
        return this.#string(node, names);
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
        return { kind: "list", items: this.#items(node.namedChildren, names) };
      case "tuple":
      case "expression_list":
        return { kind: "tuple", items: this.#items(node.namedChildren, names) };
      case "set":
        return { kind: "set", items: this.#items(node.namedChildren, names) };
      case "dictionary":
        return this.#dictionary(node, names);
      case "list_comprehension":
      case "generator_expression":
        return this.#comprehension(node, names, "list");
      case "set_comprehension":
        return this.#comprehension(node, names, "set");
      case "dictionary_comprehension":
        return this.#comprehension(node, names, "dict");
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
        return binaryOperation(node.child("operator")?.text ?? "", this.evaluate(left, names), this.evaluate(right, names), node);
      }
      case "boolean_operator":
        return this.#boolean(node, names);
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
        return this.#subscript(node, names);
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

  #items(nodes: readonly PyNode[], names: Names): PyValue[] {
    const items: PyValue[] = [];
    for (const node of nodes) {
      if (node.type === "list_splat") {
        const inner = node.namedChildren[0];
        const value = inner === undefined ? unknown(node, "`*` without a value") : this.evaluate(inner, names);
        const spread = isKind(value, "dict") ? value.entries.map(([k]) => k) : itemsOf(value);
        if (spread === null) items.push(unknownFrom(value, node));
        else items.push(...spread);
      } else items.push(this.evaluate(node, names));
    }
    return items;
  }

  #dictionary(node: PyNode, names: Names): PyValue {
    const entries: (readonly [PyValue, PyValue])[] = [];
    for (const child of node.namedChildren) {
      if (child.type === "dictionary_splat") {
        const inner = child.namedChildren[0];
        const value = inner === undefined ? unknown(child, "`**` without a value") : this.evaluate(inner, names);
        if (!isKind(value, "dict")) return unknownFrom(value, child);
        entries.push(...value.entries);
        continue;
      }
      const key = child.child("key");
      const value = child.child("value");
      if (key === null || value === null) return unknown(child, "a dictionary entry that cannot be read");
      entries.push([this.evaluate(key, names), this.evaluate(value, names)]);
    }
    return { kind: "dict", entries };
  }

  #string(node: PyNode, names: Names): PyValue {
    const plain = plainLiteral(node);
    if (plain !== null) {
      return plain.bytes ? { kind: "bytes", value: Uint8Array.from(plain.value, (c) => c.charCodeAt(0)) } : plain.value;
    }
    const open = node.children[0];
    const raw = open?.text.toLowerCase().includes("r") === true;
    let text = "";
    for (const child of node.children) {
      if (child.type === "string_content") {
        const content = child.text.replaceAll("\r\n", "\n").replaceAll("{{", "{").replaceAll("}}", "}");
        text += raw ? content : unescape(content);
      } else if (child.type === "interpolation") {
        const expression = child.child("expression");
        if (expression === null) return unknown(child, "an f-string part that cannot be read");
        const value = this.evaluate(expression, names);
        if (isUnknown(value)) return value;
        const format = child.child("format_specifier")?.text ?? "";
        const written = format === "" ? toText(value, child.child("type_conversion")?.text ?? "") : formatPercent(format.slice(1), value);
        if (written === null) return unknown(child, `an f-string part that only running code can write: \`${short(child)}\``);
        text += written;
      }
    }
    return text;
  }

  #name(node: PyNode, names: Names): PyValue {
    const name = node.text;
    const local = names.locals.get(name);
    if (local !== undefined) return local;
    const inClass = names.classBody?.get(name);
    if (inClass !== undefined) return this.#bound(inClass, name, names);
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
          return this.setting(name) ?? unknown(node, `\`settings.${name}\` is not set in a settings file that can be read statically`);
        }
        return this.dotted(`${value.path}.${name}`);
      }
      case "class":
        return this.#memberOf(value, name, node);
      case "call":
        if (value.cls !== null && isEnum(this.bases(value.cls)) && (name === "value" || name === "label")) return value.args[0] ?? null;
        return unknown(node, `attribute \`${name}\` of an object that only exists at run time`);
      default:
        return unknown(node, `attribute \`${name}\` of a ${value.kind}`);
    }
  }

  #memberOf(cls: PyClass, name: string, node: PyNode): PyValue {
    const bases = this.bases(cls);
    if (isEnum(bases)) {
      if (name === "choices") {
        return { kind: "list", items: this.#members(cls).map(([, value, label]): PyValue => ({ kind: "tuple", items: [value, label] })) };
      }
      if (name === "values") return { kind: "list", items: this.#members(cls).map(([, value]) => value) };
      if (name === "names") return { kind: "list", items: this.#members(cls).map(([member]) => member) };
      const member = this.#members(cls).find(([m]) => m === name);
      if (member !== undefined) return member[1];
    }
    const own = this.classAttribute(cls, name);
    if (own !== undefined) return own;
    for (const base of bases) {
      if (!isKind(base, "class") || base.node === cls.node) continue;
      const inherited = this.#memberOf(base, name, node);
      if (!isUnknown(inherited)) return inherited;
    }
    const nested = cls.node.child("body")?.namedChildren.find((c) => c.type === "class_definition" && c.child("name")?.text === name);
    if (nested !== undefined) return { kind: "class", path: `${cls.path}.${name}`, node: nested };
    return unknown(node, `\`${cls.path.split(".").at(-1) ?? ""}.${name}\` is not written in the class`);
  }

  /** Members of an enumeration: name, value and label. */
  #members(cls: PyClass): readonly (readonly [string, PyValue, PyValue])[] {
    const members: [string, PyValue, PyValue][] = [];
    for (const name of this.classScope(cls).keys()) {
      const value = this.classAttribute(cls, name);
      if (value === undefined || name.startsWith("_") || isKind(value, "function")) continue;
      if (isKind(value, "tuple") && value.items.length === 2) members.push([name, value.items[0] ?? null, value.items[1] ?? null]);
      else
        members.push([
          name,
          value,
          name
            .toLowerCase()
            .replaceAll("_", " ")
            .replace(/^./, (c) => c.toUpperCase()),
        ]);
    }
    return members;
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
        } else args.push(...this.#items([child], names));
      }
    }
    if (functionNode.type === "attribute") {
      const object = functionNode.child("object");
      const method = functionNode.child("attribute")?.text ?? "";
      if (object !== null) {
        const receiver = this.evaluate(object, names);
        const constant = constantMethod(receiver, method, args, kwargs, node);
        if (constant !== undefined) return constant;
        if (isUnknown(receiver)) return receiver;
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
        return this.#inline(callee.node, args, kwargs, node) ?? call(callee.path, null);
      case "unknown":
        return callee;
      case "lambda":
      case "call":
      case "operation":
        return unknown(node, `\`${short(node)}\` is only known when the code runs`);
      default:
        return unknown(node, `\`${short(node)}\` calls something that is no function`);
    }
  }

  /** The result of a function of the repository that is straight: assignments, decidable conditions and one return. */
  #inline(definition: PyNode, args: readonly PyValue[], kwargs: Readonly<Record<string, PyValue>>, call: PyNode): PyValue | null {
    const locals = new Map<string, PyValue>();
    let position = 0;
    for (const parameter of definition.child("parameters")?.namedChildren ?? []) {
      if (parameter.type === "list_splat_pattern") {
        locals.set(parameter.namedChildren[0]?.text ?? "", { kind: "tuple", items: args.slice(position) });
        position = args.length;
        continue;
      }
      if (parameter.type === "dictionary_splat_pattern" || parameter.type === "keyword_separator") continue;
      const name =
        parameter.child("name")?.text ?? (parameter.type === "identifier" ? parameter.text : (parameter.namedChildren[0]?.text ?? ""));
      const fallback = parameter.child("value");
      const given = position < args.length ? args[position] : kwargs[name];
      if (position < args.length) position++;
      locals.set(name, given ?? (fallback === null ? unknown(call, `argument \`${name}\` is missing`) : this.evaluate(fallback)));
      if (given === null) locals.set(name, null);
    }
    const names: Names = { module: definition.module, classBody: null, locals };
    const body = definition.child("body");
    const result = body === null || body.hasError ? NOT_STATIC : this.#run(body, names, locals);
    if (result === NOT_STATIC || result === NO_RETURN) return null;
    return result;
  }

  #run(block: PyNode, names: Names, locals: Map<string, PyValue>): PyValue | typeof NOT_STATIC | typeof NO_RETURN {
    for (const statement of block.namedChildren) {
      if (statement.type === "return_statement") {
        const value = statement.namedChildren[0];
        return value === undefined ? null : this.evaluate(value, names);
      }
      if (statement.type === "if_statement") {
        const condition = statement.child("condition");
        const truth = condition === null ? null : truthOf(this.evaluate(condition, names));
        if (truth === null || statement.childrenOf("alternative").length > 1) return NOT_STATIC;
        const otherwise = statement.child("alternative");
        const branch = truth ? statement.child("consequence") : (otherwise?.child("body") ?? null);
        if (!truth && otherwise?.type === "elif_clause") return NOT_STATIC;
        if (branch === null) continue;
        const result = this.#run(branch, names, locals);
        if (result !== NO_RETURN) return result;
        continue;
      }
      if (statement.type === "pass_statement") continue;
      if (statement.type !== "expression_statement") return NOT_STATIC;
      const inner = statement.namedChildren[0];
      if (inner?.type === "string") continue;
      const target = inner?.child("left");
      const value = inner?.child("right");
      if (inner?.type !== "assignment" || target?.type !== "identifier" || value === null || value === undefined) return NOT_STATIC;
      locals.set(target.text, this.evaluate(value, names));
    }
    return NO_RETURN;
  }

  #boolean(node: PyNode, names: Names): PyValue {
    const left = node.child("left");
    const right = node.child("right");
    if (left === null || right === null) return unknown(node, "operator without operand");
    const value = this.evaluate(left, names);
    const truth = truthOf(value);
    if (truth === null)
      return isUnknown(value) ? value : unknown(node, `a condition that only running code can decide: \`${short(left)}\``);
    const isAnd = node.child("operator")?.text === "and";
    return truth === isAnd ? this.evaluate(right, names) : value;
  }

  #subscript(node: PyNode, names: Names): PyValue {
    const object = node.child("value");
    const index = node.child("subscript");
    if (object === null || index === null) return unknown(node, "an index that cannot be read");
    const value = this.evaluate(object, names);
    if (isUnknown(value)) return value;
    if (index.type === "slice") {
      const parts = index.children.map((c) => (c.type === ":" ? ":" : this.evaluate(c, names)));
      const colon = parts.indexOf(":");
      const from = colon === 0 ? undefined : parts[0];
      const to = parts[colon + 1];
      const bounds = [typeof from === "number" ? from : 0, typeof to === "number" ? to : undefined] as const;
      if (typeof value === "string") return value.slice(...bounds);
      if (isKind(value, "list") || isKind(value, "tuple")) return { kind: value.kind, items: value.items.slice(...bounds) };
      return unknown(node, "a slice of something that is no list");
    }
    const key = this.evaluate(index, names);
    if (isKind(value, "dict")) {
      const entry = value.entries.find(([k]) => k === key);
      return entry === undefined ? unknown(node, `no entry \`${short(index)}\` in the dictionary`) : entry[1];
    }
    const items = typeof value === "string" ? Array.from(value) : itemsOf(value);
    const item = typeof key === "number" ? items?.at(key) : undefined;
    return item === undefined ? unknown(node, `\`${short(node)}\` is only known when the code runs`) : item;
  }

  #comprehension(node: PyNode, names: Names, kind: "list" | "set" | "dict"): PyValue {
    const body = node.child("body");
    if (body === null) return unknown(node, "a comprehension that cannot be read");
    const clauses = node.namedChildren.filter((c) => c.type === "for_in_clause" || c.type === "if_clause");
    const items: PyValue[] = [];
    const entries: (readonly [PyValue, PyValue])[] = [];
    let failure: PyUnknown | null = null;
    const step = (position: number, locals: ReadonlyMap<string, PyValue>): void => {
      if (failure !== null) return;
      const within: Names = { ...names, locals };
      const clause = clauses[position];
      if (clause === undefined) {
        if (kind === "dict") {
          const key = body.child("key");
          const value = body.child("value");
          if (key !== null && value !== null) entries.push([this.evaluate(key, within), this.evaluate(value, within)]);
        } else items.push(this.evaluate(body, within));
        return;
      }
      if (clause.type === "if_clause") {
        const condition = clause.namedChildren[0];
        const truth = condition === undefined ? null : truthOf(this.evaluate(condition, within));
        if (truth === null) failure = unknown(clause, "a condition that only running code can decide");
        else if (truth) step(position + 1, locals);
        return;
      }
      const left = clause.child("left");
      const right = clause.child("right");
      const over = right === null ? null : this.evaluate(right, within);
      const values = isKind(over, "dict") ? over.entries.map(([k]) => k) : itemsOf(over);
      if (left === null || values === null) {
        failure = unknownFrom(over, clause);
        return;
      }
      for (const value of values) {
        const next = new Map(locals);
        if (!bindTarget(left, value, next)) failure = unknown(clause, "a comprehension whose variables cannot be bound");
        step(position + 1, next);
      }
    };
    step(0, names.locals);
    if (failure !== null) return failure;
    return kind === "dict" ? { kind, entries } : { kind, items };
  }
}

const NO_LOCALS: ReadonlyMap<string, PyValue> = new Map();
const NOT_STATIC: unique symbol = Symbol("not static");
const NO_RETURN: unique symbol = Symbol("no return");

/** The classes whose members are enumeration values. */
export function isEnum(bases: readonly PyValue[]): boolean {
  return bases.some(
    (b) =>
      (isKind(b, "ref") && /(?:^|\.)(?:TextChoices|IntegerChoices|Choices|Enum|StrEnum|IntEnum|IntFlag|Flag)$/.test(b.path)) ||
      (isKind(b, "class") && /Choices$|Enum$/.test(b.path)),
  );
}

function bindTarget(target: PyNode, value: PyValue, locals: Map<string, PyValue>): boolean {
  if (target.type === "identifier") {
    locals.set(target.text, value);
    return true;
  }
  const items = itemsOf(value);
  const targets = target.namedChildren;
  if (items === null || items.length !== targets.length) return false;
  return targets.every((t, i) => bindTarget(t, items[i] ?? null, locals));
}

function integer(text: string): PyValue {
  const digits = text.replaceAll("_", "").toLowerCase();
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  return /^[\da-fxo]+$/.test(digits) ? BigInt(digits) : { kind: "float", value: Number.NaN };
}

export function unknown(node: PyNode, reason: string): PyUnknown {
  return { kind: "unknown", reason, span: node.span };
}

/** Keeps the reason of an unknown value; gives one to a value that is known but does not fit here. */
function unknownFrom(value: PyValue | undefined, node: PyNode): PyUnknown {
  return isUnknown(value) ? value : unknown(node, `\`${short(node)}\` is only known when the code runs`);
}

/** One line of a node's text, for messages. */
export function short(node: PyNode): string {
  const line = node.text.replaceAll(/\s+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
