import type { PyNode } from "../python.ts";
import { isKind } from "../values.ts";
import { join, OTHER, reachesDatabase } from "./abstract-values.ts";
import type { Abstract, QuerySource, Scope } from "./abstract-values.ts";
import { noteKeywords } from "./copies.ts";
import type { Interpreter } from "./interpreter.ts";
import { calleeName, dottedName, keywords, positional } from "./python-shapes.ts";
import { method, short, unreadReason } from "./methods.ts";
import { row } from "./queryset.ts";

/** Built-in and library calls that only pass their items on. */
const PASS_THROUGH =
  /^(?:list|tuple|set|sorted|reversed|iter|frozenset|filter|map|chain|from_iterable|tqdm|progress|deepcopy|copy|islice|progressbar|track)$/;
/** Cut an iterable into chunks: one turn per batch. */
const CHUNKS =
  /^(?:batched|chunked|chunks?|chunk_\w+|grouper|ichunked|batch(?:es|ed)?(?:_\w+)?|in_batches|queryset_in_batches|\w+_in_(?:batches|chunks))$/;
/** Calls that do work nobody can see from here. */
const OPAQUE_PATHS = /^django\.core\.management\.|^django\.contrib\.(?!postgres|auth\.hashers)|^subprocess\.|^os\.system$/;

export function readCall(call: PyNode, scope: Scope, interpreter: Interpreter): Abstract {
  const callee = call.child("function");
  if (callee === null) return OTHER;
  const evaluate = (n: PyNode): Abstract => interpreter.expression(n, scope);
  if (callee.type === "attribute") {
    const object = callee.child("object");
    const dotted = dottedName(callee);
    const head = dotted?.split(".")[0] ?? "";
    const isModule = dotted !== null && scope.get(head) === undefined && isKind(interpreter.input.lookup(call.module, head), "ref");
    if (object !== null && !(isModule && isRefPath(callee, scope, interpreter))) {
      const on = evaluate(object);
      const result = method(on, callee.child("attribute")?.text ?? "", call, scope, interpreter);
      if (result !== null) return result;
    }
  }
  return plainCall(call, callee, scope, interpreter);
}

/** `json.loads(…)`, `transaction.atomic()`: a function of a module, not a method of a value. */
function isRefPath(callee: PyNode, scope: Scope, interpreter: Interpreter): boolean {
  const value = interpreter.input.evaluate(callee);
  if (!isKind(value, "ref") && !isKind(value, "function") && !isKind(value, "class")) return false;
  const object = callee.child("object");
  return object === null || interpreter.expression(object, scope).kind === "other";
}

function plainCall(call: PyNode, callee: PyNode, scope: Scope, interpreter: Interpreter): Abstract {
  const { recorder } = interpreter;
  const evaluate = (n: PyNode): Abstract => interpreter.expression(n, scope);
  const name = calleeName(call);
  const args = positional(call).map(evaluate);
  const named = new Map(keywords(call).map((k) => [k.child("name")?.text ?? "", evaluate(k.child("value") ?? k)]));
  const first = args[0] ?? OTHER;
  const target = evaluate(callee);
  if (target.kind === "model") noteKeywords(target.labels, call, scope, interpreter);
  if (target.kind === "model") return row({ labels: target.labels, extent: "one", join: null }, true);
  if (target.kind === "function") {
    const result = interpreter.call(target.node, args, named, target.scope);
    if (result !== null) return result;
    // A function that calls itself for the next batch (`update_batch()` … `update_batch()`) was read once: that is all it does.
    return OTHER;
  }
  if (target.kind === "unread") {
    recorder.giveUp(unreadReason(call, target.path), call.span);
    return OTHER;
  }
  const path = pathOf(callee, scope, interpreter);
  if (PASS_THROUGH.test(name)) {
    const last = args.at(name === "map" || name === "filter" ? 1 : 0) ?? OTHER;
    if (last.kind === "query") {
      recorder.access("select", last.source, () => [], call.span);
      return { kind: "items", item: row(last.source, false), source: last.source, batches: false };
    }
    return args.length > 1 && name.startsWith("chain") ? args.reduce(join, OTHER) : last;
  }
  if (name === "enumerate" || name === "zip") {
    const iterables = args.map((a): Abstract =>
      a.kind === "query" ? { kind: "items", item: row(a.source, false), source: a.source, batches: false } : a,
    );
    const source = iterables.map((i) => (i.kind === "items" ? i.source : null)).find((s) => s !== null) ?? null;
    const items = iterables.map((i) => (i.kind === "items" ? i.item : OTHER));
    return { kind: "items", item: { kind: "tuple", items: name === "enumerate" ? [OTHER, ...items] : items }, source, batches: false };
  }
  if (/^(?:len|bool|any|all|sum|min|max|next)$/.test(name)) {
    if (first.kind === "query") recorder.access("select", first.source, () => [], call.span);
    if (name !== "next") return OTHER;
    return first.kind === "items" ? first.item : first.kind === "query" ? row(first.source, false) : OTHER;
  }
  if (name === "Paginator" && first.kind === "query") return { kind: "paginator", source: first.source };
  if (CHUNKS.test(name) && (first.kind === "query" || first.kind === "items")) {
    const source = first.source;
    if (source === null) return first;
    if (first.kind === "query") recorder.access("select", source, () => [], call.span);
    const bounded: QuerySource = { ...source, extent: "bounded" };
    const item = first.kind === "items" ? first.item : row(bounded, false);
    return { kind: "items", item: { kind: "items", item, source: bounded, batches: false }, source, batches: true };
  }
  if (/^(?:get_object_or_404)$/.test(name) && (first.kind === "model" || first.kind === "query")) {
    const labels = first.kind === "model" ? first.labels : first.source.labels;
    return row({ labels, extent: "one", join: null }, false);
  }
  if (name === "setattr" && first.kind === "row") {
    const attribute = interpreter.text(positional(call)[1] ?? null, scope);
    if (attribute !== null) first.written.add(attribute);
    return OTHER;
  }
  if (name === "getattr" && args.length >= 2 && reachesDatabase(first)) {
    const attribute = interpreter.text(positional(call)[1] ?? null, scope);
    if (attribute === null && first.kind !== "row") recorder.giveUp(`\`${short(call)}\`: an attribute whose name is computed`, call.span);
    return OTHER;
  }
  if (HARMLESS.test(name) || /\.introspection\.\w+$/.test(callee.text)) return OTHER;
  if (path !== null && OPAQUE_PATHS.test(path)) {
    recorder.giveUp(`\`${short(call)}\` runs code outside of the migration`, call.span);
    return OTHER;
  }
  if (EXPRESSION.test(name)) return OTHER;
  if ([...args, ...named.values()].some(reachesDatabase)) {
    recorder.giveUp(`\`${short(call)}\` hands models to code that is not in the repository or cannot be followed`, call.span);
  } else if (isUnreadable(callee, scope, interpreter)) {
    recorder.giveUp(`\`${short(call)}\` calls code that cannot be found`, call.span);
  }
  return OTHER;
}

const HARMLESS =
  /^(?:setattr|getattr|delattr|no_style|print|isinstance|hasattr|str|repr|id|type|int|float|dict|range|round|abs|format|hash|issubclass|getLogger|info|warning|warn|error|debug|exception|write|flush|sleep|update_state|items|keys|join|split|strip|lower|upper|replace|startswith|endswith|ValueError|Exception|RuntimeError|Counter|defaultdict|OrderedDict|namedtuple|partial|Decimal|super)$/;
/** Django's expressions: data that goes into a query. */
const EXPRESSION =
  /^(?:F|Q|Value|Case|When|Subquery|OuterRef|Exists|Func|Cast|Coalesce|Concat|Lower|Upper|Count|Sum|Avg|Min|Max|ExpressionWrapper|RawSQL|Now|Trunc\w*|Extract\w*|Substr|Replace|Length|Left|Right|Greatest|Least|NullIf|JSONObject|KeyTextTransform|KeyTransform|Prefetch|Window|RowNumber|ArrayAgg|StringAgg|JSONBAgg|SearchVector|Trim|MD5|SHA\d+|StrIndex|Random|Row|combinatorics|atomic|on_commit|savepoint|set_rollback)$/;

function isUnreadable(callee: PyNode, scope: Scope, interpreter: Interpreter): boolean {
  const dotted = dottedName(callee);
  if (dotted === null) return false;
  const head = dotted.split(".")[0] ?? "";
  if (scope.get(head) !== undefined) return false;
  const value = interpreter.input.evaluate(callee);
  // A name of the repository that leads nowhere may do anything; packages are taken to know nothing of this database.
  return (
    isKind(value, "unknown") &&
    !/^(?:self|cls)$/.test(head) &&
    isKind(interpreter.input.lookup(callee.module, head), "unknown") &&
    !BUILTIN.test(head)
  );
}

const BUILTIN =
  /^(?:input|open|sorted|vars|dir|callable|iter|object|bytes|bytearray|memoryview|complex|divmod|pow|ord|chr|bin|hex|oct|slice|property|staticmethod|classmethod|[A-Z]\w*Error|StopIteration|NotImplemented\w*|globals|locals|ascii|exit)$/;

function pathOf(callee: PyNode, scope: Scope, interpreter: Interpreter): string | null {
  const head = dottedName(callee)?.split(".")[0];
  if (head === undefined || scope.get(head) !== undefined) return null;
  const value = interpreter.input.evaluate(callee);
  return isKind(value, "ref") ? value.path : null;
}
