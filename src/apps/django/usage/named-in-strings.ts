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
  const value = stringValue(node);
  if (value === null || !/^[-+]?\w+$/.test(value)) return;
  const sides = sidesNamed(value.replace(/^[-+]/, ""), context);
  if (sides.length === 0 || isOtherwiseKnown(node)) return;
  mayUse(sides, `the string ${node.text} names a many-to-many field: what is done with it cannot be told`, node, context);
}

/** `documents_with(doc__tags__name="x")`: a path that a function of the project hands on to a lookup. */
export function readNamedInKeyword(call: PyNode, context: UsageContext): void {
  if (LOOKUP_CALLS.test(calleeName(call))) return;
  for (const argument of call.child("arguments")?.namedChildren ?? []) {
    const key = argument.type === "keyword_argument" ? (argument.child("name")?.text ?? "") : "";
    if (!key.includes("__")) continue;
    const sides = sidesNamed(key, context);
    if (sides.length > 0) mayUse(sides, `the path \`${key}\` is handed on: what is done with it cannot be told`, argument, context);
  }
}

function sidesNamed(path: string, { byLookup, byAccessor }: UsageContext): readonly Side[] {
  const segments = path.split("__");
  return [...new Set(segments.flatMap((segment) => [...(byLookup.get(segment) ?? []), ...(byAccessor.get(segment) ?? [])]))];
}

function isOtherwiseKnown(node: PyNode): boolean {
  // A docstring, or a string that stands for itself.
  if (node.parent?.type === "expression_statement") return true;
  for (let at: PyNode = node, up = node.parent; up !== null; at = up, up = up.parent) {
    switch (up.type) {
      case "pair":
        if (at.field === "key") return true;
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
      case "assignment": {
        const bound = up.parent === null ? null : assignment(up.parent);
        const inClass = up.parent?.parent?.parent?.type === "class_definition";
        return bound !== null && inClass && UNDERSTOOD.has(bound.name);
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

function mayUse(sides: readonly Side[], reason: string, node: PyNode, context: UsageContext): void {
  context.sink.mayUse(
    sides.map((side) => side.join),
    reason,
    node.span,
  );
}
