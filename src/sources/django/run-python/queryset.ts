import type { PyNode } from "../python.ts";
import type { Abstract, Extent, QuerySource } from "./abstract-values.ts";
import { OTHER } from "./abstract-values.ts";
import { keyword, keywords, positional, splats, stringList, stringValue } from "./python-shapes.ts";
import type { Recorder } from "./recorder.ts";

/** Methods that give another lazy queryset without reaching more rows. */
const SAME =
  /^(?:all|order_by|reverse|distinct|only|defer|using|select_related|prefetch_related|select_for_update|annotate|alias|get_queryset|none|union|intersection|difference|db_manager|extra|complex_filter|active|with_\w+)$/;
const VALUES = /^(?:values|values_list|dates|datetimes)$/;
const READS_ONE = /^a?(?:get|first|last|earliest|latest)$/;
const READS_NUMBER = /^a?(?:count|aggregate|exists|contains|explain)$/;

/** What the method of a queryset or manager does, recorded; the value it gives back. `null`: not a method that Django has. */
export function queryMethod(
  source: QuerySource,
  method: string,
  call: PyNode,
  recorder: Recorder,
  evaluate: (n: PyNode) => Abstract,
): Abstract | null {
  const span = call.span;
  const named = keywords(call).map((k) => k.child("name")?.text ?? "");
  const none = (): readonly string[] => [];
  const read = (extent: Extent): void => recorder.access("select", { ...source, extent }, none, span);
  const narrowed: QuerySource = { ...source, extent: narrow(source, call, recorder) };
  const name = method.replace(
    /^a(?=get|first|last|count|exists|create|update|delete|bulk|save|aggregate|iterator|in_bulk|earliest|latest)/,
    "",
  );
  if (SAME.test(method)) return { kind: "query", source };
  if (method === "filter" || method === "exclude") return { kind: "query", source: method === "filter" ? narrowed : source };
  if (VALUES.test(method)) return { kind: "items", item: OTHER, source, batches: false };
  if (READS_ONE.test(method)) {
    read("one");
    return row({ ...source, extent: "one" }, false);
  }
  if (READS_NUMBER.test(method)) {
    read(name === "exists" ? "one" : source.extent);
    return OTHER;
  }
  switch (name) {
    case "iterator":
      return { kind: "items", item: row(source, false), source, batches: false };
    case "in_bulk":
      read("bounded");
      return {
        kind: "items",
        item: row({ ...source, extent: "bounded" }, false),
        source: { ...source, extent: "bounded" },
        batches: false,
      };
    case "update":
      recorder.access("update", source, (label) => recorder.columns(label, named), span);
      if (splats(call).length > 0) recorder.giveUp("`update()` takes its columns from a computed dictionary", span);
      return OTHER;
    case "delete":
    case "_raw_delete":
      recorder.access("delete", source, none, span);
      if (name === "delete") cascade(source, recorder, span);
      return OTHER;
    case "create":
      recorder.access("insert", { ...source, extent: "one" }, (label) => recorder.allColumns(label, false), span);
      return row({ ...source, extent: "one" }, false);
    case "get_or_create":
    case "update_or_create": {
      read("one");
      const one: QuerySource = { ...source, extent: "one" };
      recorder.access("insert", one, (label) => recorder.allColumns(label, false), span);
      if (name === "update_or_create") recorder.access("update", one, (label) => recorder.allColumns(label, false), span);
      return { kind: "tuple", items: [row(one, false), OTHER] };
    }
    case "bulk_create":
    case "bulk_update": {
      const [objects, fields] = positional(call);
      const given = objects === undefined ? OTHER : evaluate(objects);
      const extent = extentOf(given);
      const batched = keyword(call, "batch_size") !== null || positional(call).length > (name === "bulk_create" ? 1 : 2);
      const listed = fields === undefined ? stringList(keyword(call, "fields")) : stringList(fields);
      const columns = (label: string): readonly string[] =>
        name === "bulk_create" || listed === null ? recorder.allColumns(label, false) : recorder.columns(label, listed);
      recorder.access(name === "bulk_create" ? "insert" : "update", { ...source, extent }, columns, span, batched);
      return given.kind === "items" ? given : OTHER;
    }
    case "add":
    case "set":
    case "remove":
    case "clear":
      if (source.join === null) return null;
      recorder.tableAccess(name === "add" ? "insert" : "delete", source.join, [], "one", span, false);
      if (name === "set") recorder.tableAccess("insert", source.join, [], "one", span, false);
      return OTHER;
    case "raw": {
      const sql = stringValue(positional(call)[0] ?? null);
      if (sql === null) recorder.giveUp("`.raw()` with SQL that is put together", span);
      else recorder.send(sql, span);
      return { kind: "items", item: row(source, false), source, batches: false };
    }
    default:
      return null;
  }
}

export function row(source: QuerySource, created: boolean): Abstract {
  return { kind: "row", source, created, written: new Set() };
}

/** Deleting rows through the ORM deletes what points to them with CASCADE, and their rows in join tables. */
export function cascade(source: QuerySource, recorder: Recorder, span: PyNode["span"]): void {
  const reached = new Set<string>();
  const queue = [...source.labels];
  for (let label = queue.shift(); label !== undefined; label = queue.shift()) {
    if (reached.has(label)) continue;
    reached.add(label);
    for (const { label: from, onDelete, column } of recorder.pointingTo(label)) {
      if (reached.has(from)) continue;
      if (onDelete.endsWith("CASCADE")) {
        recorder.access("delete", { labels: [from], extent: source.extent, join: null }, () => [], span);
        queue.push(from);
      } else if (onDelete.endsWith("SET_NULL") || onDelete.endsWith("SET_DEFAULT")) {
        recorder.access("update", { labels: [from], extent: source.extent, join: null }, () => [column], span);
      }
    }
  }
}

/** As many rows as the objects that are handed to a bulk call. */
function extentOf(value: Abstract): Extent {
  if (value.kind === "items") return value.source?.extent ?? "bounded";
  if (value.kind === "query" || value.kind === "row") return value.source.extent;
  return "bounded";
}

const RANGE_LOW = /^(?:gt|gte|range)$/;
const RANGE_HIGH = /^(?:lt|lte|range)$/;

/** What a `filter(…)` leaves, as far as its shape says it. */
function narrow(source: QuerySource, call: PyNode, recorder: Recorder): Extent {
  let low = false;
  let high = false;
  let extent: Extent = source.extent;
  for (const argument of keywords(call)) {
    const [name = "", lookup = "exact"] = (argument.child("name")?.text ?? "").split("__");
    const field = source.labels[0] === undefined ? null : recorder.field(source.labels[0], name);
    const isKey = name === "pk" || field?.primaryKey === true || field?.unique === true || (field === null && name === "id");
    if (!isKey) continue;
    const value = argument.child("value");
    if (lookup === "exact" && value?.type !== "none") return "one";
    if (lookup === "in" && extent !== "one") extent = subqueryExtent(value, extent);
    low ||= RANGE_LOW.test(lookup);
    high ||= RANGE_HIGH.test(lookup);
  }
  return low && high && extent === "whole" ? "bounded" : extent;
}

/** `pk__in=<list>` is bounded by the list; `pk__in=Other.objects.filter(…)` without a slice by nothing. */
function subqueryExtent(value: PyNode | null, before: Extent): Extent {
  const text = value?.text ?? "";
  return text.includes(".objects.") && !/\[[^\]]*:[^\]]*\]/.test(text) ? before : "bounded";
}
