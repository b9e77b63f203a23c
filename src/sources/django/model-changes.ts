import type { Evaluator } from "./evaluate.ts";
import { truthOption, withJoinTable } from "./fields.ts";
import type { FieldContext } from "./fields.ts";
import { autoField, orderField, parentLink } from "./made-fields.ts";
import { ModelMap } from "./model-map.ts";
import { truncateName } from "./schema/names.ts";
import type { ModelState, ProjectState } from "./state.ts";
import { labelOf } from "./state.ts";
import type { PyValue } from "./values.ts";
import { isKind, itemsOf } from "./values.ts";

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

export function fieldContext(
  model: { readonly app: string; readonly name: string; readonly table: string },
  context: StateContext,
): FieldContext {
  return { app: model.app, model: model.name, table: model.table, authUserModel: context.authUserModel, evaluator: context.evaluator };
}

/** Changes one model. A reason instead of a state: there is no such model, or the change does not fit it. */
export function onModel(
  state: State,
  name: string,
  context: StateContext,
  change: (model: ModelState) => ModelState | string,
): State | string {
  const label = `${context.app}.${name}`.toLowerCase();
  const model = state.models.get(label);
  if (model === undefined) return `there is no model \`${label}\` at this point`;
  const changed = change(model);
  if (typeof changed === "string") return changed;
  return put(state, label, complete(changed, state, context), model);
}

/** Stores a model; where its table changed, proxies of it follow. */
export function put(state: State, label: string, model: ModelState, before: ModelState | undefined): State {
  let models = state.models.with(label, model);
  if (before !== undefined && before.table !== model.table) {
    for (const [other, candidate] of models) {
      if (candidate.proxy && candidate.bases.includes(label)) models = models.with(other, { ...candidate, table: model.table });
    }
  }
  return { models };
}

/** Fields that Django adds when it makes the class: the link to a parent, a key where there is none, `_order`; join tables kept in step. */
export function complete(model: ModelState, state: ProjectState, context: StateContext): ModelState {
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

/** `db_table`, or `app_model` cut to 63 characters. */
export function tableOf(app: string, name: string, options: Readonly<Record<string, PyValue>>): string {
  const given = options["db_table"];
  return typeof given === "string" && given !== "" ? given : truncateName(`${app}_${name.toLowerCase()}`);
}

export function nameOf(indexOrConstraint: PyValue): string | null {
  const name = isKind(indexOrConstraint, "call") ? indexOrConstraint.kwargs["name"] : null;
  return typeof name === "string" ? name : null;
}

export function append(model: ModelState, option: "indexes" | "constraints", value: PyValue): ModelState {
  return { ...model, options: { ...model.options, [option]: { kind: "list", items: [...(itemsOf(model.options[option]) ?? []), value] } } };
}

export function removeNamed(model: ModelState, option: "indexes" | "constraints", name: string): ModelState {
  const items = (itemsOf(model.options[option]) ?? []).filter((i) => nameOf(i) !== name);
  return { ...model, options: { ...model.options, [option]: { kind: "list", items } } };
}
