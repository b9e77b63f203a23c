import { withJoinTable } from "./fields.ts";
import { call } from "./made-fields.ts";
import { append, fieldContext, nameOf, onModel, tableOf } from "./model-changes.ts";
import type { State, StateContext } from "./model-changes.ts";
import type { Operation } from "./operation.ts";
import { together } from "./operation-values.ts";
import type { FieldState, ModelState } from "./state.ts";
import { labelOf } from "./state.ts";
import type { PyValue } from "./values.ts";
import { isKind, itemsOf } from "./values.ts";

export function renameModel(state: State, from: string, to: string, context: StateContext): State | string {
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

export function renameField(state: State, modelName: string, from: string, to: string, context: StateContext): State | string {
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

export function renameIndex(model: ModelState, operation: Extract<Operation, { kind: "rename-index" }>): ModelState {
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
