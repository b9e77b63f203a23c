import type { PyNode } from "../../../sources/django/python.ts";
import {
  ancestor,
  calleeName,
  keyword,
  positional,
  splats,
  stringList,
  stringValue,
} from "../../../sources/django/run-python/python-shapes.ts";
import { sidesOn } from "./accessor-uses.ts";
import type { UsageContext } from "./read-usage.ts";
import { enclosingClass } from "./receivers.ts";
import type { Receiver } from "./receivers.ts";

/** Objects with a `delete()` of their own that are no rows: clients, caches, files, HTTP. */
const NOT_ROWS =
  /(?:client|cache|redis|session|storage|bucket|blob|file|s3|request|response|api|conn|connection|http|queue|widget|cursor)s?$/i;

/**
 * `dashboard.delete()`, `Dashboard.objects.filter(…).delete()`, `self.get_object().delete()`. A model's delete takes no positional
 * argument and FieldFile's takes `save=`; both shapes tell it from `cache.delete(key)` and `client.delete(url)`.
 */
export function readDelete(call: PyNode, context: UsageContext): void {
  const name = calleeName(call);
  const callee = call.child("function");
  if ((name !== "delete" && name !== "adelete") || callee?.type !== "attribute") return;
  if (positional(call).length > 0 || keyword(call, "save") !== null) return;
  const object = callee.child("object");
  const text = object?.text ?? "";
  if (text === "super()" || text.startsWith("super(")) {
    // In a view it deletes the view's object; in a model it only runs when something else deletes.
    const cls = enclosingClass(call);
    const own = cls === null || context.receivers.isModelClass(cls) ? null : context.receivers.ownModel(cls);
    if (own !== null && own.size > 0) context.sink.deletes(own, call.span);
    return;
  }
  const receiver = context.receivers.of(object);
  if (receiver !== null) {
    if (receiver.size > 0) context.sink.deletes(receiver, call.span);
    return;
  }
  const last = /(\w+)(?:\(.*\))?$/s.exec(text)?.[1] ?? text;
  if (NOT_ROWS.test(last)) return;
  context.sink.mayUse(
    null,
    `\`${oneLine(call.text)}\`: of which model the rows are cannot be told, and a delete queries join tables`,
    call.span,
  );
}

/** Receivers of `getattr` that are never rows. */
const NOT_INSTANCES =
  /^(?:settings|conf|config|os|sys|logging|request|self\.request|module|mod|args|options|kwargs|timezone|time|np|pd|math|enum|cls|klass|type\(.*\)|signals?|parser|namespace|[A-Z_]{3,})$/;

/** Access by computed names that may reach a many-to-many table. Anything else is reached without it (see `readUsage`). */
export function readDynamic(call: PyNode, context: UsageContext): void {
  const name = calleeName(call);
  const callee = call.child("function");
  const [first, second] = positional(call);
  if (name === "getattr" && callee?.type === "identifier" && first !== undefined && second !== undefined) {
    const constant = stringValue(second);
    const receiver = context.receivers.of(first);
    if (constant !== null) {
      const sides = context.byAccessor.get(constant);
      for (const side of sides === undefined ? [] : (sidesOn(sides, receiver, context) ?? sides)) context.sink.uses(side.join, call.span);
      return;
    }
    if (NOT_INSTANCES.test(first.text)) return;
    report(receiver, `\`${oneLine(call.text)}\` reads an attribute whose name is computed`, call, context);
    return;
  }
  if (name === "__getattribute__" && callee?.type === "attribute" && first !== undefined && stringValue(first) === null) {
    report(
      context.receivers.of(callee.child("object")),
      `\`${oneLine(call.text)}\` reads an attribute whose name is computed`,
      call,
      context,
    );
    return;
  }
  if (name === "attrgetter" && positional(call).some((one) => stringValue(one) === null)) {
    report(null, `\`${oneLine(call.text)}\` reads attributes whose names are computed`, call, context);
    return;
  }
  if (name === "model_to_dict" || (name === "serialize" && callee?.text.endsWith("serializers.serialize") === true)) {
    const subject = name === "model_to_dict" ? first : second;
    if (subject === undefined) return;
    const receiver = context.receivers.of(subject);
    const fields = keyword(call, "fields");
    if (receiver === null) report(null, `\`${oneLine(call.text)}\` reads every field, many-to-many fields included`, call, context);
    else if (fields === null) for (const join of context.joins) if (receiver.has(join.owner)) context.sink.uses(join, call.span);
    return;
  }
  if (/^model(?:form|formset)_factory$/.test(name) && first !== undefined) {
    const fields = keyword(call, "fields") ?? second ?? null;
    const listed: readonly (string | null)[] | null = fields === null ? null : (stringList(fields) ?? [stringValue(fields)]);
    for (const join of context.joins) {
      if (context.receivers.of(first)?.has(join.owner) !== true) continue;
      if (listed?.some((f) => f === "__all__" || f === join.field) === true) context.sink.uses(join, call.span);
      else if (listed?.includes(null) === true)
        context.sink.mayUse([join], `\`${oneLine(call.text)}\` takes a computed list of fields`, call.span);
    }
    return;
  }
  if (name === "get_fields" || name === "get_field") {
    const object = callee?.child("object");
    if (object?.text.endsWith("_meta") !== true || (name === "get_field" && stringValue(first ?? null) !== null)) return;
    report(context.receivers.of(object.child("object")), `\`${oneLine(call.text)}\` walks over the fields of a model`, call, context);
    return;
  }
  if (name === "get_model" && first !== undefined && positional(call).some((p) => stringValue(p) === null)) {
    report(null, `\`${oneLine(call.text)}\` looks a model up by a computed name`, call, context);
    return;
  }
  if (/^a?(?:filter|exclude|get|values|values_list|order_by|prefetch_related|only|annotate)$/.test(name) && callee?.type === "attribute") {
    const splat = splats(call)[0];
    const computed =
      name === "prefetch_related"
        ? positional(call).find((p) => p.type === "identifier" || p.type === "attribute" || p.type === "subscript")
        : undefined;
    if (splat === undefined && computed === undefined) return;
    if (splat !== undefined && isWrittenOut(splat)) return;
    const object = callee.child("object");
    const receiver = context.receivers.of(object);
    // `d.get(**x)`, `values(*x)` of something that is not even shaped like a queryset is not one.
    if (receiver === null && !/objects|manager|queryset|qs\b/i.test(object?.text ?? "")) return;
    if (ancestor(call, "decorator") !== null) return;
    report(receiver, `\`${oneLine(call.text)}\` takes names of fields that are computed`, call, context);
  }
}

/** `filter(**{"tags__in": ids})`, `values(*["title"])`: names that stand there, which the reader of lookups has read. */
function isWrittenOut(splat: PyNode): boolean {
  const inner = splat.namedChildren[0];
  if (inner === undefined || !["dictionary", "list", "tuple", "set"].includes(inner.type)) return false;
  return inner.namedChildren.every((part) => stringValue(part.type === "pair" ? part.child("key") : part) !== null);
}

function report(receiver: Receiver, reason: string, call: PyNode, context: UsageContext): void {
  if (receiver === null) return context.sink.mayUse(null, reason, call.span);
  if (receiver.size === 0) return;
  const sides = [...context.byAccessor.values()].flat();
  const joins = [...new Set((sidesOn(sides, receiver, context) ?? []).map((s) => s.join))];
  if (joins.length > 0) context.sink.mayUse(joins, reason, call.span);
}

function oneLine(text: string): string {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > 80 ? `${flat.slice(0, 77)}…` : flat;
}
