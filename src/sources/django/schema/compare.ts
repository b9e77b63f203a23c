import { shortName } from "../fields.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import type { PyValue } from "../values.ts";
import { isKind, isObject, pathOf } from "../values.ts";
import { dbDefaultSql } from "./column-expressions.ts";
import { NotRenderable } from "./not-renderable.ts";
import { concreteModel } from "./types.ts";

/** `Field.non_db_attrs`, and `db_column`, which is compared as the column itself. */
const NOT_SQL = new Set(
  "blank choices db_column editable error_messages help_text limit_choices_to on_delete related_name related_query_name validators verbose_name".split(
    " ",
  ),
);

/** Options that deconstruction leaves out at their default. */
const DEFAULTS: Readonly<Record<string, PyValue>> = {
  null: false,
  unique: false,
  primary_key: false,
  max_length: null,
  db_index: false,
  db_comment: null,
  db_collation: null,
  db_tablespace: null,
  auto_created: false,
  serialize: true,
  auto_now: false,
  auto_now_add: false,
  unique_for_date: null,
  unique_for_month: null,
  unique_for_year: null,
  to_field: null,
  db_constraint: true,
  parent_link: false,
  allow_unicode: false,
  size: null,
  name: null,
  db_table: null,
  through: null,
  encoder: null,
  decoder: null,
};

/** Structural equality of two values, as `deconstruct()` compares them. */
export function sameValue(a: PyValue | undefined, b: PyValue | undefined): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b)) return false;
  const list = (x: readonly PyValue[], y: readonly PyValue[]): boolean => x.length === y.length && x.every((v, i) => sameValue(v, y[i]));
  switch (a.kind) {
    case "float":
      return b.kind === "float" && a.value === b.value;
    case "bytes":
      return b.kind === "bytes" && Buffer.compare(a.value, b.value) === 0;
    case "list":
    case "tuple":
    case "set":
      return b.kind === a.kind && list(a.items, b.items);
    case "dict":
      return (
        b.kind === "dict" &&
        a.entries.length === b.entries.length &&
        a.entries.every(([k, v], i) => sameValue(k, b.entries[i]?.[0]) && sameValue(v, b.entries[i]?.[1]))
      );
    case "ref":
    case "class":
    case "function":
      return pathOf(b) === a.path;
    case "lambda":
      return b.kind === "lambda" && a.node.text === b.node.text;
    case "call": {
      if (b.kind !== "call" || a.callee !== b.callee || !list(a.args, b.args)) return false;
      if ((a.receiver === undefined) !== (b.receiver === undefined) || (a.receiver !== undefined && !sameValue(a.receiver, b.receiver)))
        return false;
      const keys = new Set([...Object.keys(a.kwargs), ...Object.keys(b.kwargs)]);
      return [...keys].every((k) => sameValue(a.kwargs[k], b.kwargs[k]));
    }
    case "operation":
      return b.kind === "operation" && a.operator === b.operator && list(a.operands, b.operands);
    case "unknown":
      return b.kind === "unknown" && a.reason === b.reason;
    default:
      return a satisfies never;
  }
}

function deconstructed(field: FieldState): Map<string, PyValue> {
  const result = new Map<string, PyValue>();
  for (const [option, value] of Object.entries(field.options)) {
    if (NOT_SQL.has(option) || value === DEFAULTS[option]) continue;
    if (isKind(value, "ref") && value.path.endsWith("NOT_PROVIDED")) continue;
    result.set(option, value);
  }
  if (field.relation !== null) {
    result.set("to", field.relation.to);
    if (field.relation.through !== null) result.set("through", field.relation.through);
  }
  return result;
}

interface Side {
  readonly field: FieldState;
  readonly model: ModelState;
  readonly state: ProjectState;
}

/** `_field_should_be_altered`: whether the two differ in anything that may touch the database. */
export function shouldBeAltered(old: Side, now: Side, ignore: readonly string[] = []): boolean {
  const a = deconstructed(old.field);
  const b = deconstructed(now.field);
  for (const option of ignore) {
    a.delete(option);
    b.delete(option);
  }
  if (now.field.relation !== null && now.field.relation.kind !== "many-to-many" && old.field.relation !== null) {
    const tableOf = (side: Side): string | undefined =>
      concreteModel(side.state, side.field.relation?.to ?? "")?.table ?? side.field.relation?.to;
    if (tableOf(old) === tableOf(now)) {
      a.delete("to");
      b.delete("to");
    }
  }
  if (old.field.hasDbDefault && now.field.hasDbDefault && sameDbDefault(old, now)) {
    a.delete("db_default");
    b.delete("db_default");
  }
  if ((old.field.column ?? "") !== (now.field.column ?? "")) return true;
  if ((old.field.customClass ?? old.field.className) !== (now.field.customClass ?? now.field.className)) return true;
  if (a.size !== b.size) return true;
  for (const [option, value] of a) {
    const other = b.get(option);
    if (!b.has(option) || !sameValue(value, other)) return true;
  }
  return false;
}

export function sameDbDefault(old: Side, now: Side): boolean {
  try {
    return dbDefaultSql(old.field, old.model, old.state) === dbDefaultSql(now.field, now.model, now.state);
  } catch (error) {
    if (error instanceof NotRenderable) return sameValue(old.field.options["db_default"], now.field.options["db_default"]);
    throw error;
  }
}

export function isArray(field: FieldState): boolean {
  return shortName(field.className) === "ArrayField";
}
