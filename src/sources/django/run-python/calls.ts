import type { PyNode } from "../python.ts";
import { isKind, stringsOf } from "../values.ts";
import { join, OTHER, reachesDatabase } from "./abstract-values.ts";
import type { Abstract, QuerySource, Scope } from "./abstract-values.ts";
import type { Interpreter } from "./interpreter.ts";
import { calleeName, dottedName, keyword, keywords, positional, splats, stringList } from "./python-shapes.ts";
import { cascade, queryMethod, row } from "./queryset.ts";

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

/** A method of something known; null when it is to be looked at as a plain call. */
function method(on: Abstract, name: string, call: PyNode, scope: Scope, interpreter: Interpreter): Abstract | null {
  const { recorder } = interpreter;
  const evaluate = (n: PyNode): Abstract => interpreter.expression(n, scope);
  const rest = (): void => {
    for (const argument of call.child("arguments")?.namedChildren ?? []) {
      if (argument.type !== "comment") evaluate(argument.child("value") ?? argument);
    }
  };
  switch (on.kind) {
    case "apps": {
      if (name !== "get_model") break;
      const labels = modelLabels(call, scope, interpreter);
      if (labels === null) {
        recorder.giveUp(`\`${call.text}\`: which model it is cannot be told`, call.span);
        return OTHER;
      }
      return { kind: "model", labels };
    }
    case "model": {
      if (name === "save" || name === "delete") break;
      rest();
      if (name === "from_db" || name === "DoesNotExist") return OTHER;
      recorder.giveUp(`\`${short(call)}\`: a method that historical models do not have`, call.span);
      return OTHER;
    }
    case "query": {
      rest();
      const builtIn = builtInManager(on.source, name, call, recorder);
      if (builtIn !== null) return builtIn;
      const result = queryMethod(on.source, name, call, recorder, evaluate);
      if (result !== null) return result;
      recorder.giveUp(`\`${short(call)}\`: \`${name}\` is no method of Django's querysets`, call.span);
      return OTHER;
    }
    case "row": {
      rest();
      return rowMethod(on, name, call, interpreter);
    }
    case "items": {
      if (on.item.kind === "connection" && name === "cursor") return { kind: "cursor" };
      const given = positional(call).map(evaluate);
      if (/^(?:append|add|insert|extend|update|setdefault)$/.test(name)) {
        const value = given.at(-1) ?? OTHER;
        interpreter.collectInto(
          call.child("function")?.child("object") ?? null,
          /^(?:extend|update)$/.test(name) && value.kind === "items" ? value.item : value,
          scope,
        );
        return OTHER;
      }
      if (name === "filter" || name === "exclude" || name === "order_by" || name === "distinct" || name === "using" || name === "all")
        return on;
      if (name === "delete" || name === "update") recorder.giveUp(`\`${short(call)}\` on values`, call.span);
      if (/^(?:first|last|get|pop|popleft)$/.test(name)) return on.item;
      if (name === "iterator" || name === "items" || name === "values" || name === "copy") return on;
      if ((name === "exists" || name === "count") && on.source !== null) {
        recorder.access("select", { ...on.source, extent: name === "exists" ? "one" : on.source.extent }, () => [], call.span);
      }
      return OTHER;
    }
    case "tuple":
    case "constant": {
      const given = positional(call).map(evaluate);
      if (/^(?:append|add|insert|extend|setdefault)$/.test(name)) {
        const value = given.at(-1) ?? OTHER;
        interpreter.collectInto(
          call.child("function")?.child("object") ?? null,
          name === "extend" && value.kind === "items" ? value.item : value,
          scope,
        );
        return OTHER;
      }
      if (on.kind === "constant" && isKind(on.value, "dict") && name === "items") {
        return {
          kind: "tuple",
          items: on.value.entries.map(([key, value]): Abstract => ({ kind: "constant", value: { kind: "tuple", items: [key, value] } })),
        };
      }
      if (on.kind === "constant") return { kind: "constant", value: interpreter.text(call, scope) ?? interpreter.input.evaluate(call) };
      return OTHER;
    }
    case "connection":
      if (name === "cursor") return { kind: "cursor" };
      return OTHER;
    case "cursor":
    case "schema-editor": {
      rest();
      if (/^(?:execute|executemany|mogrify|copy_expert|copy)$/.test(name)) {
        const argument = positional(call)[0] ?? null;
        const sql = interpreter.text(argument, scope);
        if (sql === null) recorder.giveUp(`\`${short(call)}\`: SQL that is put together when it runs`, call.span);
        else recorder.send(sql, argument?.span ?? call.span);
        return OTHER;
      }
      if (on.kind === "cursor") return name.startsWith("fetch") ? { kind: "items", item: OTHER, source: null, batches: false } : OTHER;
      if (/^(?:quote_name|quote_value|_constraint_names|_fk_constraint_name|_create_index_name)$/.test(name)) return OTHER;
      recorder.giveUp(`\`${short(call)}\`: a change of the schema from Python`, call.span);
      return OTHER;
    }
    case "paginator": {
      rest();
      const source: QuerySource = { ...on.source, extent: "bounded" };
      if (name === "page" || name === "get_page") return { kind: "items", item: row(source, false), source, batches: false };
      return OTHER;
    }
    case "function":
    case "other":
      break;
    default:
      return on satisfies never;
  }
  return null;
}

/**
 * Managers of Django's own apps that migrations see too (`use_in_migrations`). Any other custom manager is the plain one there, so a
 * method that Django's querysets do not have would fail.
 */
function builtInManager(source: QuerySource, name: string, call: PyNode, recorder: Interpreter["recorder"]): Abstract | null {
  const one: QuerySource = { ...source, extent: "one" };
  if (name === "get_by_natural_key" || (name === "get_for_model" && source.labels.includes("contenttypes.contenttype"))) {
    recorder.access("select", one, () => [], call.span);
    return row(one, false);
  }
  if (/^create_(?:user|superuser)$/.test(name)) {
    recorder.access("insert", one, (label) => recorder.allColumns(label, false), call.span);
    return row(one, false);
  }
  return name === "clear_cache" ? OTHER : null;
}

function rowMethod(on: Abstract & { kind: "row" }, name: string, call: PyNode, interpreter: Interpreter): Abstract {
  const { recorder } = interpreter;
  if (name === "save" || name === "asave") {
    const source: QuerySource = { ...on.source, extent: "one" };
    const argument = keyword(call, "update_fields");
    const listed = argument === null ? null : stringList(argument);
    const columns = (label: string): readonly string[] =>
      listed === null ? recorder.allColumns(label, false) : recorder.columns(label, listed);
    recorder.access(on.created ? "insert" : "update", source, columns, call.span);
    return OTHER;
  }
  if (name === "delete" || name === "adelete") {
    recorder.access("delete", { ...on.source, extent: "one" }, () => [], call.span);
    cascade({ ...on.source, extent: "one" }, recorder, call.span);
    return OTHER;
  }
  if (/^(?:refresh_from_db|arefresh_from_db)$/.test(name)) {
    recorder.access("select", { ...on.source, extent: "one" }, () => [], call.span);
    return OTHER;
  }
  if (
    /^(?:get_\w+_display|full_clean|clean|clean_fields|serializable_value|get_next_by_\w+|get_previous_by_\w+|get_deferred_fields)$/.test(
      name,
    )
  )
    return OTHER;
  recorder.giveUp(`\`${short(call)}\`: a method that historical models do not have`, call.span);
  return OTHER;
}

function plainCall(call: PyNode, callee: PyNode, scope: Scope, interpreter: Interpreter): Abstract {
  const { recorder } = interpreter;
  const evaluate = (n: PyNode): Abstract => interpreter.expression(n, scope);
  const name = calleeName(call);
  const args = positional(call).map(evaluate);
  const named = new Map(keywords(call).map((k) => [k.child("name")?.text ?? "", evaluate(k.child("value") ?? k)]));
  const first = args[0] ?? OTHER;
  const target = evaluate(callee);
  if (target.kind === "model") return row({ labels: target.labels, extent: "one", join: null }, true);
  if (target.kind === "function") {
    const result = interpreter.call(target.node, args, named, target.scope);
    if (result !== null) return result;
    // A function that calls itself for the next batch (`update_batch()` … `update_batch()`) was read once: that is all it does.
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

/** The labels that `apps.get_model(…)` may mean: several when a name in it runs through a list of constants. */
function modelLabels(call: PyNode, scope: Scope, interpreter: Interpreter): readonly string[] | null {
  const parts = positional(call).map((p) => interpreter.text(p, scope));
  for (const splat of splats(call)) {
    // `apps.get_model(*settings.AUTH_USER_MODEL.split("."))`
    const inner = splat.namedChildren[0];
    parts.push(...(inner === undefined ? [null] : (stringsOf(interpreter.input.evaluate(inner)) ?? [null])));
  }
  const app = keyword(call, "app_label");
  const model = keyword(call, "model_name");
  if (app !== null) parts.unshift(interpreter.text(app, scope));
  if (model !== null) parts.push(interpreter.text(model, scope));
  if (parts.length === 0 || parts.length > 2 || parts.includes(null)) return null;
  const label = parts.join(".").toLowerCase();
  return [label];
}

function short(call: PyNode): string {
  const flat = call.text.replaceAll(/\s+/g, " ");
  return flat.length > 60 ? `${flat.slice(0, 57)}…` : flat;
}
