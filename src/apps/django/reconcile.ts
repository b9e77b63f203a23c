import type { FieldState, ModelState, ProjectState, RelationState } from "../../sources/django/state.ts";
import type { PyNode } from "../../sources/django/python.ts";
import { itemsOf } from "../../sources/django/values.ts";
import type { CodeIndex } from "./code-index.ts";
import { defaultDeferral } from "./deferred.ts";
import type { Deferral } from "./deferred.ts";
import { looksLikeModel, metaOption, readModelClass } from "./model-class.ts";
import type { DeclaredField, ModelClass } from "./model-class.ts";
import { keyword, positional, stringValue } from "../../sources/django/run-python/python-shapes.ts";
import { columnOf, compositeKey, parentsOf, RunningModels } from "./running-model.ts";
import type { JoinTable, RunningColumn, RunningModel } from "./running-model.ts";
import type { SignalSenders } from "./signals.ts";

export interface Reconciled {
  readonly models: RunningModels;
  /** The class of each model that was found in the code. */
  readonly classes: ReadonlyMap<string, ModelClass>;
  /** Labels of the concrete models that a class, an abstract base or a proxy in the code stands for. */
  readonly labels: ReadonlyMap<PyNode, ReadonlySet<string>>;
}

/**
 * The models of the running app: the migration state, corrected by the version's code where the code can be read completely.
 * A field that the class no longer declares is not in the app. One that the class declares and no migration creates belongs to an
 * app that runs ahead of its migrations: it is queried, and fails where the schema lacks it. Where a base or a statement of the
 * class cannot be read, the migration state stands: a query too many is a false alarm, one too few is an outage.
 * @param index the version's code; null where only its migrations are known, and the state stands as it is
 * @param swapped lower-case labels of models that a setting replaces (`auth.user` with a user model of one's own)
 */
export function reconcile(index: CodeIndex | null, state: ProjectState, swapped: ReadonlySet<string>, signals: SignalSenders): Reconciled {
  const classes = new Map<string, ModelClass>();
  const running: RunningModel[] = [];
  const aliases = new Map<string, string>();
  const labels = new Map<PyNode, Set<string>>();
  const translated = index?.paths.some((path) => path.endsWith("translation.py") && index.text(path).includes("modeltranslation")) === true;
  const stand = (node: PyNode, label: string): void => {
    labels.set(node, (labels.get(node) ?? new Set<string>()).add(label));
  };
  for (const [label, model] of state.models) {
    if (model.proxy) {
      const concrete = concreteLabel(label, state);
      const cls = concrete === null || index === null ? null : findClass(index, model);
      if (concrete !== null) aliases.set(label, concrete);
      if (cls !== null && concrete !== null) stand(cls.node, concrete);
      continue;
    }
    if (swapped.has(label) || model.options["abstract"] === true) continue;
    const cls = index === null ? null : findClass(index, model);
    if (cls !== null) classes.set(label, cls);
    for (const part of cls?.parts ?? []) stand(part, label);
    running.push(runningModel(index, state, label, model, cls, signals, translated));
  }
  return { models: new RunningModels(running, aliases), classes, labels };
}

function concreteLabel(label: string, state: ProjectState, hops = 0): string | null {
  const model = state.models.get(label);
  if (model === undefined || hops > 10) return null;
  if (!model.proxy) return label;
  for (const base of model.bases) {
    const found = concreteLabel(base.toLowerCase(), state, hops + 1);
    if (found !== null) return found;
  }
  return null;
}

function runningModel(
  index: CodeIndex | null,
  state: ProjectState,
  label: string,
  model: ModelState,
  cls: ModelClass | null,
  signals: SignalSenders,
  translated: boolean,
): RunningModel {
  const composite = compositeKey(model);
  const deferral = cls === null || index === null ? null : defaultDeferral(index, cls);
  const columns: RunningColumn[] = [];
  const joinTables: JoinTable[] = [];
  for (const field of model.fields) {
    if (cls !== null && !isInTheApp(field, model, cls, translated)) continue;
    const place = fieldPlace(field, cls);
    if (field.relation?.kind === "many-to-many") {
      const join = field.relation.joinTable;
      if (join === null || field.relation.through !== null) continue;
      const to = field.relation.to === "self" ? label : field.relation.to;
      const origin = `${model.name}.${field.name} (${place.file}:${place.line})`;
      joinTables.push({
        owner: label,
        field: field.name,
        target: to,
        ...reverseNames(label, model, field),
        origin,
        span: place,
        table: join.name,
        from: join.from,
        to: join.to,
      });
    } else if (field.column !== null) {
      const key = composite === null ? field.primaryKey : composite.includes(field.name) || composite.includes(field.attname);
      const declared = cls?.fields.get(field.name);
      const renamed = declared === undefined ? null : stringValue(keyword(declared.call, "db_column"));
      columns.push(columnOf(field, renamed ?? field.column, key || isSelected(field, deferral), key));
    }
  }
  if (cls !== null) {
    for (const declared of cls.fields.values()) columns.push(...aheadOfMigrations(declared, model));
    sortAsDeclared(columns, cls);
  }
  const span = cls === null ? model.span : nameSpan(cls);
  return {
    label,
    name: model.name,
    table: (cls === null ? null : stringValue(metaOption(cls.node, "db_table"))) ?? model.table,
    columns,
    joinTables,
    span,
    parents: parentsOf(model, state),
    ordering: ordering(label, model),
    deleteSignals: signals.listensTo(label, model.name),
    genericRelations: (cls?.genericRelations ?? []).map((g) => ({ ...g, to: g.to.includes(".") ? g.to : `${model.app}.${g.to}` })),
    origin: `${model.name} (${span.file}:${span.line})`,
  };
}

/** Fields stand in the order in which Python made them: an automatic key first, then those of the bases, then the class's own. */
function sortAsDeclared(columns: RunningColumn[], cls: ModelClass): void {
  const order = [...cls.fields.values()].toSorted((a, b) => b.part - a.part || a.node.start - b.node.start).map((f) => f.name);
  const rank = (c: RunningColumn): number => order.indexOf(c.field);
  if (cls.incomplete === null) columns.sort((a, b) => rank(a) - rank(b));
}

function reverseNames(label: string, model: ModelState, field: FieldState): Pick<JoinTable, "reverseName" | "reverseQueryName"> {
  const lower = model.name.toLowerCase();
  const fill = (name: string): string => name.replaceAll("%(class)s", lower).replaceAll("%(app_label)s", model.app.toLowerCase());
  const written = field.relation?.relatedName ?? null;
  const related = written === null ? null : fill(written);
  const queried = field.options["related_query_name"];
  const hidden = related === null ? field.relation?.to === label || field.relation?.to === "self" : related.endsWith("+");
  if (hidden) return { reverseName: null, reverseQueryName: null };
  return { reverseName: related ?? `${lower}_set`, reverseQueryName: typeof queried === "string" ? fill(queried) : (related ?? lower) };
}

/** The code wins where it was read completely; an automatic key and a parent link are declared by nobody. */
function isInTheApp(field: FieldState, model: ModelState, cls: ModelClass, translated: boolean): boolean {
  const declared = cls.fields.get(field.name);
  if (declared !== undefined) return declared.kind === "field";
  if (cls.incomplete !== null) return true;
  if (field.primaryKey && (field.className.endsWith("AutoField") || field.relation !== null)) return true;
  // `order_with_respect_to` adds `_order`; its state field has no declaration either.
  if (field.options["parent_link"] === true || (field.name === "_order" && model.options["order_with_respect_to"] !== undefined))
    return true;
  // A field of a package may bring others along (`price_currency`), and so may a registration (`title_en` of django-modeltranslation).
  return [...cls.fields.values()].some(
    ({ name, kind, className }) =>
      kind === "field" && field.name.startsWith(`${name}_`) && (translated || (className !== null && !COLUMN_FIELD.test(className))),
  );
}

function isSelected(field: FieldState, deferral: Deferral | null): boolean {
  if (deferral === null) return true;
  const named = (names: ReadonlySet<string>): boolean => names.has(field.name) || names.has(field.attname);
  return !named(deferral.defer) && (deferral.only === null || named(deferral.only));
}

const COLUMN_FIELD =
  /^(?:django\.(?:contrib\.(?:postgres|gis)\.(?:db\.models\.)?(?:fields\.)?(?:\w+\.)?|db\.models\.(?:fields\.(?:\w+\.)?)?))(\w+)$/;
const NO_COLUMN = new Set(["ManyToManyField", "CompositePrimaryKey", "GenericForeignKey", "GenericRelation", "ForeignObject"]);

/** A declared field that no migration knows: only Django's own column fields are taken for one, since others may have no column. */
function aheadOfMigrations(declared: DeclaredField, model: ModelState): RunningColumn[] {
  if (declared.kind !== "field" || declared.className === null) return [];
  if (model.fields.some((f) => f.name === declared.name)) return [];
  const kind = COLUMN_FIELD.exec(declared.className)?.[1];
  if (kind === undefined || NO_COLUMN.has(kind) || !(kind.endsWith("Field") || kind === "ForeignKey")) return [];
  const relation = kind === "ForeignKey" || kind === "OneToOneField";
  const attname = relation ? `${declared.name}_id` : declared.name;
  const flag = (name: string): boolean => keyword(declared.call, name)?.text === "True";
  const target = relation ? targetOf(declared, model) : null;
  return [
    {
      field: declared.name,
      attname,
      column: stringValue(keyword(declared.call, "db_column")) ?? attname,
      primaryKey: flag("primary_key"),
      auto: kind.endsWith("AutoField"),
      null: flag("null"),
      generated: kind === "GeneratedField",
      dbDefault: keyword(declared.call, "db_default") !== null,
      selected: true,
      relation: target,
    },
  ];
}

function targetOf(declared: DeclaredField, model: ModelState): RelationState | null {
  const to = positional(declared.call)[0] ?? keyword(declared.call, "to");
  if (to === undefined || to === null) return null;
  const name = stringValue(to) ?? to.text;
  return {
    kind: "foreign-key",
    to: (name.includes(".") ? name : `${model.app}.${name}`).toLowerCase(),
    toName: name,
    toField: null,
    dbConstraint: true,
    onDelete: keyword(declared.call, "on_delete")?.text ?? null,
    relatedName: null,
    through: null,
    joinTable: null,
  };
}

/** The contrib migrations that ship with tread leave display options out. */
const BUILT_IN_ORDERING: Readonly<Record<string, readonly string[]>> = {
  "auth.permission": ["content_type__app_label", "content_type__model", "codename"],
};

function ordering(label: string, model: ModelState): readonly string[] {
  const written = itemsOf(model.options["ordering"]);
  return written === null ? (BUILT_IN_ORDERING[label] ?? []) : written.filter((o): o is string => typeof o === "string");
}

function fieldPlace(field: FieldState, cls: ModelClass | null): FieldState["span"] {
  return cls?.fields.get(field.name)?.node.span ?? field.span;
}

function nameSpan(cls: ModelClass): ModelState["span"] {
  return (cls.node.child("name") ?? cls.node).span;
}

/** The class of a model: by name, in its app's folder or with `app_label`; null when there is none or more than one that fits. */
function findClass(index: CodeIndex, model: ModelState): ModelClass | null {
  const found: { readonly cls: ModelClass; readonly labelled: boolean; readonly path: string }[] = [];
  for (const path of index.filesOfClass(model.name)) {
    const inApp = index.appOf(path) === model.app;
    if (!inApp && !index.text(path).includes("app_label")) continue;
    const module = index.load(path);
    if (module === null) continue;
    const scope = index.modules.scope(module);
    const binding = scope.bindings.get(model.name);
    if (binding?.kind !== "class" || !looksLikeModel(index, module, binding.node)) continue;
    const label = stringValue(metaOption(binding.node, "app_label"));
    if (label === null ? !inApp : label !== model.app) continue;
    found.push({ cls: readModelClass(index, module, binding.node), labelled: label !== null, path });
  }
  if (found.length > 1) {
    const byTable = found.filter((f) => (stringValue(metaOption(f.cls.node, "db_table")) ?? model.table) === model.table);
    const inModels = byTable.filter((f) => /(?:^|\/)models(?:\.py|\/)/.test(f.path));
    return (inModels.length === 1 ? inModels[0] : byTable.length === 1 ? byTable[0] : undefined)?.cls ?? null;
  }
  return found[0]?.cls ?? null;
}
