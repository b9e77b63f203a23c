import type { Evaluator } from "./evaluate.ts";
import { buildField, targetLabel, truthOption, withJoinTable } from "./fields.ts";
import type { FieldContext } from "./fields.ts";
import { ModelMap } from "./model-map.ts";
import type { Operation } from "./operation.ts";
import { together } from "./read-operation.ts";
import { truncateName } from "./schema/names.ts";
import type { FieldState, ModelState, ProjectState } from "./state.ts";
import { labelOf } from "./state.ts";
import type { PyCall, PyValue } from "./values.ts";
import { isKind, itemsOf, pathOf } from "./values.ts";
import type { Span } from "../../text/span.ts";

export interface StateContext {
  /** The app of the migration that is replayed. */
  readonly app: string;
  readonly authUserModel: string;
  /** Class of the key that a model without one gets: `django.db.models.BigAutoField`. */
  readonly defaultAutoField: string;
  readonly evaluator: Evaluator | null;
}

export interface State extends ProjectState {
  readonly models: ModelMap;
}

export const EMPTY_STATE: State = { models: new ModelMap() };

/** What `Operation.state_forwards` does. A reason instead of a state: the operation does not fit the state before it. */
export function applyOperation(state: State, operation: Operation, context: StateContext): State | string {
  switch (operation.kind) {
    case "create-model":
      return createModel(state, operation, context);
    case "delete-model": {
      const label = `${context.app}.${operation.name}`.toLowerCase();
      return state.models.has(label) ? { models: state.models.without(label) } : `there is no model \`${label}\` to delete`;
    }
    case "rename-model":
      return renameModel(state, operation.name, operation.to, context);
    case "alter-model-table":
      return onModel(state, operation.name, context, (model) => withOptions(model, { db_table: operation.table }));
    case "alter-model-table-comment":
      return onModel(state, operation.name, context, (model) => withOptions(model, { db_table_comment: operation.comment }));
    case "alter-model-options":
      return onModel(state, operation.name, context, (model) => {
        const kept = Object.fromEntries(Object.entries(model.options).filter(([key]) => !ALTERABLE_OPTIONS.has(key)));
        return withOptions({ ...model, options: kept }, operation.options);
      });
    case "alter-model-managers":
      return onModel(state, operation.name, context, (model) => ({ ...model, managers: operation.managers }));
    case "alter-together": {
      const value: PyValue = { kind: "list", items: operation.value.map((names): PyValue => ({ kind: "tuple", items: [...names] })) };
      return onModel(state, operation.name, context, (model) => withOptions(model, { [operation.option]: value }));
    }
    case "alter-order-with-respect-to":
      return onModel(state, operation.name, context, (model) => withOptions(model, { order_with_respect_to: operation.field }));
    case "add-field":
    case "alter-field":
      return onModel(state, operation.model, context, (model) => {
        const known = model.fields.findIndex((f) => f.name === operation.name && f.call !== null);
        if (operation.kind === "alter-field" && known === -1) return `\`${labelOf(model)}\` has no field \`${operation.name}\` to alter`;
        let field = buildField(operation.name, operation.field, fieldContext(model, context), operation.span);
        if (!operation.preserveDefault) field = withoutDefault(field);
        const fields = known === -1 ? [...model.fields, field] : model.fields.with(known, field);
        return { ...model, fields };
      });
    case "remove-field":
      return onModel(state, operation.model, context, (model) => {
        if (!model.fields.some((f) => f.name === operation.name))
          return `\`${labelOf(model)}\` has no field \`${operation.name}\` to remove`;
        return { ...model, fields: model.fields.filter((f) => f.name !== operation.name) };
      });
    case "rename-field":
      return renameField(state, operation.model, operation.name, operation.to, context);
    case "add-index":
      return onModel(state, operation.model, context, (model) => append(model, "indexes", operation.index));
    case "remove-index":
      return onModel(state, operation.model, context, (model) => removeNamed(model, "indexes", operation.name));
    case "rename-index":
      return onModel(state, operation.model, context, (model) => renameIndex(model, operation));
    case "add-constraint":
      return onModel(state, operation.model, context, (model) => append(model, "constraints", operation.constraint));
    case "remove-constraint":
      return onModel(state, operation.model, context, (model) => removeNamed(model, "constraints", operation.name));
    case "alter-constraint":
      return onModel(state, operation.model, context, (model) => {
        const items = (itemsOf(model.options["constraints"]) ?? []).map((c) => (nameOf(c) === operation.name ? operation.constraint : c));
        return { ...model, options: { ...model.options, constraints: { kind: "list", items } } };
      });
    case "run-sql":
      return applyAll(state, operation.stateOperations, context);
    case "separate":
      return applyAll(state, operation.state, context);
    case "validate-constraint":
    case "run-python":
    case "create-extension":
    case "create-collation":
    case "remove-collation":
    case "opaque":
      return state;
    default:
      return operation satisfies never;
  }
}

function applyAll(state: State, operations: readonly Operation[], context: StateContext): State | string {
  let current = state;
  for (const operation of operations) {
    const next = applyOperation(current, operation, context);
    if (typeof next === "string") return next;
    current = next;
  }
  return current;
}

/** `AlterModelOptions.ALTER_OPTION_KEYS`: what it removes when it does not set it. */
const ALTERABLE_OPTIONS = new Set(
  "base_manager_name default_manager_name default_related_name get_latest_by managed ordering permissions default_permissions select_on_save verbose_name verbose_name_plural".split(
    " ",
  ),
);

export function fieldContext(
  model: { readonly app: string; readonly name: string; readonly table: string },
  context: StateContext,
): FieldContext {
  return { app: model.app, model: model.name, table: model.table, authUserModel: context.authUserModel, evaluator: context.evaluator };
}

export function withoutDefault(field: FieldState): FieldState {
  const { default: _gone, ...options } = field.options;
  return { ...field, options, hasDefault: false };
}

export function nameOf(indexOrConstraint: PyValue): string | null {
  const name = isKind(indexOrConstraint, "call") ? indexOrConstraint.kwargs["name"] : null;
  return typeof name === "string" ? name : null;
}

function onModel(state: State, name: string, context: StateContext, change: (model: ModelState) => ModelState | string): State | string {
  const label = `${context.app}.${name}`.toLowerCase();
  const model = state.models.get(label);
  if (model === undefined) return `there is no model \`${label}\` at this point`;
  const changed = change(model);
  if (typeof changed === "string") return changed;
  return put(state, label, complete(changed, state, context), model);
}

/** Stores a model; where its table changed, proxies of it follow. */
function put(state: State, label: string, model: ModelState, before: ModelState | undefined): State {
  let models = state.models.with(label, model);
  if (before !== undefined && before.table !== model.table) {
    for (const [other, candidate] of models) {
      if (candidate.proxy && candidate.bases.includes(label)) models = models.with(other, { ...candidate, table: model.table });
    }
  }
  return { models };
}

function withOptions(model: ModelState, changed: Readonly<Record<string, PyValue>>): ModelState {
  const options = { ...model.options, ...changed };
  const next = { ...model, options, managed: truthOption(options["managed"], true), proxy: truthOption(options["proxy"], false) };
  const table = model.proxy ? model.table : tableOf(model.app, model.name, options);
  return table === model.table ? next : { ...next, table };
}

/** `db_table`, or `app_model` cut to 63 characters. */
export function tableOf(app: string, name: string, options: Readonly<Record<string, PyValue>>): string {
  const given = options["db_table"];
  return typeof given === "string" && given !== "" ? given : truncateName(`${app}_${name.toLowerCase()}`);
}

function createModel(state: State, operation: Extract<Operation, { kind: "create-model" }>, context: StateContext): State | string {
  const label = `${context.app}.${operation.name}`.toLowerCase();
  const bases = operation.bases.flatMap((base) => {
    if (typeof base === "string") return [targetLabel(base, { app: context.app, model: operation.name }) ?? base];
    const path = pathOf(base);
    if (path === null) return [];
    const asLabel =
      path.includes(".models.") && !path.startsWith("django.db.") ? targetLabel(base, { app: context.app, model: operation.name }) : null;
    return [asLabel !== null && state.models.has(asLabel) ? asLabel : path];
  });
  const proxy = truthOption(operation.options["proxy"], false);
  const parent = bases.map((b) => state.models.get(b)).find((m) => m !== undefined);
  const table = proxy && parent !== undefined ? parent.table : tableOf(context.app, operation.name, operation.options);
  const swappable = operation.options["swappable"];
  const swapped = swappable === "AUTH_USER_MODEL" && context.authUserModel.toLowerCase() !== label ? context.authUserModel : null;
  const around = fieldContext({ app: context.app, name: operation.name, table }, context);
  const fields = operation.fields.map(([name, value]) =>
    buildField(name, value, around, isKind(value, "call") ? value.node.span : operation.span),
  );
  const model: ModelState = {
    app: context.app,
    name: operation.name,
    table,
    fields,
    managed: truthOption(operation.options["managed"], true),
    proxy,
    bases,
    options: normalised(operation.options),
    managers: operation.managers,
    swapped,
    span: operation.span,
  };
  return put(state, label, complete(model, state, context), undefined);
}

function normalised(options: Readonly<Record<string, PyValue>>): Readonly<Record<string, PyValue>> {
  const result = { ...options };
  for (const option of ["unique_together", "index_together"]) {
    const names = together(result[option]);
    if (result[option] !== undefined && names !== null) {
      result[option] = { kind: "list", items: names.map((n): PyValue => ({ kind: "tuple", items: [...n] })) };
    }
  }
  return result;
}

/** Fields that Django adds when it makes the class: the link to a parent, a key where there is none, `_order`; join tables kept in step. */
function complete(model: ModelState, state: ProjectState, context: StateContext): ModelState {
  if (model.proxy) return model;
  const around = fieldContext(model, context);
  let fields = model.fields.filter((f) => f.call !== null).map((f) => withJoinTable(f, around));
  if (!fields.some((f) => f.primaryKey)) {
    const parent = model.bases.map((b) => state.models.get(b)).find((m) => m !== undefined && labelOf(m) !== labelOf(model));
    const link = fields.findIndex((f) => f.relation?.kind === "one-to-one" && truthOption(f.options["parent_link"], false));
    const existing = fields[link];
    if (existing !== undefined) fields = fields.with(link, { ...existing, primaryKey: true, unique: true });
    else if (parent !== undefined) fields = [parentLink(parent, model, around), ...fields];
    else fields = [autoField("id", context.defaultAutoField, model.span), ...fields];
  }
  if (typeof model.options["order_with_respect_to"] === "string") fields = [...fields, orderField(model.span)];
  return { ...model, fields };
}

function synthetic(field: FieldState): FieldState {
  return { ...field, call: null };
}

function call(callee: string, args: readonly PyValue[], kwargs: Readonly<Record<string, PyValue>>): PyCall {
  return { kind: "call", callee, receiver: undefined, args, kwargs, cls: null, node: NO_NODE };
}

// A field that no file writes has no node; nobody asks for it, since the field's span is the model's.
const NO_NODE = { hasError: false } as unknown as PyCall["node"];

/** The key that Django gives to a model without one. */
export function autoField(name: string, className: string, span: Span): FieldState {
  const value = call(className, [], { auto_created: true, primary_key: true, verbose_name: "ID" });
  return synthetic(buildField(name, value, { app: "", model: "", table: "", authUserModel: "", evaluator: null }, span));
}

function orderField(span: Span): FieldState {
  return synthetic(
    buildField(
      "_order",
      call("django.db.models.OrderWrt", [], {}),
      { app: "", model: "", table: "", authUserModel: "", evaluator: null },
      span,
    ),
  );
}

function parentLink(parent: ModelState, model: ModelState, around: FieldContext): FieldState {
  const value = call("django.db.models.OneToOneField", [], {
    to: `${parent.app}.${parent.name}`,
    on_delete: { kind: "ref", path: "django.db.models.CASCADE" },
    parent_link: true,
    primary_key: true,
    auto_created: true,
  });
  return synthetic(buildField(`${parent.name.toLowerCase()}_ptr`, value, around, model.span));
}

/** A foreign key that no file writes: of a join table that Django makes. */
export function keyTo(name: string, target: string, dbConstraint: boolean, around: FieldContext, span: Span): FieldState {
  const value = call("django.db.models.ForeignKey", [], {
    to: target,
    on_delete: { kind: "ref", path: "django.db.models.CASCADE" },
    db_constraint: dbConstraint,
  });
  return synthetic(buildField(name, value, around, span));
}

function renameModel(state: State, from: string, to: string, context: StateContext): State | string {
  const oldLabel = `${context.app}.${from}`.toLowerCase();
  const newLabel = `${context.app}.${to}`.toLowerCase();
  const model = state.models.get(oldLabel);
  if (model === undefined) return `there is no model \`${oldLabel}\` to rename`;
  const renamed: ModelState = { ...model, name: to, table: model.proxy ? model.table : tableOf(model.app, to, model.options) };
  let models = state.models.without(oldLabel).with(newLabel, renamed);
  const repoint = (field: FieldState): FieldState => {
    const relation = field.relation;
    if (relation === null || (relation.to !== oldLabel && relation.through !== oldLabel)) return field;
    return {
      ...field,
      options: {
        ...field.options,
        ...(relation.to === oldLabel ? { to: newLabel } : {}),
        ...(relation.through === oldLabel ? { through: newLabel } : {}),
      },
      relation: {
        ...relation,
        to: relation.to === oldLabel ? newLabel : relation.to,
        through: relation.through === oldLabel ? newLabel : relation.through,
      },
    };
  };
  for (const [label, candidate] of models) {
    const touches =
      label === newLabel ||
      candidate.bases.includes(oldLabel) ||
      candidate.fields.some((f) => f.relation !== null && (f.relation.to === oldLabel || f.relation.through === oldLabel));
    if (!touches) continue;
    const bases = candidate.bases.map((b) => (b === oldLabel ? newLabel : b));
    const table = candidate.proxy && bases.includes(newLabel) ? renamed.table : candidate.table;
    const around = fieldContext({ ...candidate, table }, context);
    models = models.with(label, { ...candidate, bases, table, fields: candidate.fields.map((f) => withJoinTable(repoint(f), around)) });
  }
  return { models };
}

function renameField(state: State, modelName: string, from: string, to: string, context: StateContext): State | string {
  const label = `${context.app}.${modelName}`.toLowerCase();
  const before = state.models.get(label)?.fields.find((f) => f.name === from);
  const next = onModel(state, modelName, context, (model) => {
    const at = model.fields.findIndex((f) => f.name === from);
    const field = model.fields[at];
    if (field === undefined) return `\`${labelOf(model)}\` has no field \`${from}\` to rename`;
    const attname = field.attname === field.name ? to : `${to}_id`;
    const column = field.column === null || typeof field.options["db_column"] === "string" ? field.column : attname;
    const options: Record<string, PyValue> = { ...model.options };
    for (const option of ["unique_together", "index_together"]) {
      const items = itemsOf(options[option]);
      if (items !== null) options[option] = { kind: "list", items: items.map((names) => renameIn(names, from, to)) };
    }
    // Composite keys name fields; everything else that names one (indexes, constraints) is left alone, as Django does.
    const fields = model.fields.with(at, { ...field, name: to, attname, column }).map((f) => {
      const names = f.options["field_names"];
      return names === undefined ? f : { ...f, options: { ...f.options, field_names: renameIn(names, from, to) } };
    });
    return { ...model, options, fields };
  });
  if (typeof next === "string" || before === undefined) return next;
  let models = next.models;
  for (const [other, model] of models) {
    if (!model.fields.some((f) => f.relation?.to === label && f.relation.toField === from)) continue;
    const fields = model.fields.map((f) =>
      f.relation?.to === label && f.relation.toField === from
        ? { ...f, options: { ...f.options, to_field: to }, relation: { ...f.relation, toField: to } }
        : f,
    );
    models = models.with(other, { ...model, fields });
  }
  return { models };
}

function renameIn(names: PyValue, from: string, to: string): PyValue {
  const items = itemsOf(names);
  return items === null ? names : { kind: "tuple", items: items.map((n) => (n === from ? to : n)) };
}

function append(model: ModelState, option: "indexes" | "constraints", value: PyValue): ModelState {
  return { ...model, options: { ...model.options, [option]: { kind: "list", items: [...(itemsOf(model.options[option]) ?? []), value] } } };
}

function removeNamed(model: ModelState, option: "indexes" | "constraints", name: string): ModelState {
  const items = (itemsOf(model.options[option]) ?? []).filter((i) => nameOf(i) !== name);
  return { ...model, options: { ...model.options, [option]: { kind: "list", items } } };
}

function renameIndex(model: ModelState, operation: Extract<Operation, { kind: "rename-index" }>): ModelState {
  const { name, fields } = operation;
  if (name !== null) {
    const items = (itemsOf(model.options["indexes"]) ?? []).map((i) =>
      isKind(i, "call") && nameOf(i) === name ? { ...i, kwargs: { ...i.kwargs, name: operation.to } } : i,
    );
    return { ...model, options: { ...model.options, indexes: { kind: "list", items } } };
  }
  if (fields === null) return model;
  const rest = (together(model.options["index_together"]) ?? []).filter((names) => names.join() !== fields.join());
  const index = call("django.db.models.Index", [], { fields: { kind: "list", items: [...fields] }, name: operation.to });
  const options = {
    ...model.options,
    index_together: { kind: "list", items: rest.map((n): PyValue => ({ kind: "tuple", items: [...n] })) } as PyValue,
  };
  return append({ ...model, options }, "indexes", index);
}
