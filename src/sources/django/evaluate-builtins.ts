import type { Evaluator } from "./evaluate.ts";
import { formatPercent, numberOf, toText } from "./evaluate-operators.ts";
import type { PyNode } from "./python.ts";
import { unknown } from "./unknown.ts";
import type { PyUnknown, PyValue } from "./values.ts";
import { isKind, isUnknown, itemsOf, truthOf } from "./values.ts";

/** Lazy translations are their text; `textwrap.dedent` and `Path` helpers are not worth more. */
const IDENTITY = /^django\.utils\.translation\.(?:u?gettext(?:_lazy|_noop)?|pgettext(?:_lazy)?)$|^django\.utils\.safestring\.mark_safe$/;

/** Result of a built-in function on static values; undefined when the call is to be kept as data. */
export function builtinCall(
  path: string,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  node: PyNode,
  evaluator: Evaluator,
): PyValue | undefined {
  const first = args[0];
  if (IDENTITY.test(path)) return path.includes("pgettext") ? args[1] : first;
  if (path === "textwrap.dedent" && typeof first === "string") return dedent(first);
  if (path === "os.environ.get" || path === "os.getenv") {
    const { environment } = evaluator.modes;
    if (environment === undefined) return unknown(node, "a value from the environment");
    if (typeof first === "string") environment.add(first);
    return args[1] ?? kwargs["default"] ?? null;
  }
  if (!path.startsWith("builtins.")) return undefined;
  if (first !== undefined && isUnknown(first)) return first;
  const items = first === undefined ? [] : isKind(first, "dict") ? first.entries.map(([k]) => k) : itemsOf(first);
  switch (path.slice("builtins.".length)) {
    case "list":
      return items === null ? undefined : { kind: "list", items };
    case "tuple":
      return items === null ? undefined : { kind: "tuple", items };
    case "set":
    case "frozenset":
      return items === null ? undefined : { kind: "set", items };
    case "reversed":
      return items === null ? undefined : { kind: "list", items: items.toReversed() };
    case "sorted":
      return items?.every((i) => typeof i === "string") === true ? { kind: "list", items: items.toSorted() } : undefined;
    case "dict":
      if (first === undefined) return { kind: "dict", entries: Object.entries(kwargs) };
      return isKind(first, "dict") ? { kind: "dict", entries: [...first.entries, ...Object.entries(kwargs)] } : undefined;
    case "str": {
      const text = first === undefined ? "" : toText(evaluator.written(first, node));
      return text ?? unknown(node, "`str()` of a value that is only known when the code runs");
    }
    case "int": {
      const number = typeof first === "string" ? Number(first) : numberOf(first);
      return number === null || Number.isNaN(number) ? undefined : Math.trunc(number);
    }
    case "float": {
      const number = typeof first === "string" ? Number(first) : numberOf(first);
      return number === null ? undefined : { kind: "float", value: number };
    }
    case "bool": {
      const truth = first === undefined ? false : truthOf(first);
      return truth ?? undefined;
    }
    case "len":
      return typeof first === "string" ? first.length : (items?.length ?? undefined);
    case "range": {
      const [a, b, c] = args.map(numberOf);
      if (a === null || a === undefined) return undefined;
      const [from, to, by] = b === undefined || b === null ? [0, a, 1] : [a, b, c ?? 1];
      const length = by === 0 ? 0 : Math.max(0, Math.ceil((to - from) / by));
      return length > 10_000 ? undefined : { kind: "list", items: Array.from({ length }, (_, i) => from + i * by) };
    }
    case "zip": {
      const lists = args.map(itemsOf);
      if (lists.includes(null)) return undefined;
      const length = Math.min(...lists.map((l) => l?.length ?? 0));
      return {
        kind: "list",
        items: Array.from({ length }, (_, i): PyValue => ({ kind: "tuple", items: lists.map((l) => l?.[i] ?? null) })),
      };
    }
    case "enumerate":
      return items === null ? undefined : { kind: "list", items: items.map((item, i): PyValue => ({ kind: "tuple", items: [i, item] })) };
    case "getattr": {
      const name = args[1];
      if (first === undefined || typeof name !== "string") return undefined;
      const found = evaluator.attributeOf(first, name, node);
      return isUnknown(found) && args[2] !== undefined ? args[2] : found;
    }
    default:
      return undefined;
  }
}

function dedent(text: string): string {
  const lines = text.split("\n");
  const margins = lines.filter((l) => l.trim() !== "").map((l) => /^[ \t]*/.exec(l)?.[0].length ?? 0);
  const margin = margins.length === 0 ? 0 : Math.min(...margins);
  return lines.map((l) => (l.trim() === "" ? "" : l.slice(margin))).join("\n");
}

/** A method of a string, list or dictionary that is known; undefined for any other receiver or method. */
export function constantMethod(
  receiver: PyValue,
  method: string,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  node: PyNode,
): PyValue | undefined {
  if (typeof receiver === "string") return stringMethod(receiver, method, args, kwargs, node);
  if (isKind(receiver, "dict")) {
    if (method === "items") return { kind: "list", items: receiver.entries.map(([k, v]): PyValue => ({ kind: "tuple", items: [k, v] })) };
    if (method === "keys") return { kind: "list", items: receiver.entries.map(([k]) => k) };
    if (method === "values") return { kind: "list", items: receiver.entries.map(([, v]) => v) };
    if (method === "get") return receiver.entries.find(([k]) => k === args[0])?.[1] ?? args[1] ?? null;
    if (method === "copy") return receiver;
  }
  if ((isKind(receiver, "list") || isKind(receiver, "set")) && method === "copy") return receiver;
  return undefined;
}

function stringMethod(
  text: string,
  method: string,
  args: readonly PyValue[],
  kwargs: Readonly<Record<string, PyValue>>,
  node: PyNode,
): PyValue | undefined {
  const [a, b] = args;
  switch (method) {
    case "format":
      return format(text, args, kwargs, node);
    case "join": {
      const items = itemsOf(a);
      if (items?.every((i) => typeof i === "string") === true) return items.join(text);
      return items?.find(isUnknown) ?? (isUnknown(a) ? a : unknown(node, "a `join` of values that are only known when the code runs"));
    }
    case "upper":
      return text.toUpperCase();
    case "lower":
      return text.toLowerCase();
    case "title":
      return text.replaceAll(/\b\w/g, (c) => c.toUpperCase());
    case "strip":
      return args.length === 0 ? text.trim() : undefined;
    case "lstrip":
      return args.length === 0 ? text.trimStart() : undefined;
    case "rstrip":
      return args.length === 0 ? text.trimEnd() : undefined;
    case "replace":
      return typeof a === "string" && typeof b === "string" ? text.replaceAll(a, b) : undefined;
    case "split":
      if (a === undefined) return { kind: "list", items: text.split(/\s+/).filter((w) => w !== "") };
      return typeof a === "string" ? { kind: "list", items: text.split(a) } : undefined;
    case "splitlines":
      return { kind: "list", items: text.split("\n") };
    case "startswith":
      return typeof a === "string" ? text.startsWith(a) : undefined;
    case "endswith":
      return typeof a === "string" ? text.endsWith(a) : undefined;
    case "removeprefix":
      return typeof a === "string" && text.startsWith(a) ? text.slice(a.length) : text;
    case "removesuffix":
      return typeof a === "string" && a !== "" && text.endsWith(a) ? text.slice(0, -a.length) : text;
    case "encode":
      return { kind: "bytes", value: new TextEncoder().encode(text) };
    default:
      return undefined;
  }
}

function format(text: string, args: readonly PyValue[], kwargs: Readonly<Record<string, PyValue>>, node: PyNode): PyValue {
  let next = 0;
  let failure: PyUnknown | null = null;
  const result = text.replace(/\{\{|\}\}|\{(\w*)(?:!([rs]))?(?::([^}]*))?\}/g, (...groups) => {
    const [whole, name, conversion, spec] = groups as (string | undefined)[];
    if (whole === "{{") return "{";
    if (whole === "}}") return "}";
    const argument = name === undefined || name === "" ? args[next++] : /^\d+$/.test(name) ? args[Number(name)] : kwargs[name];
    if (argument === undefined) {
      failure ??= unknown(node, "a `format` with arguments that cannot be matched");
      return "";
    }
    if (isUnknown(argument)) failure ??= argument;
    const written = spec === undefined || spec === "" ? toText(argument, conversion === "r" ? "!r" : "") : formatPercent(spec, argument);
    if (written === null) failure ??= unknown(node, "a `format` of a value that is only known when the code runs");
    return written ?? "";
  });
  return failure ?? result;
}
