import { buildField } from "./fields.ts";
import type { FieldContext } from "./fields.ts";
import type { FieldState, ModelState } from "./state.ts";
import type { PyCall, PyValue } from "./values.ts";
import type { Span } from "../../text/span.ts";

/** A field that no file writes. */
function synthetic(field: FieldState): FieldState {
  return { ...field, call: null };
}

/** A call that no file writes. */
export function call(callee: string, args: readonly PyValue[], kwargs: Readonly<Record<string, PyValue>>): PyCall {
  return { kind: "call", callee, receiver: undefined, args, kwargs, cls: null, node: NO_NODE };
}

// A field that no file writes has no node; nobody asks for it, since the field's span is the model's.
const NO_NODE = { hasError: false } as unknown as PyCall["node"];

/** The key that Django gives to a model without one. */
export function autoField(name: string, className: string, span: Span): FieldState {
  const value = call(className, [], { auto_created: true, primary_key: true, verbose_name: "ID" });
  return synthetic(buildField(name, value, { app: "", model: "", table: "", authUserModel: "", evaluator: null }, span));
}

export function orderField(span: Span): FieldState {
  return synthetic(
    buildField(
      "_order",
      call("django.db.models.OrderWrt", [], {}),
      { app: "", model: "", table: "", authUserModel: "", evaluator: null },
      span,
    ),
  );
}

export function parentLink(parent: ModelState, model: ModelState, around: FieldContext): FieldState {
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
