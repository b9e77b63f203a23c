import type { PyNode } from "../python.ts";
import { isKind } from "../values.ts";
import type { PyValue } from "../values.ts";
import { join, OTHER, Scope } from "./abstract-values.ts";
import type { Abstract, QuerySource } from "./abstract-values.ts";
import { attributeOf, importedValue, modelLabel } from "./attributes.ts";
import type { RunPythonInput } from "./input.ts";
import { readCall } from "./calls.ts";
import { noteAssignment, noteLoop } from "./copies.ts";
import { constantItems, elementAt, iterated, sourceIn, sourceOf } from "./iteration.ts";
import { dottedName } from "./python-shapes.ts";
import { constantText } from "./text.ts";
import { row } from "./queryset.ts";
import type { Recorder } from "./recorder.ts";
import { decidedByVendor, VENDOR } from "./vendor.ts";

/** Calls into helpers deeper than this are not followed. */
const MAX_CALLS = 8;
/** Loops over constant lists up to this length are read item by item, so that each model name in them is seen. */
const MAX_UNROLL = 40;

/** What one function gave back. */
interface Frame {
  result: Abstract;
  yielded: Abstract | null;
}

/** Reads Python as if it ran, over abstract values: both branches of an `if`, each loop body once (twice where names feed back). */
export class Interpreter {
  readonly input: RunPythonInput;
  readonly recorder: Recorder;
  readonly #calls: PyNode[] = [];
  #frame: Frame = { result: OTHER, yielded: null };

  constructor(input: RunPythonInput, recorder: Recorder) {
    this.input = input;
    this.recorder = recorder;
  }

  /** Runs a function or lambda with its arguments; null when it calls itself or the calls go too deep. */
  call(fn: PyNode, args: readonly Abstract[], named: ReadonlyMap<string, Abstract>, outer: Scope | null): Abstract | null {
    if (this.#calls.includes(fn) || this.#calls.length > MAX_CALLS) return null;
    const scope = new Scope(outer);
    const parameters = (fn.child("parameters")?.namedChildren ?? []).filter(
      (p) => !["list_splat_pattern", "dictionary_splat_pattern"].includes(p.type),
    );
    for (const rest of fn.child("parameters")?.namedChildren ?? []) {
      if (!parameters.includes(rest)) scope.set(rest.text.replace(/^\*+/, ""), OTHER);
    }
    parameters.forEach((parameter, i) => {
      const name = parameter.type === "identifier" ? parameter.text : (parameter.child("name") ?? parameter.namedChildren[0])?.text;
      if (name === undefined) return;
      const value = parameter.child("value");
      scope.set(name, named.get(name) ?? args[i] ?? (value === null ? OTHER : this.expression(value, scope)));
    });
    const before = this.#frame;
    this.#frame = { result: OTHER, yielded: null };
    this.#calls.push(fn);
    const atomic =
      fn.parent?.type === "decorated_definition" && fn.parent.children.some((c) => c.type === "decorator" && /\batomic\b/.test(c.text));
    if (atomic && this.#outsideLoops()) this.recorder.outerAtomic++;
    try {
      const body = fn.child("body");
      if (fn.type === "lambda") return body === null ? OTHER : this.expression(body, scope);
      if (body !== null) this.block(body, scope);
      const { yielded, result } = this.#frame;
      if (yielded === null) return result;
      // Each piece is bounded; a generator of pieces walks through everything.
      const piece = sourceOf(yielded);
      const source: QuerySource | null = piece === null ? null : { ...piece, extent: "whole" };
      const batches = yielded.kind === "items" || yielded.kind === "query";
      return { kind: "items", item: yielded, source, batches };
    } finally {
      if (atomic && this.#outsideLoops()) this.recorder.outerAtomic--;
      this.#calls.pop();
      this.#frame = before;
    }
  }

  #outsideLoops(): boolean {
    return !this.recorder.loops.some((l) => l.kind !== "other");
  }

  /** @returns whether nothing behind it runs: it returns or raises on Postgres whatever else is the case */
  block(block: PyNode, scope: Scope): boolean {
    return block.namedChildren.some((statement) => this.statement(statement, scope));
  }

  /** @returns as `block` */
  statement(node: PyNode, scope: Scope): boolean {
    if (node.type === "if_statement") return this.#if(node, scope);
    if (node.type === "with_statement") return this.#with(node, scope);
    this.#plain(node, scope);
    return node.type === "return_statement" || node.type === "raise_statement";
  }

  /** All branches of what only running code decides; of what asks which database this is, the one for Postgres. */
  #if(node: PyNode, scope: Scope): boolean {
    const branches = [node, ...node.childrenOf("alternative")];
    for (const branch of branches) {
      const condition = branch.child("condition");
      const holds = branch.type === "else_clause" ? true : decidedByVendor(condition, scope, this);
      const body = branch.child(branch.type === "else_clause" ? "body" : "consequence");
      if (holds === false) continue;
      if (condition !== null) this.expression(condition, scope);
      const ended = body !== null && this.block(body, scope);
      // The rest is not asked; where something before it was open, the end of this one says nothing.
      if (holds === true)
        return (
          ended && branches.slice(0, branches.indexOf(branch)).every((b) => decidedByVendor(b.child("condition"), scope, this) === false)
        );
    }
    return false;
  }

  #plain(node: PyNode, scope: Scope): void {
    if (node.type === "ERROR") return this.recorder.giveUp("a syntax error", node.span);
    switch (node.type) {
      case "expression_statement":
        for (const child of node.namedChildren) this.expression(child, scope);
        return;
      case "return_statement":
        for (const child of node.namedChildren) this.#frame.result = join(this.#frame.result, this.expression(child, scope));
        return;
      case "try_statement":
      case "match_statement":
      case "else_clause":
      case "except_clause":
      case "finally_clause":
      case "case_clause":
      case "except_group_clause":
        for (const child of node.namedChildren) {
          if (child.type === "block") this.block(child, scope);
          else if (/_(?:clause|pattern)$/.test(child.type) || child.type === "block") this.statement(child, scope);
          else if (!["as_pattern_target", "case_pattern"].includes(child.type)) this.expression(child, scope);
        }
        return;
      case "for_statement":
        return this.#for(node, scope);
      case "while_statement":
        return this.#while(node, scope);
      case "function_definition":
        scope.set(node.child("name")?.text ?? "", { kind: "function", node, module: node.module, scope });
        return;
      case "decorated_definition": {
        const definition = node.child("definition");
        if (definition !== null) this.statement(definition, scope);
        return;
      }
      case "import_from_statement":
        for (const name of node.childrenOf("name")) {
          const imported = name.type === "aliased_import" ? (name.child("name")?.text ?? "") : name.text;
          const local = name.type === "aliased_import" ? (name.child("alias")?.text ?? "") : name.text;
          const from = node.child("module_name")?.text ?? "";
          scope.set(local, importedValue(from, imported, this));
        }
        return;
      case "assert_statement":
      case "raise_statement":
      case "delete_statement":
        for (const child of node.namedChildren) this.expression(child, scope);
        return;
      case "class_definition":
        this.recorder.giveUp("a class that is defined inside of the function", node.span);
        return;
      default:
        // import, pass, break, continue, global, nonlocal, comments: nothing that reaches the database.
        return;
    }
  }

  #with(node: PyNode, scope: Scope): boolean {
    let atomic = 0;
    for (const item of node.namedChildren.filter((c) => c.type === "with_clause").flatMap((c) => c.namedChildren)) {
      const value = item.child("value") ?? item.namedChildren[0] ?? item;
      const aliased = value.type === "as_pattern" ? value : null;
      const inner = aliased === null ? value : (aliased.namedChildren[0] ?? value);
      const result = this.expression(inner, scope);
      const target = aliased?.child("alias");
      if (target !== null && target !== undefined) this.assign(target.namedChildren[0] ?? target, result, scope);
      if (/\batomic\b/.test(inner.text) && this.#outsideLoops()) atomic++;
    }
    this.recorder.outerAtomic += atomic;
    const body = node.child("body");
    const ended = body !== null && this.block(body, scope);
    this.recorder.outerAtomic -= atomic;
    return ended;
  }

  #for(node: PyNode, scope: Scope): void {
    const left = node.child("left");
    const right = node.child("right");
    const body = node.child("body");
    if (left === null || right === null || body === null) return;
    const iterable = this.expression(right, scope);
    const labels = sourceOf(iterable)?.labels ?? [];
    this.loop(right, iterable, scope, (item) => {
      this.assign(left, item, scope);
      noteLoop(left, right, labels, scope, this.recorder);
      this.block(body, scope);
    });
    const after = node.child("alternative");
    if (after !== null) this.statement(after, scope);
  }

  /** Runs `turn` for what an iterable gives, inside of the loop that it makes. */
  loop(at: PyNode, iterable: Abstract, _scope: Scope, turn: (item: Abstract) => void): void {
    const constants = constantItems(iterable);
    if (constants !== null && constants.length <= MAX_UNROLL) {
      this.recorder.loops.push({ kind: "other", source: null });
      for (const item of constants) turn(item);
      this.recorder.loops.pop();
      return;
    }
    const { item, source, batches } = iterated(iterable, at);
    if (source !== null && (iterable.kind === "query" || at.text.includes(".objects"))) {
      this.recorder.access("select", source, () => [], at.span);
    } else if (source !== null && iterable.kind === "items" && !batches && item.kind === "row" && !item.created) {
      this.recorder.access("select", source, () => [], at.span);
    }
    this.recorder.loops.push({ kind: batches ? "batches" : source === null ? "other" : "rows", source });
    turn(item);
    this.recorder.loops.pop();
  }

  #while(node: PyNode, scope: Scope): void {
    const condition = node.child("condition");
    const body = node.child("body");
    if (condition !== null) this.expression(condition, scope);
    if (body === null) return;
    // A `while` around slices or key ranges walks through a table; what is inside tells over which.
    const walked = sourceIn(body, this, scope);
    this.recorder.loops.push({ kind: "batches", source: walked });
    // Twice: names that the first turn sets (`last_pk`, `ids`) are read by the second.
    this.block(body, scope);
    this.block(body, scope);
    this.recorder.loops.pop();
  }

  assign(target: PyNode, value: Abstract, scope: Scope): void {
    switch (target.type) {
      case "identifier": {
        scope.set(target.text, value);
        return;
      }
      case "attribute": {
        const object = this.expression(target.child("object") ?? target, scope);
        if (object.kind === "row") object.written.add(target.child("attribute")?.text ?? "");
        return;
      }
      case "pattern_list":
      case "tuple_pattern":
      case "list_pattern":
      case "tuple":
        target.namedChildren.forEach((name, i) => {
          this.assign(name.type === "list_splat_pattern" ? (name.namedChildren[0] ?? name) : name, elementAt(value, i), scope);
        });
        return;
      case "subscript": {
        // `by_id[row.id] = row`: the container now holds rows.
        const container = target.child("value");
        if (container?.type === "identifier") this.#collect(container.text, value, scope);
        return;
      }
      default:
    }
  }

  /** `rows.append(row)`: a list that is filled in a loop holds as many items as the loop has turns. */
  collectInto(container: PyNode | null, value: Abstract, scope: Scope): void {
    if (container?.type === "identifier") this.#collect(container.text, value, scope);
  }

  #collect(name: string, value: Abstract, scope: Scope): void {
    const known = scope.get(name) ?? OTHER;
    const turns = this.recorder.loops.findLast((l) => l.kind !== "other")?.source ?? null;
    const item = known.kind === "items" ? join(known.item, value) : value;
    scope.set(name, { kind: "items", item, source: (known.kind === "items" ? known.source : null) ?? turns, batches: false });
  }

  expression(node: PyNode, scope: Scope): Abstract {
    switch (node.type) {
      case "identifier":
        return scope.get(node.text) ?? this.#global(node);
      case "attribute":
        return this.#attribute(node, scope);
      case "call":
        return readCall(node, scope, this);
      case "assignment": {
        const right = node.child("right");
        const left = node.child("left");
        const value = right === null ? OTHER : this.expression(right, scope);
        if (left !== null) this.assign(left, value, scope);
        if (left !== null && right !== null) noteAssignment(left, right, scope, this);
        return value;
      }
      case "augmented_assignment": {
        const left = node.child("left");
        const right = node.child("right");
        const value = right === null ? OTHER : this.expression(right, scope);
        if (left?.type === "attribute") this.assign(left, value, scope);
        else if (left !== null && value.kind === "items") this.assign(left, join(this.expression(left, scope), value), scope);
        return value;
      }
      case "named_expression": {
        const value = this.expression(node.child("value") ?? node, scope);
        const name = node.child("name");
        if (name !== null) this.assign(name, value, scope);
        return value;
      }
      case "await":
      case "parenthesized_expression":
        return node.namedChildren[0] === undefined ? OTHER : this.expression(node.namedChildren[0], scope);
      case "conditional_expression":
      case "boolean_operator":
        return node.namedChildren.map((c) => this.expression(c, scope)).reduce(join, OTHER);
      case "subscript":
        return this.#subscript(node, scope);
      case "list":
      case "set":
      case "tuple":
      case "expression_list": {
        const items = node.namedChildren.map((c) => this.expression(c.type === "list_splat" ? (c.namedChildren[0] ?? c) : c, scope));
        return { kind: "tuple", items };
      }
      case "dictionary":
        return this.#dictionary(node, scope);
      case "list_comprehension":
      case "set_comprehension":
      case "generator_expression":
      case "dictionary_comprehension":
        return this.#comprehension(node, scope);
      case "yield": {
        const value = node.namedChildren[0] === undefined ? OTHER : this.expression(node.namedChildren[0], scope);
        const from = node.children.some((c) => c.type === "from") && value.kind === "items" ? value.item : value;
        this.#frame.yielded = this.#frame.yielded === null ? from : join(this.#frame.yielded, from);
        return OTHER;
      }
      case "lambda":
        return { kind: "function", node, module: node.module, scope };
      case "string":
      case "concatenated_string":
      case "integer":
      case "float":
      case "none":
      case "true":
      case "false":
        for (const part of node.namedChildren)
          if (part.type === "interpolation") for (const c of part.namedChildren) this.expression(c, scope);
        return { kind: "constant", value: this.text(node, scope) ?? this.input.evaluate(node) };
      case "binary_operator": {
        for (const part of node.namedChildren) this.expression(part, scope);
        const text = this.text(node, scope);
        return text === null ? OTHER : { kind: "constant", value: text };
      }
      default:
        for (const child of node.namedChildren) this.expression(child, scope);
        return OTHER;
    }
  }

  /** Text of an expression when it is constant, names in scope included; null otherwise. */
  text(node: PyNode | null, scope: Scope): string | null {
    return constantText(node, scope, this);
  }

  #global(node: PyNode): Abstract {
    const found = this.input.lookup(node.module, node.text);
    return this.fromValue(found);
  }

  fromValue(found: PyValue): Abstract {
    if (isKind(found, "function")) return { kind: "function", node: found.node, module: found.node.module, scope: null };
    if (isKind(found, "class")) {
      const label = modelLabel(found.path, this.input);
      return label === null ? OTHER : { kind: "model", labels: [label] };
    }
    if (isKind(found, "ref")) {
      if (/^django\.db\.connection$/.test(found.path)) return { kind: "connection" };
      if (/^django\.db\.connections$/.test(found.path))
        return { kind: "items", item: { kind: "connection" }, source: null, batches: false };
      const label = modelLabel(found.path, this.input);
      return label === null ? OTHER : { kind: "model", labels: [label] };
    }
    if (isKind(found, "unknown")) return OTHER;
    return { kind: "constant", value: found };
  }

  #attribute(node: PyNode, scope: Scope): Abstract {
    const name = node.child("attribute")?.text ?? "";
    const object = node.child("object");
    if (object === null) return OTHER;
    const dotted = dottedName(node);
    const base = dotted?.split(".")[0] ?? "";
    if (dotted !== null && scope.get(base) === undefined) {
      const known = this.fromValue(this.input.evaluate(node));
      // tread's evaluator gives the vendor of `django.db.connection` as a text like any other.
      if (name === "vendor" && known.kind === "constant") return VENDOR;
      if (known.kind !== "other") return known;
    }
    return attributeOf(this.expression(object, scope), name, node, this);
  }

  #subscript(node: PyNode, scope: Scope): Abstract {
    const value = node.child("value");
    if (value === null) return OTHER;
    const from = this.expression(value, scope);
    const indices = node.childrenOf("subscript");
    for (const index of indices) if (index.type !== "slice") this.expression(index, scope);
    const isSlice = indices[0]?.type === "slice";
    if (from.kind === "query") {
      if (isSlice) return { kind: "query", source: { ...from.source, extent: from.source.extent === "one" ? "one" : "bounded" } };
      this.recorder.access("select", { ...from.source, extent: "one" }, () => [], node.span);
      return row({ ...from.source, extent: "one" }, false);
    }
    if (from.kind === "items") {
      if (!isSlice) return from.item;
      const source = from.source === null ? null : ({ ...from.source, extent: from.source.extent === "one" ? "one" : "bounded" } as const);
      return { ...from, source };
    }
    const index = indices[0]?.type === "integer" ? Number(indices[0].text) : null;
    if (from.kind === "tuple" && index !== null && !isSlice) return from.items.at(index) ?? OTHER;
    if (from.kind === "tuple") return isSlice ? from : from.items.reduce(join, OTHER);
    if (from.kind === "constant") return { kind: "constant", value: this.input.evaluate(node) };
    return from;
  }

  #dictionary(node: PyNode, scope: Scope): Abstract {
    const values = node.namedChildren.map((pair) => {
      const key = pair.child("key");
      if (key !== null) this.expression(key, scope);
      const value = pair.child("value") ?? pair.namedChildren[0];
      return value === undefined || value === null ? OTHER : this.expression(value, scope);
    });
    const constant = this.input.evaluate(node);
    if (values.every((v) => v.kind === "constant") && !isKind(constant, "unknown")) return { kind: "constant", value: constant };
    return { kind: "items", item: values.reduce(join, OTHER), source: null, batches: false };
  }

  #comprehension(node: PyNode, scope: Scope): Abstract {
    const inner = new Scope(scope);
    const clauses = node.namedChildren.filter((c) => c.type === "for_in_clause" || c.type === "if_clause");
    let item: Abstract = OTHER;
    let first: QuerySource | null = null;
    const walk = (i: number): void => {
      const clause = clauses[i];
      if (clause === undefined) {
        const body = node.child("body");
        const value = body?.type === "pair" ? (body.child("value") ?? body) : body;
        if (value !== null) item = join(item, this.expression(value, inner));
        return;
      }
      if (clause.type === "if_clause") {
        for (const c of clause.namedChildren) this.expression(c, inner);
        return walk(i + 1);
      }
      const right = clause.child("right");
      const left = clause.child("left");
      if (right === null || left === null) return;
      const iterable = this.expression(right, inner);
      if (i === 0) first = sourceOf(iterable);
      this.loop(right, iterable, inner, (each) => {
        this.assign(left, each, inner);
        walk(i + 1);
      });
    };
    walk(0);
    return { kind: "items", item, source: first, batches: false };
  }
}
