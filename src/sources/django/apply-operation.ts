import { renameField, renameIndex, renameModel } from "./apply-renames.ts";
import { buildField, targetLabel, truthOption } from "./fields.ts";
import { append, complete, fieldContext, nameOf, onModel, put, removeNamed, tableOf } from "./model-changes.ts";
import type { State, StateContext } from "./model-changes.ts";
import type { Operation } from "./operation.ts";
import { together } from "./operation-values.ts";
import type { FieldState, ModelState } from "./state.ts";
import { labelOf } from "./state.ts";
import type { PyValue } from "./values.ts";
import { isKind, itemsOf, pathOf } from "./values.ts";

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

export function withoutDefault(field: FieldState): FieldState {
  const { default: _gone, ...options } = field.options;
  return { ...field, options, hasDefault: false };
}

function withOptions(model: ModelState, changed: Readonly<Record<string, PyValue>>): ModelState {
  const options = { ...model.options, ...changed };
  const next = { ...model, options, managed: truthOption(options["managed"], true), proxy: truthOption(options["proxy"], false) };
  const table = model.proxy ? model.table : tableOf(model.app, model.name, options);
  return table === model.table ? next : { ...next, table };
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
