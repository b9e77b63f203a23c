import type { PyNode } from "../python.ts";
import { OTHER } from "./abstract-values.ts";
import type { Abstract, QuerySource } from "./abstract-values.ts";
import type { RunPythonInput } from "./input.ts";
import type { Interpreter } from "./interpreter.ts";
import { row } from "./queryset.ts";
import { VENDOR } from "./vendor.ts";
import type { Recorder } from "./recorder.ts";

/** `row.team`, `Model.objects`, `dashboard.tags`. */
export function attributeOf(object: Abstract, name: string, node: PyNode, interpreter: Interpreter): Abstract {
  const { recorder } = interpreter;
  switch (object.kind) {
    case "schema-editor":
      return name === "connection" ? { kind: "connection" } : OTHER;
    case "model":
      if (name === "objects" || /_manager$|objects$/.test(name)) {
        return { kind: "query", source: { labels: object.labels, extent: "whole", join: null } };
      }
      return OTHER;
    case "query":
      return name === "model" ? { kind: "model", labels: object.source.labels } : OTHER;
    case "row": {
      const related = relatedSource(object.source.labels, name, recorder);
      if (related === null) return OTHER;
      if (related.kind === "row") {
        recorder.access("select", related.source, () => [], node.span);
        return row(related.source, false);
      }
      return { kind: "query", source: related.source };
    }
    case "items":
      return object;
    case "paginator":
      if (name === "page_range") return { kind: "items", item: OTHER, source: { ...object.source }, batches: true };
      return OTHER;
    case "connection":
      return name === "vendor" ? VENDOR : OTHER;
    case "apps":
    case "cursor":
    case "tuple":
    case "constant":
    case "function":
    case "other":
      return OTHER;
    case "unread":
      return object;
    default:
      return object satisfies never;
  }
}

/** What an attribute of a row leads to: one row for a foreign key, a query for a reverse or many-to-many accessor. */
function relatedSource(labels: readonly string[], name: string, recorder: Recorder): { kind: "row" | "query"; source: QuerySource } | null {
  for (const label of labels) {
    const field = recorder.field(label, name);
    if (field?.relation !== undefined && field.relation !== null && field.name === name) {
      const { relation } = field;
      const to = relation.to === "self" ? label : relation.to;
      if (relation.kind !== "many-to-many") return { kind: "row", source: { labels: [to], extent: "one", join: null } };
      return { kind: "query", source: { labels: [to], extent: "bounded", join: recorder.joinTable(field) } };
    }
    const reverse = recorder.reverse(label, name);
    if (reverse !== null) return { kind: "query", source: { labels: [reverse.label], extent: "bounded", join: reverse.join } };
  }
  return null;
}

/** `game.models.Episode`, `shop.models.order.Order` → the label, when the state has such a model. */
export function modelLabel(path: string, input: RunPythonInput): string | null {
  const match = /(?:^|\.)(\w+)\.models\.(?:\w+\.)*(\w+)$/.exec(path);
  const label = match === null ? null : `${match[1]}.${match[2]}`.toLowerCase();
  return label !== null && input.stateBefore.models.has(label) ? label : null;
}

/** What `from x import name` inside of a function binds. */
export function importedValue(from: string, name: string, interpreter: Interpreter): Abstract {
  const { input } = interpreter;
  if (from === "django.db" && name === "connection") return { kind: "connection" };
  const absolute = from.startsWith(".") ? `${input.appLabel}.${from.replace(/^\.+/, "")}` : from;
  const label = modelLabel(`${absolute}.${name}`, input);
  if (label !== null) return { kind: "model", labels: [label] };
  const file = absolute.replaceAll(".", "/");
  const own = (path: string): boolean => path === `${file}.py` || path.endsWith(`/${file}.py`) || path.endsWith(`${file}/__init__.py`);
  if (from.startsWith(".") || input.files.list(".").some(own)) return { kind: "unread", path: `${from}.${name}` };
  return interpreter.fromValue({ kind: "ref", path: `${from}.${name}` });
}
