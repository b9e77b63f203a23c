import type { DjangoProject } from "../../../sources/django/index.ts";
import type { Operation } from "../../../sources/django/operation.ts";
import type { FieldState, ModelState } from "../../../sources/django/state.ts";
import { isKind } from "../../../sources/django/values.ts";
import type { ConstraintSpec, SchemaOperation } from "../../types.ts";
import { conditionOf } from "./condition.ts";
import { changedField, fieldOf } from "./fields.ts";
import { type PythonText, pythonString, Unwritable } from "./python-text.ts";

/** One operation of Django's as it stands in a migration, and what the models must say with it. */
export interface Written {
  readonly text: string;
  /** For people: `Person.email = models.EmailField(…)`; null where the models say nothing about it. */
  readonly model: string | null;
}

/** What is known while the operations of a plan are written. */
export interface Writing {
  readonly project: DjangoProject;
  readonly text: PythonText;
  /** Operations of the migration that the plan was made for: they say in Python what the plan says in SQL. */
  readonly asked: readonly Operation[];
  readonly model: (table: string) => ModelState | null;
  /** The types of columns before the plan. */
  readonly typeOf: (table: string, column: string) => string | null;
}

/**
 * What Django's model state goes through, in its own words; null where the models know nothing of it.
 * @throws Unwritable where Django has no word for it
 */
export function stateOperation(operation: SchemaOperation, writing: Writing): Written | null {
  if (operation.op === "sql") return null;
  const model = writing.model(operation.table);
  if (model === null) return joinTable(operation, writing);
  const name = pythonString(model.name.toLowerCase());
  const migrations = (call: string): string => {
    writing.text.need("from django.db import migrations");
    return `migrations.${call}`;
  };
  switch (operation.op) {
    case "add-column": {
      const asked = askedField(operation.column.name, model, writing);
      const field = asked?.text ?? fieldOf(writing.text, operation.column);
      const called = asked?.name ?? operation.column.name;
      return {
        text: migrations(`AddField(model_name=${name}, name=${pythonString(called)}, field=${field})`),
        model: `${model.name}.${called} = ${field}`,
      };
    }
    case "alter-column": {
      const field = fieldFor(model, operation.column.name);
      const asked = askedField(operation.column.name, model, writing);
      const before = writing.typeOf(operation.table, operation.column.name);
      const value = asked?.text ?? changedField(writing.text, field, operation.column, before === null ? null : { type: before });
      return {
        text: migrations(`AlterField(model_name=${name}, name=${pythonString(field.name)}, field=${value})`),
        model: `${model.name}.${field.name} = ${value}`,
      };
    }
    case "drop-column": {
      const field = fieldFor(model, operation.column);
      return {
        text: migrations(`RemoveField(model_name=${name}, name=${pythonString(field.name)})`),
        model: `${model.name}.${field.name} is gone`,
      };
    }
    case "rename-column": {
      const field = fieldFor(model, operation.column);
      const to = field.relation === null ? operation.to : operation.to.replace(/_id$/, "");
      return {
        text: migrations(`RenameField(model_name=${name}, old_name=${pythonString(field.name)}, new_name=${pythonString(to)})`),
        model: `${model.name}.${field.name} is called ${to}`,
      };
    }
    case "rename-table": {
      const renamed = writing.asked.find((one) => one.kind === "rename-model" && one.name.toLowerCase() === model.name.toLowerCase());
      if (renamed?.kind === "rename-model")
        return {
          text: migrations(`RenameModel(old_name=${pythonString(renamed.name)}, new_name=${pythonString(renamed.to)})`),
          model: `${model.name} is called ${renamed.to}`,
        };
      const table = operation.to.slice(operation.to.lastIndexOf(".") + 1);
      return {
        text: migrations(`AlterModelTable(name=${name}, table=${pythonString(table)})`),
        model: `${model.name}.Meta.db_table = ${pythonString(table)}`,
      };
    }
    case "drop-table":
      return { text: migrations(`DeleteModel(name=${pythonString(model.name)})`), model: `${model.name} is gone` };
    case "add-index": {
      const index = indexText(operation, model, writing);
      return {
        text: migrations(`AddIndex(model_name=${name}, index=${index})`),
        model: `${model.name}.Meta.indexes has ${index}`,
      };
    }
    case "drop-index": {
      if (!hasNamed(model, "indexes", operation.name)) return null;
      return {
        text: migrations(`RemoveIndex(model_name=${name}, name=${pythonString(operation.name)})`),
        model: `${model.name}.Meta.indexes is without ${operation.name}`,
      };
    }
    case "rename-index":
      if (!hasNamed(model, "indexes", operation.name)) return null;
      return {
        text: migrations(
          `RenameIndex(model_name=${name}, new_name=${pythonString(operation.to)}, old_name=${pythonString(operation.name)})`,
        ),
        model: `${model.name}.Meta.indexes: ${operation.name} is called ${operation.to}`,
      };
    case "add-constraint": {
      if (operation.constraint.kind === "foreign-key") return foreignKey(operation.constraint, model, writing, migrations);
      const constraint = constraintText(operation.constraint, model, writing);
      if (constraint === null) return null;
      return {
        text: migrations(`AddConstraint(model_name=${name}, constraint=${constraint})`),
        model: `${model.name}.Meta.constraints has ${constraint}`,
      };
    }
    case "validate-constraint":
      return null;
    case "drop-constraint":
      if (!hasNamed(model, "constraints", operation.name)) return null;
      return {
        text: migrations(`RemoveConstraint(model_name=${name}, name=${pythonString(operation.name)})`),
        model: `${model.name}.Meta.constraints is without ${operation.name}`,
      };
    default:
      return operation satisfies never;
  }
}

/** The table of a many-to-many field has no model of its own: its field goes. */
function joinTable(operation: Exclude<SchemaOperation, { readonly op: "sql" }>, { project, text }: Writing): Written | null {
  if (operation.op !== "drop-table") throw new Unwritable(`no model has the table ${operation.table}`);
  const table = operation.table.slice(operation.table.indexOf(".") + 1);
  for (const model of project.stateAfter("all").models.values()) {
    const field = model.fields.find(({ relation }) => relation?.joinTable?.name === table);
    if (field === undefined) continue;
    text.need("from django.db import migrations");
    return {
      text: `migrations.RemoveField(model_name=${pythonString(model.name.toLowerCase())}, name=${pythonString(field.name)})`,
      model: `${model.name}.${field.name} is gone`,
    };
  }
  throw new Unwritable(`no model has the table ${operation.table}`);
}

export function fieldFor(model: ModelState, column: string): FieldState {
  const field = model.fields.find((one) => one.column === column);
  if (field === undefined) throw new Unwritable(`${model.name} has no field for the column ${column}`);
  return field;
}

/** As the migration that the plan was made for writes the field. */
function askedField(column: string, model: ModelState, { asked, text }: Writing): { readonly name: string; readonly text: string } | null {
  for (const operation of asked) {
    if (operation.kind !== "add-field" && operation.kind !== "alter-field") continue;
    if (operation.model.toLowerCase() !== model.name.toLowerCase() || !isKind(operation.field, "call")) continue;
    const columnName = operation.field.kwargs["db_column"];
    if (columnName !== column && operation.name !== column && `${operation.name}_id` !== column) continue;
    return { name: operation.name, text: text.call(operation.field) };
  }
  return null;
}

type AddIndex = Extract<SchemaOperation, { readonly op: "add-index" }>;

/** Longest that Django takes for the name of an index (`Index.max_name_length`). */
const LONGEST_INDEX_NAME = 30;

const INDEX_CLASSES: Readonly<Record<string, string>> = {
  gin: "GinIndex",
  gist: "GistIndex",
  brin: "BrinIndex",
  hash: "HashIndex",
  spgist: "SpGistIndex",
};

/** @throws Unwritable */
export function indexText(operation: AddIndex, model: ModelState, { asked, text }: Writing): string {
  for (const one of asked)
    if (one.kind === "add-index" && isKind(one.index, "call") && one.index.kwargs["name"] === operation.name) return text.call(one.index);
  if (operation.unique) throw new Unwritable("a unique index is a constraint to Django");
  if (operation.where !== null) throw new Unwritable("its condition is SQL");
  if (operation.name.length > LONGEST_INDEX_NAME)
    throw new Unwritable(
      `Django takes names of at most ${LONGEST_INDEX_NAME} characters for an index, and ${operation.name} has ${operation.name.length}`,
    );
  const fields = operation.keys.map(({ column, descending }) => {
    if (column === null) throw new Unwritable("an expression of it is SQL");
    return pythonString(`${descending ? "-" : ""}${fieldFor(model, column).name}`);
  });
  const include = operation.include.map((column) => pythonString(fieldFor(model, column).name));
  const options = [
    `fields=[${fields.join(", ")}]`,
    `name=${pythonString(operation.name)}`,
    ...(include.length === 0 ? [] : [`include=[${include.join(", ")}]`]),
  ];
  const special = INDEX_CLASSES[operation.method];
  if (operation.method !== "btree" && special === undefined) throw new Unwritable(`Django has no index for ${operation.method}`);
  if (special === undefined) {
    text.need("from django.db import models");
    return `models.Index(${options.join(", ")})`;
  }
  text.need("import django.contrib.postgres.indexes");
  return `django.contrib.postgres.indexes.${special}(${options.join(", ")})`;
}

/** Null: the models know nothing of it. @throws Unwritable */
export function constraintText(
  constraint: Exclude<ConstraintSpec, { readonly kind: "foreign-key" }>,
  model: ModelState,
  { asked, text, project }: Writing,
): string | null {
  for (const one of asked)
    if (one.kind === "add-constraint" && isKind(one.constraint, "call") && one.constraint.kwargs["name"] === constraint.name)
      return text.call(one.constraint);
  switch (constraint.kind) {
    case "not-null":
    case "primary-key":
      return null;
    case "unique": {
      text.need("from django.db import models");
      const fields = constraint.columns.map((column) => pythonString(fieldFor(model, column).name));
      return `models.UniqueConstraint(fields=[${fields.join(", ")}], name=${pythonString(constraint.name)})`;
    }
    case "check": {
      text.need("from django.db import models");
      // `condition` since 5.1, where `check` became deprecated.
      const older = project.migrations.some(({ module }) => /CheckConstraint\(\s*check=/.test(module.text));
      return `models.CheckConstraint(${older ? "check" : "condition"}=${conditionOf(constraint.expression, model)}, name=${pythonString(constraint.name)})`;
    }
    default:
      return constraint satisfies never;
  }
}

/** A field that pointed somewhere without a constraint gets it. */
function foreignKey(
  { columns }: Extract<ConstraintSpec, { readonly kind: "foreign-key" }>,
  model: ModelState,
  writing: Writing,
  migrations: (call: string) => string,
): Written | null {
  const [column = ""] = columns;
  const asked = askedField(column, model, writing);
  const field = model.fields.find((one) => one.column === column);
  if (asked === null && (field?.relation == null || field.relation.dbConstraint || field.call === null)) return null;
  const value = asked?.text ?? (field?.call == null ? "" : writing.text.call(field.call, { db_constraint: undefined }));
  const called = asked?.name ?? field?.name ?? column;
  const operation = field === undefined ? "AddField" : "AlterField";
  return {
    text: migrations(`${operation}(model_name=${pythonString(model.name.toLowerCase())}, name=${pythonString(called)}, field=${value})`),
    model: `${model.name}.${called} = ${value}`,
  };
}

function hasNamed(model: ModelState, option: "indexes" | "constraints", name: string): boolean {
  const list = model.options[option];
  if (!isKind(list, "list") && !isKind(list, "tuple")) return false;
  return list.items.some((item) => isKind(item, "call") && item.kwargs["name"] === name);
}
