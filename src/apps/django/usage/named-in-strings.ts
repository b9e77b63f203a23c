import type { PyNode } from "../../../sources/django/python.ts";
import { assignment, calleeName, stringValue } from "../../../sources/django/run-python/python-shapes.ts";
import { LOOKUP_CALLS } from "./accessor-uses.ts";
import { NAMING } from "./class-uses.ts";
import type { Side, UsageContext } from "./read-usage.ts";

/** Keyword arguments and calls whose strings are names of something else: routes, labels, related names, translations. */
const OTHER_KEYWORDS =
  /^(?:name|basename|base_name|label|verbose_name(?:_plural)?|related_name|related_query_name|help_text|db_table|db_column|template_name|url_name|url_path|prefix|namespace|app_name|queue|title|description|default|choices|default_related_name)$/;
const OTHER_CALLS =
  /^(?:path|re_path|url|reverse|reverse_lazy|redirect|include|gettext\w*|ugettext\w*|_|_lazy|debug|info|warning|error|exception|log|print|getLogger|import_module|render|startswith|endswith|split|join|replace|get_model|ManyToManyField|hasattr|pop|setdefault|getlist|delete|set|incr|decr|touch|publish|emit|capture|increment|gauge|timing|labels|tag|set_tag)$/;
/** Attributes of forms, serializers and admin classes, which their own reader understands. */
const UNDERSTOOD = new Set([...NAMING, "exclude", "__all__"]);

/**
 * A field's name in a string that no reader of lookups, forms or `getattr` understands: `copy(doc, "tags")`,
 * `EXPORTED = ["title", "tags"]`, `source="tags"`. It may be handed to something that uses the field. Keys of dictionaries and subscripts
 * are data (JSON), and what becomes keywords of a lookup from there is told as computed names.
 */
export function readNamedInString(node: PyNode, context: UsageContext): void {
  const { lookups, attributes } = pathsIn(node);
  const named = [
    ...lookups.flatMap((path) => sidesNamed(path, context)),
    ...attributes.flatMap((name) => context.byAccessor.get(name) ?? []),
  ];
  const sides = [...new Set(named)];
  if (sides.length === 0 || isOtherwiseKnown(node, context)) return;
  mayUse(sides, `the string ${node.text} names a many-to-many field: what is done with it cannot be told`, node, context);
}

/** What a string may hand on as a path of a lookup (`^tags__name`, `title,tags`, the pieces of an f-string), and of attributes (`book.tags.all`). */
function pathsIn(node: PyNode): { readonly lookups: readonly string[]; readonly attributes: readonly string[] } {
  const value = stringValue(node);
  if (value === null) {
    if (!/^[rR]?[fF]/.test(node.text) || node.text.length > 200 || /\s/.test(node.text.replaceAll(/\{[^}]*\}/g, ""))) return NO_PATHS;
    return { ...NO_PATHS, lookups: node.text.slice(node.text.search(/["']/)).match(/(?<![\w{.])\w+(?![\w}.(])/g) ?? [] };
  }
  const bare = value.replace(/^[-+^=@$?]/, "");
  if (/^\w+$/.test(bare)) return { ...NO_PATHS, lookups: [bare] };
  const split = node.parent?.type === "attribute" && node.parent.child("attribute")?.text === "split";
  if (/^\w+(?:,\w+)+$/.test(bare) || (split && /^[\w\s,;|]+$/.test(bare))) return { ...NO_PATHS, lookups: bare.split(/\W+/) };
  const dotted = /^(?:\w+\.)*?(\w+)\.(?:all|count|exists|first|last|values|values_list|through)$/.exec(bare) ?? /^\w+\.(\w+)$/.exec(bare);
  return dotted?.[1] === undefined ? NO_PATHS : { ...NO_PATHS, attributes: [dotted[1]] };
}

const NO_PATHS: { readonly lookups: readonly string[]; readonly attributes: readonly string[] } = { lookups: [], attributes: [] };

/** `documents_with(doc__tags__name="x")`: a path that a function of the project hands on to a lookup. */
export function readNamedInKeyword(call: PyNode, context: UsageContext): void {
  if (LOOKUP_CALLS.test(calleeName(call))) return;
  for (const argument of call.child("arguments")?.namedChildren ?? []) {
    const key = argument.type === "keyword_argument" ? (argument.child("name")?.text ?? "") : "";
    // `serializer.save(tags=ids)` sets what it is given.
    if (!key.includes("__") && calleeName(call) !== "save") continue;
    const sides = sidesNamed(key, context);
    if (sides.length > 0) mayUse(sides, `the path \`${key}\` is handed on: what is done with it cannot be told`, argument, context);
  }
}

/** `history = HistoricalRecords(m2m_fields=[tags])`: the field itself, handed on in the body of its model. */
export function readNamedInBody(node: PyNode, context: UsageContext): void {
  const sides = context.byAccessor.get(node.text);
  if (sides === undefined || node.field === "left" || node.field === "name" || node.field === "attribute") return;
  let at: PyNode | null = node.parent;
  while (at !== null && at.type !== "function_definition" && at.type !== "class_definition" && at.type !== "lambda") at = at.parent;
  if (at?.type !== "class_definition" || !context.receivers.isModelClass(at)) return;
  mayUse(sides, `\`${node.text}\` is handed on in the body of its model: what is done with it cannot be told`, node, context);
}

/** `case Book(tags=found):` reads the attribute. */
export function readNamedInPattern(node: PyNode, context: UsageContext): void {
  const name = node.namedChildren[0]?.text ?? "";
  const sides = context.byAccessor.get(name);
  if (sides !== undefined) mayUse(sides, `a pattern reads \`${name}\` of what it matches`, node, context);
}

function sidesNamed(path: string, { byLookup, byAccessor }: UsageContext): readonly Side[] {
  const segments = path.split("__");
  return [...new Set(segments.flatMap((segment) => [...(byLookup.get(segment) ?? []), ...(byAccessor.get(segment) ?? [])]))];
}

function isOtherwiseKnown(node: PyNode, context: UsageContext): boolean {
  // A docstring, or a string that stands for itself.
  if (node.parent?.type === "expression_statement") return true;
  for (let at: PyNode = node, up = node.parent; up !== null; at = up, up = up.parent) {
    switch (up.type) {
      case "pair":
        if (at.field === "key" && !isConstant(up)) return true;
        break;
      case "subscript":
        if (at.field !== "value") return true;
        break;
      case "keyword_argument":
        if (OTHER_KEYWORDS.test(up.child("name")?.text ?? "")) return true;
        break;
      case "call": {
        const name = calleeName(up);
        // `d.get("tags")` of a dictionary reads data; the shape of a lookup is read where it is one.
        if (LOOKUP_CALLS.test(name) || OTHER_CALLS.test(name) || name === "getattr") return true;
        break;
      }
      case "comparison_operator":
      case "case_pattern":
        return true;
      case "assignment": {
        const bound = up.parent === null ? null : assignment(up.parent);
        const cls = up.parent?.parent?.parent;
        if (bound !== null && OTHER_KEYWORDS.test(bound.name)) return true;
        // A value of an enumeration is data; what reads an attribute by it is told as computed.
        if (cls?.type === "class_definition" && /(?:Enum|Choices)\b/.test(cls.child("superclasses")?.text ?? "")) return true;
        return bound !== null && cls?.type === "class_definition" && UNDERSTOOD.has(bound.name) && isUnderstood(cls, context);
      }
      case "function_definition":
      case "class_definition":
      case "expression_statement":
        return false;
      default:
    }
  }
  return false;
}

/** The key of a dictionary that a class or a module keeps: settings of something (`{"tags": ["exact"]}`), where one in a function is data. */
function isConstant(pair: PyNode): boolean {
  const held = pair.parent?.parent;
  if (held?.type !== "assignment") return false;
  const block = held.parent?.parent;
  return block?.type === "module" || block?.parent?.type === "class_definition";
}

/** The reader of forms, serializers and admin classes knows which model it is about. */
function isUnderstood(cls: PyNode, { understood }: UsageContext): boolean {
  const outer = cls.parent?.parent;
  return understood.has(cls) || (/^(?:Meta|Config|Django)$/.test(cls.child("name")?.text ?? "") && outer != null && understood.has(outer));
}

function mayUse(sides: readonly Side[], reason: string, node: PyNode, context: UsageContext): void {
  context.sink.mayUse(
    sides.map((side) => side.join),
    reason,
    node.span,
  );
}
