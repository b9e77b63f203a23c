import type { Span } from "../../text/span.ts";
import type { PyNode } from "./python.ts";

/**
 * A Python value as static reading sees it. `None`, booleans, integers and strings are JavaScript's own; everything else is tagged.
 * Integers beyond 2^53 are bigints; floats are tagged so that `1.0` stays different from `1`.
 */
export type PyValue = null | boolean | number | bigint | string | PyObject;

export type PyObject = PyFloat | PyBytes | PySequence | PyDict | PyRef | PyCall | PyOperation | PyLambda | PyFunction | PyClass | PyUnknown;

export interface PyFloat {
  readonly kind: "float";
  readonly value: number;
}

export interface PyBytes {
  readonly kind: "bytes";
  readonly value: Uint8Array;
}

export interface PyItems<K extends "list" | "tuple" | "set"> {
  readonly kind: K;
  readonly items: readonly PyValue[];
}
export type PySequence = PyItems<"list"> | PyItems<"tuple"> | PyItems<"set">;

export interface PyDict {
  readonly kind: "dict";
  readonly entries: readonly (readonly [PyValue, PyValue])[];
}

/** Something outside of the repository or built in, by its dotted path: `uuid.uuid4`, `django.db.models.CASCADE`, `builtins.dict`. */
export interface PyRef {
  readonly kind: "ref";
  readonly path: string;
}

/** An instance of a class or the result of a function that is not evaluated: `models.Q(age__gt=3)`, `F("a").desc()`. */
export interface PyCall {
  readonly kind: "call";
  /** Dotted path of the callable; `.desc` when it is a method of `receiver`. */
  readonly callee: string;
  readonly receiver: PyValue | undefined;
  readonly args: readonly PyValue[];
  readonly kwargs: Readonly<Record<string, PyValue>>;
  /** The class in the repository that is instantiated, when it is one. */
  readonly cls: PyClass | null;
  readonly node: PyNode;
}

/** An operator on values that are not constants: `Q(a=1) & Q(b=2)`, `~Q(…)`, `F("a") + 1`. */
export interface PyOperation {
  readonly kind: "operation";
  readonly operator: string;
  readonly operands: readonly PyValue[];
  readonly node: PyNode;
}

export interface PyLambda {
  readonly kind: "lambda";
  readonly node: PyNode;
}

/** A function of the repository: `name` is dotted, `node` its `function_definition`. */
export interface PyFunction {
  readonly kind: "function";
  readonly path: string;
  readonly node: PyNode;
}

/** A class of the repository: `node` is its `class_definition`. */
export interface PyClass {
  readonly kind: "class";
  readonly path: string;
  readonly node: PyNode;
}

/** What cannot be told without running the code: said with a reason, never guessed. */
export interface PyUnknown {
  readonly kind: "unknown";
  readonly reason: string;
  readonly span: Span;
}

export function isObject(value: PyValue | undefined): value is PyObject {
  return typeof value === "object" && value !== null;
}

export function isKind<K extends PyObject["kind"]>(value: PyValue | undefined, kind: K): value is Extract<PyObject, { readonly kind: K }> {
  return isObject(value) && value.kind === kind;
}

export function isUnknown(value: PyValue | undefined): value is PyUnknown {
  return isKind(value, "unknown");
}

/** Items of a list, tuple or set; null for anything else. */
export function itemsOf(value: PyValue | undefined): readonly PyValue[] | null {
  return isObject(value) && (value.kind === "list" || value.kind === "tuple" || value.kind === "set") ? value.items : null;
}

export function stringsOf(value: PyValue | undefined): readonly string[] | null {
  const items = itemsOf(value);
  return items?.every((i) => typeof i === "string") === true ? items : null;
}

/** Dotted path of a reference, class or function: what a deconstructed default or `on_delete` names. */
export function pathOf(value: PyValue | undefined): string | null {
  if (!isObject(value)) return null;
  if (value.kind === "ref" || value.kind === "class" || value.kind === "function") return value.path;
  return null;
}

/** Python's truth value, or null when it cannot be told. */
export function truthOf(value: PyValue): boolean | null {
  if (value === null) return false;
  if (typeof value !== "object") return Boolean(value);
  switch (value.kind) {
    case "float":
      return value.value !== 0;
    case "bytes":
      return value.value.length > 0;
    case "list":
    case "tuple":
    case "set":
      return value.items.length > 0;
    case "dict":
      return value.entries.length > 0;
    case "class":
    case "function":
    case "lambda":
      return true;
    case "ref":
    case "call":
    case "operation":
    case "unknown":
      return null;
    default:
      return value satisfies never;
  }
}

/** The first unknown inside of a value, however deep, or null. */
export function unknownIn(value: PyValue | undefined): PyUnknown | null {
  if (!isObject(value)) return null;
  const first = (values: readonly (PyValue | undefined)[]): PyUnknown | null => {
    for (const v of values) {
      const found = unknownIn(v);
      if (found !== null) return found;
    }
    return null;
  };
  switch (value.kind) {
    case "unknown":
      return value;
    case "list":
    case "tuple":
    case "set":
      return first(value.items);
    case "dict":
      return first(value.entries.flat());
    case "call":
      return first([value.receiver, ...value.args, ...Object.values(value.kwargs)]);
    case "operation":
      return first(value.operands);
    default:
      return null;
  }
}
