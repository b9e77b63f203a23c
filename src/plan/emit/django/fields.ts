import type { FieldState } from "../../../sources/django/state.ts";
import type { ColumnSpec } from "../../types.ts";
import { type PythonText, pythonString, Unwritable } from "./python-text.ts";

/** Fields of Django for the types of columns, with the class that an integer becomes when it grows. */
const PLAIN: Readonly<Record<string, string>> = {
  bigint: "BigIntegerField",
  integer: "IntegerField",
  smallint: "SmallIntegerField",
  boolean: "BooleanField",
  text: "TextField",
  uuid: "UUIDField",
  jsonb: "JSONField",
  date: "DateField",
  "timestamp with time zone": "DateTimeField",
  "time without time zone": "TimeField",
  "double precision": "FloatField",
  bytea: "BinaryField",
  inet: "GenericIPAddressField",
  interval: "DurationField",
};

const AUTO: Readonly<Record<string, string>> = { bigint: "BigAutoField", integer: "AutoField", smallint: "SmallAutoField" };

/** A field for a column of which only the database's own words are known. @throws Unwritable */
export function fieldOf(text: PythonText, column: ColumnSpec): string {
  text.need("from django.db import models");
  const common = column.notNull ? [] : ["blank=True", "null=True"];
  const short = shortType(column.type);
  const options = [...typeOptions(short), ...common, ...defaultOf(column)];
  const name = short.startsWith("character varying") ? "CharField" : short.startsWith("numeric(") ? "DecimalField" : PLAIN[short];
  if (column.identity !== null && AUTO[short] !== undefined) return `models.${AUTO[short]}(primary_key=True, serialize=False)`;
  if (name === undefined || column.generated !== null)
    throw new Unwritable(`Django has no field of its own for \`${column.type}${column.generated === null ? "" : " GENERATED"}\``);
  return `models.${name}(${options.join(", ")})`;
}

function shortType(type: string): string {
  const lower = type.toLowerCase().trim();
  const known: Readonly<Record<string, string>> = {
    int8: "bigint",
    int4: "integer",
    int: "integer",
    int2: "smallint",
    bool: "boolean",
    timestamptz: "timestamp with time zone",
    float8: "double precision",
    time: "time without time zone",
  };
  if (known[lower] !== undefined) return known[lower];
  return lower.replace(/^varchar\b/, "character varying").replace(/^decimal\b/, "numeric");
}

function typeOptions(type: string): readonly string[] {
  const length = /^character varying\((\d+)\)$/.exec(type);
  if (length?.[1] !== undefined) return [`max_length=${length[1]}`];
  const numeric = /^numeric\((\d+)(?:,\s*(\d+))?\)$/.exec(type);
  return numeric?.[1] === undefined ? [] : [`max_digits=${numeric[1]}`, `decimal_places=${numeric[2] ?? "0"}`];
}

/** A constant that the database holds; what else it computes Django 5 writes as an expression, which nobody can read from SQL. */
function defaultOf({ default: value }: ColumnSpec): readonly string[] {
  if (value === null) return [];
  const literal = /^'((?:[^']|'')*)'(?:::[\w ()]+)?$/.exec(value.trim());
  if (literal?.[1] !== undefined) return [`db_default=${pythonString(literal[1].replaceAll("''", "'"))}`];
  if (/^-?\d+(?:\.\d+)?$/.test(value.trim())) return [`db_default=${value.trim()}`];
  if (/^(?:true|false)$/i.test(value.trim())) return [`db_default=${value.trim().toLowerCase() === "true" ? "True" : "False"}`];
  throw new Unwritable(`the default \`${value}\` is an expression of the database's`);
}

/** The field as it is, with what the column becomes: NULL or not, another type. @throws Unwritable */
export function changedField(text: PythonText, field: FieldState, column: ColumnSpec, before: { readonly type: string } | null): string {
  const sameType = before === null || shortType(before.type) === shortType(column.type);
  if (field.call === null) return madeField(text, field, column);
  const nulls = { null: column.notNull ? undefined : true, ...(column.notNull && field.options["blank"] === true && !sameType ? {} : {}) };
  if (sameType) return text.call(field.call, nulls);
  const wanted = shortType(column.type);
  const auto = field.className.endsWith("AutoField");
  const name = auto ? AUTO[wanted] : wanted.startsWith("character varying") ? "CharField" : PLAIN[wanted];
  if (field.relation !== null) throw new Unwritable(`${field.name} is a relation: its type follows the key that it points to`);
  if (name === undefined) throw new Unwritable(`Django has no field of its own for \`${column.type}\``);
  const length = /^character varying\((\d+)\)$/.exec(wanted)?.[1];
  const call = { ...field.call, callee: `django.db.models.${name}`, cls: null };
  return text.call(call, { ...nulls, max_length: length === undefined ? undefined : Number(length) });
}

/** `id`, which no migration writes out. */
function madeField(text: PythonText, field: FieldState, column: ColumnSpec): string {
  const name = AUTO[shortType(column.type)];
  if (!field.primaryKey || name === undefined) throw new Unwritable(`the field ${field.name} is written nowhere`);
  text.need("from django.db import models");
  return `models.${name}(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")`;
}
