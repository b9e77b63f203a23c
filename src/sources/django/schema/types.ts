import { buildField, numberOption, shortName, stringOption } from "../fields.ts";
import type { FieldState, ModelState, ProjectState } from "../state.ts";
import { primaryKeyOf } from "../state.ts";
import { isKind } from "../values.ts";
import { autoField } from "../made-fields.ts";
import { truncateName } from "./names.ts";
import { NotRenderable } from "./not-renderable.ts";

/** Django's `field.db_parameters()` and `db_type_suffix()`. */
export interface DbParams {
  /** Null for a field without a column. */
  readonly type: string | null;
  readonly check: string | null;
  readonly collation: string | null;
  readonly suffix: string | null;
}

/** `data_types` of the Postgres backend, by internal type. */
const DATA_TYPES: Readonly<Record<string, string>> = {
  AutoField: "integer",
  BigAutoField: "bigint",
  SmallAutoField: "smallint",
  BinaryField: "bytea",
  BooleanField: "boolean",
  DateField: "date",
  DateTimeField: "timestamp with time zone",
  DurationField: "interval",
  FloatField: "double precision",
  IntegerField: "integer",
  BigIntegerField: "bigint",
  IPAddressField: "inet",
  GenericIPAddressField: "inet",
  JSONField: "jsonb",
  PositiveBigIntegerField: "bigint",
  PositiveIntegerField: "integer",
  PositiveSmallIntegerField: "smallint",
  SmallIntegerField: "smallint",
  TextField: "text",
  TimeField: "time",
  UUIDField: "uuid",
  HStoreField: "hstore",
  IntegerRangeField: "int4range",
  BigIntegerRangeField: "int8range",
  DecimalRangeField: "numrange",
  FloatRangeField: "numrange",
  DateTimeRangeField: "tstzrange",
  DateRangeField: "daterange",
  SearchVectorField: "tsvector",
  SearchQueryField: "tsquery",
};

/** Classes whose internal type is that of a parent class. */
const INTERNAL: Readonly<Record<string, string>> = {
  EmailField: "CharField",
  URLField: "CharField",
  CommaSeparatedIntegerField: "CharField",
  CICharField: "CharField",
  CIEmailField: "CharField",
  CITextField: "TextField",
  ImageField: "FileField",
  NullBooleanField: "BooleanField",
  OrderWrt: "IntegerField",
};

const AUTO = new Set(["AutoField", "BigAutoField", "SmallAutoField"]);

export function isAutoType(internalType: string): boolean {
  return AUTO.has(internalType);
}

/** Django's `get_internal_type()`. */
export function internalType(field: FieldState): string {
  const short = shortName(field.className);
  if (short === "GeneratedField") return internalType(outputField(field));
  return INTERNAL[short] ?? short;
}

function innerField(field: FieldState, option: string): FieldState {
  const value = field.options[option];
  if (!isKind(value, "call")) throw new NotRenderable(`\`${option}\` of the field \`${field.name}\` is not a plain field`);
  const inner = buildField(field.name, value, { app: "", model: "", table: "", authUserModel: "", evaluator: null }, field.span);
  if (inner.opaque !== null) throw new NotRenderable(inner.opaque);
  return inner;
}

export function baseField(field: FieldState): FieldState {
  return innerField(field, "base_field");
}

export function outputField(field: FieldState): FieldState {
  return innerField(field, "output_field");
}

/** A model that is not in the state: an app outside of the repository. Its table and key are what Django would call them by default. */
function assumedModel(label: string, field: FieldState): ModelState {
  const [app = "", name = ""] = label.split(".");
  return {
    app,
    name,
    table: truncateName(`${app}_${name}`),
    fields: [autoField("id", "django.db.models.BigAutoField", field.span)],
    managed: true,
    proxy: false,
    bases: [],
    options: {},
    managers: [],
    swapped: null,
    span: field.span,
  };
}

/** The model that a label means, a proxy's concrete model in its place. */
export function concreteModel(state: ProjectState, label: string): ModelState | null {
  let model = state.models.get(label);
  for (let i = 0; model?.proxy === true && i < 20; i++) {
    const parent = model.bases.map((b) => state.models.get(b)).find((m) => m !== undefined);
    if (parent === undefined) break;
    model = parent;
  }
  return model ?? null;
}

export interface Target {
  readonly model: ModelState;
  readonly field: FieldState;
  readonly column: string;
  /** The model is in no migration that could be read. */
  readonly assumed: boolean;
}

/** What a foreign key points to. */
export function targetOf(state: ProjectState, field: FieldState): Target {
  const relation = field.relation;
  if (relation === null) throw new NotRenderable(`\`${field.name}\` is no relation`);
  const found = concreteModel(state, relation.to);
  const model = found ?? assumedModel(relation.to, field);
  let target = relation.toField === null ? primaryKeyOf(model) : (model.fields.find((f) => f.name === relation.toField) ?? null);
  // `to_field` may name a field of a multi-table parent.
  if (target === null && relation.toField !== null) target = inheritedField(state, model, relation.toField);
  if (target === null || target.column === null)
    throw new NotRenderable(`\`${field.name}\` points to a field of \`${relation.to}\` that is not there`);
  return { model, field: target, column: target.column, assumed: found === null };
}

function inheritedField(state: ProjectState, model: ModelState, name: string): FieldState | null {
  for (const base of model.bases) {
    const parent = state.models.get(base);
    const found = parent?.fields.find((f) => f.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

export function isKey(field: FieldState): boolean {
  return field.relation !== null && field.relation.kind !== "many-to-many";
}

export function isManyToMany(field: FieldState): boolean {
  return field.relation?.kind === "many-to-many";
}

export function dbType(field: FieldState, state: ProjectState): string | null {
  if (field.opaque !== null) throw new NotRenderable(field.opaque);
  if (field.ownType !== null) return field.ownType;
  if (field.className === "" || isManyToMany(field)) return null;
  if (isKey(field)) return relDbType(targetOf(state, field).field, state);
  const short = shortName(field.className);
  if (short === "GeneratedField") return dbType(outputField(field), state);
  if (short === "CompositePrimaryKey" || short === "ForeignObject") return null;
  if (short === "ArrayField") return `${dbType(baseField(field), state) ?? ""}[${numberOption(field, "size") ?? ""}]`;
  const internal = internalType(field);
  switch (internal) {
    case "CharField": {
      const length = numberOption(field, "max_length");
      return length === null ? "varchar" : `varchar(${length})`;
    }
    case "SlugField":
    case "FileField":
    case "FilePathField":
      return `varchar(${numberOption(field, "max_length") ?? "None"})`;
    case "DecimalField":
      return `numeric(${numberOption(field, "max_digits") ?? "None"}, ${numberOption(field, "decimal_places") ?? "None"})`;
    default: {
      const type = DATA_TYPES[internal];
      if (type === undefined) throw new NotRenderable(`the column type of \`${field.className}\` is not known to tread`);
      return type;
    }
  }
}

/** The type of a column that refers to this field. */
export function relDbType(field: FieldState, state: ProjectState): string | null {
  if (isKey(field)) return relDbType(targetOf(state, field).field, state);
  switch (internalType(field)) {
    case "AutoField":
    case "PositiveIntegerField":
      return "integer";
    case "SmallAutoField":
    case "PositiveSmallIntegerField":
      return "smallint";
    case "BigAutoField":
    case "PositiveBigIntegerField":
      return "bigint";
    default:
      return dbType(field, state);
  }
}

/** `data_type_check_constraints`, with `__column_name__` for the column where names must not matter. */
export function dbCheck(field: FieldState, column: string): string | null {
  if (isKey(field) || field.ownType !== null) return null;
  const internal = internalType(field);
  return internal === "PositiveIntegerField" || internal === "PositiveSmallIntegerField" || internal === "PositiveBigIntegerField"
    ? `"${column}" >= 0`
    : null;
}

export function dbParams(field: FieldState, state: ProjectState): DbParams {
  const type = dbType(field, state);
  if (type === null) return { type, check: null, collation: null, suffix: null };
  const suffix = isAutoType(internalType(field)) && field.ownType === null ? "GENERATED BY DEFAULT AS IDENTITY" : null;
  return { type, check: dbCheck(field, field.column ?? ""), collation: collationOf(field, state), suffix };
}

export function collationOf(field: FieldState, state: ProjectState): string | null {
  if (isKey(field)) return collationOf(targetOf(state, field).field, state);
  const short = shortName(field.className);
  if (short === "ArrayField") return collationOf(baseField(field), state);
  if (short === "GeneratedField") return collationOf(outputField(field), state);
  return stringOption(field, "db_collation");
}

/** Base types of an array, for `USING` (`_field_base_data_types`). */
export function arrayBaseType(field: FieldState, state: ProjectState): string | null {
  const base = baseField(field);
  return shortName(base.className) === "ArrayField" ? arrayBaseType(base, state) : fieldDataType(base, state);
}

/**
 * `_field_data_type`: what `USING` compares. Django compares the *template* of the type, so `varchar(10)` and `varchar(20)` are the same
 * and `CharField` and `SlugField` are not.
 */
export function fieldDataType(field: FieldState, state: ProjectState): string | null {
  if (isKey(field)) return relDbType(targetOf(state, field).field, state);
  switch (internalType(field)) {
    case "CharField":
      return "<varchar>";
    case "SlugField":
    case "FileField":
    case "FilePathField":
      return "varchar(%(max_length)s)";
    case "DecimalField":
      return "numeric(%(max_digits)s, %(decimal_places)s)";
    default:
      return field.ownType ?? dbType(field, state);
  }
}
