import type { PyNode, PythonModule } from "../../../sources/django/python.ts";
import type { CodeIndex } from "../code-index.ts";
import {
  assignment,
  bodyStatements,
  calleeName,
  descendants,
  dottedName,
  positional,
  stringValue,
} from "../../../sources/django/run-python/python-shapes.ts";
import { reverseAccessor } from "../running-model.ts";
import type { RunningModels } from "../running-model.ts";
import { looksLikeModel } from "../model-class.ts";
import { delegateClasses, familyOf, modelExpressions } from "./class-context.ts";
import { assignmentsOf } from "./local-names.ts";

/**
 * Labels of the models that an expression may hold (instances, a queryset or the class: it makes no difference here).
 * `null`: it cannot be told. The empty set: it is something else than a model.
 */
export type Receiver = ReadonlySet<string> | null;

const NONE: Receiver = new Set();
const MAX_DEPTH = 12;
/** Names that stand for the class's own model in views, admin classes, serializers, forms and signal receivers. */
const OWN_MODEL = new Set(["instance", "obj", "object", "queryset", "qs", "model", "original_instance", "new_object", "old_instance"]);
const OWN_CALLS = new Set(["get_object", "get_queryset", "save", "filter_queryset", "get_success_object", "perform_create"]);
const PASS_THROUGH = new Set(["list", "sorted", "reversed", "set", "iter", "next", "tuple", "enumerate", "chain", "copy", "deepcopy"]);

/** Says which model stands on the left of a dot, from assignments, annotations, class context and, last, from names. */
export class Receivers {
  readonly #index: CodeIndex;
  readonly #models: RunningModels;
  readonly #userModel: string | null;
  readonly #labels: ReadonlyMap<PyNode, ReadonlySet<string>>;
  readonly #byName = new Map<string, Set<string>>();
  /** Names of foreign keys and what they point to; reverse accessors of join tables and what they hold. */
  readonly #links = new Map<string, Map<string, string>>();
  readonly #own = new Map<PyNode, Receiver>();
  readonly #known = new Map<PyNode, Receiver>();

  constructor(index: CodeIndex, models: RunningModels, labels: ReadonlyMap<PyNode, ReadonlySet<string>>, userModel: string | null) {
    this.#index = index;
    this.#models = models;
    this.#userModel = userModel;
    this.#labels = labels;
    for (const model of models.all) add(this.#byName, snake(model.name), model.label);
    const link = (name: string, from: string, to: string): void => {
      const known = this.#links.get(name) ?? new Map<string, string>();
      known.set(from, to);
      this.#links.set(name, known);
    };
    for (const key of models.foreignKeys) {
      link(key.column.field, key.from.label, key.to.label);
      const reverse = reverseAccessor(key);
      if (reverse !== null) link(reverse, key.to.label, key.from.label);
    }
    for (const model of models.all) {
      for (const join of model.joinTables) {
        link(join.field, join.owner, join.target);
        if (join.reverseName !== null) link(join.reverseName, join.target, join.owner);
      }
    }
  }

  /** Remembered per node: without it a function of many assignments to one name takes exponential time. */
  of(node: PyNode | null, depth = 0): Receiver {
    if (node === null || depth > MAX_DEPTH) return null;
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    // While it is being worked out (`qs = qs.filter(…)`) the name itself tells nothing.
    this.#known.set(node, null);
    const receiver = this.#read(node, depth);
    this.#known.set(node, receiver);
    return receiver;
  }

  #read(node: PyNode, depth: number): Receiver {
    switch (node.type) {
      case "identifier":
        return this.#identifier(node, depth);
      case "attribute":
        return this.#attribute(node, depth);
      case "call":
        return this.#call(node, depth);
      case "subscript":
        return this.of(node.child("value"), depth + 1);
      case "await":
      case "parenthesized_expression":
      case "named_expression":
        return this.of(node.child("value") ?? node.namedChildren.at(-1) ?? null, depth + 1);
      case "conditional_expression":
      case "boolean_operator":
        return union(node.namedChildren.map((c) => this.of(c, depth + 1)));
      case "generator_expression":
      case "list_comprehension":
        return this.of(node.child("body"), depth + 1);
      case "string":
        return this.label(stringValue(node), node.module);
      case "integer":
      case "float":
      case "none":
      case "dictionary":
      case "list":
      case "true":
      case "false":
        return NONE;
      default:
        return null;
    }
  }

  /** `"app.Model"` or `"Model"` in a string. */
  label(name: string | null, module: PythonModule): Receiver {
    if (name === null) return null;
    const app = this.#index.appOf(module.path);
    const found = this.#models.get(name.includes(".") ? name : `${app ?? ""}.${name}`);
    return found === null ? NONE : new Set([found.label]);
  }

  /** The model that the class around a node is about; null when there is none or it cannot be told. */
  ownModel(cls: PyNode, depth = 0): Receiver {
    const known = this.#own.get(cls);
    if (known !== undefined) return known;
    this.#own.set(cls, null);
    const model = this.#labels.get(cls);
    let own: Receiver = model ?? null;
    if (own === null) {
      const family = familyOf(this.#index, cls, cls.module);
      const expressions = modelExpressions(family);
      const found = expressions.map((e) => this.of(e.node, depth + 1)).filter((r) => r !== null);
      own = found.length > 0 ? union(found) : null;
      if (own === null) {
        for (const delegate of delegateClasses(family, this.#index)) own ??= this.ownModel(delegate.node, depth + 1);
      }
      own ??= this.#managed(cls);
      if (own === null) {
        // `DashboardQuerySet`, `DashboardManager`, `DashboardMixin`: named after its model.
        const base = /^(\w+?)(?:QuerySet|Queryset|Manager|Mixin|Base)$/.exec(cls.child("name")?.text ?? "")?.[1];
        own = base === undefined ? null : (this.#byName.get(snake(base)) ?? null);
      }
    }
    this.#own.set(cls, own);
    return own;
  }

  /** The models whose class body makes a manager of it: `objects = PublishedManager()`. */
  #managed(cls: PyNode): Receiver {
    const name = cls.child("name")?.text ?? "";
    if (!/(?:QuerySet|Manager)/.test(cls.child("superclasses")?.text ?? "") || name === "") return null;
    const found = new Set<string>();
    for (const [model, labels] of this.#labels) {
      for (const statement of bodyStatements(model.child("body"))) {
        const bound = assignment(statement);
        if (bound === null || !bound.value.text.includes(name)) continue;
        const isOfIt = descendants(bound.value, "identifier").some(({ text }) => text === name);
        if (isOfIt && this.#index.resolve(model.module, name)?.kind === "class") for (const label of labels) found.add(label);
      }
    }
    // One that another is derived from serves its models as well, and those are not looked for.
    const derived = this.#index.paths.some((path) => new RegExp(`class\\s+\\w+\\([^)]*\\b${name}\\b`).test(this.#index.text(path)));
    return found.size === 0 || derived ? null : found;
  }

  isModelClass(cls: PyNode): boolean {
    return this.#labels.has(cls);
  }

  /** Whether a model has anything of this name: a column, a relation from either side, a method, a property. */
  hasAttribute(label: string, name: string): boolean {
    if (this.#links.get(name)?.has(label) === true) return true;
    const lineage = this.#lineage(label);
    if (lineage.some((one) => this.#links.get(name)?.has(one) === true)) return true;
    if (lineage.some((one) => this.#models.get(one)?.columns.some(({ field, attname }) => field === name || attname === name) === true))
      return true;
    for (const [cls, labels] of this.#labels) {
      if (!lineage.some((one) => labels.has(one))) continue;
      for (const statement of cls.child("body")?.namedChildren ?? []) {
        const own = statement.type === "decorated_definition" ? (statement.child("definition") ?? statement) : statement;
        const bound = own.child("name")?.text ?? own.namedChildren[0]?.child("left")?.text;
        if (bound === name) return true;
      }
    }
    return false;
  }

  register(cls: PyNode, labels: Receiver): void {
    const known = this.#own.get(cls) ?? null;
    if (labels !== null) this.#own.set(cls, union([known ?? NONE, labels]));
  }

  /** A model class that could not be matched to one model of the state counts as every model of its name. */
  #classLabels(cls: { readonly node: PyNode; readonly module: PythonModule }): Receiver {
    const known = this.#labels.get(cls.node);
    if (known !== undefined) return known;
    if (!looksLikeModel(this.#index, cls.module, cls.node)) return NONE;
    return this.#byName.get(snake(cls.node.child("name")?.text ?? "")) ?? null;
  }

  #identifier(node: PyNode, depth: number): Receiver {
    const name = node.text;
    const cls = enclosingClass(node);
    if (name === "self" || name === "cls") {
      if (cls === null) return null;
      return (
        this.#labels.get(cls) ?? (/(?:QuerySet|Manager)/.test(cls.child("superclasses")?.text ?? "") ? this.ownModel(cls, depth) : NONE)
      );
    }
    const assigned = assignmentsOf(node, name);
    if (assigned.length > 0) {
      const found = assigned.map((a) => (a.kind === "annotation" ? this.#annotation(a.node, depth) : this.of(a.node, depth + 1)));
      const known = found.filter((r) => r !== null && r.size > 0);
      if (known.length > 0) return union(known);
      if (found.every((r) => r !== null)) return NONE;
    } else {
      const resolved = this.#index.resolveLocal(node, name) ?? this.#index.resolve(node.module, name);
      if (resolved?.kind === "class") return this.#classLabels(resolved);
      if (resolved?.kind === "external") return this.#external(resolved.path);
      if (resolved?.kind === "value" && resolved.node !== node) return this.of(resolved.node, depth + 1);
    }
    if (OWN_MODEL.has(name) && cls !== null) {
      const own = this.ownModel(cls, depth);
      if (own !== null && own.size > 0) return own;
    }
    return this.#named(name);
  }

  /** `django.contrib.auth.models.User` is `auth.user`; every other import from outside is no model of this project. */
  #external(path: string): Receiver {
    const contrib = /(?:^|\.)(\w+)\.models\.(?:\w+\.)?(\w+)$/.exec(path);
    const model = contrib === null ? null : this.#models.get(`${contrib[1]}.${contrib[2]}`);
    return model === null ? NONE : new Set([model.label]);
  }

  #annotation(node: PyNode, depth: number): Receiver {
    const text = node.text.replaceAll(/["'\s]/g, "");
    const names = text.match(/[A-Z]\w*/g) ?? [];
    const found = names.map((n) => {
      const resolved = this.#index.resolve(node.module, n);
      return resolved?.kind === "class" ? this.#classLabels(resolved) : null;
    });
    const known = found.filter((f) => f !== undefined && f !== null);
    if (known.length > 0) return union(known);
    return /^(?:str|int|bool|float|bytes|dict|list|Any)\b/.test(text) && depth >= 0 && !text.includes("Any") ? NONE : null;
  }

  #attribute(node: PyNode, depth: number): Receiver {
    const object = node.child("object");
    const name = node.child("attribute")?.text ?? "";
    const dotted = dottedName(node);
    if (dotted !== null) {
      const resolved = this.#index.resolve(node.module, dotted);
      if (resolved?.kind === "class") return this.#classLabels(resolved);
    }
    if (name === "objects" || /_manager$|^(?:all_)?objects/.test(name)) return this.of(object, depth + 1);
    const cls = enclosingClass(node);
    if (object?.text === "self" && cls !== null && (OWN_MODEL.has(name) || name === "get_object") && !this.#labels.has(cls)) {
      const own = this.ownModel(cls, depth);
      if (own !== null) return own;
    }
    const from = this.of(object, depth + 1);
    const links = this.#links.get(name);
    if (from !== null && from.size > 0) {
      const targets = [...from].flatMap((label) => this.#lineage(label)).map((label) => links?.get(label));
      const known = targets.filter((t) => t !== undefined);
      if (known.length > 0) return new Set(known);
      if (name === "through" || name === "model" || name === "query" || name === "__class__") return from;
    }
    // On something that is no model (`self` of a view, `request`) the attribute's own name is all there is.
    if (links !== undefined) return new Set(links.values());
    return this.#named(name);
  }

  #lineage(label: string): readonly string[] {
    const model = this.#models.get(label);
    return model === null ? [label] : this.#models.lineage(model).map((m) => m.label);
  }

  #call(node: PyNode, depth: number): Receiver {
    const callee = node.child("function");
    const name = calleeName(node);
    const first = positional(node)[0] ?? null;
    if (name === "get_user_model") return this.#userModel === null ? null : new Set([this.#userModel]);
    if (name === "get_object_or_404" || name === "get_list_or_404" || name === "aget_object_or_404" || name === "get_object_or_none") {
      return this.of(first, depth + 1);
    }
    if (name === "get_model" && first !== null) {
      const parts = positional(node).map(stringValue);
      return parts.every((p) => p !== null) ? this.label(parts.join("."), node.module) : null;
    }
    if (callee?.type === "identifier") {
      if (PASS_THROUGH.has(name)) return this.of(first, depth + 1);
      const resolved = this.#index.resolveLocal(node, name) ?? this.#index.resolve(node.module, name);
      if (resolved?.kind === "class") return this.#classLabels(resolved);
      if (resolved?.kind === "external") return this.#external(resolved.path);
      if (resolved?.kind === "function") {
        const annotation = resolved.node.child("return_type");
        const annotated = annotation === null ? null : this.#annotation(annotation, depth);
        if (annotated !== null) return annotated;
      }
      return this.#named(name.replace(/^(?:get|create|make|build|fetch|find|load)_(?:or_\w+?_)?/, ""));
    }
    if (callee?.type !== "attribute") return null;
    const object = callee.child("object");
    const cls = enclosingClass(node);
    if (OWN_CALLS.has(name) && cls !== null && !this.#labels.has(cls) && /^(?:self|super\(\)|serializer|form)$/.test(object?.text ?? "")) {
      return this.ownModel(cls, depth);
    }
    const from = this.of(object, depth + 1);
    if (from !== null && from.size > 0) return from;
    return from === null || from.size > 0
      ? null
      : /^(?:get|create|find|load)_\w+$/.test(name)
        ? this.#named(name.replace(/^[a-z]+_/, ""))
        : NONE;
  }

  /** The last resort: a variable called `dashboard`, `dashboards`, `old_dashboard` or `dashboard_qs` holds dashboards. */
  #named(name: string): Receiver {
    const bare = snake(name).replace(/_(?:obj|object|instance|model|qs|queryset|set|list)$/, "");
    for (const candidate of [bare, ...singulars(bare)]) {
      for (let part = candidate; part !== ""; part = part.includes("_") ? part.slice(part.indexOf("_") + 1) : "") {
        const found = this.#byName.get(part);
        if (found !== undefined) return found;
      }
    }
    return null;
  }
}

function singulars(name: string): readonly string[] {
  if (name.endsWith("ies")) return [`${name.slice(0, -3)}y`, name.slice(0, -1)];
  if (name.endsWith("es")) return [name.slice(0, -1), name.slice(0, -2)];
  return name.endsWith("s") ? [name.slice(0, -1)] : [];
}

/** `PersonDistinctId` → `person_distinct_id`. */
export function snake(name: string): string {
  return name.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();
}

export function enclosingClass(node: PyNode): PyNode | null {
  for (let n = node.parent; n !== null; n = n.parent) {
    if (n.type === "class_definition" && n.child("name")?.text !== "Meta") return n;
  }
  return null;
}

function union(receivers: readonly (ReadonlySet<string> | null)[]): Receiver {
  const labels = new Set<string>();
  for (const receiver of receivers) for (const label of receiver ?? []) labels.add(label);
  return labels.size === 0 && receivers.includes(null) ? null : labels;
}

function add<K>(map: Map<K, Set<string>>, key: K, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
