import type { PyNode } from "../../../sources/django/python.ts";
import { calleeName, descendants, keywords, stringValue } from "../../../sources/django/run-python/python-shapes.ts";
import { reverseLookup } from "../running-model.ts";
import type { Side, UsageContext } from "./read-usage.ts";
import { enclosingClass } from "./receivers.ts";
import type { Receiver } from "./receivers.ts";

/** What a many-to-many manager can do: seen after an accessor, the accessor is one. */
const MANAGER_METHODS =
  /^a?(?:all|add|remove|set|clear|create|get_or_create|update_or_create|bulk_create|filter|exclude|get|exists|count|first|last|values|values_list|order_by|distinct|annotate|aggregate|iterator|in_bulk|only|defer|select_related|prefetch_related|latest|earliest|update|none|delete|through|contains|using|union)$/;

/** `dashboard.tags.add(…)`, `tag.dashboard_set`, `Dashboard.tags.through`. */
export function readAttributeUse(node: PyNode, context: UsageContext): void {
  const sides = context.byAccessor.get(node.child("attribute")?.text ?? "");
  if (sides === undefined) return;
  // `dashboard.tags = …` sets an attribute of something else: Django raises for a many-to-many field.
  if (node.field === "left" && node.parent?.type === "assignment") return;
  const object = node.child("object");
  const receiver = context.receivers.of(object);
  const matching = sidesOn(sides, receiver, context);
  const next = node.parent?.type === "attribute" && node.field === "object" ? (node.parent.child("attribute")?.text ?? "") : null;
  if (matching !== null && matching.length > 0) {
    for (const side of matching) context.sink.uses(side.join, node.span);
    return;
  }
  if (receiver !== null && isExplained(node, receiver, next, context)) return;
  if (next === null) {
    if (isHandedOn(node))
      mayUse(sides, `\`${node.text}\` may be a many-to-many accessor: what it is read from cannot be told`, node, context);
    return;
  }
  const called = node.parent?.parent?.type === "call" && node.parent.field === "function";
  if (!MANAGER_METHODS.test(next) && (!called || BUILT_IN_METHODS.test(next))) return;
  if (receiver === null && MANAGER_METHODS.test(next) && isOnlyName(node.child("attribute")?.text ?? "", sides, context)) {
    for (const side of sides) context.sink.uses(side.join, node.span);
  } else mayUse(sides, `\`${node.text}.${next}\`: which model has this accessor here cannot be told`, node, context);
}

/** What lists, sets, dictionaries and strings can do, and a manager can not or need not. */
const BUILT_IN_METHODS =
  /^(?:append|extend|insert|pop|popitem|sort|reverse|index|copy|items|keys|setdefault|discard|difference|intersection|symmetric_difference|issubset|issuperset|isdisjoint|split|rsplit|join|strip|lstrip|rstrip|lower|upper|title|replace|format|startswith|endswith|encode|decode)$/;
/** The same names stand for something else on a set, a list or a dictionary. */
const AMBIGUOUS_METHODS = /^(?:add|remove|clear|count|get|values|update|union|set|delete|create)$/;

/** What is read from a model without such an accessor, or from no model at all, is another attribute of this name. */
function isExplained(node: PyNode, receiver: ReadonlySet<string>, next: string | null, context: UsageContext): boolean {
  const name = node.child("attribute")?.text ?? "";
  // Told by its variable's name alone it may be another model: one that has nothing of this name cannot be meant.
  if (receiver.size > 0) return [...receiver].every((label) => context.receivers.hasAttribute(label, name));
  if (next === null || AMBIGUOUS_METHODS.test(next) || !MANAGER_METHODS.test(next)) return true;
  const cls = node.child("object")?.text === "self" ? enclosingClass(node) : null;
  return cls !== null && new RegExp(String.raw`\bself\.${name}\s*(?::[^=\n]+)?=(?!=)`).test(cls.text);
}

/** A manager can be called by nobody, walked over by nobody and compared with nothing; told where it goes on as it is. */
function isHandedOn({ parent, field }: PyNode): boolean {
  switch (parent?.type) {
    case undefined:
    case "attribute":
    case "for_statement":
    case "for_in_clause":
    case "comparison_operator":
    case "not_operator":
    case "binary_operator":
    case "augmented_assignment":
    case "if_statement":
    case "if_clause":
    case "elif_clause":
    case "while_statement":
    case "expression_statement":
    case "interpolation":
    case "delete_statement":
    case "decorator":
      return false;
    case "subscript":
      return field !== "value";
    case "call":
      return field !== "function";
    default:
      return true;
  }
}

export const LOOKUP_CALLS: RegExp =
  /^a?(?:filter|exclude|get|get_or_create|update_or_create|values|values_list|order_by|annotate|alias|aggregate|prefetch_related|prefetch_related_objects|select_related|only|defer|distinct|in_bulk|earliest|latest|dates|datetimes|get_object_or_404|get_list_or_404|Q|F|Count|Sum|Avg|Min|Max|Prefetch|Exists|OuterRef|Subquery|ArrayAgg|StringAgg|JSONBAgg|FilteredRelation|When|Case|Coalesce|Concat|Lower|Upper)$/;
/** Calls whose first string is a path though no queryset is in sight. */
const EXPRESSIONS =
  /^(?:Q|F|Count|Sum|Avg|Min|Max|Prefetch|OuterRef|ArrayAgg|StringAgg|JSONBAgg|FilteredRelation|When|Coalesce|Concat|Lower|Upper)$/;

const TAKES_NO_STRING = /^a?(?:filter|exclude|get|get_or_create|update_or_create|in_bulk|get_object_or_404|get_list_or_404)$/;
/** Calls that nothing but a queryset has. */
const QUERYSET_CALLS =
  /^a?(?:filter|exclude|annotate|alias|prefetch_related|select_related|values_list|order_by|only|defer|get_or_create|update_or_create)$/;

/** `filter(tags__name=…)`, `prefetch_related("tags")`, `Q(dashboard__tags=…)`: paths in keywords and strings of ORM calls. */
export function readLookupUses(call: PyNode, context: UsageContext): void {
  const name = calleeName(call);
  if (!LOOKUP_CALLS.test(name)) return;
  const paths: { readonly path: string; readonly node: PyNode }[] = [];
  for (const argument of keywords(call)) {
    const key = argument.child("name")?.text ?? "";
    if (!["annotate", "alias", "aggregate"].includes(name)) paths.push({ path: key, node: argument });
  }
  const list = call.child("arguments");
  for (const argument of list?.namedChildren ?? []) {
    const value = stringValue(argument);
    // `payload.get("tags")` reads a dictionary: a lookup takes no string there.
    if (value !== null && TAKES_NO_STRING.test(name)) continue;
    if (value !== null) paths.push({ path: value, node: argument });
    else if (
      argument.type === "list_splat" ||
      argument.type === "list" ||
      argument.type === "tuple" ||
      argument.type === "dictionary_splat"
    ) {
      for (const s of descendants(argument, "string")) {
        const inner = stringValue(s);
        if (inner !== null && /^[-\w]+$/.test(inner)) paths.push({ path: inner, node: s });
      }
    }
  }
  const relevant = paths.filter(({ path }) => path.split("__").some((p) => context.byLookup.has(p.replace(/^-/, ""))));
  if (relevant.length === 0) return;
  const told = rootOf(call, name, context);
  // What a package made may be a queryset all the same.
  const root = told?.size === 0 && QUERYSET_CALLS.test(name) ? null : told;
  if (root !== null && root.size === 0) return;
  for (const { path, node } of relevant) readPath(path.replace(/^[-+]/, ""), root, node, context);
}

/** `ForeignKey(Dashboard, limit_choices_to={"tags__name": "x"})`: the paths start from the model that the key leads to. */
export function readLimitedChoices(argument: PyNode, context: UsageContext): void {
  if (argument.child("name")?.text !== "limit_choices_to") return;
  const value = argument.child("value");
  const target = argument.parent?.namedChildren[0] ?? null;
  const root = target === null || target.type === "string" ? null : context.receivers.of(target);
  const read = (path: string, node: PyNode): void => {
    if (path.split("__").some((segment) => context.byLookup.has(segment))) readPath(path, root, node, context);
  };
  for (const s of value === null ? [] : descendants(value, "string")) read(stringValue(s) ?? "", s);
  for (const k of value === null ? [] : descendants(value, "keyword_argument")) read(k.child("name")?.text ?? "", k);
}

/** The model that the paths of a call start from. */
function rootOf(call: PyNode, name: string, context: UsageContext): Receiver {
  if (name.endsWith("_or_404")) return context.receivers.of(call.child("arguments")?.namedChildren[0] ?? null);
  if (EXPRESSIONS.test(name)) {
    for (let n = call.parent; n !== null; n = n.parent) {
      if (n.type === "call" && !EXPRESSIONS.test(calleeName(n)) && LOOKUP_CALLS.test(calleeName(n)))
        return rootOf(n, calleeName(n), context);
      if (n.type.endsWith("_statement") || n.type === "function_definition") break;
    }
    return ownModelAround(call, context);
  }
  const callee = call.child("function");
  return callee?.type === "attribute" ? context.receivers.of(callee.child("object")) : null;
}

/** An expression in a queryset class or a view is about that class's model. */
function ownModelAround(node: PyNode, context: UsageContext): Receiver {
  const cls = enclosingClass(node);
  const own = cls === null ? null : context.receivers.ownModel(cls);
  return own !== null && own.size > 0 ? own : null;
}

export function readPath(path: string, root: Receiver, node: PyNode, context: UsageContext): void {
  let at: Receiver = root;
  for (const segment of path.split("__")) {
    const sides = context.byLookup.get(segment);
    if (at === null) {
      if (sides === undefined) continue;
      if (isOnlyName(segment, sides, context)) for (const side of sides) context.sink.uses(side.join, node.span);
      else mayUse(sides, `the lookup \`${path}\`: which model it starts from cannot be told`, node, context);
      at = null;
      continue;
    }
    const matching = sides === undefined ? [] : (sidesOn(sides, at, context) ?? []);
    for (const side of matching) context.sink.uses(side.join, node.span);
    if (matching.length > 0) {
      at = new Set(matching.map((s) => (s.on === s.join.owner && segment === s.join.field ? s.join.target : s.join.owner)));
      continue;
    }
    at = follow(at, segment, context);
    if (at.size === 0) return;
  }
}

/** Where a foreign key or a reverse one leads; nothing for a plain column, a transform or a lookup. */
function follow(from: ReadonlySet<string>, segment: string, context: UsageContext): ReadonlySet<string> {
  const targets = new Set<string>();
  for (const label of from) {
    const model = context.models.get(label);
    for (const member of model === null ? [] : context.models.lineage(model)) {
      for (const key of context.models.foreignKeys) {
        if (key.from.label === member.label && key.column.field === segment) targets.add(key.to.label);
        if (key.to.label === member.label && reverseLookup(key) === segment) targets.add(key.from.label);
      }
    }
  }
  return targets;
}

/** Sides whose model is among the receiver's; null when the receiver cannot be told. */
export function sidesOn(sides: readonly Side[], receiver: Receiver, context: UsageContext): readonly Side[] | null {
  if (receiver === null) return null;
  const labels = new Set<string>();
  for (const label of receiver) {
    const model = context.models.get(label);
    for (const m of model === null ? [] : context.models.lineage(model)) labels.add(m.label);
  }
  return sides.filter((s) => labels.has(s.on));
}

/** True when no other model has a field of this name, so that the name alone says which one is meant. */
function isOnlyName(name: string, sides: readonly Side[], context: UsageContext): boolean {
  return sides.length === 1 && !context.models.all.some((m) => m.columns.some((c) => c.field === name || c.attname === name));
}

function mayUse(sides: readonly Side[], reason: string, node: PyNode, context: UsageContext): void {
  context.sink.mayUse(
    sides.map((s) => s.join),
    reason,
    node.span,
  );
}
